#include "models/runtime/calibration.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "models/base/error.h"
#include "models/runtime/loader.h"

namespace neurram::runtime {
namespace {

std::size_t size(int n) {
  return static_cast<std::size_t>(n);
}

constexpr int kRailSets = NEURRAM_RAIL_SETS;

double code_value(std::int16_t code, bool two_phase) {
  return two_phase ? code : code - 0.5 * ((code > 0) - (code < 0));
}

/// Calibrates one matrix node.
class LayerCalibration {
 public:
  LayerCalibration(mapper::Deployment& deployment, const OperatingScheme& scheme,
                   const CalibrationParameters& parameters, neurram_chip& chip, MatrixLayer& layer,
                   int rail_set)
      : deployment_(deployment),
        scheme_(scheme),
        parameters_(parameters),
        chip_(chip),
        layer_(layer),
        rail_set_(rail_set) {}

  /// `images` images are set as the layer's input.
  void run(std::size_t images) {
    choose_vectors(images);
    set_range();
    measure_all();
    fit();
    layer_.refresh();
  }

 private:
  /// Vectors spread evenly over the images, as consecutive runs: a start takes neighbours.
  void choose_vectors(std::size_t images) {
    const std::size_t all = images * layer_.positions();
    const std::size_t wanted = std::min(all, size(parameters_.vectors));
    constexpr std::size_t kRun = 64;
    const std::size_t runs = std::max<std::size_t>(1, wanted / kRun);
    const std::size_t length = wanted / runs;
    for (std::size_t r = 0; r < runs; ++r)
      chunks_.push_back({r * (all - length) / std::max<std::size_t>(1, runs - 1), length});
    if (runs == 1) chunks_.front().first = 0;
  }

  using Member = MatrixLayer::Member;
  mapper::Operation& operation(const Member& member) {
    return deployment_.operations[size(member.operation)];
  }
  const mapper::Segment& segment(const Member& member) {
    return deployment_.segments[size(operation(member).segment)];
  }
  const mapper::Operation& first_operation() { return operation(layer_.groups().front().front()); }

  void configure_all(int bits_out, mapper::Conversion conversion, int multiplier) {
    configure_rails(deployment_, rail_set_, chip_);
    for (const auto& group : layer_.groups()) {
      for (const Member& member : group) {
        mapper::Operation& op = operation(member);
        op.rail_set = rail_set_;
        op.input_scheme = scheme_.input_scheme;
        op.conversion = conversion;
        op.output_bits = bits_out;
        op.step_limit = parameters_.step_limit;
        op.pulse_multiplier = multiplier;
        configure_operation(deployment_, member.operation, chip_);
      }
    }
  }

  /// Runs the chosen vectors; measured codes by operation.
  std::vector<std::vector<std::int16_t>> measure() {
    std::vector<std::vector<std::int16_t>> codes(deployment_.operations.size());
    for (std::size_t g = 0; g < layer_.groups().size(); ++g) {
      const auto& group = layer_.groups()[g];
      for (const Chunk& chunk : chunks_) {
        const std::uint64_t id = kCalibrationIds + passes_ * (std::uint64_t{1} << 32) + chunk.first;
        layer_.run_group(chip_, g, chunk.first, chunk.count, id);
        for (std::size_t i = 0; i < group.size(); ++i) {
          const auto& result = layer_.result(i);
          const auto count =
              static_cast<std::ptrdiff_t>(chunk.count * size(segment(group[i]).columns));
          auto& kept = codes[size(group[i].operation)];
          kept.insert(kept.end(), result.begin(), result.begin() + count);
        }
      }
    }
    ++passes_;
    return codes;
  }

  /// What the outputs do under other rails, for the range.
  std::vector<float> probe(const RangeFinder::Probe& asked) {
    deployment_.rail_sets[size(rail_set_)] = asked.rails;
    configure_all(asked.bits_out, asked.conversion, asked.pulse_multiplier);
    std::vector<float> magnitudes;
    // A two-phase code counts steps of its low phase, 2^low planes larger.
    for (const auto& codes : measure()) {
      for (const std::int16_t code : codes)
        magnitudes.push_back(static_cast<float>(std::fabs(code_value(code, layer_.two_phase()))));
    }
    return magnitudes;
  }

  [[nodiscard]] int largest_count() {
    const mapper::Operation& op = first_operation();
    return runtime::largest_count(op.input_bits, op.input_signed, scheme_, parameters_);
  }

  void set_range() {
    const RangeFinder finder(scheme_, parameters_);
    const DriveRange range = finder.find(
        largest_count(), [this](const RangeFinder::Probe& asked) { return probe(asked); });
    deployment_.rail_sets[size(rail_set_)] = range.rails;
    const mapper::Operation& op = first_operation();
    configure_all(output_bits(op.input_bits, op.input_signed, parameters_), scheme_.conversion,
                  range.pulse_multiplier);
  }

  void measure_all() { measured_ = measure(); }

  /// What software makes of an operation's codes: its share of W x + b, in real units.
  std::vector<float> expected(const Member& member) {
    const mapper::Segment& s = segment(member);
    const mapper::Node& node = deployment_.graph.nodes[size(layer_.node())];
    const mapper::Quantizer& q = mapper::input_quantizer(deployment_.graph, node);
    const mapper::Matrix& matrix = deployment_.graph.matrices[size(s.matrix)];
    const std::vector<float> weights = mapper::segment_weights(s, matrix, q);
    const std::size_t inputs = size(s.logical_rows());
    const std::size_t columns = size(s.columns);
    std::vector<float> sums;
    std::vector<std::uint8_t> codes;
    for (const Chunk& chunk : chunks_) {
      codes.resize(chunk.count * inputs);
      layer_.gather(member, chunk.first, chunk.count, codes.data());
      for (std::size_t v = 0; v < chunk.count; ++v) {
        const std::size_t row = sums.size();
        sums.resize(row + columns, 0.0f);
        for (std::size_t i = 0; i < inputs; ++i) {
          const std::uint8_t byte = codes[v * inputs + i];
          const int code = q.is_signed ? static_cast<std::int8_t>(byte) : byte;
          if (code == 0) continue;
          const float x = static_cast<float>(code * q.scale);
          for (std::size_t j = 0; j < columns; ++j) sums[row + j] += x * weights[i * columns + j];
        }
      }
    }
    return sums;
  }

