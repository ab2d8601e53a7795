// Spread of relaxation against the published data of the silicon.
#include <catch2/catch.hpp>
#include <cmath>

#include "models/device/cell.h"

using namespace neurram;
using namespace neurram::device;

namespace {

constexpr double kDay_s = 86400;

double sigma_us(double g_us, double age_s, int passes = 1) {
  DeviceParameters p;
  p.programming_passes = passes;
  p.age_s = age_s;
  return relaxation_sigma_s(p, g_us * 1e-6) * 1e6;
}

struct Peak {
  double at_us, sigma_us;
};

Peak peak_of(double age_s) {
  Peak peak{0, 0};
  for (double g = 0; g <= 40; g += 0.01) {
    if (sigma_us(g, age_s) > peak.sigma_us) peak = {g, sigma_us(g, age_s)};
  }
  return peak;
}

}  // namespace

TEST_CASE("values of the fits at seven states, a second and a day after one pass") {
  // Fits published with IBM's AIHWKit, evaluated by hand at 0, 4, 8, 12, 20, 28, 40 uS.
  const double g_us[] = {0, 4, 8, 12, 20, 28, 40};
  const double second[] = {0.35, 1.56, 2.14, 2.30, 2.02, 1.61, 1.10};
  const double day[] = {0.70, 2.45, 3.44, 3.90, 3.91, 3.48, 2.65};
  for (int i = 0; i < 7; ++i) {
    INFO(g_us[i] << " uS");
    CHECK(sigma_us(g_us[i], 1) == Approx(second[i]).margin(0.0051));
    CHECK(sigma_us(g_us[i], kDay_s) == Approx(day[i]).margin(0.0051));
  }
  CHECK(peak_of(1).sigma_us == Approx(2.30).margin(0.005));
  CHECK(peak_of(1).at_us == Approx(12.3).margin(0.05));
  CHECK(peak_of(kDay_s).sigma_us == Approx(4.00).margin(0.005));
  CHECK(peak_of(kDay_s).at_us == Approx(15.7).margin(0.05));
}

TEST_CASE("linear in the logarithm of time between a second and a day, constant outside") {
  for (const double g_us : {0.5, 3.0, 12.0, 25.0, 39.0}) {
    const double second = sigma_us(g_us, 1), day = sigma_us(g_us, kDay_s);
    for (const double age_s : {2.0, 60.0, 1800.0, 3600.0, 43200.0}) {
      const double position = std::log10(age_s) / std::log10(kDay_s);
      CHECK(sigma_us(g_us, age_s) == Approx(second + position * (day - second)).epsilon(1e-9));
    }
    CHECK(sigma_us(g_us, 0) == second);
    CHECK(sigma_us(g_us, 0.3) == second);
    CHECK(sigma_us(g_us, 30 * kDay_s) == day);
  }
  CHECK(sigma_us(55, kDay_s) == Approx(sigma_us(40, kDay_s)));  // beyond the measured range
}

TEST_CASE("programming again lowers the spread: by the published 29 % after three passes") {
  for (const double g_us : {2.0, 12.0, 35.0}) {
    CHECK(sigma_us(g_us, 1800, 3) / sigma_us(g_us, 1800, 1) == Approx(0.71).epsilon(1e-9));
    CHECK(sigma_us(g_us, 1800, 2) / sigma_us(g_us, 1800, 1) ==
          Approx(std::sqrt(0.71)).epsilon(1e-9));
  }
}
