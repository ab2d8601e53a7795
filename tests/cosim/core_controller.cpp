// Controller and input sequencer together, clock by clock, against neuron::operation_cycles and the
// published order of states.
#include <algorithm>
#include <numeric>
#include <optional>

#include "models/neuron/timing.h"
#include "tests/cosim/bench.h"

namespace neurram::cosim {
namespace {

const std::vector<std::string> kBins = {"one phase",
                                        "two phases",
                                        "bipolar",
                                        "unary",
                                        "fixed comparisons",
                                        "stochastic",
                                        "no random pulse",
                                        "several vectors",
                                        "one vector",
                                        "waits for its group",
                                        "lone core",
                                        "start while busy",
                                        "abort",
                                        "abort and start again",
                                        "t_cds 0",
                                        "t_sample 0",
                                        "t_integrate 0",
                                        "t_compare 0",
                                        "t_reset 0",
                                        "largest times",
                                        "word lines kept on",
                                        "7 planes",
                                        "reset while busy"};

/// An operation, and what it must take.
struct Operation {
  core::CoreControllerIn in;
  core::InputSequencerIn input;
  neuron::TimingParameters timing;
  std::vector<int> comparisons[2];  ///< of each vector, by phase
  std::vector<int> held;            ///< clocks that the group keeps each vector waiting