  /// Least squares code = slope · expected + intercept, per column, over codes that did not
  /// saturate.
  void fit() {
    for (const auto& group : layer_.groups()) {
      for (const Member& member : group) {
        mapper::Operation& op = operation(member);
        const std::size_t columns = size(segment(member).columns);
        const std::vector<float> x = expected(member);
        const std::vector<std::int16_t>& codes = measured_[size(member.operation)];
        const int limit = largest_count();
        op.slope.assign(columns, 0.0);
        op.intercept.assign(columns, 0.0);
        for (std::size_t j = 0; j < columns; ++j)
          fit_column(x, codes, columns, j, limit, op.slope[j], op.intercept[j]);
      }
    }
  }

  void fit_column(const std::vector<float>& x, const std::vector<std::int16_t>& codes,
                  std::size_t columns, std::size_t j, int limit, double& slope,
                  double& intercept) const {
    double n = 0, sx = 0, sy = 0, sxx = 0, sxy = 0;
    for (std::size_t at = j; at < codes.size(); at += columns) {
      if (std::abs(codes[at]) >= limit) continue;
      const double y = code_value(codes[at], layer_.two_phase());
      const double e = x[at];
      n += 1;
      sx += e;
      sy += y;
      sxx += e * e;
      sxy += e * y;
    }
    const double variance = sxx - sx * sx / std::max(n, 1.0);
    if (n < 2 || variance <= 1e-12 * std::max(sxx, 1e-30))
      return;  // a column that never moves: left out
    slope = (sxy - sx * sy / n) / variance;
    intercept = (sy - slope * sx) / n;
  }

  struct Chunk {
    std::size_t first;
    std::size_t count;
  };

  mapper::Deployment& deployment_;
  const OperatingScheme& scheme_;
  const CalibrationParameters& parameters_;
  neurram_chip& chip_;
  MatrixLayer& layer_;
  int rail_set_;
  std::vector<Chunk> chunks_;
  std::vector<std::vector<std::int16_t>> measured_;
  std::uint64_t passes_ = 0;
};

}  // namespace

int output_bits(int input_bits, bool input_signed, const CalibrationParameters& parameters) {
  const int magnitude = input_signed ? std::max(1, input_bits - 1) : input_bits;
  // Binary inputs: 3 bits out (published), as one magnitude bit of two-valued data needs fewer.
  const int bits =
      input_bits == 1 ? parameters.output_bits_extra : magnitude + parameters.output_bits_extra;
  return std::min(bits, 10);
}

int largest_count(int input_bits, bool input_signed, const OperatingScheme& scheme,
                  const CalibrationParameters& parameters) {
  if (scheme.conversion == mapper::Conversion::kUnary) return parameters.step_limit;
  return 1 << (output_bits(input_bits, input_signed, parameters) - 1);
}

void calibrate_layer(mapper::Deployment& deployment, MatrixLayer& layer, int rail_set,
                     std::size_t images, const OperatingScheme& scheme,
                     const CalibrationParameters& parameters, neurram_chip& chip) {
  LayerCalibration(deployment, scheme, parameters, chip, layer, rail_set).run(images);
}

void check_rail_sets(const mapper::Graph& graph) {
  const auto layers = std::count_if(
      graph.nodes.begin(), graph.nodes.end(),
      [](const mapper::Node& node) { return node.kind == mapper::NodeKind::kMatrix; });
  if (layers <= kRailSets) return;
  throw NetworkError("the network has " + std::to_string(layers) +
                     " matrix layers, each of which needs a rail set; the chip holds " +
                     std::to_string(kRailSets));
}

void calibrate(mapper::Deployment& deployment, const Images& images, const OperatingScheme& scheme,
               const CalibrationParameters& parameters, neurram_chip& chip, Host& host,
               const std::function<void(int, int)>& progress) {
  const std::size_t count = std::min(images.count, size(parameters.images));
  if (count == 0) throw Error("calibration needs at least one image");
  const int nodes = static_cast<int>(deployment.graph.nodes.size());
  std::vector<int> matrix_nodes;
  for (int n = 0; n < nodes; ++n) {
    if (deployment.graph.nodes[size(n)].kind == mapper::NodeKind::kMatrix)
      matrix_nodes.push_back(n);
  }
  deployment.rail_sets.assign(matrix_nodes.size(), mapper::RailSet{});
  Network network(deployment, chip, host, scheme.two_phase_above);
  network.run_input(images, 0, count);
  int done = 0;
  for (int n = 1; n < nodes; ++n) {
    host.check_interrupt();
    if (deployment.graph.nodes[size(n)].kind == mapper::NodeKind::kMatrix) {
      MatrixLayer& layer = network.layer(n);
      host.set_layer(n);
      layer.set_input(network.activations(input_of(deployment.graph, n)).codes.data(), count);
      calibrate_layer(deployment, layer, done, count, scheme, parameters, chip);
      progress(++done, static_cast<int>(matrix_nodes.size()));
    }
    network.run_node(n, count, 0, kCalibrationIds);
  }
}

}  // namespace neurram::runtime
