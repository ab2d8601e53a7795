#include "models/array/grid.h"

#include <algorithm>
#include <cmath>

#include <Eigen/Dense>

#include "models/base/aligned.h"

namespace neurram::array {
namespace {

/// Unknowns are carried in blocks of this many: wide enough that no step waits for the one before.
template <class Real>
constexpr std::size_t kBlock = 128 / sizeof(Real);
/// Growth of the walk from which on it starts anew: the precision that is left is 1e-12 or 1e-6.
template <class Real>
constexpr Real kGrowthLimit = sizeof(Real) == sizeof(double) ? Real(1e4) : Real(30);

/// So many output lines that the solution can hardly grow beyond the limit in between: an input
/// line of equal cells g and segments r grows by the root of x^2 - (2 + r g) x + 1 from one to the
/// next.
template <class Real>
std::size_t outputs_between_looks(const Grid& grid) {
  const double g = *std::max_element(grid.g_s.begin(), grid.g_s.end());
  const double r = *std::max_element(grid.r_input_ohm.begin(), grid.r_input_ohm.end());
  const double half = r * g / 2;
  const double growth = std::log1p(half + std::sqrt(half * (half + 2)));
  constexpr double kMost = 32;  // ladders of so many lines stay in the second cache
  const double outputs = std::log(static_cast<double>(kGrowthLimit<Real>)) / growth;
  return static_cast<std::size_t>(std::clamp(outputs, 1.0, kMost));
}

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
  Real source = 0;   ///< voltage of the last node per weighted current into it
  Real current = 0;  ///< sensed current, likewise
  std::size_t tap;   ///< past the end: current mode

  Ladder(const Grid& grid, std::size_t j) : nodes(grid.inputs) {
    double delta = 0;
    double alpha = 0;
    for (std::size_t i = 0; i < grid.inputs; ++i) {
      const double g = grid.g_s[i * grid.outputs + j];
      const double passed = alpha;
      delta = g + delta * passed;
      const bool last = i + 1 == grid.inputs;
      const double behind = last ? 0 : grid.r_output_ohm[i + 1];
      alpha = 1 / (1 + behind * delta);
      nodes[i] = {static_cast<Real>(g), static_cast<Real>(passed), static_cast<Real>(alpha),
                  static_cast<Real>(alpha * behind)};
    }
    const bool current_mode = grid.sensing == Sensing::kCurrent;
    const double sensed = 1 / (1 + grid.r_sense_ohm * delta);
    const double floating = delta > 0 ? 1 / delta : 0;
    current = static_cast<Real>(sensed);
    source = static_cast<Real>(current_mode ? grid.r_sense_ohm * sensed : floating);
    tap = current_mode ? grid.inputs : grid.tap[j];
  }
};

/// Walks one block of unknowns over one output line and the wire in front of it: voltages `v` and
/// currents `current` of the input lines at the line become those `r_wire` before it. `out`: what
/// the line reads. `b`: space for a block.
template <class Real>
void cross_output(const Ladder<Real>& ladder, Real r_wire, Real* __restrict v,
                  Real* __restrict current, Real* __restrict b, Real* __restrict out) {
  constexpr std::size_t kWidth = kBlock<Real>;
  const std::size_t inputs = ladder.nodes.size();
  alignas(kVectorAlignment) Real carry[kWidth] = {};
  for (std::size_t i = 0; i < inputs; ++i) {
    const auto& node = ladder.nodes[i];
    for (std::size_t k = 0; k < kWidth; ++k) {
      const std::size_t x = i * kWidth + k;
      carry[k] = std::fma(node.passed, carry[k], node.g * v[x]);
      b[x] = carry[k];
    }
  }
  alignas(kVectorAlignment) Real voltage[kWidth];
  for (std::size_t k = 0; k < kWidth; ++k) voltage[k] = ladder.source * carry[k];
  if (ladder.tap == inputs) {
    for (std::size_t k = 0; k < kWidth; ++k) out[k] = ladder.current * carry[k];
  }
  for (std::size_t i = inputs; i-- > 0;) {
    const auto& node = ladder.nodes[i];
    for (std::size_t k = 0; k < kWidth; ++k) {
      const std::size_t x = i * kWidth + k;
      voltage[k] = std::fma(node.share, voltage[k], node.share_r * b[x]);
      current[x] = std::fma(node.g, v[x] - voltage[k], current[x]);
      v[x] = std::fma(r_wire, current[x], v[x]);
    }
    if (i == ladder.tap) std::copy(voltage, voltage + kWidth, out);
  }
}

/// The walk from the last output line to the first, as linear functions of the voltages at its
/// start (the far ends of the input lines, or where the walk last started anew). State is kept in
/// blocks of unknowns, [blocks][inputs][kBlock]: they are walked one by one.
template <class Real>
class Walk {
 public:
  explicit Walk(const Grid& grid)
      : grid_(grid),
        inputs_(grid.inputs),
        blocks_((inputs_ + kBlock<Real> - 1) / kBlock<Real>),
        voltage_(inputs_ * padded()),
        current_(inputs_ * padded(), Real(0)),
        b_(inputs_ * kBlock<Real>),
        read_(grid.outputs * padded()) {
    set_identity(voltage_);
  }

