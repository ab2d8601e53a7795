#include "models/array/parameters.h"

namespace neurram::array {

void ArrayParameters::describe(FieldVisitor& v) {
  constexpr auto kDeployment = Affects::kDeployment;
  v.integer({"rows", "1", "bit lines of a core (Nature 608: 256)", kDeployment}, rows, {2, 256});
  v.integer({"columns", "1", "source lines of a core (Nature 608: 256)", kDeployment}, columns,
            {1, 256});
  v.number({"c_line_f", "F",
            "capacitance of a floating output line (assumption: wire and 256 junctions; the "
            "measured input energy "
            "allows up to 3.9e-12)",
            kDeployment},
           c_line_f, {1e-16, 1e-9});
  v.number(
      {"t_settle_s", "s",
       "time that an output line floats with its word lines on (FPGA clock: 10 ns)", kDeployment},
      t_settle_s, {1e-12, 1e-3});
  v.number(
      {"r_row_ohm", "ohm", "bit line wire from one cell to the next (assumption)", kDeployment},
      r_row_ohm, {0, 1e6});
  v.number({"r_column_ohm", "ohm", "source line wire from one cell to the next (assumption)",
            kDeployment},
           r_column_ohm, {0, 1e6});
  v.number({"r_driver_ohm", "ohm",
            "driver of an input line, sized for programming currents (assumption: 50 to 100)",
            kDeployment},
           r_driver_ohm, {0, 1e6});
  v.number({"r_access_ohm", "ohm",
            "access transistor at the inference word-line voltage beyond what verify reads contain "
            "(assumption)",
            kDeployment},
           r_access_ohm, {0, 1e6});
  v.choice({"tap", "",
            "where an output line is read: corelet (Nature 608: the neuron sits between the "
            "corelets) or end",
            kDeployment},
           tap, {"corelet", "end"});
  v.number({"c_crossing_f", "F", "between a bit line and a source line at their cell (assumption)",
            kDeployment},
           c_crossing_f, {0, 1e-12});
  v.number(
      {"c_neighbour_f", "F", "between two neighbouring output lines (assumption)", kDeployment},
      c_neighbour_f, {0, 1e-9});
  v.choice({"sensing", "",
            "voltage (the chip: output lines float) or current (what-if: sense amplifiers hold "
            "them)",
            kDeployment},
           sensing, {"voltage", "current"});
  v.number({"r_sense_ohm", "ohm",
            "current mode: input resistance of a sense amplifier (assumption)", kDeployment},
           r_sense_ohm, {0, 1e6});
  v.number({"r_feedback_ohm", "ohm",
            "current mode: volts to the neuron per ampere of the line (assumption)", kDeployment},
           r_feedback_ohm, {1e-3, 1e9});
  v.number({"sense_amplifier_w", "W", "current mode: power of a sense amplifier (assumption)",
            kDeployment},
           sense_amplifier_w, {0, 1});
  v.number({"t_sense_s", "s",
            "current mode: settling of a sense amplifier in every pulse (assumption)", kDeployment},
           t_sense_s, {0, 1});
  v.flag(
      {"settling", "", "switch: lines settle by 1 - exp(-t G / C); off: completely", kDeployment},
      settling);
  v.flag({"wires", "", "switch: resistance of bit lines and source lines", kDeployment}, wires);
  v.flag({"drivers", "", "switch: resistance of the input lines' drivers", kDeployment}, drivers);
  v.flag({"coupling", "", "switch: switching lines couple into output lines", kDeployment},
         coupling);
  v.flag(
      {"integer_product", "",
       "product in exact integers (16-bit weights); off: single precision in a fixed order, slower",
       kDeployment},
      integer_product);
}

ArrayParameters ArrayParameters::ideal() const {
  ArrayParameters p = *this;
  p.settling = p.wires = p.drivers = p.coupling = false;
  p.r_access_ohm = 0;
  return p;
}

}  // namespace neurram::array
