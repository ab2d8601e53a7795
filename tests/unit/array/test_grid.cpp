// The transfer matrix of a grid with resistive wires against a nodal solve and against laws.
#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>
#include <random>

#include "models/array/grid.h"
#include "nodal.h"
#include "tests/unit/targets.h"

using neurram::array::corelet_tap;
using neurram::array::Grid;
using neurram::array::Sensing;
using neurram::array::transfer_matrix;

namespace {

using Random = std::mt19937;

std::size_t below(Random& random, std::size_t bound) {
  return random() % bound;
}

double one_of(Random& random, const std::vector<double>& values) {
  return values[below(random, values.size())];
}

/// Sizes to 40 x 40, some rows and lines open, 1 S to 1 nS.
Grid random_cells(Random& random, std::size_t inputs, std::size_t outputs) {
  Grid grid(inputs, outputs, 0, 0);
  const double open_share = one_of(random, {0, 0, 0.2, 0.9});
  for (double& g : grid.g_s) {
    const double unit = random() * 0x1p-32;
    const bool open = random() * 0x1p-32 < open_share;
    g = open ? 0 : one_of(random, {1e-6, 1e-5, 4e-5, 1e-4}) * (0.01 + unit);
  }
  return grid;
}

/// A grid whose wires, driver and sensing are drawn; unequal segments from `ohms`.
Grid random_grid(Random& random, const std::vector<double>& ohms) {
  Grid grid = random_cells(random, 1 + below(random, 40), 1 + below(random, 40));
  const bool equal = below(random, 3) == 0;
  const double one = one_of(random, ohms);
  for (double& r : grid.r_input_ohm) r = equal ? one : one_of(random, ohms);
  for (double& r : grid.r_output_ohm) r = equal ? one : one_of(random, ohms);
  grid.r_driver_ohm = one_of(random, {0, 1, 50, 1e3, 1e5});
  grid.r_sense_ohm = one_of(random, {0, 1, 100, 1e5});
  grid.sensing = below(random, 2) == 0 ? Sensing::kVoltage : Sensing::kCurrent;
  for (std::size_t& tap : grid.tap) tap = below(random, grid.inputs);
  return grid;
}

Random drawn() {
  return Random(*rc::gen::arbitrary<std::uint32_t>());
}

template <class Real>
double worst_error(const std::vector<Real>& ours, const std::vector<double>& right) {
  REQUIRE(ours.size() == right.size());
  double difference = 0, largest = 0;
  for (std::size_t x = 0; x < right.size(); ++x) {
    if (!std::isfinite(static_cast<double>(ours[x]))) return INFINITY;
    difference = std::max(difference, std::fabs(static_cast<double>(ours[x]) - right[x]));
    largest = std::max(largest, std::fabs(right[x]));
  }
  return difference == 0 ? 0 : difference / largest;
}

const std::vector<double> kWires = {0, 0.1, 1, 25, 1e3};
const std::vector<double> kExtremeWires = {0, 0.1, 1, 25, 1e3, 1e5};

Grid with_taps(Grid grid, std::size_t tap) {
  std::fill(grid.tap.begin(), grid.tap.end(), tap);
  return grid;
}

/// The same resistors, driven from the output lines' ends through what was the sense resistor and
/// read at what were the drivers. Both sides count from their other ends.
Grid from_the_other_side(const Grid& grid) {
  const std::size_t m = grid.inputs, n = grid.outputs;
  Grid other(n, m, 0, 0);
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < n; ++j)
      other.g_s[(n - 1 - j) * m + (m - 1 - i)] = grid.g_s[i * n + j];
  }
  for (std::size_t i = 1; i < m; ++i) other.r_input_ohm[m - i] = grid.r_output_ohm[i];
  for (std::size_t j = 1; j < n; ++j) other.r_output_ohm[n - j] = grid.r_input_ohm[j];
  other.r_driver_ohm = grid.r_sense_ohm;
  other.r_sense_ohm = grid.r_driver_ohm + grid.r_input_ohm[0];
  other.sensing = Sensing::kCurrent;
  return other;
}

