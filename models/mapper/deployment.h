#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "models/mapper/graph.h"
#include "models/mapper/placement.h"
#include "models/mapper/segment.h"

/// What `neurram compile` makes and `neurram run` loads: one SQLite file; see deployment.md.
namespace neurram::mapper {

/// Register field SLOT_MODE.input_scheme.
enum class InputScheme { kTernary = 0, kBipolar = 1 };
/// Register field SLOT_MODE.conversion.
enum class Conversion { kBinarySearch = 0, kUnary = 1 };
/// Register field SLOT_MODE.activation.
enum class NeuronActivation { kNone = 0, kRelu = 1, kSigmoid = 2, kTanh = 3, kStochastic = 4 };

/// One node's use of one segment: a slot of the segment's core.
struct Operation {
  int node = 0;     ///< index in Graph::nodes
  int segment = 0;  ///< index in Deployment::segments
  int slot = 0;     ///< of the segment's core
  int group = 0;    ///< operations of one group lie on different cores and start together

  Direction direction = Direction::kForward;
  int input_bits = 3;  ///< of the code, sign included
  bool input_signed = false;
  int output_bits = 6;  ///< of a binary search, sign included
  InputScheme input_scheme = InputScheme::kTernary;
  Conversion conversion = Conversion::kBinarySearch;
  NeuronActivation activation = NeuronActivation::kNone;
  int pulse_multiplier = 1;
  int step_limit = 100;  ///< of a unary conversion
  int rail_set = 0;      ///< index in Deployment::rail_sets

  /// Calibration, per column: output code = slope * expected + intercept, where `expected` is the
  /// segment's share of W x + b in real units. Empty: not calibrated.
  std::vector<double> slope;
  std::vector<double> intercept;
};

/// Voltages of one rail set relative to V_ref, microvolts, as the chip's RAIL registers take them.
struct RailSet {
  std::int32_t v_read_plus_uv = 500000;
  std::int32_t v_read_minus_uv = 500000;
  std::int32_t v_decrement_plus_uv = 100000;
  std::int32_t v_decrement_minus_uv = 100000;
  std::int32_t v_comparator_uv = 0;
};

/// What programming and calibration cost.
struct SetupTotals {
  std::int64_t energy_fj = 0;
  std::int64_t time_ps = 0;
  double wall_s = 0.0;
  std::int64_t failed_cells = 0;  ///< outside their tolerance when write-verify gave up
};

struct Deployment {
  std::string network_name;
  std::string network_sha256;  ///< of the network's file, 64 hexadecimal digits
  std::string tool_version;    ///< that wrote the file
  std::uint64_t seed_device = 0;
  ChipGeometry chip;       ///< that the placement was made for
  ConductanceRange range;  ///< that the targets were made with
  SetupTotals setup;
  /// Checksums of whatever else went in (configuration, calibration images …), by name.
  std::map<std::string, std::string> fingerprints;

  Graph graph;
  std::vector<Segment> segments;
  std::vector<Operation> operations;
  std::vector<RailSet> rail_sets;
};

/// Splits and places `graph`: geometry, segments with targets, operations with node, segment, slot,
/// group, direction and input codes. The rest keeps its defaults for the calibration to fill in.
/// Throws NetworkError where the network does not fit, ConfigError for contradicting parameters.
[[nodiscard]] Deployment deploy(Graph graph, const MapperParameters& parameters,
                                const ConductanceRange& range, const ChipGeometry& chip);

/// Version of the file's layout that this code writes, and the only one that it reads.
inline constexpr int kDeploymentSchema = 1;

/// Writes the file under a temporary name beside `path`, then renames it: `path` holds the old
/// content or all of the new. Throws FileError (directory missing, no permission, disk full).
void save(const Deployment& deployment, const std::string& path);

/// Throws FileError, naming the file and what is wrong: missing, not a deployment, written by a
/// newer version, cut short, damaged.
[[nodiscard]] Deployment load(const std::string& path);

/// The file's content as bytes; what save() writes.
[[nodiscard]] std::string serialize(const Deployment& deployment);

/// Inverse of serialize(); `name` is for the messages. Throws FileError.
[[nodiscard]] Deployment deserialize(std::string_view bytes, const std::string& name);

}  // namespace neurram::mapper
