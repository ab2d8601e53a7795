#include "models/runtime/layer.h"

#include <algorithm>

namespace neurram::runtime {
namespace {

std::size_t size(int n) {
  return static_cast<std::size_t>(n);
}

}  // namespace

int input_of(const mapper::Graph& graph, int node) {
  return graph.nodes[size(node)].inputs.front();
}

MatrixLayer::MatrixLayer(const mapper::Deployment& deployment, int node, int two_phase_above)
    : deployment_(deployment),
      node_(node),
      positions_(size(mapper::vectors_per_image(deployment.graph.nodes[size(node)]))),
      columns_(size(deployment.graph.nodes[size(node)].shape.channels)) {
  const mapper::Graph& graph = deployment.graph;
  const mapper::Node& n = graph.nodes[size(node)];
  input_shape_ = graph.nodes[size(input_of(graph, node))].shape;
  const mapper::Quantizer& input = mapper::input_quantizer(graph, n);
  bias_code_ = static_cast<std::uint8_t>(input.max_code());
  two_phase_ = std::max(1, input.is_signed ? input.bits - 1 : input.bits) > two_phase_above;
  int last_group = -1;
  for (std::size_t o = 0; o < deployment.operations.size(); ++o) {
    const mapper::Operation& operation = deployment.operations[o];
    if (operation.node != node) continue;
    if (groups_.empty() || operation.group != last_group) groups_.emplace_back();
    last_group = operation.group;
    const mapper::Segment& s = deployment.segments[size(operation.segment)];
    groups_.back().push_back(
        {static_cast<int>(o),
         make_window_runs(input_shape_, n.shape, n.window, s.first_row, s.rows),
         size(s.logical_rows()),
         {},
         {}});
  }
  refresh();
}

const mapper::Segment& MatrixLayer::segment(const Member& member) const {
  return deployment_.segments[size(deployment_.operations[size(member.operation)].segment)];
}

void MatrixLayer::refresh() {
  const auto& post = deployment_.graph.nodes[size(node_)].post;
  const double unit = post.quantizer ? post.quantizer->scale : 1.0;
  for (Group& group : groups_) {
    for (Member& m : group) {
      const mapper::Operation& operation = deployment_.operations[size(m.operation)];
      m.factor.assign(operation.slope.size(), 0.0f);
      m.term.assign(operation.slope.size(), 0.0f);
      for (std::size_t j = 0; j < operation.slope.size(); ++j) {
        // A column whose output does not follow its input says nothing.
        if (operation.slope[j] == 0) continue;
        m.factor[j] = static_cast<float>(1.0 / (operation.slope[j] * unit));
        m.term[j] = static_cast<float>(-operation.intercept[j] / (operation.slope[j] * unit));
      }
    }
  }
}

std::int64_t MatrixLayer::digital_operations() const {
  std::int64_t per_position = 0;
  for (const Group& group : groups_) {
    for (const Member& m : group)
      per_position += 2 * segment(m).columns;  // scale, then add to the partial sum
  }
  per_position += 3 * static_cast<std::int64_t>(columns_);  // clip both ways, round
  return per_position * static_cast<std::int64_t>(positions_);
}

void MatrixLayer::set_input(const std::uint8_t* codes, std::size_t images) {
  pad_images(groups_.front().front().runs, input_shape_, codes, images, padded_);
}

void MatrixLayer::gather(const Member& m, std::size_t first, std::size_t count,
                         std::uint8_t* out) const {
  gather_vectors(m.runs, padded_.data(), positions_, first, count, segment(m).bias_rows, bias_code_,
                 out, m.inputs);
}

std::size_t MatrixLayer::max_vectors(std::size_t group) const {
  std::size_t most = SIZE_MAX;
  for (const Member& m : groups_[group]) {
    const std::uint32_t fits = neurram_max_vectors(static_cast<std::uint32_t>(m.inputs),
                                                   static_cast<std::uint32_t>(segment(m).columns));
    most = std::min<std::size_t>(most, fits);
  }
  return most;
}

void MatrixLayer::run_group(neurram_chip& chip, std::size_t group, std::size_t first,
                            std::size_t count, std::uint64_t first_id) {
  const Group& members = groups_[group];
  if (codes_.size() < members.size()) codes_.resize(members.size());
  if (results_.size() < members.size()) results_.resize(members.size());
  neurram_core_set cores{};
  for (std::size_t i = 0; i < members.size(); ++i) {
    const auto core = static_cast<std::uint32_t>(segment(members[i]).core);
    const auto slot =
        static_cast<std::uint32_t>(deployment_.operations[size(members[i].operation)].slot);
    const std::size_t bytes = count * members[i].inputs;
    if (codes_[i].size() < bytes) codes_[i].resize(bytes);
    gather(members[i], first, count, codes_[i].data());
    const neurram_command command{slot, 0, 0, static_cast<std::uint32_t>(count)};
    expect(neurram_arm(&chip, core, &command), chip, "arming a core");
    expect(neurram_set_operation_id(&chip, core, slot, first_id), chip, "setting an operation id");
    expect(neurram_load_inputs(&chip, core, 0, codes_[i].data(), bytes), chip, "loading inputs");
    neurram_core_set_add(&cores, core);
  }
  expect(neurram_start(&chip, &cores), chip, "starting a group");
  expect(neurram_wait(&chip, &cores), chip, "waiting for a group");
  for (std::size_t i = 0; i < members.size(); ++i) {
    const mapper::Segment& s = segment(members[i]);
    const std::size_t codes = count * size(s.columns);
    if (results_[i].size() < codes) results_[i].resize(codes);
    expect(neurram_read_outputs(&chip, static_cast<std::uint32_t>(s.core), 0, results_[i].data(),
                                codes),
           chip, "reading outputs");
  }
  expect(neurram_fence(&chip), chip, "reading outputs");
}

void MatrixLayer::run_chunk(neurram_chip& chip, std::size_t first, std::size_t count,
                            std::uint64_t first_id, float* sums) {
  std::vector<bool> started(columns_, false);
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    run_group(chip, g, first, count, first_id);
    for (std::size_t i = 0; i < groups_[g].size(); ++i) {
      const Member& m = groups_[g][i];
      const mapper::Segment& s = segment(m);
      accumulate(results_[i].data(), count, size(s.columns), two_phase_, m.factor.data(),
                 m.term.data(), !started[size(s.first_column)], sums + size(s.first_column),
                 columns_);
      std::fill_n(started.begin() + s.first_column, s.columns, true);
    }
  }
}

void MatrixLayer::run(neurram_chip& chip, std::size_t images, std::uint64_t first_image,
                      std::uint64_t id_base, Activations& out) {
  const auto& post = deployment_.graph.nodes[size(node_)].post;
  const std::size_t vectors = images * positions_;
  out.codes.resize(post.quantizer ? vectors * columns_ : 0);
  out.values.resize(post.quantizer ? 0 : vectors * columns_);
  std::size_t chunk = vectors;
  for (std::size_t g = 0; g < groups_.size(); ++g) chunk = std::min(chunk, max_vectors(g));
  if (chunk >= positions_) chunk = chunk / positions_ * positions_;  // whole images where one fits
  sums_.resize(chunk * columns_);
  for (std::size_t first = 0; first < vectors; first += chunk) {
    const std::size_t count = std::min(chunk, vectors - first);
    run_chunk(chip, first, count, id_base + first_image * positions_ + first, sums_.data());
    finish_sums(post, sums_.data(), count * columns_,
                post.quantizer ? out.codes.data() + first * columns_ : nullptr,
                post.quantizer ? nullptr : out.values.data() + first * columns_);
  }
}

}  // namespace neurram::runtime
