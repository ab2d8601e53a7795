// The transfer matrix against the divider of a floating line, written out in double precision.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <random>
#include <vector>

#include "models/array/transfer.h"

using namespace neurram;
using namespace neurram::array;

namespace {

constexpr double kFloatRounding = 0x1p-24 * 1.001;

Crossbar random_crossbar(const ArrayParameters& p) {
  Crossbar crossbar(p, nullptr, 0, 0);
  std::mt19937 random(9);
  for (int r = 0; r < p.rows; ++r) {
    for (int c = 0; c < p.columns; ++c)
      crossbar.set_conductance(r, c, 1e-6f * static_cast<float>(1 + 39 * (random() * 0x1p-32)));
  }
  return crossbar;
}

Selection some_cells(bool differential, bool fold) {
  Selection s;
  for (int r = 2; r < 62; ++r) {
    if (r % 7 != 3) s.input_lines.push_back(r);  // bad rows are skipped
  }
  if (s.input_lines.size() % 2 != 0) s.input_lines.pop_back();
  s.output_lines = {0, 3, 4, 9, 60, 61, 128, 255};
  s.differential = differential;
  s.fold = fold;
  return s;
}

/// Volts on a floating column per the publication: sum of V_i G_ij over sum of G_ij, over the rows
/// whose word line is on, settled for t_settle.
double volts(const Crossbar& crossbar, const Selection& s, int column,
             const std::vector<double>& line_v) {
  double current = 0, total = 0;
  for (std::size_t i = 0; i < s.input_lines.size(); ++i) {
    current += line_v[i] * crossbar.conductance(s.input_lines[i], column);
    total += crossbar.conductance(s.input_lines[i], column);
  }
  const ArrayParameters& p = crossbar.parameters();
  return current / total * (p.settling ? -std::expm1(-p.t_settle_s * total / p.c_line_f) : 1.0);
}

}  // namespace

TEST_CASE("column volts are V_read sum p (G+ - G-) / sum G, settled, to float rounding") {
  const ArrayParameters ideal = ArrayParameters{}.ideal();
  ArrayParameters unsettled = ideal;
  unsettled.settling = true;
  unsettled.c_line_f = 3.9e-12;  // settles by a third only
  ArrayParameters settled = unsettled;
  settled.c_line_f = 0.6e-12;
  for (const ArrayParameters& p : {settled, unsettled, ideal}) {
    const Crossbar crossbar = random_crossbar(p);
    std::mt19937 random(1);
    const Selection folded = some_cells(true, true);
    const Selection lines = some_cells(true, false);
    const Selection single = some_cells(false, true);
    const Transfer by_pair(crossbar, folded, 127), by_line(crossbar, lines, 127),
        unpaired(crossbar, single, 127);
    const std::size_t pairs = folded.input_lines.size() / 2;
    REQUIRE(by_pair.drives() == pairs);
    REQUIRE(by_line.drives() == 2 * pairs);
    REQUIRE(unpaired.drives() == 2 * pairs);
    for (std::size_t j = 0; j < folded.output_lines.size(); ++j) {
      const int column = folded.output_lines[j];
      for (std::size_t i = 0; i < pairs; ++i) {
        std::vector<double> line_v(2 * pairs, 0.0);
        line_v[2 * i] = 1;
        const double plus = volts(crossbar, folded, column, line_v);
        line_v[2 * i + 1] = -1;
        const double both = volts(crossbar, folded, column, line_v);
        CHECK(std::fabs(by_pair.dense()[i * 16 + j] - both) <=
              kFloatRounding * std::fabs(both) + 1e-17);
        CHECK(std::fabs(by_line.dense()[2 * i * 16 + j] - plus) <= kFloatRounding * plus);
        CHECK(unpaired.dense()[2 * i * 16 + j] == by_line.dense()[2 * i * 16 + j]);
      }
      // A whole vector of pulses, summed in double precision.
      std::vector<double> line_v(2 * pairs);
      double sum = 0, size = 0;
      for (std::size_t i = 0; i < pairs; ++i) {
        const double pulses = static_cast<int>(random() % 15) - 7;
        line_v[2 * i] = 0.5 * pulses;
        line_v[2 * i + 1] = -0.5 * pulses;
        sum += 0.5 * pulses * by_pair.dense()[i * 16 + j];
        size += std::fabs(0.5 * pulses * by_pair.dense()[i * 16 + j]);
      }
      CHECK(std::fabs(sum - volts(crossbar, folded, column, line_v)) <=
            kFloatRounding * size + 1e-15);
    }
  }
}

