#include "models/array/grid.h"

#include <algorithm>
#include <cmath>

#include <Eigen/Dense>

#include "models/array/grid_walk.h"
#include "models/base/workspace.h"

namespace neurram::array {
namespace {

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
  constexpr double kMost = 16;  // ladders of so many lines stay in the second cache
  const double outputs = std::log(static_cast<double>(kGrowthLimit<Real>)) / growth;
  return static_cast<std::size_t>(std::clamp(outputs, 1.0, kMost));
}

/// The walk from the last output line to the first, as linear functions of the voltages at its
/// start (the far ends of the input lines, or where the walk last started anew). State is kept in
/// blocks of unknowns, [blocks][inputs][kGridBlock]: they are walked one by one.
template <class Real>
class Walk {
 public:
  explicit Walk(const Grid& grid)
      : grid_(grid),
        inputs_(grid.inputs),
        blocks_((inputs_ + kGridBlock<Real> - 1) / kGridBlock<Real>),
        ladders_(outputs_between_looks<Real>(grid), Ladder<Real>(inputs_)),
        workspace_(2 * state_size() + inputs_ * kGridBlock<Real>),
        voltage_(workspace_.data()),
        current_(voltage_ + state_size()),
        b_(current_ + state_size()),
        read_(grid.outputs * padded()) {
    set_identity(voltage_);
    std::fill_n(current_, state_size(), Real(0));
  }

  std::vector<Real> solve() && {
    // Results must not depend on the machine, but Eigen cuts its work by the caches it finds.
    Eigen::setCpuCacheSizes(32 * 1024, 512 * 1024, 4 * 1024 * 1024);
    std::size_t end = grid_.outputs;  // output lines from here on are crossed
    while (end > 0) {
      const std::size_t first = end > ladders_.size() ? end - ladders_.size() : 0;
      cross(first, end);
      end = first;
      if (end > 0 && largest(voltage_) > kGrowthLimit<Real>) start_anew(end);
    }
    to_rows(voltage_, current_);  // which is no longer needed
    Rows matrix = rows_of(current_, inputs_);
    divide(read_.data(), grid_.outputs, Factors(matrix));
    drop_padding();
    return std::move(read_);
  }

 private:
  using Rows = Eigen::Map<Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>, 0,
                          Eigen::OuterStride<>>;  ///< Eigen's columns
  using Factors = Eigen::PartialPivLU<
      Eigen::Ref<Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>, 0, Eigen::OuterStride<>>>;

  [[nodiscard]] std::size_t padded() const { return blocks_ * kGridBlock<Real>; }
  [[nodiscard]] std::size_t state_size() const { return inputs_ * padded(); }

  Rows rows_of(Real* rows, std::size_t count) const {
    const auto index = [](std::size_t n) { return static_cast<Eigen::Index>(n); };
    return Rows(rows, index(inputs_), index(count), Eigen::OuterStride<>(index(padded())));
  }

  /// Crosses output lines [first, end), the last of them first.
  void cross(std::size_t first, std::size_t end) {
    for (std::size_t j = first; j < end; ++j) ladders_[j - first].become(grid_, j);
    for (std::size_t block = 0; block < blocks_; ++block) {
      const std::size_t at = block * inputs_ * kGridBlock<Real>;
      for (std::size_t j = end; j-- > first;) {
        const double r_wire = grid_.r_input_ohm[j] + (j == 0 ? grid_.r_driver_ohm : 0);
        cross_output(ladders_[j - first], static_cast<Real>(r_wire), voltage_ + at, current_ + at,
                     b_, &read_[j * padded() + block * kGridBlock<Real>]);
      }
    }
  }

  /// Makes the present voltages the unknowns. Output lines from `first` on have been read.
  void start_anew(std::size_t first) {
    const Workspace<Real> rows(2 * state_size());
    Real* const voltage = rows.data();
    Real* const current = voltage + state_size();
    to_rows(voltage_, voltage);
    to_rows(current_, current);
    Rows matrix = rows_of(voltage, inputs_);
    const Factors factors(matrix);
    divide(&read_[first * padded()], grid_.outputs - first, factors);
    divide(current, inputs_, factors);
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

  void to_rows(const Real* state, Real* rows) const {
    for (std::size_t x = 0; x < state_size(); x += kGridBlock<Real>)
      std::copy_n(state + x, kGridBlock<Real>, rows + row_place(x));
  }
  void to_blocks(const Real* rows, Real* state) const {
    for (std::size_t x = 0; x < state_size(); x += kGridBlock<Real>)
      std::copy_n(rows + row_place(x), kGridBlock<Real>, state + x);
  }
  /// Where the element of a state in blocks is among rows.
  [[nodiscard]] std::size_t row_place(std::size_t x) const {
    const std::size_t line = x / kGridBlock<Real>;
    return line % inputs_ * padded() + line / inputs_ * kGridBlock<Real>;
  }

  void set_identity(Real* state) const {
    std::fill_n(state, state_size(), Real(0));
    for (std::size_t i = 0; i < inputs_; ++i)
      state[(i / kGridBlock<Real> * inputs_ + i) * kGridBlock<Real> + i % kGridBlock<Real>] = 1;
  }
  [[nodiscard]] Real largest(const Real* state) const {
    Real most = 0;
    for (std::size_t x = 0; x < state_size(); ++x) most = std::max(most, std::abs(state[x]));
    return most;
  }

  void drop_padding() {
    if (padded() == inputs_) return;
    for (std::size_t j = 1; j < grid_.outputs; ++j)
      std::copy_n(read_.data() + j * padded(), inputs_, read_.data() + j * inputs_);
    read_.resize(grid_.outputs * inputs_);
  }

  const Grid& grid_;
  std::size_t inputs_;
  std::size_t blocks_;
  std::vector<Ladder<Real>> ladders_;  ///< of the output lines between two looks at the growth
  Workspace<Real> workspace_;
  Real* voltage_;
  Real* current_;
  Real* b_;                 ///< of one block
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
