// Cycles of the neurons' state machine against the states of the published FPGA design.
#include <rapidcheck.h>
#include <catch2/catch.hpp>
#include <numeric>
#include <vector>

#include "models/neuron/timing.h"

using namespace neurram::neuron;

namespace {

std::int64_t sum(const std::vector<std::int64_t>& cycles) {
  return std::accumulate(cycles.begin(), cycles.end(), std::int64_t{0});
}

/// Occupancy of every state of the voltage-mode design, one by one.
std::array<std::int64_t, kStates> walk(const TimingParameters& t) {
  const std::int64_t cds1 = 8 * t.t_cds + 1, integrate1 = 8 * t.t_integrate + 1;
  const std::int64_t sampling1 = t.t_sample + 1;
  const std::int64_t write1 = 8 * t.t_compare + 1, reset_done = 8 * t.t_reset + 1;
  return {sum({cds1, 1, 1, 1}),                         // CDS1 … CDS4
          sum({1, sampling1, 1, 1, 1, integrate1, 1}),  // SAMPLING, SAMPLING1 … 4, INTEG1, 2
          sum({1, 1, integrate1, 1}),                   // SAMPLING3, 4, INTEG1, 2
          // COMPARE, WRITE1 … 4, DONE, PARTIAL_RESET2 … 4, RESET_DONE0, RESET_DONE
          sum({1, write1, 1, 1, 9, 1, 1, 1, 1, 1, reset_done})};
}

}  // namespace

TEST_CASE("states last as the state machine's registers say") {
  CHECK(rc::check("for any register values", [] {
    TimingParameters t;
    t.t_cds = *rc::gen::inRange(0, 128);
    t.t_sample = *rc::gen::inRange(0, 256);
    t.t_integrate = *rc::gen::inRange(0, 256);
    t.t_compare = *rc::gen::inRange(0, 256);
    t.t_reset = *rc::gen::inRange(0, 256);
    RC_ASSERT(state_cycles(t) == walk(t));
  }));
}

TEST_CASE("the two settings of the chip team, by hand") {
  TimingParameters fast;  // 280, 330, 280 and 270 ns
  CHECK(state_cycles(fast) == std::array<std::int64_t, 4>{28, 33, 28, 27});
  TimingParameters deployed;
  deployed.t_integrate = 63;
  deployed.t_compare = 2;
  CHECK(state_cycles(deployed) == std::array<std::int64_t, 4>{28, 513, 508, 35});
}

TEST_CASE("an operation takes each state as often as it is visited") {
  // 4 bits in, 6 out: one initialisation, 3 planes, 7 samples, 6 comparisons.
  const auto cycles = operation_cycles(TimingParameters{}, {1, 3, 4, 6});
  CHECK(cycles == std::array<std::int64_t, 4>{28, 99, 112, 162});
  CHECK(sum({cycles.begin(), cycles.end()}) == 401);
}
