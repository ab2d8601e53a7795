#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

/// The digital blocks of a core (and of its fabric) as they may be replaced: one slot per block,
/// the ports of a slot as two plain structs, the block behind one virtual call per clock. Names and
/// widths are those of the SystemVerilog ports; rtl/README.md has their timing.
///
/// Every output comes from registers: none depends on an input of the same clock. So blocks that
/// are wired to each other may be clocked in any order, each on the outputs of the clock before.
namespace neurram::core {

/// Grows whenever a slot's ports, or what they mean, change.
inline constexpr std::uint32_t kBlockVersion = 1;

inline constexpr std::size_t kLines = 256;
/// One bit per line, channel or stage: j is bit j % 64 of word j / 64.
using Lines = std::array<std::uint64_t, kLines / 64>;
using Codes = std::array<std::int16_t, kLines>;

/// What the registry keeps: a block of any slot.
class AnyBlock {
 public:
  virtual ~AnyBlock() = default;
};

/// A block of one slot. `In` and `Out` are its ports; outputs live in the block, which need do
/// nothing in a clock whose inputs ask for nothing.
template <class Inputs, class Outputs>
class Block : public AnyBlock {
 public:
  using In = Inputs;
  using Out = Outputs;

  /// A clock with reset active.
  virtual const Out& reset() = 0;
  /// A rising edge of the clock: takes the inputs, answers the outputs after it.
  virtual const Out& clock(const In& in) = 0;
};

// Each struct tells its ports: ports(self, visit) calls visit(name, member, bits) for each.

struct CoreControllerIn {
  static constexpr const char* kSlot = "core_controller";

  bool start = false;
  bool abort = false;
  std::uint32_t vectors = 1;
  std::uint8_t t_cds = 3;
  std::uint16_t t_sample = 2;
  std::uint8_t t_integrate = 3;
  std::uint8_t t_compare = 1;
  std::uint8_t t_reset = 0;
  bool keep_wl = false;
  bool unary = false;
  std::uint8_t comparisons_high = 1;
  std::uint8_t comparisons_low = 0;
  std::uint8_t random_pulses = 0;
  std::uint16_t samples = 1;
  bool last_pulse = true;
  bool last_phase = true;
  bool flipped = false;
  bool group_flipped = false;

  template <class Self, class Visit>
  static void ports(Self& p, Visit&& visit) {
    visit("start_i", p.start, 1);
    visit("abort_i", p.abort, 1);
    visit("vectors_i", p.vectors, 18);
    visit("t_cds_i", p.t_cds, 8);
    visit("t_sample_i", p.t_sample, 16);
    visit("t_integrate_i", p.t_integrate, 8);
    visit("t_compare_i", p.t_compare, 8);
    visit("t_reset_i", p.t_reset, 8);
    visit("keep_wl_i", p.keep_wl, 1);
    visit("unary_i", p.unary, 1);
    visit("comparisons_high_i", p.comparisons_high, 4);
    visit("comparisons_low_i", p.comparisons_low, 4);
    visit("random_pulses_i", p.random_pulses, 8);
    visit("samples_i", p.samples, 12);
    visit("last_pulse_i", p.last_pulse, 1);
    visit("last_phase_i", p.last_phase, 1);
    visit("flipped_i", p.flipped, 1);
    visit("group_flipped_i", p.group_flipped, 1);
  }
};

/// States of the neurons' state machine, as rtl/neuron_pkg.sv numbers them.
enum class NeuronState : std::uint8_t {
  kIdle,
  kCds1,
  kCds2,
  kCds3,
  kCds4,
  kSampling,
  kSampling1,
  kSampling2,
  kSampling3,
  kSampling4,
  kInteg1,
  kInteg2,
  kCompare,
  kCompareWriteMinus1,
  kCompareWriteMinus2,
  kCompareWriteMinus3,
  kCompareWriteMinus4,
  kWriteDone,
  kPartialResetMinus2,
  kPartialResetMinus3,
  kPartialResetMinus4,
  kResetMinusDone0,
  kResetMinusDone,
  kWaitGroup,
};
inline constexpr int kNeuronStates = 24;

struct CoreControllerOut {
  bool load = false;
  bool next = false;
  bool compare = false;
  bool first = false;
  bool random = false;
  bool all_flipped = false;
  bool phase_done = false;
  bool vector_done = false;
  bool done = false;
  bool refused = false;
  bool busy = false;
  std::uint32_t vector = 0;
  std::uint8_t comparison = 0;
  NeuronState state = NeuronState::kIdle;
  std::uint32_t controls = 0;  ///< neuron_controls_t of rtl/neuron_pkg.sv

