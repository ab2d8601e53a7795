#include "models/array/grid.h"

#include <algorithm>
#include <cmath>

#include <Eigen/Dense>

#include "models/base/aligned.h"

namespace neurram::array {
namespace {

/// Unknowns are carried in blocks of this many, whose state of the walk stays in the first cache.
constexpr std::size_t kBlock = 16;
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

/// Row-major matrix of the walk's state, in blocks of columns: [blocks][rows][kBlock].
template <class Real>
class Blocks {
 public:
  Blocks(std::size_t rows, std::size_t columns)
      : rows_(rows), values_((columns + kBlock - 1) / kBlock * rows * kBlock, Real(0)) {}

  [[nodiscard]] std::size_t blocks() const { return values_.size() / (rows_ * kBlock); }
  Real* block(std::size_t index) { return values_.data() + index * rows_ * kBlock; }
  AlignedVector<Real>& values() { return values_; }

  void set_identity() {
    std::fill(values_.begin(), values_.end(), Real(0));
    for (std::size_t i = 0; i < rows_; ++i) block(i / kBlock)[i * kBlock + i % kBlock] = 1;
  }
  /// Copies row after row, each padded to whole blocks.
  void copy_rows(Real* rows) {
    for (std::size_t b = 0; b < blocks(); ++b) {
      for (std::size_t i = 0; i < rows_; ++i)
        std::copy_n(block(b) + i * kBlock, kBlock, rows + (i * blocks() + b) * kBlock);
    }
  }
  void assign_rows(const Real* rows) {
    for (std::size_t b = 0; b < blocks(); ++b) {
      for (std::size_t i = 0; i < rows_; ++i)
        std::copy_n(rows + (i * blocks() + b) * kBlock, kBlock, block(b) + i * kBlock);
    }
  }
  [[nodiscard]] Real largest() const {
    Real most = 0;
    for (const Real v : values_) most = std::max(most, std::abs(v));
    return most;
  }

 private:
  std::size_t rows_;
  AlignedVector<Real> values_;
};

/// One output line as a ladder, from its first node on. With all nodes before i eliminated, node i
/// sees the conductance delta_i to its sources; the share alpha_i = 1 / (1 + r_i delta_i) of it
/// passes to node i + 1, r_i behind.
template <class Real>
struct Ladder {
  std::vector<Real> g;
  std::vector<Real> alpha;
  std::vector<Real> share;  ///< alpha on the way back: 1 at the last node
  std::vector<Real> r;      ///< 0 at the last node
  Real source = 0;          ///< voltage of the last node per weighted current into it
  Real current = 0;         ///< sensed current, likewise
  std::size_t tap;          ///< past the end: current mode

  Ladder(const Grid& grid, std::size_t j)
      : g(grid.inputs), alpha(grid.inputs), share(grid.inputs, Real(1)), r(grid.inputs, Real(0)) {
    double delta = 0;
    for (std::size_t i = 0; i < grid.inputs; ++i) {
      const double g_s = grid.g_s[i * grid.outputs + j];
      delta = g_s + (i == 0 ? 0 : delta * static_cast<double>(alpha[i - 1]));
      const bool last = i + 1 == grid.inputs;
      const double behind = last ? 0 : grid.r_output_ohm[i + 1];
      g[i] = static_cast<Real>(g_s);
      alpha[i] = static_cast<Real>(1 / (1 + behind * delta));
      if (last) continue;
      share[i] = alpha[i];
      r[i] = static_cast<Real>(behind);
    }
    const bool current_mode = grid.sensing == Sensing::kCurrent;
    const double sensed = 1 / (1 + grid.r_sense_ohm * delta);
    const double floating = delta > 0 ? 1 / delta : 0;
    current = static_cast<Real>(sensed);
    source = static_cast<Real>(current_mode ? grid.r_sense_ohm * sensed : floating);
    tap = current_mode ? grid.inputs : grid.tap[j];
  }
};

/// Walks one block of unknowns over one output line: voltages `v` and currents `current` of the
/// input lines behind it, `r_wire` away, become those in front of it. `out`: what the line reads.
template <class Real>
void cross_output(const Ladder<Real>& ladder, std::size_t inputs, bool current_mode, Real r_wire,
                  Real* __restrict v, Real* __restrict current, Real* __restrict b,
                  Real* __restrict out) {
  alignas(kVectorAlignment) Real carry[kBlock] = {};
  for (std::size_t i = 0; i < inputs; ++i) {
    const Real g = ladder.g[i];
    const Real alpha = i == 0 ? Real(0) : ladder.alpha[i - 1];
    for (std::size_t k = 0; k < kBlock; ++k) {
      const std::size_t x = i * kBlock + k;
      v[x] = std::fma(r_wire, current[x], v[x]);
      carry[k] = std::fma(g, v[x], alpha * carry[k]);
      b[x] = carry[k];
    }
  }
  alignas(kVectorAlignment) Real node[kBlock];
  for (std::size_t k = 0; k < kBlock; ++k) node[k] = ladder.source * carry[k];
  if (current_mode) {
    for (std::size_t k = 0; k < kBlock; ++k) out[k] = ladder.current * carry[k];
  }
  for (std::size_t i = inputs; i-- > 0;) {
    const Real g = ladder.g[i];
    const Real share = ladder.share[i];
    const Real r = ladder.r[i];
    for (std::size_t k = 0; k < kBlock; ++k) {
      const std::size_t x = i * kBlock + k;
      node[k] = share * std::fma(r, b[x], node[k]);
      current[x] = std::fma(g, v[x] - node[k], current[x]);
    }
    if (i == ladder.tap) std::copy(node, node + kBlock, out);
  }
}

/// The walk from the last output line to the first, as linear functions of the voltages at its
/// start (the far ends of the input lines, or where the walk last started anew).
template <class Real>
class Walk {
 public:
  explicit Walk(const Grid& grid)
      : grid_(grid),
        inputs_(grid.inputs),
        voltage_(inputs_, inputs_),
        current_(inputs_, inputs_),
        b_(inputs_ * kBlock),
        padded_(voltage_.blocks() * kBlock),
        read_(grid.outputs * padded_, Real(0)) {
    voltage_.set_identity();
  }

