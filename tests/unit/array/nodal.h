#pragma once

#include <cstddef>
#include <vector>

#include "models/array/grid.h"

/// Node voltages of a grid, per volt of each drive, by another road than the model's: the network
/// is written down resistor by resistor and its nodes are removed one by one, star to mesh. Nothing
/// but positive numbers is ever added, so every voltage is right to the last digits whatever the
/// wires.
struct NodeVoltages {
  std::size_t inputs, outputs;
  std::vector<double> input_line;  ///< [inputs x outputs x inputs]: node (i, j) per volt of drive k
  std::vector<double> output_line;  ///< likewise

  [[nodiscard]] double at_input(std::size_t i, std::size_t j, std::size_t drive) const {
    return input_line[(i * outputs + j) * inputs + drive];
  }
  [[nodiscard]] double at_output(std::size_t i, std::size_t j, std::size_t drive) const {
    return output_line[(i * outputs + j) * inputs + drive];
  }
};

[[nodiscard]] NodeVoltages solve_nodes(const neurram::array::Grid& grid);

/// What `transfer_matrix` should say: [outputs x inputs].
[[nodiscard]] std::vector<double> nodal_transfer(const neurram::array::Grid& grid);
