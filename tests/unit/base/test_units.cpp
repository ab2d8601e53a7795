// The ledger's integers: nearest femtojoule, nearest picosecond, exact sums.
#include <rapidcheck.h>
#include <catch2/catch.hpp>
#include <cmath>

#include "models/base/units.h"

using namespace neurram;

TEST_CASE("joules and seconds become the nearest integer") {
  CHECK(Femtojoules::from_joules(1.4e-15).value == 1);
  CHECK(Femtojoules::from_joules(1.6e-15).value == 2);
  CHECK(Femtojoules::from_joules(-1.6e-15).value == -2);
  CHECK(Femtojoules::from_joules(0.483e-9).value == 483000);
  CHECK(Picoseconds::from_seconds(80e-9).value == 80000);
  CHECK(Picoseconds::from_seconds(20.48e-6).value == 20480000);
  CHECK(rc::check("within half a unit, for up to 100 seconds and 100 millijoules", [] {
    const auto whole = *rc::gen::inRange<std::int64_t>(0, 100'000'000'000'000);
    const double part = *rc::gen::inRange(-450, 450) * 1e-3;
    RC_ASSERT(Femtojoules::from_joules((static_cast<double>(whole) + part) * 1e-15).value == whole);
    RC_ASSERT(Picoseconds::from_seconds((static_cast<double>(whole) + part) * 1e-12).value ==
              whole);
  }));
}

TEST_CASE("sums are those of 64-bit integers") {
  CHECK(rc::check("any order of adding gives the same", [] {
    auto values =
        *rc::gen::container<std::vector<std::int32_t>>(rc::gen::arbitrary<std::int32_t>());
    std::int64_t exact = 0;
    Femtojoules energy, reverse;
    Picoseconds time;
    for (const std::int32_t v : values) {
      exact += v;
      energy += Femtojoules(v);
      time += Picoseconds(v);
    }
    for (auto v = values.rbegin(); v != values.rend(); ++v) reverse -= Femtojoules(*v);
    RC_ASSERT(energy.value == exact);
    RC_ASSERT(time.value == exact);
    RC_ASSERT(energy + reverse == Femtojoules());
  }));
  CHECK(std::int64_t{3} * Femtojoules(7) - Femtojoules(1) == Femtojoules(20));
  CHECK(std::int64_t{3} * Picoseconds(7) - Picoseconds(1) == Picoseconds(20));
  CHECK(Picoseconds(19) < Picoseconds(20));
  CHECK(Femtojoules(2'000'000'000'000).joules() == Approx(2e-3));
  CHECK(Picoseconds(2'000'000'000'000).seconds() == Approx(2.0));
}