  std::vector<Real> solve() {
    // Results must not depend on the machine, but Eigen cuts its work by the caches it finds.
    Eigen::setCpuCacheSizes(32 * 1024, 512 * 1024, 4 * 1024 * 1024);
    const std::size_t chunk = outputs_between_looks<Real>(grid_);
    std::size_t end = grid_.outputs;  // output lines from here on are crossed
    while (end > 0) {
      const std::size_t first = end > chunk ? end - chunk : 0;
      cross(first, end);
      end = first;
      if (end > 0 && voltage_.largest() > kGrowthLimit<Real>) start_anew(end);
    }
    add_wire(static_cast<Real>(grid_.r_driver_ohm + grid_.r_input_ohm[0]));
    std::vector<Real> transfer(grid_.outputs * inputs_);
    over_voltage(read_.data(), grid_.outputs, transfer.data(), inputs_);
    return transfer;
  }

 private:
  using Matrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>;
  using Strided = Eigen::Map<Matrix, 0, Eigen::OuterStride<>>;

  /// Crosses output lines [first, end), the last of them first.
  void cross(std::size_t first, std::size_t end) {
    std::vector<Ladder<Real>> ladders;
    ladders.reserve(end - first);
    for (std::size_t j = first; j < end; ++j) ladders.emplace_back(grid_, j);
    const bool current_mode = grid_.sensing == Sensing::kCurrent;
    for (std::size_t block = 0; block < voltage_.blocks(); ++block) {
      Real* v = voltage_.block(block);
      Real* current = current_.block(block);
      for (std::size_t j = end; j-- > first;) {
        const Real r =
            j + 1 < grid_.outputs ? static_cast<Real>(grid_.r_input_ohm[j + 1]) : Real(0);
        cross_output(ladders[j - first], inputs_, current_mode, r, v, current, b_.data(),
                     read_.data() + j * padded_ + block * kBlock);
      }
    }
  }

  void add_wire(Real r) {
    for (std::size_t x = 0; x < voltage_.values().size(); ++x)
      voltage_.values()[x] = std::fma(r, current_.values()[x], voltage_.values()[x]);
  }

  /// `count` rows, which are functions of the walk's unknowns, as functions of the present
  /// voltages: rows · V^-1. `result` has `stride` elements a row.
  void over_voltage(Real* rows, std::size_t count, Real* result, std::size_t stride) {
    const auto n = static_cast<Eigen::Index>(inputs_);
    const auto outer = static_cast<Eigen::Index>(padded_);
    AlignedVector<Real> v(inputs_ * padded_);
    voltage_.copy_rows(v.data());
    const Strided transposed(v.data(), n, n, Eigen::OuterStride<>(outer));
    const Strided right(rows, n, static_cast<Eigen::Index>(count), Eigen::OuterStride<>(outer));
    Strided(result, n, static_cast<Eigen::Index>(count),
            Eigen::OuterStride<>(static_cast<Eigen::Index>(stride))) =
        transposed.partialPivLu().solve(right);
  }

  /// Makes the present voltages the unknowns. Output lines from `first` on have been read.
  void start_anew(std::size_t first) {
    AlignedVector<Real> rows(inputs_ * padded_);
    AlignedVector<Real> current(inputs_ * padded_, Real(0));
    current_.copy_rows(rows.data());
    over_voltage(rows.data(), inputs_, current.data(), padded_);
    const std::size_t done = grid_.outputs - first;
    AlignedVector<Real> read(done * padded_, Real(0));
    over_voltage(read_.data() + first * padded_, done, read.data(), padded_);
    std::copy(read.begin(), read.end(), read_.data() + first * padded_);
    current_.assign_rows(current.data());
    voltage_.set_identity();
  }

  const Grid& grid_;
  std::size_t inputs_;
  Blocks<Real> voltage_;
  Blocks<Real> current_;
  AlignedVector<Real> b_;
  std::size_t padded_;        ///< inputs, rounded up to whole blocks
  AlignedVector<Real> read_;  ///< [outputs x padded]
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
