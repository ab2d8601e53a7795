#include "models/session/bench_layers.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "models/base/error.h"
#include "models/runtime/calibration.h"
#include "models/runtime/loader.h"
#include "models/session/chip_host.h"
#include "models/session/compile.h"

namespace neurram::session {
namespace {

// Two nodes a layer: its input, its product.
std::size_t input_node(std::size_t layer) {
  return 2 * layer;
}
std::size_t product_node(std::size_t layer) {
  return 2 * layer + 1;
}

/// Do both have the same places?
bool same_shapes(const mapper::Graph& a, const mapper::Graph& b) {
  return std::equal(a.nodes.begin(), a.nodes.end(), b.nodes.begin(), b.nodes.end(),
                    [](const mapper::Node& m, const mapper::Node& n) {
                      const auto& p = m.post.quantizer;
                      const auto& q = n.post.quantizer;
                      return m.kind == n.kind && m.shape == n.shape && m.window == n.window &&
                             (!p || !q || (p->bits == q->bits && p->is_signed == q->is_signed));
                    });
}

}  // namespace

mapper::Graph graph_of(const std::vector<LayerSpec>& layers) {
  mapper::Graph graph;
  graph.name = "layers";
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const LayerSpec& layer = layers[i];
    mapper::Node input;
    input.name = layer.name + " input";
    input.shape = layer.input;
    input.post.quantizer = layer.quantizer;
    // A graph has one image; the inputs of the other layers count as states.
    if (i > 0) input.state = static_cast<int>(i) - 1;
    mapper::Node product;
    product.name = layer.name;
    product.kind = mapper::NodeKind::kMatrix;
    product.inputs = {static_cast<int>(input_node(i))};
    product.window = layer.window;
    product.matrix = static_cast<int>(i);
    product.shape =
        mapper::window_shape(layer.input, layer.window, layer.matrix.columns, layer.name);
    graph.nodes.push_back(std::move(input));
    graph.nodes.push_back(std::move(product));
    graph.matrices.push_back(layer.matrix);
  }
  return graph;
}

std::vector<mapper::Segment> segments_of(const Config& config, const LayerSpec& layer) {
  const mapper::Graph graph = graph_of({layer});
  mapper::check(graph);
  const array::ArrayParameters& array = config.chip.core.array;
  std::vector<mapper::Segment> segments =
      mapper::split(graph, config.mapper, array.rows, array.columns);
  mapper::set_targets(graph, config.mapper, conductance_range(config), segments);
  return segments;
}

BenchLayers::BenchLayers(std::shared_ptr<BenchChip> chip, const std::vector<LayerSpec>& layers)
    : chip_(std::move(chip)), calibrated_(layers.size(), false) {
  mapper::Graph graph = graph_of(layers);
  runtime::check_rail_sets(graph);
  deployment_ = map_graph(chip_->config(), std::move(graph));
  deployment_.rail_sets.assign(layers.size(), mapper::RailSet{});
  for (std::size_t i = 0; i < layers.size(); ++i) {
    layers_.push_back(std::make_unique<runtime::MatrixLayer>(
        deployment_, static_cast<int>(product_node(i)), chip_->config().chip.core.two_phase_above));
  }
}

const mapper::Node& BenchLayers::input(std::size_t layer) const {
  return deployment_.graph.nodes.at(input_node(layer));
}

const mapper::Node& BenchLayers::output(std::size_t layer) const {
  return deployment_.graph.nodes.at(product_node(layer));
}

void BenchLayers::set(const std::vector<LayerSpec>& layers) {
  mapper::Graph graph = graph_of(layers);
  mapper::check(graph);
  if (!same_shapes(graph, deployment_.graph))
    throw UsageError("the layers have other shapes or bits than those that have a place");
  settings_ = 0;
  deployment_.graph = std::move(graph);
  mapper::set_targets(deployment_.graph, chip_->config().mapper, deployment_.range,
                      deployment_.segments);
}

