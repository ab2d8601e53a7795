#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "models/base/field.h"

namespace neurram::chip {

/// One core of a start group: its place, and the load that each vector puts on the supply [S].
struct SupplyLoad {
  int row = 0;
  int column = 0;
  const float* loads = nullptr;  ///< [vectors]
  float* scale = nullptr;        ///< [vectors], the answer: share of V_read that reaches the core
  double behind_s = 0;           ///< scratch of the supply, per vector: what it feeds from here on
  double trunk_behind_s = 0;     ///< likewise
};

/// The supply that all cores of a group share. An interface, because the drop of a real one depends
/// on the group's loads and the cores' places.
class Supply {
 public:
  virtual ~Supply() = default;
  /// Does it drop at all? If not, loads need not be known and all scales are 1.
  [[nodiscard]] virtual bool drops() const = 0;
  /// Answers for the members of a group that sit on one chip; may reorder them.
  virtual void answer(std::vector<SupplyLoad>& group, std::size_t vectors) const = 0;
};

/// A supply without resistance.
class IdealSupply : public Supply {
 public:
  [[nodiscard]] bool drops() const override { return false; }
  void answer(std::vector<SupplyLoad>& group, std::size_t vectors) const override;
};

/// The read rails as a tree of resistance: from the source along the trunk to the columns of cores,
/// in each column from row 0 on to the last. Each core loads its node with the conductance that its
/// drivers connect there; conduction follows the drop, so a node's voltage is the exact solution.
class ResistiveSupply : public Supply {
 public:
  ResistiveSupply(double r_source_ohm, double r_row_ohm, double r_column_ohm)
      : r_source_ohm_(r_source_ohm), r_row_ohm_(r_row_ohm), r_column_ohm_(r_column_ohm) {}

  [[nodiscard]] bool drops() const override { return true; }
  void answer(std::vector<SupplyLoad>& group, std::size_t vectors) const override;

 private:
  void divide(const SupplyLoad& core, std::size_t vectors) const;
  double add_up_loads(std::vector<SupplyLoad>& group, std::size_t v) const;
  void spread_voltage(std::vector<SupplyLoad>& group, std::size_t v, double source_feeds_s) const;

  double r_source_ohm_;
  double r_row_ohm_;
  double r_column_ohm_;
};

/// Resistance of the read rails between their source and the cores.
struct SupplyParameters {
  bool drop = true;
  double r_source_ohm = 22;
  double r_row_ohm = 4.2;
  double r_column_ohm = 0.35;

  void describe(FieldVisitor& v);
};

[[nodiscard]] std::unique_ptr<Supply> make_supply(const SupplyParameters& parameters);

}  // namespace neurram::chip
