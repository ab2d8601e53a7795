#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/array/drive.h"
#include "models/array/load.h"
#include "models/array/transfer.h"
#include "models/core/parameters.h"
#include "models/ledger/cost.h"
#include "models/neuron/convert.h"
#include "models/neuron/search.h"
#include "models/neuron/stochastic.h"

/// What a slot's registers mean: an operation planned once, then applied to any number of vectors
/// by the three pure functions array::encode, array::multiply and neuron::convert. Plain C++, no
/// SystemC.
namespace neurram::core {

/// Which lines are driven, and into whose registers the results return. Neuron (i, j) of the 16 x
/// 16 corelets touches bit line 16 i + j and source line 16 j + i (Nature 608, Methods).
enum class Direction : std::uint8_t {
  kForward,             ///< drives bit lines, reads source lines
  kBackward,            ///< drives source lines, reads bit lines
  kRecurrentBitLine,    ///< as forward; results return on the bit lines of their neurons
  kRecurrentSourceLine  ///< as backward; results return on the source lines of their neurons
};
enum class InputScheme : std::uint8_t {
  kTernary,  ///< one word-line pulse per magnitude bit, lines at V_ref or ±V_read (Nature 608)
  kBipolar,  ///< two pulses per magnitude bit, every line at ±V_read (the chip team's
             ///< demonstrations)
};
enum class Conversion : std::uint8_t { kBinarySearch, kUnary };
enum class SlotActivation : std::uint8_t { kNone, kRelu, kSigmoid, kTanh, kStochastic };

/// A slot, decoded from its registers.
struct SlotSettings {
  std::vector<int> rows;     ///< of the word-line mask: bit lines in use, ascending
  std::vector<int> columns;  ///< of the column mask: source lines in use, ascending
  Direction direction = Direction::kForward;
  bool differential = true;
  bool is_signed = false;
  InputScheme input_scheme = InputScheme::kTernary;
  Conversion conversion = Conversion::kBinarySearch;
  SlotActivation activation = SlotActivation::kNone;
  int bits_in = 3;
  int bits_out = 4;
  int pulse_multiplier = 1;
  int step_limit = 100;
  int rail_set = 0;
  double activation_step =
      0.05;  ///< of sigmoid and tanh: argument that a decrement step stands for

  [[nodiscard]] bool drives_bit_lines() const {
    return direction == Direction::kForward || direction == Direction::kRecurrentBitLine;
  }
  [[nodiscard]] const std::vector<int>& input_lines() const {
    return drives_bit_lines() ? rows : columns;
  }
  [[nodiscard]] const std::vector<int>& read_lines() const {
    return drives_bit_lines() ? columns : rows;
  }
  [[nodiscard]] std::size_t inputs() const {
    return differential ? input_lines().size() / 2 : input_lines().size();
  }
  [[nodiscard]] std::size_t outputs() const { return read_lines().size(); }
  /// Magnitude bits of an input code: pulses of a ternary operation.
  [[nodiscard]] int magnitude_bits() const {
    return is_signed ? std::max(1, bits_in - 1) : bits_in;
  }
};

/// One set of the chip's rails [V, relative to V_ref].
struct RailSet {
  double v_read_plus_v = 0.5;
  double v_read_minus_v = 0.5;
  double v_decrement_plus_v = 0.1;   ///< step of negative results
  double v_decrement_minus_v = 0.1;  ///< step of positive results
  double v_comparator_v = 0;
  double v_lfsr_v = 0.1;  ///< random pulses of stochastic neurons
};

/// Read lines in the order of the outputs: ascending by the register that a result returns to.
[[nodiscard]] std::vector<int> output_lines(const SlotSettings& settings);

/// Neurons of a core, numbered by the source line that they touch.
inline constexpr int kNeurons = 256;

/// Number of the neuron that reads `line`.
[[nodiscard]] int neuron_of(const SlotSettings& settings, int line);

/// Mismatch of a core's neurons, drawn once from the device seed.
struct NeuronMismatch {
  std::vector<double> offset_v;          ///< left by correlated double sampling, at C_integrate [V]
  std::vector<double> gain;              ///< C_sample / C_integrate relative to nominal
  std::vector<double> virtual_ground_v;  ///< of the amplifier above V_ref, at every sample [V]