TEST_CASE("rows whose word line is off do not matter, rows at rest load the divider") {
  Crossbar crossbar = random_crossbar(ArrayParameters{}.ideal());
  const Selection s = some_cells(true, true);
  const Transfer before(crossbar, s, 127);
  for (const int masked : {0, 1, 3, 10, 17, 255}) crossbar.set_conductance(masked, 4, 1e-3f);
  const Transfer masked(crossbar, s, 127);
  CHECK(masked.dense() == before.dense());
  CHECK(masked.conductance_sum() == before.conductance_sum());
  crossbar.set_conductance(2, 4, 1e-3f);
  const Transfer loaded(crossbar, s, 127);
  CHECK(loaded.conductance_sum()[2] > 0.9e-3 + before.conductance_sum()[2]);
  CHECK(std::fabs(loaded.dense()[5 * 16 + 2]) < std::fabs(before.dense()[5 * 16 + 2]));
  CHECK(loaded.dense()[5 * 16 + 1] == before.dense()[5 * 16 + 1]);
}

TEST_CASE("a column without conductance gives zeros, not NaN") {
  Crossbar crossbar(ArrayParameters{}, nullptr, 0, 0);
  crossbar.set_conductance(2, 3, 5e-6f);
  for (const bool fold : {true, false}) {
    const Transfer t(crossbar, some_cells(true, fold), 127);
    for (std::size_t j = 0; j < 8; ++j) {
      const bool open = j != 1;
      CHECK((t.common_gain()[j] == 0) == open);
      CHECK((t.packed().column_scale()[j] == 0) == open);
      for (std::size_t i = 0; i < t.drives(); ++i) {
        CHECK(std::isfinite(t.dense()[i * 16 + j]));
        if (open) CHECK(t.dense()[i * 16 + j] == 0);
        if (open) CHECK(t.packed().weight(i, j) == 0);
      }
    }
  }
}

TEST_CASE("the packed matrix is the dense one to half a unit") {
  const Crossbar crossbar = random_crossbar(ArrayParameters{}.ideal());
  for (const bool fold : {true, false}) {
    for (const int max_drive : {127, 2047}) {
      const Transfer t(crossbar, some_cells(true, fold), max_drive);
      double worst = 0;
      for (std::size_t j = 0; j < t.outputs(); ++j) {
        for (std::size_t i = 0; i < t.drives(); ++i) {
          const double unit = t.packed().column_scale()[j];
          worst =
              std::max(worst, std::fabs(t.packed().weight(i, j) - t.dense()[i * 16 + j] / unit));
        }
      }
      CHECK(worst < 0.501);
    }
  }
}

namespace {

/// The array turned over: its cell (c, r) is cell (r, c) of `from`, its rows are what columns were.
Crossbar transposed(const Crossbar& from) {
  ArrayParameters p = from.parameters();
  std::swap(p.r_row_ohm, p.r_column_ohm);
  std::swap(p.rows, p.columns);
  Crossbar to(p, nullptr, 0, 0);
  for (int r = 0; r < from.rows(); ++r) {
    for (int c = 0; c < from.columns(); ++c) to.set_conductance(c, r, from.conductance(r, c));
  }
  return to;
}

}  // namespace

TEST_CASE("backward equals forward of the transposed array, with everything on") {
  ArrayParameters p;
  p.r_row_ohm = 3;
  p.r_column_ohm = 7;
  p.r_access_ohm = 500;
  const Crossbar crossbar = random_crossbar(p);
  const Crossbar turned = transposed(crossbar);
  Selection backward = some_cells(true, true);
  backward.drives_bit_lines = false;
  Selection forward = backward;
  forward.drives_bit_lines = true;
  const Transfer a(crossbar, backward, 127), b(turned, forward, 127);
  CHECK(a.dense() == b.dense());
  CHECK(a.conductance_sum() == b.conductance_sum());
  CHECK(a.common_gain() == b.common_gain());
}

