// Every direction and activation of a slot over the bus, on a core without noise, against the
// divider of a floating line written out in double precision.
#include <cmath>
#include <map>
#include <random>

#include <systemc>

#include "check.h"
#include "models/array/grid.h"
#include "models/chip/chip.h"
#include "models/neuron/activation.h"
#include "models/neuron/stochastic.h"
#include "probe.h"

using namespace neurram;
namespace regs = map::core;
using Mode = regs::SlotMode;

namespace {

constexpr unsigned kRows = 40;
constexpr unsigned kColumns = 24;
constexpr unsigned kVectors = 20;
constexpr double kStep_v = 0.01;  // on C_sample
constexpr unsigned kStepLimit = 100;
constexpr std::uint64_t kCore = map::core_window(0);

/// The cells as they are poked, and how they are used in a direction.
double cell(unsigned row, unsigned column) {
  return 1e-6 * (1 + (row * 37 + column * 11) % 40);
}

class Bench {
 public:
  Bench(Checks& checks, Probe& probe) : check(checks), probe_(probe) {
    probe_.write(kCore + regs::kPower, 1);
    probe_.write(map::chip::rail_v_decrement_plus(0), 10000);
    probe_.write(map::chip::rail_v_decrement_minus(0), 10000);
    sc_core::sc_start(sc_core::sc_time(1, sc_core::SC_MS));
    for (unsigned row = 0; row < kRows; ++row) {
      for (unsigned column = 0; column < kColumns; ++column) {
        auto picosiemens = static_cast<std::uint32_t>(std::lround(cell(row, column) * 1e12));
        tlm::tlm_generic_payload payload;
        payload.set_command(tlm::TLM_WRITE_COMMAND);
        payload.set_address(kCore + regs::kConductance + 4 * (256 * row + column));
        payload.set_data_ptr(reinterpret_cast<unsigned char*>(&picosiemens));
        payload.set_data_length(4);
        probe_.socket->transport_dbg(payload);
      }
    }
  }

  /// Runs kVectors random signed vectors of 4 bits; codes by vector and output.
  std::vector<std::int16_t> run(Mode::DirectionValue direction, Mode::ActivationValue activation,
                                std::uint32_t activation_step = 50000) {
    const bool from_rows = direction == Mode::DirectionValue::kForward ||
                           direction == Mode::DirectionValue::kRecurrentBitLine;
    inputs_ = (from_rows ? kRows : kColumns) / 2;
    outputs_ = from_rows ? kColumns : kRows;
    std::uint32_t mode = Mode::Direction::set(0, direction);
    mode = Mode::Activation::set(mode, activation);
    mode = Mode::Pairing::set(mode, Mode::PairingValue::kDifferential);
    mode = Mode::Signedness::set(mode, Mode::SignednessValue::kSigned);
    mode = Mode::Conversion::set(mode, Mode::ConversionValue::kUnary);
    probe_.configure(0, 0, 0, kRows / 2, kColumns, mode, 6u << 8 | 4u);
    probe_.write(kCore + regs::slot_step_limit(0), kStepLimit);
    probe_.write(kCore + regs::slot_activation_step(0), activation_step);
    probe_.write(kCore + regs::slot_operation_id_low(0), 0);
    probe_.write(kCore + regs::kBatch, kVectors);
    std::mt19937 random(5);
    codes_.resize(kVectors * inputs_);
    for (auto& code : codes_) code = static_cast<std::int8_t>(static_cast<int>(random() % 15) - 7);
    probe_.burst(tlm::TLM_WRITE_COMMAND, kCore + regs::input_bank(0), codes_.data(),
                 kVectors * inputs_);
    probe_.write(kCore + regs::kControl, regs::Control::Start::kMask);
    sc_core::sc_start(sc_core::sc_time(100, sc_core::SC_MS));
    check.equal(probe_.read(kCore + regs::kError).value, 0u, "no error");
    std::vector<std::int16_t> results(kVectors * outputs_);
    probe_.burst(tlm::TLM_READ_COMMAND, kCore + regs::output_bank(0), results.data(),
                 kVectors * outputs_ * 2);
    return results;
  }

  /// What the neuron of output line `line` integrates, in steps.
  [[nodiscard]] double steps(unsigned vector, unsigned line, bool from_rows) const {
    double current = 0, total = 0;
    for (unsigned i = 0; i < 2 * inputs_; ++i) {
      const double g = from_rows ? cell(i, line) : cell(line, i);
      const double sign = i % 2 == 0 ? 0.5 : -0.5;
      current += sign * codes_[vector * inputs_ + i / 2] * g;
      total += g;
    }
    return current / total / kStep_v;
  }

  [[nodiscard]] unsigned outputs() const { return outputs_; }

  Checks& check;