/// Voltage of every node of the input lines for the given drives, as the model itself says it:
/// behind each output line stands another that only one cell reaches; no current flows there, so
/// it reads the node.
std::vector<double> input_nodes(const Grid& grid, const std::vector<double>& drive) {
  std::vector<double> nodes(grid.inputs * grid.outputs);
  for (std::size_t i = 0; i < grid.inputs; ++i) {
    Grid probed(grid.inputs, 2 * grid.outputs, 0, 0);
    probed.r_output_ohm = grid.r_output_ohm;
    probed.r_driver_ohm = grid.r_driver_ohm;
    for (std::size_t j = 0; j < grid.outputs; ++j) {
      probed.r_input_ohm[2 * j] = grid.r_input_ohm[j];
      probed.r_input_ohm[2 * j + 1] = 0;
      probed.g_s[i * probed.outputs + 2 * j + 1] = 1e-6;
      for (std::size_t k = 0; k < grid.inputs; ++k)
        probed.g_s[k * probed.outputs + 2 * j] = grid.g_s[k * grid.outputs + j];
    }
    const auto transfer = transfer_matrix<double>(probed);
    for (std::size_t j = 0; j < grid.outputs; ++j) {
      const double* row = &transfer[(2 * j + 1) * grid.inputs];
      nodes[i * grid.outputs + j] = std::inner_product(drive.begin(), drive.end(), row, 0.0);
    }
  }
  return nodes;
}

/// Likewise of the output lines, by tapping them everywhere.
std::vector<double> output_nodes(const Grid& grid, const std::vector<double>& drive) {
  std::vector<double> nodes;
  for (std::size_t i = 0; i < grid.inputs; ++i) {
    const auto transfer = transfer_matrix<double>(with_taps(grid, i));
    for (std::size_t j = 0; j < grid.outputs; ++j) {
      nodes.push_back(
          std::inner_product(drive.begin(), drive.end(), &transfer[j * grid.inputs], 0.0));
    }
  }
  return nodes;
}

}  // namespace

TEST_CASE("the transfer matrix is that of the nodal solve") {
  const auto agrees = [](const std::vector<double>& ohms, double error) {
    Random random = drawn();
    const Grid grid = random_grid(random, ohms);
    const std::vector<double> right = nodal_transfer(grid);
    RC_ASSERT(worst_error(transfer_matrix<double>(grid), right) < error);
    RC_ASSERT(worst_error(transfer_matrix<float>(grid), right) < 1e-4);
  };
  CHECK(rc::check("wires to 1 kOhm a segment", [&] { agrees(kWires, 1e-9); }));
  CHECK(rc::check("wires to 100 kOhm a segment", [&] { agrees(kExtremeWires, 1e-6); }));
}

TEST_CASE("every instruction set gives the same bits") {
  Random random(8);
  for (int k = 0; k < 20; ++k) {
    const Grid grid = random_grid(random, kWires);
    const auto exact = transfer_matrix<double>(grid);
    const auto rounded = transfer_matrix<float>(grid);
    for_each_instruction_set([&](const char* name) {
      CAPTURE(name);
      CHECK(transfer_matrix<double>(grid) == exact);
      CHECK(transfer_matrix<float>(grid) == rounded);
    });
  }
}

TEST_CASE("equal drives give the same voltage everywhere") {
  CHECK(rc::check("row sums", [] {
    Random random = drawn();
    Grid grid = random_grid(random, kExtremeWires);
    grid.sensing = Sensing::kVoltage;
    const auto transfer = transfer_matrix<double>(grid);
    for (std::size_t j = 0; j < grid.outputs; ++j) {
      double conductance = 0, sum = 0;
      for (std::size_t i = 0; i < grid.inputs; ++i) {
        conductance += grid.g_s[i * grid.outputs + j];
        sum += transfer[j * grid.inputs + i];
        RC_ASSERT(transfer[j * grid.inputs + i] > -1e-9);
      }
      RC_ASSERT(std::fabs(sum - (conductance > 0 ? 1 : 0)) < 1e-9);
    }
  }));
}

TEST_CASE("without resistance, a column is a divider, or adds currents") {
  CHECK(rc::check("G / sum G", [] {
    Random random = drawn();
    Grid grid = random_grid(random, {0});
    grid.r_driver_ohm = grid.r_sense_ohm = 0;
    std::vector<double> right;
    for (std::size_t j = 0; j < grid.outputs; ++j) {
      double sum = 0;
      for (std::size_t i = 0; i < grid.inputs; ++i) sum += grid.g_s[i * grid.outputs + j];
      if (grid.sensing == Sensing::kCurrent || sum == 0) sum = 1;
      for (std::size_t i = 0; i < grid.inputs; ++i)
        right.push_back(grid.g_s[i * grid.outputs + j] / sum);
    }
    RC_ASSERT(worst_error(transfer_matrix<double>(grid), right) < 1e-13);
    RC_ASSERT(worst_error(transfer_matrix<float>(grid), right) < 1e-5);
  }));
}