TEST_CASE("outputs come in the order asked for") {
  const Crossbar crossbar = random_crossbar(ArrayParameters{});
  const Selection ascending = some_cells(true, true);
  Selection reversed = ascending;
  std::reverse(reversed.output_lines.begin(), reversed.output_lines.end());
  const Transfer a(crossbar, ascending, 127), b(crossbar, reversed, 127);
  const std::size_t n = a.outputs();
  for (std::size_t j = 0; j < n; ++j) {
    CHECK(a.conductance_sum()[j] == b.conductance_sum()[n - 1 - j]);
    for (std::size_t i = 0; i < a.drives(); ++i)
      CHECK(a.dense()[i * 16 + j] == b.dense()[i * 16 + n - 1 - j]);
  }
}

TEST_CASE("a voltage that all lines share passes wires and drivers undivided") {
  // Lines that all float or sit at one voltage carry no current. What is left is the settling.
  ArrayParameters p;
  p.coupling = false;
  p.r_row_ohm = p.r_column_ohm = 20;
  const Crossbar crossbar = random_crossbar(p);
  const Transfer t(crossbar, some_cells(true, false), 127);
  for (std::size_t j = 0; j < t.outputs(); ++j) {
    const double settled = -std::expm1(-p.t_settle_s * t.conductance_sum()[j] / p.c_line_f);
    CHECK(t.common_gain()[j] == Approx(settled).epsilon(1e-12));
  }
}

TEST_CASE("steps of driven lines couple into a line by as much as it has not settled") {
  ArrayParameters p = ArrayParameters{}.ideal();
  p.settling = p.coupling = true;
  p.c_line_f = 3.9e-12;
  p.c_crossing_f = 20e-15;
  p.c_neighbour_f = 0;
  const Crossbar crossbar = random_crossbar(p);
  ArrayParameters without = p;
  without.coupling = false;
  const Selection s = some_cells(false, false);
  const Transfer t(crossbar, s, 127), plain(random_crossbar(without), s, 127);
  for (std::size_t j = 0; j < t.outputs(); ++j) {
    const double left = std::exp(-p.t_settle_s * t.conductance_sum()[j] / p.c_line_f);
    CHECK(left > 0.01);
    for (std::size_t i = 0; i < t.drives(); ++i) {
      const double coupled = t.dense()[i * 16 + j] - plain.dense()[i * 16 + j];
      CHECK(coupled == Approx(p.c_crossing_f / p.c_line_f * left).epsilon(1e-3));
    }
  }
}

TEST_CASE("neighbouring lines couple, others do not") {
  ArrayParameters p = ArrayParameters{}.ideal();
  p.settling = p.coupling = true;
  p.c_line_f = 3.9e-12;
  p.c_crossing_f = 0;
  const Crossbar crossbar = random_crossbar(p);
  ArrayParameters without = p;
  without.coupling = false;
  const Selection s = some_cells(true, true);  // columns 3, 4 and 60, 61 are neighbours
  const Transfer t(crossbar, s, 127), plain(random_crossbar(without), s, 127);
  for (std::size_t j = 0; j < t.outputs(); ++j) {
    const double left = std::exp(-p.t_settle_s * t.conductance_sum()[j] / p.c_line_f);
    const std::size_t neighbour[] = {0, 2, 1, 0, 5, 4, 0, 0};
    const bool has_neighbour = neighbour[j] != 0;
    for (std::size_t i = 0; i < t.drives(); ++i) {
      const double other = has_neighbour ? plain.dense()[i * 16 + neighbour[j]] : 0;
      const double expected =
          plain.dense()[i * 16 + j] + p.c_neighbour_f / p.c_line_f * left * other;
      CHECK(t.dense()[i * 16 + j] == Approx(expected).margin(1e-9));
    }
  }
}

TEST_CASE("current mode gives the conductances themselves, times its gain") {
  ArrayParameters p = ArrayParameters{}.ideal();
  p.sensing = Sensing::kCurrent;
  p.r_sense_ohm = 0;
  const Crossbar crossbar = random_crossbar(p);
  const Selection s = some_cells(false, false);
  const Transfer t(crossbar, s, 127);
  for (std::size_t j = 0; j < t.outputs(); ++j) {
    for (std::size_t i = 0; i < t.drives(); ++i) {
      const double g = crossbar.conductance(s.input_lines[i], s.output_lines[j]);
      CHECK(t.dense()[i * 16 + j] == Approx(p.r_feedback_ohm * g).epsilon(1e-6));
    }
  }
}
