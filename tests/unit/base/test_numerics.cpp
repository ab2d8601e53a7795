// Elementary functions of our own against the C library's.
#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "models/base/numerics.h"

using namespace neurram;

namespace {

/// Largest relative error of `ours` over `count` points that `draw` gives.
template <class Draw, class Ours, class Reference>
double worst_error(Draw draw, Ours ours, Reference reference) {
  std::mt19937_64 random(4);
  double worst = 0;
  for (int i = 0; i < 1'000'000; ++i) {
    const double x = draw(random);
    const double right = reference(x);
    worst = std::max(worst, std::fabs(ours(x) - right) / std::fabs(right));
  }
  return worst;
}

}  // namespace

TEST_CASE("portable functions agree with the C library to 1e-15") {
  std::uniform_real_distribution<double> exponents(-699, 699);
  CHECK(worst_error([&](auto& r) { return exponents(r); }, portable_exp,
                    [](double x) { return std::exp(x); }) < 1e-15);
  std::uniform_real_distribution<double> small(-1, 1);
  CHECK(worst_error([&](auto& r) { return small(r); }, portable_exp,
                    [](double x) { return std::exp(x); }) < 1e-15);
  std::uniform_real_distribution<double> decades(-300, 300);
  CHECK(worst_error([&](auto& r) { return std::pow(10, decades(r)); }, portable_log,
                    [](double x) { return std::log(x); }) < 1e-15);
  std::uniform_real_distribution<double> near_one(0.5, 2);  // where a logarithm can lose digits
  CHECK(worst_error([&](auto& r) { return near_one(r); }, portable_log,
                    [](double x) { return std::log(x); }) < 1e-15);
  std::uniform_real_distribution<double> settled(-12, 2);
  CHECK(worst_error([&](auto& r) { return std::pow(10, settled(r)); }, portable_settled,
                    [](double x) { return -std::expm1(-x); }) < 1e-15);
}

TEST_CASE("ends and exact points") {
  CHECK(portable_exp(0) == 1);
  CHECK(portable_exp(-701) == 0);
  CHECK(portable_log(1) == 0);
  CHECK(portable_settled(0) == 0);
  CHECK(portable_settled(1e6) == 1);
  const double below = std::nextafter(0.5, 0), above = std::nextafter(0.5, 1);  // two branches meet
  CHECK(portable_settled(below) <= portable_settled(0.5));
  CHECK(portable_settled(above) == Approx(portable_settled(0.5)).epsilon(1e-15));
}
