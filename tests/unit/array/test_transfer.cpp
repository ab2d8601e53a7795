// The transfer matrix against the divider of a floating line, written out in double precision.
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
    if (r % 7 != 3) s.rows.push_back(r);  // bad rows are skipped
  }
  if (s.rows.size() % 2 != 0) s.rows.pop_back();
  s.columns = {0, 3, 4, 9, 60, 61, 128, 255};
  s.differential = differential;
  s.fold = fold;
  return s;
}

/// Volts on a floating column per the publication: sum of V_i G_ij over sum of G_ij, over the rows
/// whose word line is on, settled for t_settle.
double volts(const Crossbar& crossbar, const Selection& s, int column,
             const std::vector<double>& line_v) {
  double current = 0, total = 0;
  for (std::size_t i = 0; i < s.rows.size(); ++i) {
    current += line_v[i] * crossbar.conductance(s.rows[i], column);
    total += crossbar.conductance(s.rows[i], column);
  }
  const ArrayParameters& p = crossbar.parameters();
  return current / total * (p.settling ? -std::expm1(-p.t_settle_s * total / p.c_line_f) : 1.0);
}

}  // namespace

TEST_CASE("column volts are V_read sum p (G+ - G-) / sum G, settled, to float rounding") {
  ArrayParameters unsettled;
  unsettled.c_line_f = 3.9e-12;  // settles by a third only
  ArrayParameters complete;
  complete.settling = false;
  for (const ArrayParameters& p : {ArrayParameters{}, unsettled, complete}) {
    const Crossbar crossbar = random_crossbar(p);
    std::mt19937 random(1);
    const Selection folded = some_cells(true, true);
    const Selection lines = some_cells(true, false);
    const Selection single = some_cells(false, true);
    const Transfer by_pair(crossbar, folded, 127), by_line(crossbar, lines, 127),
        unpaired(crossbar, single, 127);
    const std::size_t pairs = folded.rows.size() / 2;
    REQUIRE(by_pair.drives() == pairs);
    REQUIRE(by_line.drives() == 2 * pairs);
    REQUIRE(unpaired.drives() == 2 * pairs);
    for (std::size_t j = 0; j < folded.columns.size(); ++j) {
      const int column = folded.columns[j];
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
  Crossbar crossbar = random_crossbar(ArrayParameters{});
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
      CHECK((t.settling()[j] == 0) == open);
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
  const Crossbar crossbar = random_crossbar(ArrayParameters{});
  for (const bool fold : {true, false}) {
    for (const int max_drive : {127, 2047}) {
      const Transfer t(crossbar, some_cells(true, fold), max_drive);
      double worst = 0;
      for (std::size_t j = 0; j < t.columns(); ++j) {
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