  std::vector<Real> solve() && {
    // Results must not depend on the machine, but Eigen cuts its work by the caches it finds.
    Eigen::setCpuCacheSizes(32 * 1024, 512 * 1024, 4 * 1024 * 1024);
    const std::size_t chunk = outputs_between_looks<Real>(grid_);
    std::size_t end = grid_.outputs;  // output lines from here on are crossed
    while (end > 0) {
      const std::size_t first = end > chunk ? end - chunk : 0;
      cross(first, end);
      end = first;
      if (end > 0 && largest(voltage_) > kGrowthLimit<Real>) start_anew(end);
    }
    to_rows(voltage_, current_);  // which is no longer needed
    Rows matrix = rows_of(current_.data(), inputs_);
    divide(read_.data(), grid_.outputs, Factors(matrix));
    for (std::size_t j = 0; j < grid_.outputs; ++j) {
      std::copy_n(read_.begin() + static_cast<std::ptrdiff_t>(j * padded()), inputs_,
                  read_.begin() + static_cast<std::ptrdiff_t>(j * inputs_));
    }
    read_.resize(grid_.outputs * inputs_);
    return std::move(read_);
  }

 private:
  using State = AlignedVector<Real>;
  using Rows = Eigen::Map<Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>, 0,
                          Eigen::OuterStride<>>;  ///< Eigen's columns
  using Factors = Eigen::PartialPivLU<
      Eigen::Ref<Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>, 0, Eigen::OuterStride<>>>;

  [[nodiscard]] std::size_t padded() const { return blocks_ * kBlock<Real>; }

  Rows rows_of(Real* rows, std::size_t count) const {
    const auto index = [](std::size_t n) { return static_cast<Eigen::Index>(n); };
    return Rows(rows, index(inputs_), index(count), Eigen::OuterStride<>(index(padded())));
  }

  /// Crosses output lines [first, end), the last of them first.
  void cross(std::size_t first, std::size_t end) {
    std::vector<Ladder<Real>> ladders;
    ladders.reserve(end - first);
    for (std::size_t j = first; j < end; ++j) ladders.emplace_back(grid_, j);
    for (std::size_t block = 0; block < blocks_; ++block) {
      const std::size_t at = block * inputs_ * kBlock<Real>;
      for (std::size_t j = end; j-- > first;) {
        const double r_wire = grid_.r_input_ohm[j] + (j == 0 ? grid_.r_driver_ohm : 0);
        cross_output(ladders[j - first], static_cast<Real>(r_wire), &voltage_[at], &current_[at],
                     b_.data(), &read_[j * padded() + block * kBlock<Real>]);
      }
    }
  }

