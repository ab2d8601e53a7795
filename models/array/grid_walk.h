#pragma once

#include <cstddef>
#include <vector>

#include "models/array/grid.h"

/// The inner loop of the solver of grids: one step of the walk over the output lines.
namespace neurram::array {

/// Unknowns are carried in blocks of this many: wide enough that no step waits for the one before,
/// also where registers have 64 bytes.
template <class Real>
constexpr std::size_t kGridBlock = 128 / sizeof(Real);

/// One output line as a ladder, from its first node on. With all nodes before i eliminated, node i
/// sees the conductance delta_i to its sources; the share alpha_i = 1 / (1 + r_i delta_i) of it
/// passes to node i + 1, r_i behind.
template <class Real>
struct Ladder {
  struct Node {
    Real g;        ///< of the cell
    Real passed;   ///< alpha of the node before; 0 at the first
    Real share;    ///< alpha; 1 at the last node
    Real share_r;  ///< alpha r; 0 at the last node
  };
  std::vector<Node> nodes;
  Real source = 0;      ///< voltage of the last node per weighted current into it
  Real current = 0;     ///< sensed current, likewise
  std::size_t tap = 0;  ///< past the end: current mode

  explicit Ladder(std::size_t inputs) : nodes(inputs) {}
  /// Takes the values of output line `j`.
  void become(const Grid& grid, std::size_t j);
};

/// Walks one block of unknowns over one output line and the wire in front of it: voltages `v` and
/// currents `current` of the input lines at the line, [inputs x block] and aligned, become those
/// `r_wire` before it. `b`: space of the same size. `out` [block]: what the line reads.
void cross_output(const Ladder<double>& ladder, double r_wire, double* v, double* current,
                  double* b, double* out);
void cross_output(const Ladder<float>& ladder, float r_wire, float* v, float* current, float* b,
                  float* out);

extern template struct Ladder<double>;
extern template struct Ladder<float>;

}  // namespace neurram::array
