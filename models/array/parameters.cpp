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
  v.flag(
      {"settling", "", "switch: lines settle by 1 - exp(-t G / C); off: completely", kDeployment},
      settling);
  v.flag(
      {"integer_product", "",
       "product in exact integers (16-bit weights); off: single precision in a fixed order, slower",
       kDeployment},
      integer_product);
}

}  // namespace neurram::array
