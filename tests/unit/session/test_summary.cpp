#include <catch2/catch.hpp>
#include <cmath>

#include "models/session/summary.h"

using namespace neurram;

TEST_CASE("the interval of a share is the exact one") {
  // Clopper and Pearson (1934); closed forms at the ends: 1 - 0.025^(1/n).
  const auto none = session::share_interval(0, 10);
  CHECK(none.low == 0.0);
  CHECK(none.high == Approx(1 - std::pow(0.025, 0.1)).epsilon(1e-12));
  const auto all = session::share_interval(10, 10);
  CHECK(all.low == Approx(std::pow(0.025, 0.1)).epsilon(1e-12));
  CHECK(all.high == 1.0);
  const auto half = session::share_interval(5, 10);
  CHECK(half.low == Approx(0.187086).epsilon(1e-5));  // tabulated
  CHECK(half.high == Approx(0.812914).epsilon(1e-5));
}

TEST_CASE("peak efficiency is the published benchmark's, within the model's 10 %") {
  // Nature 608, Extended Data Fig. 12e, in/out bits of signed codes: 4/6 bits 15.95, 3/5 bits 23.1
  // TOPS/W. Unsigned codes of n bits drive as many pulses as signed ones of n + 1.
  const session::Config config;
  CHECK(session::peak_tops_per_w(config, 3, 6) == Approx(15.95).epsilon(0.10));
  CHECK(session::peak_tops_per_w(config, 2, 5) == Approx(23.1).epsilon(0.10));
}