  [[nodiscard]] int phases() const { return input.planes_low > 0 ? 2 : 1; }
  [[nodiscard]] int planes(int phase) const {
    return phase == 0 ? input.planes_high : input.planes_low;
  }
  [[nodiscard]] int passes() const { return input.bipolar ? 2 : 1; }
  [[nodiscard]] int samples() const {
    int samples = 0;
    for (int p = 0; p < phases(); ++p)
      samples += passes() * input.multiplier * ((1 << planes(p)) - 1);
    return samples;
  }
  [[nodiscard]] neuron::StateVisits visits(std::size_t vector) const {
    const int pulses = passes() * (planes(0) + (phases() == 2 ? planes(1) : 0));
    const int conversions = comparisons[0][vector] + (phases() == 2 ? comparisons[1][vector] : 0);
    return {phases(), pulses, samples() - pulses + in.random_pulses, conversions};
  }
  [[nodiscard]] std::int64_t cycles(std::size_t vector) const {
    const auto by_state = neuron::operation_cycles(timing, visits(vector));
    return std::accumulate(by_state.begin(), by_state.end(), std::int64_t{0});
  }
};

void choose_timing(Bench& bench, Operation& op) {
  const bool largest = bench.chance(0.02);
  const auto value = [&](const char* zero, int most) {
    const int v = largest ? most : bench.chance(0.3) ? 0 : bench.number(0, 4);
    bench.hit_if(v == 0, zero);
    return v;
  };
  op.timing.t_cds = value("t_cds 0", 127);
  op.timing.t_sample = value("t_sample 0", 255);
  op.timing.t_integrate = value("t_integrate 0", 255);
  op.timing.t_compare = value("t_compare 0", 255);
  op.timing.t_reset = value("t_reset 0", 255);
  bench.hit_if(largest, "largest times");
  op.in.t_cds = static_cast<std::uint8_t>(op.timing.t_cds);
  op.in.t_sample = static_cast<std::uint16_t>(op.timing.t_sample);
  op.in.t_integrate = static_cast<std::uint8_t>(op.timing.t_integrate);
  op.in.t_compare = static_cast<std::uint8_t>(op.timing.t_compare);
  op.in.t_reset = static_cast<std::uint8_t>(op.timing.t_reset);
}

void choose_input(Bench& bench, Operation& op) {
  const int planes = bench.chance(0.05) ? 7 : bench.number(1, 5);
  const bool two = planes > 1 && bench.chance(0.4);
  op.input.planes_low = static_cast<std::uint8_t>(two ? planes / 2 : 0);
  op.input.planes_high = static_cast<std::uint8_t>(planes - op.input.planes_low);
  op.input.bipolar = bench.chance(0.3);
  op.input.is_signed = bench.chance(0.5);
  op.input.multiplier = static_cast<std::uint8_t>(bench.number(1, 3));
  op.input.mask = bench.lines(0.7);
  bench.hit_if(planes == 7, "7 planes");
  bench.hit(two ? "two phases" : "one phase");
  bench.hit_if(op.input.bipolar, "bipolar");
}

Operation choose(Bench& bench) {
  Operation op;
  choose_timing(bench, op);
  choose_input(bench, op);
  op.in.keep_wl = bench.chance(0.3);
  op.in.vectors = static_cast<std::uint32_t>(bench.chance(0.5) ? 1 : bench.number(2, 4));
  op.in.unary = bench.chance(0.5);
  op.in.comparisons_high = static_cast<std::uint8_t>(bench.number(1, 10));
  op.in.comparisons_low = static_cast<std::uint8_t>(bench.number(1, 10));
  const bool stochastic = op.phases() == 1 && bench.chance(0.2);
  if (stochastic) {
    op.in.unary = false;
    op.in.comparisons_high = 1;
    op.in.random_pulses = static_cast<std::uint8_t>(bench.number(0, 9));
    bench.hit(op.in.random_pulses > 0 ? "stochastic" : "no random pulse");
  }
  const bool lone = bench.chance(0.5);
  for (std::uint32_t v = 0; v < op.in.vectors; ++v) {
    op.comparisons[0].push_back(op.in.unary ? 1 + bench.number(1, 12) : op.in.comparisons_high);
    op.comparisons[1].push_back(op.in.unary ? 1 + bench.number(1, 12) : op.in.comparisons_low);
    op.held.push_back(lone ? 0 : bench.number(0, 20));
    bench.hit(op.held.back() > 0 ? "waits for its group" : "lone core");
  }
  bench.hit(op.in.unary ? "unary" : "fixed comparisons");
  bench.hit(op.in.vectors > 1 ? "several vectors" : "one vector");
  bench.hit_if(op.in.keep_wl, "word lines kept on");
  return op;
}

/// Controls of a state, from the published table a second time, columns as in neuron_controls_t:
/// switches, rails, drive, modes, read trigger. k: a word line that is kept on.
std::uint32_t controls_of(core::NeuronState state, bool keep_wl) {
  constexpr const char* kTable[core::kNeuronStates] = {
      "0000101 000000 000 0000 00",  // IDLE
      "1101001 110000 001 0011 00",  // CDS1
      "0101001 110000 001 0011 00",  // CDS2
      "0100001 110000 001 0011 00",  // CDS3
      "0100101 110000 001 0011 00",  // CDS4
      "0100101 000000 011 0010 00",  // SAMPLING
      "0100101 000000 111 0110 00",  // SAMPLING1
      "0100101 000000 110 0110 00",  // SAMPLING2
      "0100101 000000 010 0k10 00",  // SAMPLING3
      "0010101 000000 010 0k10 00",  // SAMPLING4
      "0001101 000000 010 0k10 00",  // INTEG1
      "0000101 000000 010 0k10 00",  // INTEG2
      "0000101 000000 000 0000 00",  // COMPARE
      "0000000 010110 000 0000 00",  // COMPARE_WRITE_MINUS1
      "0000011 010110 001 0000 00",  // COMPARE_WRITE_MINUS2
      "0000011 010110 001 1000 00",  // COMPARE_WRITE_MINUS3
      "0000011 010110 001 1000 01",  // COMPARE_WRITE_MINUS4
      "0000001 010110 000 0000 00",  // WRITE_DONE
      "0000001 011111 000 0000 00",  // PARTIAL_RESET_MINUS2
      "0000011 011111 000 0000 00",  // PARTIAL_RESET_MINUS3
      "0010111 011111 000 0000 00",  // PARTIAL_RESET_MINUS4
      "0000111 011111 000 0000 00",  // RESET_MINUS_DONE0
      "0001101 011111 000 0000 00",  // RESET_MINUS_DONE
      "0000101 000000 000 0000 00",  // WAIT_GROUP
  };
  std::uint32_t controls = 0;
  for (const char* c = kTable[static_cast<int>(state)]; *c != 0; ++c) {
    if (*c == ' ') continue;
    controls = controls << 1 | static_cast<std::uint32_t>(*c == '1' || (*c == 'k' && keep_wl));
  }
  return controls;
}

/// The order of states of one vector, written down from the published table a second time.
class StateList {
 public:
  explicit StateList(const Operation& op) : op_(op) {}

