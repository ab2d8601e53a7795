#include "models/chip/parameters.h"

namespace neurram::chip {

void RailParameters::describe(FieldVisitor& v) {
  v.choice(
      {"scope", "", "who holds the rails: chip (silicon) or core (what-if: layers may overlap)",
       Affects::kRun},
      scope, {"chip", "core"});
  v.number(
      {"t_settle_s", "s",
       "settling after a change of rail set (board DAC and decoupling; assumption)", Affects::kRun},
      t_settle_s, {0, 1});
}

void FabricParameters::describe(FieldVisitor& v) {
  v.choice({"kind", "", "how codes move: chain (the silicon's row shift chains) or ideal (no I/O)",
            Affects::kRun},
           kind, {"chain", "ideal"});
  v.choice({"readout", "",
            "results: count (counted on chip, shifted out once) or step (every comparison shifted "
            "out, as the test board did)",
            Affects::kRun},
           readout, {"count", "step"});
  v.number({"t_bit_s", "s", "one bit through a shift chain (chip team's FPGA: 12.5 Mbit/s)",
            Affects::kRun},
           t_bit_s, {0, 1});
  v.integer({"section_bits", "1",
             "stages of a chain per register file (256; a row of 6 cores has 12)", Affects::kRun},
            section_bits, {1, 4096});
  v.number(
      {"bit_j", "J", "one bit through one register file of a chain (assumption)", Affects::kRun},
      bit_j, {0, 1});
  v.number(
      {"t_register_s", "s", "one register access (FPGA control clock of 25 MHz)", Affects::kRun},
      t_register_s, {0, 1});
}

void ChipParameters::describe(FieldVisitor& v) {
  v.text({"name", "", "name of the design", Affects::kRun}, name);
  v.integer({"grid_rows", "1", "rows of cores (Nature 608: 8)", Affects::kDeployment}, grid_rows,
            {1, 256});
  v.integer({"grid_columns", "1", "columns of cores (Nature 608: 6)", Affects::kDeployment},
            grid_columns, {1, 256});
  v.integer({"core_count", "1",
             "cores of the chip (Nature 608: 48; more is a what-if that repeats the grid)",
             Affects::kDeployment},
            core_count, {1, 256});
  v.number({"core_area_m2", "m^2",
            "area of a core: 256 neurons of 1,270 um^2 are 28 % of it (Extended Data Fig. 11)",
            Affects::kRun},
           core_area_m2, {0, 1});
  v.number(
      {"area_share_neurons", "1", "share of the neurons (Extended Data Fig. 11)", Affects::kRun},
      area_share_neurons, {0, 1});
  v.number({"area_share_drivers", "1", "share of the line drivers (Extended Data Fig. 11)",
            Affects::kRun},
           area_share_drivers, {0, 1});
  v.number(
      {"area_share_array", "1", "share of the RRAM array (Extended Data Fig. 11)", Affects::kRun},
      area_share_array, {0, 1});
  v.group("rails", "read, decrement and comparator voltages", rails);
  v.group("supply", "resistance of the read rails", supply);
  v.group("fabric", "path of the codes between host and cores", fabric);
  v.indexed("core", "a core; core[12] overrides one", core_count, core, core_overrides);
}

const core::CoreParameters& ChipParameters::of_core(int index) const {
  const auto found = core_overrides.find(index);
  return found == core_overrides.end() ? core : found->second;
}

}  // namespace neurram::chip
