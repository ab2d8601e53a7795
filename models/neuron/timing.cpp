#include "models/neuron/timing.h"

namespace neurram::neuron {

void TimingParameters::describe(FieldVisitor& v) {
  constexpr auto kRun = Affects::kRun;
  v.number({"t_clock_s", "s",
            "clock of the neuron's state machine (voltage-mode FPGA design: 100 MHz)", kRun},
           t_clock_s, {1e-12, 1e-5});
  v.integer(
      {"t_cds", "8 cycles", "correlated double sampling register (chip team's setting)", kRun},
      t_cds, {0, 127});
  v.integer({"t_sample", "cycles", "word-line pulse register (chip team's setting)", kRun},
            t_sample, {0, 255});
  v.integer(
      {"t_integrate", "8 cycles", "integration register (3 gives the published 0.24 us)", kRun},
      t_integrate, {0, 255});
  v.integer(
      {"t_compare", "8 cycles", "comparison register (1 gives the published latencies)", kRun},
      t_compare, {0, 255});
  v.integer(
      {"t_reset", "8 cycles", "charge decrement register (0 gives the published latencies)", kRun},
      t_reset, {0, 255});
}

std::array<std::int64_t, kStates> state_cycles(const TimingParameters& timing) {
  return {8 * timing.t_cds + 4, 8 * timing.t_integrate + timing.t_sample + 7,
          8 * timing.t_integrate + 4, 8 * (timing.t_compare + timing.t_reset) + 19};
}

std::array<std::int64_t, kStates> operation_cycles(const TimingParameters& timing,
                                                   const StateVisits& visits) {
  std::array<std::int64_t, kStates> cycles = state_cycles(timing);
  for (int s = 0; s < kStates; ++s) cycles[s] *= visits[s];
  return cycles;
}

}  // namespace neurram::neuron
