// A core's cells: what programming a window changes, and what it leaves.
#include <catch2/catch.hpp>
#include <vector>

#include "models/array/crossbar.h"

using namespace neurram;
using namespace neurram::array;

namespace {

Crossbar random_cells(std::uint64_t seed) {
  Crossbar crossbar(ArrayParameters{}, device::make_device(device::DeviceParameters{}), 2, seed);
  for (int r = 0; r < 20; ++r) {
    for (int c = 0; c < 20; ++c) crossbar.set_target(r, c, 1e-6f * static_cast<float>(2 + r + c));
  }
  return crossbar;
}

/// Conductances of the first 20 x 20 cells.
std::vector<float> conductances(const Crossbar& crossbar) {
  std::vector<float> cells;
  for (int r = 0; r < 20; ++r) {
    for (int c = 0; c < 20; ++c) cells.push_back(crossbar.conductance(r, c));
  }
  return cells;
}

}  // namespace

TEST_CASE("cells start un-formed, without conductance") {
  const Crossbar crossbar = random_cells(1);
  for (const float g : conductances(crossbar)) CHECK(g == 0);
}

TEST_CASE("PROGRAM reaches its window and no other cell") {
  Crossbar crossbar = random_cells(1);
  const ProgramReport report = crossbar.program({5, 3, 7, 11});
  CHECK(report.cells == 77);
  CHECK(report.pulses > 0);
  CHECK(report.failed <= 5);
  for (int r = 0; r < 20; ++r) {
    for (int c = 0; c < 20; ++c) {
      const bool inside = r >= 5 && r < 12 && c >= 3 && c < 14;
      CHECK((crossbar.conductance(r, c) > 0) == inside);
      CHECK((crossbar.verified(r, c) > 0) == inside);
    }
  }
}

TEST_CASE("equal seeds program equal arrays, another seed or another time another") {
  Crossbar one = random_cells(1), same = random_cells(1), other = random_cells(2);
  for (Crossbar* crossbar : {&one, &same, &other}) crossbar->program({0, 0, 20, 20});
  const auto first = conductances(one);
  CHECK(first == conductances(same));
  CHECK(first != conductances(other));
  one.program({0, 0, 20, 20});
  CHECK(first != conductances(one));
}

TEST_CASE("whatever changes a conductance makes older matrices stale, setting a target does not") {
  Crossbar crossbar = random_cells(1);
  const std::uint64_t start = crossbar.version();
  crossbar.set_target(0, 0, 9e-6f);
  CHECK(crossbar.version() == start);
  crossbar.program({0, 0, 1, 1});
  const std::uint64_t programmed = crossbar.version();
  CHECK(programmed != start);
  crossbar.set_conductance(255, 255, 3e-6f);
  CHECK(crossbar.version() != programmed);
  CHECK(crossbar.conductance(255, 255) == 3e-6f);
  CHECK(crossbar.verified(255, 255) == 3e-6f);
}
