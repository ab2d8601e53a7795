// The supply's drop against a nodal solve of the whole rail network, every core's node in it.
#include <rapidcheck.h>
#include <Eigen/Dense>
#include <algorithm>
#include <catch2/catch.hpp>
#include <vector>

#include "models/chip/supply.h"

using namespace neurram;
using namespace neurram::chip;

namespace {

constexpr int kRows = 8;
constexpr int kColumns = 6;

struct Core {
  int row, column;
  float load_s;
};

/// Node of a core in the network: one per place of the grid, row 0 of a column is on the trunk.
int node(int row, int column) {
  return column * kRows + row;
}

std::vector<double> nodal_solve(const std::vector<Core>& cores, double r_source, double r_row,
                                double r_column) {
  Eigen::MatrixXd y = Eigen::MatrixXd::Zero(kRows * kColumns, kRows * kColumns);
  const auto join = [&y](int a, int b, double ohm) {
    y(a, a) += 1 / ohm;
    y(b, b) += 1 / ohm;
    y(a, b) -= 1 / ohm;
    y(b, a) -= 1 / ohm;
  };
  for (int c = 0; c < kColumns; ++c) {
    for (int r = 1; r < kRows; ++r) join(node(r - 1, c), node(r, c), r_row);
    if (c > 0) join(node(0, c - 1), node(0, c), r_column);
  }
  y(0, 0) += 1 / r_source;
  for (const Core& core : cores)
    y(node(core.row, core.column), node(core.row, core.column)) += static_cast<double>(core.load_s);
  Eigen::VectorXd current = Eigen::VectorXd::Zero(kRows * kColumns);
  current(0) = 1 / r_source;
  const Eigen::VectorXd v = y.fullPivLu().solve(current);
  std::vector<double> shares;
  for (const Core& core : cores) shares.push_back(v(node(core.row, core.column)));
  return shares;
}

}  // namespace

TEST_CASE("the drop is the exact solution of the rail network") {
  CHECK(rc::check("any group, loads and resistances", [] {
    std::vector<Core> cores;
    const auto places = *rc::gen::unique<std::vector<int>>(rc::gen::inRange(0, kRows * kColumns));
    RC_PRE(!places.empty());
    for (const int place : places)
      cores.push_back({place / kColumns, place % kColumns,
                       1e-4f * static_cast<float>(*rc::gen::inRange(0, 2000))});
    const double r_source = *rc::gen::element(0.5, 25.0, 300.0);
    const double r_row = *rc::gen::element(0.01, 3.0, 40.0);
    const double r_column = *rc::gen::element(0.01, 0.3, 40.0);
    std::vector<float> scale(cores.size(), -1);
    std::vector<SupplyLoad> group;
    for (std::size_t i = 0; i < cores.size(); ++i)
      group.push_back({cores[i].row, cores[i].column, &cores[i].load_s, &scale[i]});
    ResistiveSupply(r_source, r_row, r_column).answer(group, 1);
    const std::vector<double> expected = nodal_solve(cores, r_source, r_row, r_column);
    for (std::size_t i = 0; i < cores.size(); ++i)
      RC_ASSERT(std::abs(static_cast<double>(scale[i]) - expected[i]) < 1e-6);
  }));
}

TEST_CASE("a lone core sees a divider, and more the farther it is") {
  const float load = 0.05f;
  double before = 2;
  for (int row = 0; row < kRows; ++row) {
    float scale = 0;
    std::vector<SupplyLoad> group = {{row, 0, &load, &scale}};
    ResistiveSupply(25, 3, 0.3).answer(group, 1);
    CHECK(scale == Approx(1 / (1 + (25 + 3 * row) * 0.05)));
    CHECK(scale < before);
    before = scale;
  }
}

TEST_CASE("an ideal supply does not drop") {
  SupplyParameters p;
  p.drop = false;
  const auto supply = make_supply(p);
  CHECK_FALSE(supply->drops());
  const float load = 1;
  float scale = 0;
  std::vector<SupplyLoad> group = {{7, 5, &load, &scale}};
  supply->answer(group, 1);
  CHECK(scale == 1);
}