  NeuronMismatch(const neuron::NeuronParameters& parameters, int neurons, std::uint32_t core,
                 std::uint64_t device_seed);
};

/// A stay of a vector in a state, before its conversions.
struct Visit {
  neuron::State state = neuron::State::kInitialise;
  std::int8_t plane = 0;    ///< bit plane, -1 for the random pulses of stochastic neurons
  std::int8_t pass = 0;     ///< of a bipolar drive's two
  std::int16_t sample = 0;  ///< of this plane and pass
};

/// One input phase of an operation: all bit planes, or the high or low ones of a two-phase input.
struct PhasePlan {
  int planes = 0;
  std::vector<Visit> visits;  ///< in order; then come the comparisons
  array::DriveEncoding encoding;
  neuron::ConvertParameters convert;
  neuron::ConvertColumns columns;
  double step_v = 0;  ///< step of positive results, on C_integrate
  DrawKind draw = DrawKind::kReadNoise;
  /// Set where the decrements of a binary search are not halved exactly or differ by sign.
  std::optional<neuron::SearchSteps> search;
  /// Set where neurons are stochastic.
  std::optional<neuron::Injection> injection;
};

/// An operation ready to run.
struct OperationPlan {
  SlotSettings settings;
  RailSet rails;
  std::shared_ptr<const array::Transfer> transfer;
  std::vector<PhasePlan> phases;       ///< one or two
  array::DriveLoad load;               ///< of a vector, on the supply
  neuron::StateVisits fixed_visits{};  ///< of one vector, without its conversions
  std::array<Femtojoules, ledger::kComponents>
      fixed_energy{};                          ///< of one vector, without its conversions
  std::vector<Femtojoules> conversion_energy;  ///< of one vector, by number of comparisons
  bool integer_product = true;                 ///< sums are integers, in units of column_scale()
  std::size_t tile_vectors = 1;                ///< vectors whose sums fit a tile

  [[nodiscard]] std::size_t inputs() const { return settings.inputs(); }
  [[nodiscard]] std::size_t outputs() const { return settings.outputs(); }
};

/// Why a slot cannot be carried out by this core; empty if it can.
[[nodiscard]] std::string refusal(const SlotSettings& settings, const CoreParameters& parameters);

/// Why no conversion is possible under these rails; empty if one is.
[[nodiscard]] std::string rails_refusal(const RailSet& rails, const CoreParameters& parameters);

/// How a slot's lines are combined into drives (folded pairs, or one drive per line).
[[nodiscard]] array::Selection selection_of(const SlotSettings& settings, const RailSet& rails);

/// Largest magnitude of a drive under these rails: bounds the sums.
[[nodiscard]] int largest_drive(const SlotSettings& settings, const RailSet& rails);

/// Timing registers as they hold for an operation: sense amplifiers make every pulse longer.
[[nodiscard]] neuron::TimingParameters timing_of(const CoreParameters& parameters);

/// Level of an input's line in one pass over one bit plane: +1, 0 or -1; its partner of a
/// differential pair has the opposite.
[[nodiscard]] int line_level(const SlotSettings& settings, int code, int bit, int pass);

/// Plans an operation. `settings` must not be refused; `transfer` is made from selection_of().
[[nodiscard]] OperationPlan plan_operation(const SlotSettings& settings, const RailSet& rails,
                                           std::shared_ptr<const array::Transfer> transfer,
                                           const NeuronMismatch& mismatch,
                                           const CoreParameters& parameters);

/// What a result of a slot carries besides its signal, by design: without mismatch, settling and
/// wires. In steps of the result's code.
struct ResultNoise {
  double code_gain = 0;  ///< steps per unit of Σ_i x_i (G+_i - G-_i) / ΣG, x_i being input codes
  double floor = 0;      ///< variance of every result: kT/C, comparator
  /// By magnitude of an input code: variance that one input adds, times (ΣG)^2 of its column [S^2].
  std::vector<double> read_s2;
};
[[nodiscard]] ResultNoise result_noise(const SlotSettings& settings, const RailSet& rails,
                                       const CoreParameters& parameters);

/// Most comparisons of a vector: two unary phases of 127 steps and their signs.
inline constexpr int kMaxComparisons = 2 * 128;

/// Comparisons of a phase: fixed in a binary search; one for the sign and one per step in a unary
/// conversion, until its last neuron flips. `steps`: the largest count.
[[nodiscard]] int comparisons(const OperationPlan& plan, std::size_t phase, int steps);
/// Comparisons of a vector. `steps`: largest count of each phase.
[[nodiscard]] int comparisons(const OperationPlan& plan, const std::uint16_t* steps,
                              std::size_t phase_stride);

/// Bytes of sums that a tile may hold: it stays in the first-level cache between array and neurons.
inline constexpr std::size_t kTileBytes = 8192;

}  // namespace neurram::core
