// Comparators asked one comparison at a time find what the conversions find in one go.
#include <rapidcheck.h>
#include <catch2/catch.hpp>
#include <random>

#include "batch.h"
#include "models/neuron/comparator.h"

using namespace neurram;
using namespace neurram::neuron;

namespace {

/// One vector whose results lie within some steps of zero, many of them on borders.
Batch any_vector() {
  Batch b(*rc::gen::inRange<std::size_t>(1, 257), 1);
  std::mt19937 random(*rc::gen::arbitrary<unsigned>());
  b.parameters.sign_threshold = *rc::gen::element(0.0f, 0.65f, -0.3f);
  b.parameters.noisy = *rc::gen::arbitrary<bool>();
  b.parameters.noise_floor = 2;
  for (std::size_t i = 0; i < b.sums.size(); ++i) {
    b.sums[i] = static_cast<std::int32_t>(random() % 300000) - 150000;
    if (random() % 3 == 0) b.sums[i] = b.sums[i] / 1000 * 1000;
    b.float_sums[i] = static_cast<float>(b.sums[i]);
  }
  return b;
}

std::vector<float> integrated(Batch& b) {
  std::vector<float> f(b.padded + Batch::kSpare);
  integrate(b.parameters, b.constants, {1, b.scale.data(), b.weight.data()}, b.stream(),
            b.sums.data(), b.noise.data(), f.data());
  return f;
}

}  // namespace

TEST_CASE("integrate() gives the floats that convert() counts, from integers and floats") {
  CHECK(rc::check([] {
    Batch b = any_vector();
    const std::vector<float> f = integrated(b);
    std::vector<float> g(f.size());
    integrate(b.parameters, b.constants, {1, b.scale.data(), b.weight.data()}, b.stream(),
              b.float_sums.data(), b.noise.data(), g.data());
    for (std::size_t j = 0; j < b.columns; ++j) {
      RC_ASSERT(f[j] == b.steps_of(0, j, 0, false));
      RC_ASSERT(g[j] == b.steps_of(0, j, 0, true));
    }
  }));
}

TEST_CASE("unary: the comparison at which a neuron flips is its count") {
  CHECK(rc::check([] {
    Batch b = any_vector();
    b.limit(*rc::gen::inRange(1, 128));
    b.parameters.negative_step_ratio = *rc::gen::element(1.0f, 0.8f, 1.25f);
    b.run();
    const std::vector<float> f = integrated(b);
    Comparators comparators;
    comparators.load_unary(b.parameters, f.data(), b.columns);
    for (std::size_t j = 0; j < b.columns; ++j) {
      const bool sign = comparators.above(j, 0);
      int count = 1;
      while (count < b.parameters.max_count && comparators.above(j, count) == sign) ++count;
      RC_ASSERT((sign ? count : -count) == b.code(0, j));
    }
  }));
}

TEST_CASE("binary search: the comparisons after the sign's are the magnitude's bits") {
  CHECK(rc::check([] {
    Batch b = any_vector();
    const int magnitude_bits = *rc::gen::inRange(0, 10);
    b.limit(1 << magnitude_bits);
    const bool exact = *rc::gen::arbitrary<bool>();
    SearchSteps steps = SearchSteps::halved(magnitude_bits + 1);
    steps.search = Search::kAlternate;
    for (std::size_t i = 0; !exact && i < steps.positive.size(); ++i) steps.positive[i] += 0.3f;
    if (exact) {
      b.run();
    } else {
      b.run();  // makes room
      convert_stepped(b.parameters, steps, b.constants, {1, b.scale.data(), b.weight.data()},
                      b.stream(), b.sums.data(), b.noise.data(), b.codes.data(), b.steps.data());
    }
    const std::vector<float> f = integrated(b);
    Comparators comparators;
    comparators.load_search(b.parameters, exact ? nullptr : &steps, magnitude_bits, f.data(),
                            b.columns);
    for (std::size_t j = 0; j < b.columns; ++j) {
      const bool sign = comparators.above(j, 0);
      int magnitude = 0;
      for (int k = 1; k <= magnitude_bits; ++k)
        magnitude = 2 * magnitude + (comparators.above(j, k) == sign ? 1 : 0);
      RC_ASSERT((sign ? magnitude + 1 : -magnitude - 1) == b.code(0, j));
    }
  }));
}
