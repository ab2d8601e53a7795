// Write-verify against the chip's procedure, by a cell that records what the controller does.
#include <rapidcheck.h>
#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>
#include <vector>

#include "models/device/write_verify.h"

using namespace neurram;
using namespace neurram::device;

namespace {

constexpr double kMicro = 1e-6;

/// A cell whose conductance is what `response` makes of the pulses.
struct Recorder : PulsedCell {
  double g_s = 0;
  std::function<double(const Pulse&, double)> response;
  std::vector<Pulse> pulses;
  int reads = 0;
  std::vector<double> errors_s = {};  ///< of the first reads

  double read() override {
    const auto k = static_cast<std::size_t>(reads++);
    return g_s + (k < errors_s.size() ? errors_s[k] : 0);
  }
  void apply(const Pulse& pulse) override {
    pulses.push_back(pulse);
    g_s = response(pulse, g_s);
  }
};

/// Moves by a fixed step a pulse.
double step(const Pulse& pulse, double g_s, double up_us, double down_us) {
  return g_s + kMicro * (pulse.polarity == Polarity::kSet ? up_us : -down_us);
}

Recorder recorder(double g_us, double up_us, double down_us) {
  Recorder cell;
  cell.g_s = g_us * kMicro;
  cell.response = [=](const Pulse& pulse, double g_s) { return step(pulse, g_s, up_us, down_us); };
  return cell;
}

WriteVerifyResult run(Recorder& cell, double target_us, const DeviceParameters& p = {}) {
  return write_verify(cell, window_of(target_us * kMicro, p), p.programming);
}

std::vector<double> amplitudes(const std::vector<Pulse>& pulses) {
  std::vector<double> values;
  for (const Pulse& pulse : pulses) values.push_back(pulse.amplitude_v);
  return values;
}

}  // namespace

TEST_CASE("a cell inside its window is read twice and left alone") {
  Recorder cell = recorder(20.4, 1, 1);
  const WriteVerifyResult result = run(cell, 20);
  CHECK(cell.pulses.empty());
  CHECK(cell.reads == 2);
  CHECK(result.reads == 2);
  CHECK(result.pulses == 0);
  CHECK_FALSE(result.failed);
  CHECK(result.verified_s == Approx(20.4 * kMicro));
}

TEST_CASE("too low: SET from 1.2 V by 0.1 V, a read after each pulse, and one to confirm") {
  Recorder cell = recorder(10, 2.4, 1);
  const WriteVerifyResult result = run(cell, 20);  // 10, 12.4, 14.8, 17.2, 19.6
  CHECK(amplitudes(cell.pulses) == std::vector<double>{1.2, 1.2 + 0.1, 1.2 + 0.2, 1.2 + 3 * 0.1});
  for (const Pulse& pulse : cell.pulses) {
    CHECK(pulse.polarity == Polarity::kSet);
    CHECK(pulse.width_s == 1e-6);
    CHECK(pulse.word_line_v == 3.0);
  }
  CHECK(result.pulses == 4);
  CHECK(result.reads == 6);
  CHECK(result.reversals == 0);
  CHECK_FALSE(result.failed);
}

TEST_CASE("too high: RESET from 1.5 V at a word line of 5 V") {
  Recorder cell = recorder(23.5, 1, 1);
  const WriteVerifyResult result = run(cell, 20);
  CHECK(amplitudes(cell.pulses) == std::vector<double>{1.5, 1.5 + 0.1, 1.5 + 0.2});
  for (const Pulse& pulse : cell.pulses) {
    CHECK(pulse.polarity == Polarity::kReset);
    CHECK(pulse.word_line_v == 5.0);
  }
  CHECK_FALSE(result.failed);
}

TEST_CASE("a ramp that overshoots is followed by one of the other polarity, from its start") {
  Recorder cell = recorder(10, 6, 2.5);
  const WriteVerifyResult result = run(cell, 20);  // 10, 16, 22 | 19.5
  REQUIRE(cell.pulses.size() == 3);
  CHECK(cell.pulses[1].amplitude_v == Approx(1.3));
  CHECK(cell.pulses[2].polarity == Polarity::kReset);
  CHECK(cell.pulses[2].amplitude_v == 1.5);
  CHECK(result.reversals == 1);
  cell = recorder(10, 4.5, 4.0);
  run(cell, 20);  // 10, 14.5, 19.0
  CHECK(cell.pulses.size() == 2);
  cell = recorder(10, 4.2, 4.1);
  run(cell, 20);  // 10, 14.2, 18.4, 22.6 | 18.5 | 22.7 | 18.6 … 19
  CHECK(cell.pulses[4].polarity == Polarity::kSet);
  CHECK(cell.pulses[4].amplitude_v == 1.2);
}

