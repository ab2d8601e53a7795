#include "nodal.h"

#include <numeric>

using neurram::array::Grid;
using neurram::array::Sensing;

namespace {

constexpr std::size_t kNowhere = ~std::size_t{0};

/// Resistors between points; points that a wire without resistance joins are one node.
class Network {
 public:
  explicit Network(std::size_t points) : joined_(points) {
    std::iota(joined_.begin(), joined_.end(), std::size_t{0});
  }

  void add_ohm(std::size_t a, std::size_t b, double ohm) {
    if (ohm == 0) {
      joined_[root(a)] = root(b);
    } else {
      resistors_.push_back({a, b, 1 / ohm});
    }
  }
  void add_siemens(std::size_t a, std::size_t b, double siemens) {
    if (siemens > 0) resistors_.push_back({a, b, siemens});
  }

  /// Voltage of every point per volt of each terminal: [points x terminals]. What no resistor
  /// reaches is at 0 V.
  [[nodiscard]] std::vector<double> solve(const std::vector<std::size_t>& terminals) {
    number_nodes(terminals);
    const std::size_t inner = nodes_ - terminals.size();
    std::vector<double> g(nodes_ * nodes_, 0.0);
    for (const Resistor& r : resistors_) {
      const std::size_t a = node_[root(r.a)], b = node_[root(r.b)];
      if (a == b) continue;
      g[a * nodes_ + b] += r.siemens;
      g[b * nodes_ + a] += r.siemens;
    }
    std::vector<std::vector<std::size_t>> neighbours(inner);
    std::vector<double> total(inner, 0.0);
    for (std::size_t k = 0; k < inner; ++k) {
      const double* star = &g[k * nodes_];
      for (std::size_t a = k + 1; a < nodes_; ++a) {
        if (star[a] > 0) neighbours[k].push_back(a), total[k] += star[a];
      }
      for (const std::size_t a : neighbours[k]) {
        for (const std::size_t b : neighbours[k]) {
          if (a != b) g[a * nodes_ + b] += star[a] / total[k] * star[b];
        }
      }
    }
    const std::size_t drives = terminals.size();
    std::vector<double> v(nodes_ * drives, 0.0);
    for (std::size_t t = 0; t < drives; ++t) v[(inner + t) * drives + t] = 1;
    for (std::size_t k = inner; k-- > 0;) {
      for (const std::size_t a : neighbours[k]) {
        for (std::size_t t = 0; t < drives; ++t)
          v[k * drives + t] += g[k * nodes_ + a] / total[k] * v[a * drives + t];
      }
    }
    std::vector<double> points;
    for (std::size_t p = 0; p < joined_.size(); ++p) {
      const auto row = v.begin() + static_cast<std::ptrdiff_t>(node_[root(p)] * drives);
      points.insert(points.end(), row, row + static_cast<std::ptrdiff_t>(drives));
    }
    return points;
  }

 private:
  struct Resistor {
    std::size_t a, b;
    double siemens;
  };

  std::size_t root(std::size_t point) {
    while (joined_[point] != point) point = joined_[point] = joined_[joined_[point]];
    return point;
  }

  /// Terminals come last, so that they are what remains.
  void number_nodes(const std::vector<std::size_t>& terminals) {
    node_.assign(joined_.size(), kNowhere);
    std::vector<bool> is_terminal(joined_.size(), false);
    for (const std::size_t t : terminals) is_terminal[root(t)] = true;
    nodes_ = 0;
    for (std::size_t p = 0; p < joined_.size(); ++p) {
      if (root(p) == p && !is_terminal[p]) node_[p] = nodes_++;
    }
    for (const std::size_t t : terminals) node_[root(t)] = nodes_++;
  }

  std::vector<std::size_t> joined_;
  std::vector<std::size_t> node_;
  std::size_t nodes_ = 0;
  std::vector<Resistor> resistors_;
};

}  // namespace

NodeVoltages solve_nodes(const Grid& grid) {
  const std::size_t m = grid.inputs, n = grid.outputs;
  // Points in the order in which they are removed: output line after output line, so that the mesh
  // stays narrow.
  const auto input = [m](std::size_t i, std::size_t j) { return (j * m + i) * 2; };
  const auto output = [m](std::size_t i, std::size_t j) { return (j * m + i) * 2 + 1; };
  const std::size_t drive = 2 * m * n;
  const std::size_t ground = drive + m;
  Network network(ground + 1);
  for (std::size_t i = 0; i < m; ++i) {
    network.add_ohm(drive + i, input(i, 0), grid.r_driver_ohm + grid.r_input_ohm[0]);
    for (std::size_t j = 0; j < n; ++j) {
      network.add_siemens(input(i, j), output(i, j), grid.g_s[i * n + j]);
      if (j > 0) network.add_ohm(input(i, j - 1), input(i, j), grid.r_input_ohm[j]);
      if (i > 0) network.add_ohm(output(i - 1, j), output(i, j), grid.r_output_ohm[i]);
    }
  }
  if (grid.sensing == Sensing::kCurrent) {
    for (std::size_t j = 0; j < n; ++j) network.add_ohm(output(m - 1, j), ground, grid.r_sense_ohm);
  }
  std::vector<std::size_t> terminals(m + 1);
  std::iota(terminals.begin(), terminals.end(), drive);
  const std::vector<double> v = network.solve(terminals);
  NodeVoltages nodes{m, n, {}, {}};
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t k = 0; k < m; ++k) {
        nodes.input_line.push_back(v[input(i, j) * (m + 1) + k]);
        nodes.output_line.push_back(v[output(i, j) * (m + 1) + k]);
      }
    }
  }
  return nodes;
}

std::vector<double> nodal_transfer(const Grid& grid) {
  const NodeVoltages nodes = solve_nodes(grid);
  std::vector<double> transfer;
  for (std::size_t j = 0; j < grid.outputs; ++j) {
    for (std::size_t k = 0; k < grid.inputs; ++k) {
      if (grid.sensing == Sensing::kVoltage) {
        transfer.push_back(nodes.at_output(grid.tap[j], j, k));
        continue;
      }
      double current = 0;  // all that the cells bring must leave through the sense amplifier
      for (std::size_t i = 0; i < grid.inputs; ++i)
        current +=
            grid.g_s[i * grid.outputs + j] * (nodes.at_input(i, j, k) - nodes.at_output(i, j, k));
      transfer.push_back(current);
    }
  }
  return transfer;
}