  [[nodiscard]] std::vector<core::NeuronState> vector(std::size_t v) {
    using S = core::NeuronState;
    list_.clear();
    for (int phase = 0; phase < op_.phases(); ++phase) {
      stay(S::kCds1, 8 * op_.timing.t_cds + 1);
      for (const S s : {S::kCds2, S::kCds3, S::kCds4}) stay(s, 1);
      for (int plane = 0; plane < op_.planes(phase); ++plane) {
        for (int pass = 0; pass < op_.passes(); ++pass) pulse(op_.input.multiplier << plane);
      }
      for (int k = 0; k < op_.in.random_pulses; ++k) integrate();
      for (int c = 0; c < op_.comparisons[phase][v]; ++c) compare();
    }
    return list_;
  }

 private:
  void stay(core::NeuronState s, int clocks) {
    list_.insert(list_.end(), static_cast<std::size_t>(clocks), s);
  }
  void integrate() {
    using S = core::NeuronState;
    stay(S::kSampling3, 1);
    stay(S::kSampling4, 1);
    stay(S::kInteg1, 8 * op_.timing.t_integrate + 1);
    stay(S::kInteg2, 1);
  }
  void pulse(int samples) {
    using S = core::NeuronState;
    stay(S::kSampling, 1);
    stay(S::kSampling1, op_.timing.t_sample + 1);
    stay(S::kSampling2, 1);
    for (int k = 0; k < samples; ++k) integrate();
  }
  void compare() {
    using S = core::NeuronState;
    stay(S::kCompare, 1);
    stay(S::kCompareWriteMinus1, 8 * op_.timing.t_compare + 1);
    stay(S::kCompareWriteMinus2, 1);
    stay(S::kCompareWriteMinus3, 1);
    stay(S::kCompareWriteMinus4, 9);
    stay(S::kWriteDone, 1);
    for (const S s : {S::kPartialResetMinus2, S::kPartialResetMinus3, S::kPartialResetMinus4,
                      S::kResetMinusDone0})
      stay(s, 1);
    stay(S::kResetMinusDone, 8 * op_.timing.t_reset + 1);
  }

  const Operation& op_;
  std::vector<core::NeuronState> list_;
};

/// Controller and sequencer wired to each other, and to a conversion of known length.
class Pair {
 public:
  explicit Pair(Bench& bench)
      : bench_(bench),
        controller_(bench.block<core::CoreController>()),
        sequencer_(bench.other<core::InputSequencer>()) {}

  /// A whole operation; aborted after `abort_after` clocks if that comes first.
  void run(Operation& op, std::int64_t number, std::int64_t abort_after = -1) {
    op_ = &op;
    number_ = number;
    begin();
    StateList states(op);
    std::int64_t clock = 1;
    for (std::size_t v = 0; v < op.in.vectors; ++v) {
      const auto list = states.vector(v);
      expect(static_cast<std::int64_t>(list.size()), op.cycles(v), "cycles, operation", number_);
      wait_left_ = op.held[v];
      for (std::size_t i = 0; i < list.size(); ++i, ++clock) {
        expect_state(list[i], clock);
        expect(out_->vector, static_cast<std::uint32_t>(v), "vector, operation", number_);
        expect(out_->all_flipped, i + 1 == list.size(), "all flipped, clock", clock);
        if (clock == abort_after) return abort();
        step(v);
      }
      for (int waited = 0; waited < op.held[v]; ++waited, ++clock) {
        expect_state(core::NeuronState::kWaitGroup, clock);
        step(v);
      }
      expect(out_->vector_done, true, "vector done, clock", clock);
      expect(out_->done, v + 1 == op.in.vectors, "done, clock", clock);
    }
    expect(out_->busy, false, "busy after operation", number_);
    finish();
  }