  template <class Self, class Visit>
  static void ports(Self& p, Visit&& visit) {
    visit("load_o", p.load, 1);
    visit("next_o", p.next, 1);
    visit("compare_o", p.compare, 1);
    visit("first_o", p.first, 1);
    visit("random_o", p.random, 1);
    visit("all_flipped_o", p.all_flipped, 1);
    visit("phase_done_o", p.phase_done, 1);
    visit("vector_done_o", p.vector_done, 1);
    visit("done_o", p.done, 1);
    visit("refused_o", p.refused, 1);
    visit("busy_o", p.busy, 1);
    visit("vector_o", p.vector, 18);
    visit("comparison_o", p.comparison, 8);
    visit("state_o", p.state, 5);
    visit("controls_o", p.controls, 22);
  }
};

struct InputSequencerIn {
  static constexpr const char* kSlot = "input_sequencer";

  bool load = false;
  std::array<std::uint8_t, kLines> codes{};
  Lines mask{};
  Lines negate{};
  bool is_signed = false;
  bool bipolar = false;
  std::uint8_t planes_high = 1;
  std::uint8_t planes_low = 0;
  std::uint8_t multiplier = 1;
  bool next = false;

  template <class Self, class Visit>
  static void ports(Self& p, Visit&& visit) {
    visit("load_i", p.load, 1);
    visit("codes_i", p.codes, 8 * kLines);
    visit("mask_i", p.mask, kLines);
    visit("negate_i", p.negate, kLines);
    visit("signed_i", p.is_signed, 1);
    visit("bipolar_i", p.bipolar, 1);
    visit("planes_high_i", p.planes_high, 3);
    visit("planes_low_i", p.planes_low, 3);
    visit("multiplier_i", p.multiplier, 6);
    visit("next_i", p.next, 1);
  }
};

struct InputSequencerOut {
  Lines plus{};
  Lines minus{};
  std::uint16_t samples = 1;
  bool last_pulse = true;
  bool last_phase = true;
  std::uint8_t plane = 0;
  bool pass = false;

  template <class Self, class Visit>
  static void ports(Self& p, Visit&& visit) {
    visit("plus_o", p.plus, kLines);
    visit("minus_o", p.minus, kLines);
    visit("samples_o", p.samples, 12);
    visit("last_pulse_o", p.last_pulse, 1);
    visit("last_phase_o", p.last_phase, 1);
    visit("plane_o", p.plane, 3);
    visit("pass_o", p.pass, 1);
  }
};

enum class CountActivation : std::uint8_t { kNone, kRelu, kSigmoid, kTanh };

struct StepCounterIn {
  static constexpr const char* kSlot = "step_counter";

  bool compare = false;
  bool first = false;
  Lines comparator{};
  Lines mask{};
  CountActivation activation = CountActivation::kNone;
  std::uint8_t step_limit = 1;
  std::uint8_t every_2nd = 255;
  std::uint8_t every_3rd = 255;
  std::uint8_t every_4th = 255;
  std::uint8_t full = 255;
  std::uint8_t top = 1;
  bool silicon = false;
  bool read = false;

  template <class Self, class Visit>
  static void ports(Self& p, Visit&& visit) {
    visit("compare_i", p.compare, 1);
    visit("first_i", p.first, 1);
    visit("comparator_i", p.comparator, kLines);
    visit("mask_i", p.mask, kLines);
    visit("activation_i", p.activation, 2);
    visit("step_limit_i", p.step_limit, 7);
    visit("every_2nd_i", p.every_2nd, 8);
    visit("every_3rd_i", p.every_3rd, 8);
    visit("every_4th_i", p.every_4th, 8);
    visit("full_i", p.full, 8);
    visit("top_i", p.top, 7);
    visit("silicon_i", p.silicon, 1);
    visit("read_i", p.read, 1);
  }
};

struct StepCounterOut {
  bool flipped = false;
  Codes codes{};