 private:
  Probe& probe_;
  unsigned inputs_ = 0;
  unsigned outputs_ = 0;
  std::vector<std::int8_t> codes_;
};

/// Steps that a code stands for may lie half a step off; exact where f is no near-integer.
void expect_steps(Bench& bench, const std::vector<std::int16_t>& codes, bool from_rows,
                  const std::vector<unsigned>& lines, const std::string& what) {
  unsigned off = 0, above = 0;
  for (unsigned v = 0; v < kVectors; ++v) {
    for (unsigned j = 0; j < bench.outputs(); ++j) {
      const double f = bench.steps(v, lines[j], from_rows);
      const double value = 0.5 * neuron::half_steps(codes[v * bench.outputs() + j]);
      if (std::fabs(value - f) > 0.51) ++off;
      if (std::fabs(f) > 3) ++above;
    }
  }
  bench.check.equal(off, 0u, what + ": codes off");
  bench.check.that(above > 50, what + ": the codes say something");
}

std::vector<unsigned> in_order(unsigned count) {
  std::vector<unsigned> lines(count);
  for (unsigned j = 0; j < count; ++j) lines[j] = j;
  return lines;
}

/// Lines of an array read by neurons, in the order of the lines that the results return to: source
/// line 16 j + i and bit line 16 i + j share a neuron.
std::vector<unsigned> in_return_order(unsigned count) {
  std::map<unsigned, unsigned> by_return;
  for (unsigned line = 0; line < count; ++line) by_return[16 * (line % 16) + line / 16] = line;
  std::vector<unsigned> lines;
  for (const auto& [returns_to, line] : by_return) lines.push_back(line);
  return lines;
}

void directions(Bench& bench) {
  using Direction = Mode::DirectionValue;
  const auto none = Mode::ActivationValue::kNone;
  expect_steps(bench, bench.run(Direction::kForward, none), true, in_order(kColumns), "forward");
  expect_steps(bench, bench.run(Direction::kBackward, none), false, in_order(kRows), "backward");
  expect_steps(bench, bench.run(Direction::kRecurrentBitLine, none), true,
               in_return_order(kColumns), "recurrent bit lines");
  expect_steps(bench, bench.run(Direction::kRecurrentSourceLine, none), false,
               in_return_order(kRows), "recurrent source lines");
}

void activations(Bench& bench) {
  const auto forward = Mode::DirectionValue::kForward;
  const auto plain = bench.run(forward, Mode::ActivationValue::kNone);
  const auto relu = bench.run(forward, Mode::ActivationValue::kRelu);
  const auto tanh = bench.run(forward, Mode::ActivationValue::kTanh, 60000);
  const auto sigmoid = bench.run(forward, Mode::ActivationValue::kSigmoid, 60000);
  const neuron::ActivationTable tanh_table(neuron::Activation::kTanh, kStepLimit, 0.06);
  const neuron::ActivationTable sigmoid_table(neuron::Activation::kSigmoid, kStepLimit, 0.06);
  unsigned wrong = 0, far = 0;
  for (std::size_t x = 0; x < plain.size(); ++x) {
    if (relu[x] != std::max<std::int16_t>(plain[x], 0)) ++wrong;
    const double argument = 0.5 * neuron::half_steps(plain[x]) * 0.06;
    if (std::fabs(tanh_table.value(tanh[x]) - std::tanh(argument)) > 0.036 + 0.06) ++far;
    if (std::fabs(sigmoid_table.value(sigmoid[x]) - 1 / (1 + std::exp(-argument))) > 0.018 + 0.015)
      ++far;
  }
  bench.check.equal(wrong, 0u, "ReLU: codes off");
  bench.check.equal(far, 0u, "tanh and sigmoid: values off");
}

/// Firing by many vectors of operation ids of their own follows the sigmoid that the pulses stand
/// for.
void stochastic(Bench& bench) {
  const auto codes = bench.run(Mode::DirectionValue::kForward, Mode::ActivationValue::kStochastic);
  const double amplitude = 0.1 / kStep_v;  // V_lfsr over V_decrement
  double expected = 0, variance = 0, fired = 0, agreement = 0, agreement_variance = 0;
  unsigned other = 0;
  for (unsigned v = 0; v < kVectors; ++v) {
    for (unsigned j = 0; j < kColumns; ++j) {
      const int code = codes[v * kColumns + j];
      if (code != 0 && code != 1) ++other;
      const double p = neuron::firing_probability(bench.steps(v, j, true), 8, amplitude);
      expected += p;
      variance += p * (1 - p);
      fired += code;
      // Who fires must be who is likely to: the sum vanishes for a wrong sign or a wrong neuron.
      agreement += (code - 0.5) * (p - 0.5) - (p - 0.5) * (p - 0.5);
      agreement_variance += (p - 0.5) * (p - 0.5) * p * (1 - p);
    }
  }
  bench.check.equal(other, 0u, "stochastic neurons give 0 or 1");
  bench.check.that(std::fabs(fired - expected) < 4 * std::sqrt(variance),
                   "stochastic neurons fire as often as their pulses imply");
  bench.check.that(std::fabs(agreement) < 4 * std::sqrt(agreement_variance),
                   "those fire whose results are high");
  bench.check.that(
      bench.run(Mode::DirectionValue::kForward, Mode::ActivationValue::kStochastic) == codes,
      "the same operation ids fire the same neurons");
}

}  // namespace

int sc_main(int, char*[]) {
  Checks check;
  chip::ChipParameters parameters;
  parameters.grid_rows = parameters.grid_columns = parameters.core_count = 1;
  parameters.supply.drop = false;
  core::CoreParameters& p = parameters.core;
  p.array = p.array.ideal();
  p.device.read_noise = false;
  p.neuron.ktc_noise = p.neuron.offset = p.neuron.gain_spread = p.neuron.comparator_noise = false;
  p.neuron.range_clipping = false;
  ledger::Ledger ledger;
  chip::Chip chip("chip", parameters, {7, 8}, ledger);
  Probe probe("probe");
  probe.socket.bind(chip.host());
  sc_core::sc_start(sc_core::SC_ZERO_TIME);
  Bench bench(check, probe);
  directions(bench);
  activations(bench);
  stochastic(bench);
  return check.result();
}