  void reset_while_busy(Operation& op) {
    op_ = &op;
    begin();
    bench_.hit_if(out_->busy, "reset while busy");
    out_ = &controller_->reset();
    expect(out_->busy, false, "busy after reset", number_);
  }

 private:
  void begin() {
    op_->in.start = true;
    out_ = &controller_->clock(op_->in);
    op_->in.start = false;
    for (std::uint8_t& code : op_->input.codes)
      code = static_cast<std::uint8_t>(bench_.number(0, 127));
  }

  void expect_state(core::NeuronState wanted, std::int64_t clock) {
    expect(static_cast<int>(out_->state), static_cast<int>(wanted),
           "state, operation " + std::to_string(number_) + ", clock", clock);
    expect(out_->controls, controls_of(wanted, op_->in.keep_wl), "controls, clock", clock);
  }

  /// One clock of everything, each block on the outputs of the clock before.
  void step(std::size_t v) {
    core::CoreControllerIn& in = op_->in;
    const core::InputSequencerOut& s = *seen_;
    in.samples = s.samples;
    in.last_pulse = s.last_pulse;
    in.last_phase = s.last_phase;
    in.flipped = in.unary && flipped_;
    in.group_flipped = out_->all_flipped && wait_left_ == 0;
    if (out_->all_flipped && wait_left_ > 0) --wait_left_;
    in.start = bench_.chance(0.01);
    bench_.hit_if(in.start, "start while busy");
    const bool refused = in.start;
    op_->input.load = out_->load;
    op_->input.next = out_->next;
    if (out_->load) phase_ = 0;
    const bool compares = out_->compare;
    const bool first = out_->first;
    const bool ends_phase_next = out_->next && out_->state == core::NeuronState::kResetMinusDone;
    out_ = &controller_->clock(in);
    seen_ = &sequencer_->clock(op_->input);
    if (compares) {
      compared_ = first ? 1 : compared_ + 1;
      flipped_ = compared_ >= op_->comparisons[phase_][v];
    }
    if (ends_phase_next) phase_ = 1;
    expect(out_->refused, refused, "refused, operation", number_);
    in.start = false;
  }

  void abort() {
    bench_.hit("abort");
    op_->in.abort = true;
    out_ = &controller_->clock(op_->in);
    op_->in.abort = false;
    expect(out_->busy, false, "busy after abort", number_);
    expect(out_->done, false, "done after abort", number_);
    finish();
  }

  /// Idle clocks: nothing more may come.
  void finish() {
    for (int idle = bench_.number(1, 3); idle > 0; --idle) {
      out_ = &controller_->clock(op_->in);
      expect(out_->busy || out_->done || out_->load, false, "idle after operation", number_);
    }
  }

  Bench& bench_;
  std::unique_ptr<core::CoreController> controller_;
  std::unique_ptr<core::InputSequencer> sequencer_;
  const core::CoreControllerOut* out_ = nullptr;
  core::InputSequencerOut idle_;
  const core::InputSequencerOut* seen_ = &idle_;
  Operation* op_ = nullptr;
  std::int64_t number_ = 0;
  int phase_ = 0;
  int compared_ = 0;
  bool flipped_ = false;
  int wait_left_ = 0;
};

void stimulus(Bench& bench) {
  Pair pair(bench);
  bool aborted = false;
  for (std::int64_t n = 0; n < bench.rounds(400); ++n) {
    Operation op = choose(bench);
    const bool aborts = bench.chance(0.1);
    bench.hit_if(aborted, "abort and start again");
    pair.run(op, n, aborts ? bench.number(1, static_cast<int>(op.cycles(0))) : -1);
    aborted = aborts;
    if (!bench.chance(0.05)) continue;
    pair.reset_while_busy(op);
  }
}

}  // namespace
}  // namespace neurram::cosim

int main(int argc, char** argv) {
  return neurram::cosim::run(argc, argv, neurram::cosim::kBins, neurram::cosim::stimulus);
}