  template <class Self, class Visit>
  static void ports(Self& p, Visit&& visit) {
    visit("flipped_o", p.flipped, 1);
    visit("codes_o", p.codes, 16 * kLines);
  }
};

struct SearchRegisterIn {
  static constexpr const char* kSlot = "search_register";

  bool compare = false;
  bool first = false;
  Lines comparator{};
  Lines mask{};
  bool relu = false;
  std::uint8_t magnitude_bits = 0;
  bool read = false;

  template <class Self, class Visit>
  static void ports(Self& p, Visit&& visit) {
    visit("compare_i", p.compare, 1);
    visit("first_i", p.first, 1);
    visit("comparator_i", p.comparator, kLines);
    visit("mask_i", p.mask, kLines);
    visit("relu_i", p.relu, 1);
    visit("magnitude_bits_i", p.magnitude_bits, 4);
    visit("read_i", p.read, 1);
  }
};

struct SearchRegisterOut {
  bool found = false;
  Codes codes{};

  template <class Self, class Visit>
  static void ports(Self& p, Visit&& visit) {
    visit("found_o", p.found, 1);
    visit("codes_o", p.codes, 16 * kLines);
  }
};

struct LfsrPairIn {
  static constexpr const char* kSlot = "lfsr_pair";

  bool load = false;
  Lines up{};
  Lines down{};
  bool shift = false;

  template <class Self, class Visit>
  static void ports(Self& p, Visit&& visit) {
    visit("load_i", p.load, 1);
    visit("up_i", p.up, kLines);
    visit("down_i", p.down, kLines);
    visit("shift_i", p.shift, 1);
  }
};

struct LfsrPairOut {
  Lines up{};
  Lines down{};
  Lines bits{};

  template <class Self, class Visit>
  static void ports(Self& p, Visit&& visit) {
    visit("up_o", p.up, kLines);
    visit("down_o", p.down, kLines);
    visit("bits_o", p.bits, kLines);
  }
};

struct WriteVerifyIn {
  static constexpr const char* kSlot = "write_verify";

  bool start = false;
  bool abort = false;
  std::uint32_t low = 0;
  std::uint32_t high = 0;
  std::uint32_t set_start = 0;
  std::uint32_t reset_start = 0;
  std::uint32_t step = 1;
  std::uint32_t end = 0;
  std::uint16_t end_pulses = 0;
  std::uint16_t reversals = 0;
  std::uint32_t pulse_clocks = 1;
  bool reading_valid = false;
  std::uint32_t reading = 0;

  template <class Self, class Visit>
  static void ports(Self& p, Visit&& visit) {
    visit("start_i", p.start, 1);
    visit("abort_i", p.abort, 1);
    visit("low_i", p.low, 32);
    visit("high_i", p.high, 32);
    visit("set_start_i", p.set_start, 24);
    visit("reset_start_i", p.reset_start, 24);
    visit("step_i", p.step, 24);
    visit("end_i", p.end, 24);
    visit("end_pulses_i", p.end_pulses, 10);
    visit("reversals_i", p.reversals, 10);
    visit("pulse_clocks_i", p.pulse_clocks, 32);
    visit("reading_valid_i", p.reading_valid, 1);
    visit("reading_i", p.reading, 32);
  }
};

struct WriteVerifyOut {
  bool busy = false;
  bool done = false;
  bool failed = false;
  bool read = false;
  bool pulse = false;
  bool is_reset = false;
  std::uint32_t amplitude = 0;
  std::uint32_t pulses = 0;
  std::uint32_t reads = 0;
  std::uint16_t reversals = 0;
  std::uint32_t verified = 0;

