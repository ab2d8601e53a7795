#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "models/session/chart.h"

namespace neurram::session {
namespace {

/// 1, 2 or 5 times a power of ten: the step of about `wanted` ticks.
double tick_step(double low, double high, int wanted) {
  const double rough = (high - low) / wanted;
  const double power = std::pow(10, std::floor(std::log10(rough)));
  for (const double digit : {1.0, 2.0, 5.0}) {
    if (digit * power >= rough * 0.999) return digit * power;
  }
  return 10 * power;
}

std::string power_of_ten(int exponent) {
  constexpr const char* kSuperscripts[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string text = exponent < 0 ? "10⁻" : "10";
  for (const char digit : std::to_string(std::abs(exponent))) text += kSuperscripts[digit - '0'];
  return text;
}

}  // namespace

double Scale::operator()(double value) const {
  if (!std::isfinite(value) || (logarithmic && value <= 0)) return std::nan("");
  constexpr double kFarAway = 100;  // pages
  const double share =
      logarithmic ? std::log(value / low) / std::log(high / low) : (value - low) / (high - low);
  return low_px + std::clamp(share, -kFarAway, kFarAway) * (high_px - low_px);
}

std::vector<double> Scale::ticks(int wanted) const {
  std::vector<double> ticks;
  if (!logarithmic) {
    const double step = tick_step(low, high, wanted);
    const double slack = 1e-9 * (high - low);
    const double first = std::ceil((low - slack) / step);
    for (int n = 0; n <= 2 * wanted && (first + n) * step <= high + slack; ++n)
      ticks.push_back((first + n) * step);
    return ticks;
  }
  const double decades = std::log10(high / low);
  const int every = std::max(1, static_cast<int>(std::ceil(decades / wanted)));
  const auto digits = decades < 3 ? std::vector<double>{1, 2, 5} : std::vector<double>{1};
  for (int p = static_cast<int>(std::floor(std::log10(low))); p <= std::log10(high) + 1e-9; ++p) {
    if (p % every != 0) continue;
    for (const double digit : digits) {
      const double tick = digit * std::pow(10, p);
      if (tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9)) ticks.push_back(tick);
    }
  }
  return ticks;
}

std::string Scale::tick_text(double tick, int wanted) const {
  const double largest = std::max(std::fabs(low), std::fabs(high));
  if (logarithmic) {
    const double exponent = std::log10(tick);
    const bool decade = std::fabs(exponent - std::round(exponent)) < 1e-9;
    const bool plain = low > 0.9e-3 && high < 1.1e4;
    return decade && !plain ? power_of_ten(static_cast<int>(std::round(exponent)))
                            : fmt::format("{:g}", tick);
  }
  const double step = tick_step(low, high, wanted);
  if (std::fabs(tick) < 1e-6 * step) return "0";
  if (largest >= 1e6 || largest < 1e-3)
    return fmt::format("{:.{}g}", tick,
                       1 + static_cast<int>(std::ceil(std::log10(largest / step))));
  const int decimals = std::max(0, -static_cast<int>(std::floor(std::log10(step) + 1e-9)));
  return fmt::format("{:.{}f}", tick, decimals);
}

}  // namespace neurram::session
