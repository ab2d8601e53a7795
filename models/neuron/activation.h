#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/base/field.h"

/// What a conversion makes of its count. A neuron's comparator finds a sign s and a count c, which
/// stand for x = s (c - 1/2) steps; ReLU, tanh and sigmoid only change how the counting is read, so
/// they cost nothing but what the counting takes.
namespace neurram::neuron {

enum class Activation : std::uint8_t {
  kNone,        ///< s·c
  kRelu,        ///< c, 0 for negatives
  kTanh,        ///< s·u(c), see ActivationTable
  kSigmoid,     ///< 0 … 2 u(max_count) - 1, see ActivationTable
  kStochastic,  ///< 0 or 1, by one comparison: see stochastic.h
};

/// Where piecewise-linear counting slows down: the counter advances with every step, then with
/// every 2nd, 3rd and 4th once it has reached these shares of the count at which tanh is 1
/// (counting: Nature 608's preprint; the shares are an assumption: they give the smallest largest
/// deviation, 0.036).
struct CountingShares {
  double every_2nd = 0.485;
  double every_3rd = 0.712;
  double every_4th = 0.808;

  void describe(FieldVisitor& v);
};

/// The same as counts, as a counter compares with them.
struct CountingThresholds {
  static constexpr int kNever = 1024;  ///< above every count

  int every_2nd = kNever;
  int every_3rd = kNever;
  int every_4th = kNever;
  int full = kNever;  ///< where the counter stops
};

/// Thresholds of kTanh or kSigmoid with one step worth `step` > 0 in the argument.
[[nodiscard]] CountingThresholds counting_thresholds(Activation activation, double step,
                                                     const CountingShares& shares = {});

/// Piecewise-linear counting, as a table from count to code. With d the real value of one step in
/// the function's argument, the counter u starts at u(1) = 1, advances as CountingShares say and
/// stops at F = ceil(1/d), so u(c) - 1/2 follows tanh((c - 1/2) d) / d. For the sigmoid, which is
/// (1 + tanh(x/2)) / 2, F and the shares are those of d/2.
///
///   tanh     code s·u           stands for  s (u - 1/2) d, so for half_steps(code) d / 2
///   sigmoid  code U + s·u - [s > 0], U = u(max_count): 0 … 2U - 1,
///                               stands for  1/2 + (code + 1/2 - U) d / 4
///
/// Codes U - 1 and U lie about sigma(0) = 1/2 as codes -1 and 1 of the tanh about 0: no code is
/// zero itself. At the middle of every count the value deviates from the function by at most
/// 0.036 + d in tanh and half of 0.036 + d/2 in the sigmoid (d <= 1 and the default shares).
/// A column that is read out as 0 because it never flipped stays 0.
class ActivationTable {
 public:
  /// kTanh or kSigmoid of counts 1 … max_count, one step worth `step` > 0 in the argument.
  ActivationTable(Activation activation, int max_count, double step,
                  const CountingShares& shares = {});

  /// The code of a signed count, |signed_count| <= max_count.
  [[nodiscard]] int code(int signed_count) const {
    return codes_[static_cast<std::size_t>(signed_count + max_count_)];
  }
  /// Replaces signed counts by their codes.
  void apply(std::int16_t* codes, std::size_t count) const;

  /// What a code of this table stands for.
  [[nodiscard]] double value(int code) const;
  /// Largest deviation of a code's value from the function, over the middles of all counts.
  [[nodiscard]] double largest_deviation() const;
  /// u(max_count): codes are -top … top (tanh) or 0 … 2 top - 1 (sigmoid).
  [[nodiscard]] int top() const { return top_; }

 private:
  Activation activation_;
  int max_count_;
  double step_;
  int top_ = 1;
  std::vector<std::int16_t> codes_;  ///< of signed counts -max_count … max_count
};

}  // namespace neurram::neuron
