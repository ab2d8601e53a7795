#pragma once

#include <cmath>

/// Elementary functions whose bits do not depend on the C library: only +, ·, fma, sqrt and exact
/// scaling, so a conductance or a settling factor is the same on every machine.
namespace neurram {

/// e^x to about 1e-16 relative, for |x| < 700; 0 below.
[[nodiscard]] inline double portable_exp(double x) {
  constexpr double kLog2E = 0x1.71547652b82fep0;
  constexpr double kLn2High =
      0x1.62e42fefa3800p-1;  // its low bits are zero, so k · kLn2High is exact
  constexpr double kLn2Low = 0x1.ef35793c76730p-45;
  if (x < -700) return 0;
  const double k = std::nearbyint(x * kLog2E);
  const double r = std::fma(-k, kLn2Low, std::fma(-k, kLn2High, x));
  double sum = 1;
  for (int n = 14; n >= 1; --n) sum = std::fma(sum, r / n, 1.0);  // Taylor, |r| <= ln(2)/2
  return std::ldexp(sum, static_cast<int>(k));
}

/// 1 - e^-x for x >= 0, exact to rounding also where x is small.
[[nodiscard]] inline double portable_settled(double x) {
  if (x > 0.5) return 1 - portable_exp(-x);
  double sum = 1;
  for (int n = 16; n >= 2; --n) sum = std::fma(sum, -x / n, 1.0);
  return x * sum;
}

/// Natural logarithm to about 1e-16 relative, for normal x > 0.
[[nodiscard]] inline double portable_log(double x) {
  constexpr double kLn2 = 0x1.62e42fefa39efp-1;
  int exponent = 0;
  double m = std::frexp(x, &exponent);  // [1/2, 1)
  if (m < 0x1.6a09e667f3bcdp-1) {
    m *= 2;
    --exponent;
  }
  const double t = (m - 1) / (m + 1);  // log m = 2 atanh t, |t| < 0.172
  const double t2 = t * t;
  double sum = 0;
  for (int n = 23; n >= 3; n -= 2) sum = std::fma(sum, t2, 1.0 / n);
  return std::fma(exponent, kLn2, std::fma(2 * t * t2, sum, 2 * t));
}

}  // namespace neurram