TEST_CASE("a cell that no ramp moves gets 30 pulses at 4 V and has failed") {
  for (const bool up : {true, false}) {
    Recorder cell = recorder(up ? 10 : 30, 0, 0);
    const WriteVerifyResult result = run(cell, 20);
    CHECK(result.failed);
    const int below_end = up ? 28 : 25;  // 1.2 … 3.9 V, 1.5 … 3.9 V
    CHECK(result.pulses == below_end + 30);
    CHECK(result.reads == 1 + result.pulses);
    const auto values = amplitudes(cell.pulses);
    CHECK(std::count(values.begin(), values.end(), 4.0) == 30);
    CHECK(*std::max_element(values.begin(), values.end()) == 4.0);
    CHECK(std::is_sorted(values.begin(), values.end()));
  }
}

TEST_CASE("after 30 reversals a cell has failed") {
  Recorder cell = recorder(10, 20, 20);  // 10 | 30 | 10 | 30 …
  const WriteVerifyResult result = run(cell, 20);
  CHECK(result.failed);
  CHECK(result.reversals == 30);
  CHECK(result.pulses == 31);
  DeviceParameters p;
  p.programming.reversals = 0;
  cell = recorder(10, 20, 20);
  CHECK(run(cell, 20, p).pulses == 1);
}

TEST_CASE("targets up to g_min are only RESET, until below g_min") {
  for (const double target_us : {0.0, 0.5, 1.0}) {
    Recorder cell = recorder(6.3, 1, 1.5);
    const WriteVerifyResult result = run(cell, target_us);
    CHECK(cell.pulses.size() == 4);
    for (const Pulse& pulse : cell.pulses) CHECK(pulse.polarity == Polarity::kReset);
    CHECK(result.verified_s <= 1 * kMicro);
    cell = recorder(0, 1, 1);
    CHECK(run(cell, target_us).pulses == 0);
  }
}

TEST_CASE("targets above g_max get a higher word line, for SET alone") {
  Recorder cell = recorder(60, 2.5, 11);
  run(cell, 50);  // 60 | 49
  cell.g_s = 30 * kMicro;
  run(cell, 50);
  for (const Pulse& pulse : cell.pulses)
    CHECK(pulse.word_line_v == (pulse.polarity == Polarity::kSet ? 4.0 : 5.0));
}

TEST_CASE("a read that happens to lie inside is not believed") {
  Recorder cell = recorder(10, 9.5, 1);
  cell.errors_s = {9.5 * kMicro};  // the first read sees 19.5 uS, the confirming one 10
  const WriteVerifyResult result = run(cell, 20);
  CHECK(result.pulses == 1);
  CHECK(result.reads == 4);
  CHECK_FALSE(result.failed);
  CHECK(result.verified_s == Approx(19.5 * kMicro));
}

TEST_CASE("whatever a cell does, write-verify ends, and rightly says how") {
  CHECK(rc::check("random responses", [] {
    const auto number = [](int low, int high) { return 0.01 * *rc::gen::inRange(low, high); };
    DeviceParameters p;
    p.programming.reversals = *rc::gen::inRange(0, 40);
    p.programming.end_pulses = *rc::gen::inRange(1, 40);
    p.programming.end_v = number(100, 500);
    Recorder cell = recorder(number(0, 6000), number(0, 3000), number(0, 3000));
    const double target_us = number(0, 5000);
    const WriteVerifyResult result = run(cell, target_us, p);
    const Window window = window_of(target_us * kMicro, p);
    const bool inside = result.verified_s >= window.low_s && result.verified_s <= window.high_s;
    RC_ASSERT(result.failed == !inside);
    RC_ASSERT(result.pulses == static_cast<int>(cell.pulses.size()));
    RC_ASSERT(result.reads == cell.reads);
    RC_ASSERT(result.reversals <= p.programming.reversals);
    for (const Pulse& pulse : cell.pulses) RC_ASSERT(pulse.amplitude_v <= p.programming.end_v);
  }));
}
