#include "models/chip/supply.h"

#include <algorithm>

namespace neurram::chip {
namespace {

/// A branch of the tree from its far end on: what lies behind one point of it.
struct Branch {
  double conductance_s = 0;

  /// Moves the point `r_ohm` towards the source.
  void through(double r_ohm) { conductance_s /= 1 + r_ohm * conductance_s; }
};

}  // namespace

void IdealSupply::answer(std::vector<SupplyLoad>& group, std::size_t vectors) const {
  for (SupplyLoad& member : group) std::fill(member.scale, member.scale + vectors, 1.0f);
}

void ResistiveSupply::answer(std::vector<SupplyLoad>& group, std::size_t vectors) const {
  if (group.size() == 1) return divide(group.front(), vectors);
  // Members from the far end of the tree to its source: last column first, in it the last row.
  std::sort(group.begin(), group.end(), [](const SupplyLoad& a, const SupplyLoad& b) {
    return a.column != b.column ? a.column > b.column : a.row > b.row;
  });
  for (std::size_t v = 0; v < vectors; ++v) spread_voltage(group, v, add_up_loads(group, v));
}

/// A lone core, the usual case: one resistance to its source.
void ResistiveSupply::divide(const SupplyLoad& core, std::size_t vectors) const {
  const double r_ohm = r_source_ohm_ + r_column_ohm_ * core.column + r_row_ohm_ * core.row;
  for (std::size_t v = 0; v < vectors; ++v)
    core.scale[v] = static_cast<float>(1 / (1 + r_ohm * static_cast<double>(core.loads[v])));
}

/// From the far ends on: what every stretch of rail feeds. Returns what the source feeds.
double ResistiveSupply::add_up_loads(std::vector<SupplyLoad>& group, std::size_t v) const {
  Branch trunk;
  Branch column;
  for (std::size_t n = 0; n < group.size(); ++n) {
    SupplyLoad& core = group[n];
    if (n == 0 || group[n - 1].column != core.column) {
      column = Branch{};
    } else {
      column.through(r_row_ohm_ * (group[n - 1].row - core.row));
    }
    column.conductance_s += static_cast<double>(core.loads[v]);
    core.behind_s = column.conductance_s;
    const bool nearest = n + 1 == group.size() || group[n + 1].column != core.column;
    if (!nearest) continue;
    Branch foot = column;
    foot.through(r_row_ohm_ * core.row);
    trunk.conductance_s += foot.conductance_s;
    core.trunk_behind_s = trunk.conductance_s;
    const int next = n + 1 == group.size() ? 0 : group[n + 1].column;
    trunk.through(r_column_ohm_ * (core.column - next));
  }
  return trunk.conductance_s;
}

/// Back from the source: a stretch of rail divides the voltage by its resistance and what it feeds.
void ResistiveSupply::spread_voltage(std::vector<SupplyLoad>& group, std::size_t v,
                                     double source_feeds_s) const {
  double trunk = 1 / (1 + r_source_ohm_ * source_feeds_s);
  double share = 0;
  int trunk_column = 0;
  for (std::size_t n = group.size(); n-- > 0;) {
    SupplyLoad& core = group[n];
    if (n + 1 == group.size() || group[n + 1].column != core.column) {
      trunk /= 1 + r_column_ohm_ * (core.column - trunk_column) * core.trunk_behind_s;
      trunk_column = core.column;
      share = trunk / (1 + r_row_ohm_ * core.row * core.behind_s);
    } else {
      share /= 1 + r_row_ohm_ * (core.row - group[n + 1].row) * core.behind_s;
    }
    core.scale[v] = static_cast<float>(share);
  }
}

void SupplyParameters::describe(FieldVisitor& v) {
  constexpr auto kDeployment = Affects::kDeployment;
  v.flag({"drop", "", "switch: the read rails drop under the load of a start group", kDeployment},
         drop);
  v.number(
      {"r_source_ohm", "ohm",
       "source of the read rails (fitted: gain against core row and six-core error growth, chip "
       "team's data)",
       kDeployment},
      r_source_ohm, {0, 1e6});
  v.number(
      {"r_row_ohm", "ohm",
       "read rail from one core to the next in a column of cores (fitted, likewise)", kDeployment},
      r_row_ohm, {0, 1e6});
  v.number({"r_column_ohm", "ohm",
            "read rail from one column of cores to the next (fitted, likewise)", kDeployment},
           r_column_ohm, {0, 1e6});
}

std::unique_ptr<Supply> make_supply(const SupplyParameters& p) {
  if (!p.drop) return std::make_unique<IdealSupply>();
  return std::make_unique<ResistiveSupply>(p.r_source_ohm, p.r_row_ohm, p.r_column_ohm);
}

}  // namespace neurram::chip
