#pragma once

#include <map>
#include <string>

#include "models/chip/supply.h"
#include "models/core/parameters.h"

namespace neurram::chip {

/// Who holds the rails V_read, V_decrement and V_comparator.
enum class RailScope {
  kChip,  ///< one supply for all cores (silicon)
  kCore,  ///< what-if: every core its own, so that layers may overlap
};

/// How codes get from the host to a core and back.
enum class FabricKind {
  kChain,  ///< the eight row shift chains of the silicon
  kIdeal,  ///< benchmark conditions: no time, no energy
};

/// How unary counts leave the chip.
enum class Readout {
  kCount,  ///< counted on chip, shifted out once
  kStep,   ///< every comparison is shifted out, as the test board did
};

struct RailParameters {
  RailScope scope = RailScope::kChip;
  double t_settle_s = 10e-6;

  void describe(FieldVisitor& v);
};

struct FabricParameters {
  FabricKind kind = FabricKind::kChain;
  Readout readout = Readout::kCount;
  double t_bit_s = 80e-9;
  int section_bits = 256;
  double bit_j = 1e-12;
  double t_register_s = 40e-9;

  void describe(FieldVisitor& v);
};

/// A NeuRRAM chip. Defaults are the chip as published in Nature 608.
struct ChipParameters {
  std::string name = "neurram";
  int grid_rows = 8;
  int grid_columns = 6;
  int core_count = 48;
  double core_area_m2 = 1.161e-6;
  double area_share_neurons = 0.28;
  double area_share_drivers = 0.21;
  double area_share_array = 0.12;
  RailParameters rails;
  SupplyParameters supply;
  FabricParameters fabric;
  core::CoreParameters core;
  std::map<int, core::CoreParameters> core_overrides;

  void describe(FieldVisitor& v);

  /// Parameters of one core.
  [[nodiscard]] const core::CoreParameters& of_core(int index) const;
  /// Place of a core in the grid; row 0 is next to the supply. What-if chips of more than 48 cores
  /// repeat the grid.
  [[nodiscard]] int row_of(int index) const { return index / grid_columns % grid_rows; }
  [[nodiscard]] int grid_of(int index) const { return index / (grid_rows * grid_columns); }
  [[nodiscard]] int column_of(int index) const { return index % grid_columns; }
};

}  // namespace neurram::chip