void BenchLayers::set_up(const std::function<void(neurram_chip&, ChipHost&)>& what) {
  const auto wall = std::chrono::steady_clock::now();
  chip_->work([&](neurram_chip& driver, ChipHost& host) {
    chip_->ledger().set_layers(deployment_.graph.nodes.size() + 1);
    const auto energy = [this] { return chip_->ledger().total().cost.total_energy().value; };
    const std::int64_t energy_fj = energy();
    const std::int64_t time_ps = host.now_ps();
    what(driver, host);
    deployment_.setup.energy_fj += energy() - energy_fj;
    deployment_.setup.time_ps += host.now_ps() - time_ps;
  });
  deployment_.setup.wall_s +=
      std::chrono::duration<double>(std::chrono::steady_clock::now() - wall).count();
}

std::int64_t BenchLayers::program() {
  settings_ = 0;
  calibrated_.assign(layers_.size(), false);
  deployment_.setup = {};
  set_up([&](neurram_chip& driver, ChipHost& host) {
    runtime::power_cores(deployment_, driver);
    chip_->note(deployment_);  // first: whatever comes, the cells are no longer what they were
    deployment_.setup.failed_cells = runtime::program_cells(deployment_, driver, host);
  });
  settings_ = chip_->settings();
  return deployment_.setup.failed_cells;
}

void BenchLayers::expect_in_place() const {
  if (settings_ == 0) throw Error("the layers are not in the cells; expected program() before");
  if (settings_ != chip_->settings()) {
    throw Error(
        "slots or rails of the chip have been set anew since the layers were programmed; expected "
        "program() again");
  }
  for (const std::uint32_t core : runtime::used_cores(deployment_)) {
    if (!chip_->powered(static_cast<int>(core))) {
      throw Error("core " + std::to_string(core) +
                  " is off; expected all cores that hold layers to be on");
    }
  }
}

void BenchLayers::set_input(std::size_t layer, const float* values, std::size_t images) {
  codes_.resize(images * input(layer).shape.size());
  const mapper::Quantizer quantizer = *input(layer).post.quantizer;
  std::transform(values, values + codes_.size(), codes_.begin(), [&](float value) {
    return static_cast<std::uint8_t>(quantizer.code(static_cast<double>(value)));
  });
  layers_[layer]->set_input(codes_.data(), images);
}

void BenchLayers::calibrate(std::size_t layer, const float* values, std::size_t images) {
  expect_in_place();
  calibrated_.at(layer) = false;
  set_up([&](neurram_chip& driver, ChipHost& host) {
    host.check_interrupt();
    host.set_layer(static_cast<std::int32_t>(product_node(layer)));
    set_input(layer, values, images);
    runtime::calibrate_layer(deployment_, *layers_[layer], static_cast<int>(layer), images,
                             operating_scheme(chip_->config()), chip_->config().calibration,
                             driver);
    chip_->note(deployment_);
  });
  settings_ = chip_->settings();
  calibrated_[layer] = true;
}

void BenchLayers::run(std::size_t layer, const float* values, std::size_t images,
                      std::uint64_t first_image, bool calibration, float* results) {
  expect_in_place();
  if (!calibrated_.at(layer)) {
    throw Error("layer '" + output(layer).name +
                "' is not calibrated; expected calibrate() before");
  }
  const std::size_t inputs = input(layer).shape.size();
  const std::size_t outputs = output(layer).shape.size();
  const auto batch = static_cast<std::size_t>(chip_->config().run.batch);
  const std::uint64_t id_base = calibration ? runtime::kCalibrationIds : 0;
  chip_->work([&](neurram_chip& driver, ChipHost& host) {
    runtime::MatrixLayer& matrix = *layers_[layer];
    for (std::size_t first = 0; first < images; first += batch) {
      host.check_interrupt();
      const std::size_t count = std::min(batch, images - first);
      host.set_layer(matrix.node());
      set_input(layer, values + first * inputs, count);
      matrix.run(driver, count, first_image + first, id_base, activations_);
      std::copy(activations_.values.begin(), activations_.values.end(), results + first * outputs);
      host.set_layer(static_cast<std::int32_t>(deployment_.graph.nodes.size()));
      host.compute(matrix.digital_operations() * static_cast<std::int64_t>(count));
    }
  });
}

}  // namespace neurram::session