  template <class Self, class Visit>
  static void ports(Self& p, Visit&& visit) {
    visit("busy_o", p.busy, 1);
    visit("done_o", p.done, 1);
    visit("failed_o", p.failed, 1);
    visit("read_o", p.read, 1);
    visit("pulse_o", p.pulse, 1);
    visit("is_reset_o", p.is_reset, 1);
    visit("amplitude_o", p.amplitude, 24);
    visit("pulses_o", p.pulses, 24);
    visit("reads_o", p.reads, 24);
    visit("reversals_o", p.reversals, 10);
    visit("verified_o", p.verified, 32);
  }
};

/// Register files of one row of six cores: column file, row file of core 0, of core 1, …
inline constexpr std::size_t kRowFiles = 12;
using RowFiles = std::array<std::uint64_t, kRowFiles * kLines / 64>;

struct RowShiftChainIn {
  static constexpr const char* kSlot = "row_shift_chain";

  bool start = false;
  bool forward = false;
  std::uint8_t multiplier = 1;
  std::uint8_t serial = 0;
  bool capture = false;
  std::uint8_t capture_file = 0;
  Lines capture_minus{};
  Lines capture_plus{};
  bool clear_columns = false;
  bool clear_rows = false;

  template <class Self, class Visit>
  static void ports(Self& p, Visit&& visit) {
    visit("start_i", p.start, 1);
    visit("forward_i", p.forward, 1);
    visit("multiplier_i", p.multiplier, 4);
    visit("serial_i", p.serial, 2);
    visit("capture_i", p.capture, 1);
    visit("capture_file_i", p.capture_file, 4);
    visit("capture_minus_i", p.capture_minus, kLines);
    visit("capture_plus_i", p.capture_plus, kLines);
    visit("clear_columns_i", p.clear_columns, 1);
    visit("clear_rows_i", p.clear_rows, 1);
  }
};

struct RowShiftChainOut {
  bool busy = false;
  std::uint8_t serial = 0;
  RowFiles minus{};
  RowFiles plus{};

  template <class Self, class Visit>
  static void ports(Self& p, Visit&& visit) {
    visit("busy_o", p.busy, 1);
    visit("serial_o", p.serial, 2);
    visit("minus_o", p.minus, kRowFiles * kLines);
    visit("plus_o", p.plus, kRowFiles * kLines);
  }
};

/// Ports of a router, in the order of their bits.
enum class MeshPort : std::uint8_t { kNorth, kEast, kSouth, kWest, kLocal };
inline constexpr std::size_t kMeshPorts = 5;
using MeshFlits = std::array<std::uint32_t, kMeshPorts>;

struct MeshRouterIn {
  static constexpr const char* kSlot = "mesh_router";

  std::uint8_t x = 0;
  std::uint8_t y = 0;
  std::uint8_t valid = 0;
  MeshFlits flit{};
  std::uint8_t ready = 0;

  template <class Self, class Visit>
  static void ports(Self& p, Visit&& visit) {
    visit("x_i", p.x, 4);
    visit("y_i", p.y, 4);
    visit("valid_i", p.valid, kMeshPorts);
    visit("flit_i", p.flit, 32 * kMeshPorts);
    visit("ready_i", p.ready, kMeshPorts);
  }
};

struct MeshRouterOut {
  std::uint8_t ready = 0;
  std::uint8_t valid = 0;
  MeshFlits flit{};

  template <class Self, class Visit>
  static void ports(Self& p, Visit&& visit) {
    visit("ready_o", p.ready, kMeshPorts);
    visit("valid_o", p.valid, kMeshPorts);
    visit("flit_o", p.flit, 32 * kMeshPorts);
  }
};

using CoreController = Block<CoreControllerIn, CoreControllerOut>;
using InputSequencer = Block<InputSequencerIn, InputSequencerOut>;
using StepCounter = Block<StepCounterIn, StepCounterOut>;
using SearchRegister = Block<SearchRegisterIn, SearchRegisterOut>;
using LfsrPair = Block<LfsrPairIn, LfsrPairOut>;
using WriteVerify = Block<WriteVerifyIn, WriteVerifyOut>;
using RowShiftChain = Block<RowShiftChainIn, RowShiftChainOut>;
using MeshRouter = Block<MeshRouterIn, MeshRouterOut>;

}  // namespace neurram::core