TEST_CASE("driven from the other side, the grid carries the same currents") {
  CHECK(rc::check("reciprocity", [] {
    Random random = drawn();
    Grid grid = random_grid(random, kWires);
    grid.sensing = Sensing::kCurrent;
    const std::size_t m = grid.inputs, n = grid.outputs;
    const auto forward = transfer_matrix<double>(grid);
    const auto backward = transfer_matrix<double>(from_the_other_side(grid));
    std::vector<double> expected(m * n);
    for (std::size_t i = 0; i < m; ++i) {
      for (std::size_t j = 0; j < n; ++j)
        expected[(m - 1 - i) * n + (n - 1 - j)] = forward[j * m + i];
    }
    RC_ASSERT(worst_error(backward, expected) < 1e-9);
  }));
}

TEST_CASE("what the drivers give is what the resistors take") {
  CHECK(rc::check("energy", [] {
    Random random = drawn();
    const std::size_t m = 1 + below(random, 12), n = 1 + below(random, 12);
    Grid grid = random_cells(random, m, n);
    for (double& r : grid.r_input_ohm) r = one_of(random, {0.1, 1, 25, 1e3});
    for (double& r : grid.r_output_ohm) r = one_of(random, {0.1, 1, 25, 1e3});
    grid.r_driver_ohm = one_of(random, {0, 50, 1e3});
    std::vector<double> drive(m);
    for (double& d : drive) d = one_of(random, {-0.5, 0, 0.5});
    const std::vector<double> v = input_nodes(grid, drive);
    const std::vector<double> c = output_nodes(grid, drive);

    const NodeVoltages nodes = solve_nodes(grid);
    std::vector<double> right_v(m * n, 0.0), right_c(m * n, 0.0);
    for (std::size_t x = 0; x < m * n; ++x) {
      for (std::size_t k = 0; k < m; ++k) {
        right_v[x] += drive[k] * nodes.input_line[x * m + k];
        right_c[x] += drive[k] * nodes.output_line[x * m + k];
      }
    }
    for (std::size_t x = 0; x < m * n; ++x) {
      RC_ASSERT(std::fabs(v[x] - right_v[x]) < 1e-10);
      RC_ASSERT(std::fabs(c[x] - right_c[x]) < 1e-10);
    }

    double given = 0, taken = 0;
    const auto wire = [&taken](double drop, double ohm) { taken += drop * drop / ohm; };
    for (std::size_t i = 0; i < m; ++i) {
      double current = 0;
      for (std::size_t j = 0; j < n; ++j) {
        const std::size_t x = i * n + j;
        const double cell = grid.g_s[x] * (v[x] - c[x]);
        current += cell;
        taken += cell * (v[x] - c[x]);
        if (j > 0) wire(v[x - 1] - v[x], grid.r_input_ohm[j]);
        if (i > 0) wire(c[x - n] - c[x], grid.r_output_ohm[i]);
      }
      const double near_ohm = grid.r_driver_ohm + grid.r_input_ohm[0];
      given += drive[i] * current;
      taken += current * current * near_ohm;
      RC_ASSERT(std::fabs(drive[i] - near_ohm * current - v[i * n]) < 1e-10);
    }
    RC_ASSERT(std::fabs(given - taken) <= 1e-9 * given + 1e-17);
  }));
}

TEST_CASE("a line without conductance reads 0, and an open row changes nothing") {
  Random random(3);
  for (const Sensing sensing : {Sensing::kVoltage, Sensing::kCurrent}) {
    Grid grid = random_cells(random, 6, 5);
    grid.sensing = sensing;
    grid.r_input_ohm.assign(5, 10);
    grid.r_output_ohm.assign(6, 10);
    for (std::size_t i = 0; i < 6; ++i) grid.g_s[i * 5 + 2] = 0;
    for (std::size_t j = 0; j < 5; ++j) grid.g_s[3 * 5 + j] = 0;
    const auto transfer = transfer_matrix<double>(grid);
    for (std::size_t i = 0; i < 6; ++i) CHECK(transfer[2 * 6 + i] == 0);
    for (std::size_t j = 0; j < 5; ++j) CHECK(std::fabs(transfer[j * 6 + 3]) < 1e-15);
    std::fill(grid.g_s.begin(), grid.g_s.end(), 0.0);
    for (const double t : transfer_matrix<double>(grid)) CHECK(t == 0);
    for (const float t : transfer_matrix<float>(grid)) CHECK(t == 0);
  }
  CHECK(transfer_matrix<double>(Grid(0, 3, 1, 1)).empty());
  CHECK(transfer_matrix<double>(Grid(3, 0, 1, 1)).empty());
}

TEST_CASE("every input line has one neuron of the transposable array") {
  std::vector<int> taps;
  for (int line = 0; line < 256; ++line) taps.push_back(corelet_tap(line));
  CHECK(taps[1] == 16);
  CHECK(taps[16] == 1);
  CHECK(taps[255] == 255);
  std::sort(taps.begin(), taps.end());
  for (int line = 0; line < 256; ++line) CHECK(taps[static_cast<std::size_t>(line)] == line);
}
