// The statistical cell against the published relaxation data and its own specification.
#include <catch2/catch.hpp>
#include <cmath>

#include "models/base/error.h"
#include "models/device/cell.h"
#include "models/device/registry.h"

using namespace neurram;
using namespace neurram::device;

namespace {

constexpr double kMicro = 1e-6;

DeviceParameters one_pass(double age_s) {
  DeviceParameters p;
  p.programming_passes = 1;
  p.age_s = age_s;
  return p;
}

struct Spread {
  double mean = 0, sigma = 0, failed = 0, pulses = 0;
};

Spread program_many(const DeviceParameters& p, double target_s, int cells, bool relaxed) {
  const auto device = make_device(p);
  double sum = 0, square = 0, failed = 0, pulses = 0;
  for (int i = 0; i < cells; ++i) {
    const ProgrammedCell cell = device->program(
        static_cast<float>(target_s), 5,
        {1, static_cast<std::uint32_t>(i / 256), static_cast<std::uint32_t>(i % 256), 0});
    const double g = relaxed ? cell.relaxed_s : cell.verified_s;
    sum += g;
    square += g * g;
    failed += cell.failed;
    pulses += cell.pulses;
  }
  const double mean = sum / cells;
  return {mean, std::sqrt(square / cells - mean * mean), failed / cells, pulses / cells};
}

}  // namespace

TEST_CASE("relaxation spread follows the published fits") {
  // sigma in uS at G = 0, 4, 8, 12, 20, 28, 40 uS, one pass (AIHWKit's fit of the chip's data).
  const double g[] = {0, 4, 8, 12, 20, 28, 40};
  const double second[] = {0.35, 1.56, 2.14, 2.30, 2.02, 1.61, 1.10};
  const double day[] = {0.70, 2.45, 3.44, 3.90, 3.91, 3.48, 2.65};
  for (int i = 0; i < 7; ++i) {
    CHECK(relaxation_sigma_s(one_pass(1), g[i] * kMicro) / kMicro ==
          Approx(second[i]).margin(0.006));
    CHECK(relaxation_sigma_s(one_pass(86400), g[i] * kMicro) / kMicro ==
          Approx(day[i]).margin(0.006));
    CHECK(relaxation_sigma_s(one_pass(10 * 86400), g[i] * kMicro) ==
          relaxation_sigma_s(one_pass(86400), g[i] * kMicro));
    const double half_way = std::sqrt(86400.0);  // in log time
    CHECK(relaxation_sigma_s(one_pass(half_way), g[i] * kMicro) / kMicro ==
          Approx((second[i] + day[i]) / 2).margin(0.006));
  }
}

TEST_CASE("three passes lower the spread by the published 29 %") {
  DeviceParameters three;
  CHECK(relaxation_sigma_s(three, 12e-6) / relaxation_sigma_s(one_pass(three.age_s), 12e-6) ==
        Approx(0.71).epsilon(1e-9));
}

TEST_CASE("65,536 cells: tolerance, relaxation, failures and pulses as specified") {
  constexpr int kCells = 65536;
  DeviceParameters exact;
  exact.success_rate = 1;
  exact.relaxation = false;
  const Spread verified = program_many(exact, 20e-6, kCells, false);
  CHECK(verified.mean == Approx(20e-6).margin(0.02e-6));
  CHECK(verified.sigma == Approx(1e-6 / std::sqrt(3.0)).epsilon(0.02));  // uniform in +-1 uS
  DeviceParameters relaxing;
  relaxing.success_rate = 1;
  relaxing.programming_spread = false;
  const Spread relaxed = program_many(relaxing, 20e-6, kCells, true);
  CHECK(relaxed.sigma == Approx(relaxation_sigma_s(relaxing, 20e-6)).epsilon(0.02));
  const Spread all = program_many(DeviceParameters{}, 20e-6, kCells, false);
  CHECK(all.failed == Approx(0.01).epsilon(0.15));  // half of g_max: the mean over uniform targets
  CHECK(all.pulses == Approx(8.52).epsilon(0.05));
}

TEST_CASE("a cell is a function of seed and address, switches off leave the target") {
  const DeviceParameters p;
  const auto device = make_device(p);
  const CellAddress cell{3, 17, 200, 0};
  const float g = device->program(15e-6f, 1, cell).relaxed_s;
  CHECK(device->program(15e-6f, 1, cell).relaxed_s == g);
  CHECK(device->program(15e-6f, 2, cell).relaxed_s != g);
  CHECK(device->program(15e-6f, 1, {3, 17, 201, 0}).relaxed_s != g);
  CHECK(device->program(15e-6f, 1, {4, 17, 200, 0}).relaxed_s != g);
  CHECK(device->program(15e-6f, 1, {3, 17, 200, 1}).relaxed_s != g);
  DeviceParameters off;
  off.programming_spread = off.relaxation = false;
  CHECK(make_device(off)->program(15e-6f, 1, cell).relaxed_s == 15e-6f);
}

TEST_CASE("an unknown kind of cell is named with those there are") {
  DeviceParameters p;
  p.kind = "flux_capacitor";
  CHECK_THROWS_WITH(make_device(p),
                    Catch::Contains("flux_capacitor") && Catch::Contains("statistical"));
}
