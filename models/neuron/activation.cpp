#include "models/neuron/activation.h"

#include <algorithm>
#include <cmath>

#include "models/base/numerics.h"

namespace neurram::neuron {
namespace {

double portable_tanh(double x) {
  const double e = portable_settled(2 * std::fabs(x));  // 1 - exp(-2|x|)
  return std::copysign(e / (2 - e), x);
}

/// u(1) … u(max_count).
std::vector<int> slowing_count(int max_count, const CountingThresholds& from) {
  std::vector<int> reached;
  int u = 1;
  int waited = 0;
  for (int c = 1; c <= max_count; ++c) {
    reached.push_back(u);
    const int every = 1 + (u >= from.every_2nd) + (u >= from.every_3rd) + (u >= from.every_4th);
    if (++waited < every || u >= from.full) continue;
    ++u;
    waited = 0;
  }
  return reached;
}

}  // namespace

void CountingShares::describe(FieldVisitor& v) {
  v.number({"every_2nd", "1",
            "share of full scale from which the counter advances every 2nd step (assumption: "
            "smallest largest deviation from tanh)",
            Affects::kDeployment},
           every_2nd, {0, 1});
  v.number({"every_3rd", "1", "the same for every 3rd step (assumption)", Affects::kDeployment},
           every_3rd, {0, 1});
  v.number({"every_4th", "1", "the same for every 4th step (assumption)", Affects::kDeployment},
           every_4th, {0, 1});
}

CountingThresholds counting_thresholds(Activation activation, double step,
                                       const CountingShares& shares) {
  const double full = std::ceil(1 / (activation == Activation::kSigmoid ? step / 2 : step));
  const auto count = [](double at_least) {
    return static_cast<int>(
        std::min(std::ceil(at_least), static_cast<double>(CountingThresholds::kNever)));
  };
  return {count(shares.every_2nd * full), count(shares.every_3rd * full),
          count(shares.every_4th * full), count(full)};
}

ActivationTable::ActivationTable(Activation activation, int max_count, double step,
                                 const CountingShares& shares)
    : activation_(activation), max_count_(max_count), step_(step) {
  const bool sigmoid = activation == Activation::kSigmoid;
  const std::vector<int> reached =
      slowing_count(max_count, counting_thresholds(activation, step, shares));
  top_ = reached.back();
  codes_.assign(2 * static_cast<std::size_t>(max_count) + 1, 0);
  for (int c = 1; c <= max_count; ++c) {
    const int u = reached[static_cast<std::size_t>(c - 1)];
    codes_[static_cast<std::size_t>(max_count + c)] =
        static_cast<std::int16_t>(sigmoid ? top_ + u - 1 : u);
    codes_[static_cast<std::size_t>(max_count - c)] =
        static_cast<std::int16_t>(sigmoid ? top_ - u : -u);
  }
}

void ActivationTable::apply(std::int16_t* codes, std::size_t count) const {
  const std::int16_t* const middle = codes_.data() + max_count_;
  for (std::size_t i = 0; i < count; ++i) codes[i] = middle[codes[i]];
}

double ActivationTable::value(int code) const {
  if (activation_ == Activation::kSigmoid) return 0.5 + (code + 0.5 - top_) * step_ / 4;
  return (2 * code - (code > 0) + (code < 0)) * step_ / 2;
}

double ActivationTable::largest_deviation() const {
  double largest = 0;
  for (int c = -max_count_; c <= max_count_; ++c) {
    if (c == 0) continue;
    const double x = (c > 0 ? c - 0.5 : c + 0.5) * step_;
    const double wanted =
        activation_ == Activation::kSigmoid ? 0.5 + portable_tanh(x / 2) / 2 : portable_tanh(x);
    largest = std::max(largest, std::fabs(value(code(c)) - wanted));
  }
  return largest;
}

}  // namespace neurram::neuron