  /// Makes the present voltages the unknowns. Output lines from `first` on have been read.
  void start_anew(std::size_t first) {
    State voltage(voltage_.size());
    State current(current_.size());
    to_rows(voltage_, voltage);
    to_rows(current_, current);
    Rows matrix = rows_of(voltage.data(), inputs_);
    const Factors factors(matrix);
    divide(&read_[first * padded()], grid_.outputs - first, factors);
    divide(current.data(), inputs_, factors);
    to_blocks(current, current_);
    set_identity(voltage_);
  }

  /// Rows, which are functions of the walk's unknowns, become functions of the voltages of which
  /// `factors` are: rows V^-1.
  void divide(Real* rows, std::size_t count, const Factors& factors) const {
    auto right = rows_of(rows, count);
    right = factors.permutationP() * right;
    factors.matrixLU().template triangularView<Eigen::UnitLower>().solveInPlace(right);
    factors.matrixLU().template triangularView<Eigen::Upper>().solveInPlace(right);
  }

  void to_rows(const State& state, State& rows) const {
    for (std::size_t x = 0; x < state.size(); x += kBlock<Real>)
      std::copy_n(&state[x], kBlock<Real>, &rows[row_place(x)]);
  }
  void to_blocks(const State& rows, State& state) const {
    for (std::size_t x = 0; x < state.size(); x += kBlock<Real>)
      std::copy_n(&rows[row_place(x)], kBlock<Real>, &state[x]);
  }
  /// Where the element of a state in blocks is among rows.
  [[nodiscard]] std::size_t row_place(std::size_t x) const {
    const std::size_t line = x / kBlock<Real>;
    return line % inputs_ * padded() + line / inputs_ * kBlock<Real>;
  }

  void set_identity(State& state) const {
    std::fill(state.begin(), state.end(), Real(0));
    for (std::size_t i = 0; i < inputs_; ++i)
      state[(i / kBlock<Real> * inputs_ + i) * kBlock<Real> + i % kBlock<Real>] = 1;
  }
  static Real largest(const State& state) {
    Real most = 0;
    for (const Real v : state) most = std::max(most, std::abs(v));
    return most;
  }

  const Grid& grid_;
  std::size_t inputs_;
  std::size_t blocks_;
  State voltage_;
  State current_;
  State b_;
  std::vector<Real> read_;  ///< [outputs x padded]
};

}  // namespace

Grid::Grid(std::size_t inputs_, std::size_t outputs_, double r_input_segment_ohm,
           double r_output_segment_ohm)
    : inputs(inputs_),
      outputs(outputs_),
      g_s(inputs_ * outputs_, 0.0),
      r_input_ohm(outputs_, r_input_segment_ohm),
      r_output_ohm(inputs_, r_output_segment_ohm),
      tap(outputs_, inputs_ == 0 ? 0 : inputs_ - 1) {
  if (outputs > 0) r_input_ohm[0] = 0;
}

template <>
std::vector<double> transfer_matrix<double>(const Grid& grid) {
  if (grid.inputs == 0 || grid.outputs == 0) return {};
  return Walk<double>(grid).solve();
}

template <>
std::vector<float> transfer_matrix<float>(const Grid& grid) {
  if (grid.inputs == 0 || grid.outputs == 0) return {};
  // Where the walk would have to start anew all the time, double precision is also the faster one.
  constexpr std::size_t kFewest = 8;
  if (outputs_between_looks<float>(grid) >= kFewest) return Walk<float>(grid).solve();
  const std::vector<double> transfer = Walk<double>(grid).solve();
  return {transfer.begin(), transfer.end()};
}

int corelet_tap(int line) {
  constexpr int kCorelets = 16;
  return kCorelets * (line % kCorelets) + line / kCorelets % kCorelets;
}

}  // namespace neurram::array
