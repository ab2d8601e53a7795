// Binary search decrement by decrement, with steps of any size.
#include <rapidcheck.h>
#include <catch2/catch.hpp>
#include <random>

#include "batch.h"
#include "models/neuron/search.h"
#include "tests/unit/targets.h"

using namespace neurram;
using namespace neurram::neuron;

namespace {

/// Steps with ratio errors, injected charge and signs that differ.
SearchSteps any_steps() {
  SearchSteps s = SearchSteps::halved(*rc::gen::inRange(1, 11), *rc::gen::element(1.0f, 0.8f));
  s.search = *rc::gen::element(Search::kSubtract, Search::kAlternate);
  std::mt19937 random(*rc::gen::arbitrary<unsigned>());
  const auto error = [&] { return 0.1f * (static_cast<float>(random()) * 0x1p-32f - 0.5f); };
  const float injected_p = 3 * error(), injected_n = 3 * error();
  for (std::size_t b = 0; b < s.positive.size(); ++b) {
    s.positive[b] = s.positive[b] * (1 + error()) + injected_p;
    s.negative[b] = s.negative[b] * (1 + error()) + injected_n;
  }
  return s;
}

}  // namespace

TEST_CASE("searching registers of columns finds what searching one result finds") {
  CHECK(rc::check("any steps, shape, noise and instruction set", [] {
    const SearchSteps s = any_steps();
    Batch b(*rc::gen::inRange<std::size_t>(1, 257), *rc::gen::inRange<std::size_t>(1, 6));
    b.limit(1 << (s.bits_out - 1));
    b.parameters.sign_threshold = *rc::gen::element(0.0f, 0.65f);
    b.parameters.activation = *rc::gen::element(Activation::kNone, Activation::kRelu);
    b.parameters.noisy = *rc::gen::arbitrary<bool>();
    b.parameters.noise_floor = 50;
    std::mt19937 random(*rc::gen::arbitrary<unsigned>());
    for (std::size_t i = 0; i < b.sums.size(); ++i) {
      b.sums[i] = static_cast<std::int32_t>(random() % 1200000) - 600000;
      if (random() % 4 == 0) b.sums[i] /= 100;
      b.float_sums[i] = static_cast<float>(b.sums[i]) + 0.25f;
    }
    const bool relu = b.parameters.activation == Activation::kRelu;
    const ConvertVectors vectors{b.vectors, b.scale.data(), b.weight.data()};
    for_each_instruction_set([&](const char*) {
      for (const bool from_floats : {false, true}) {
        b.codes.assign(b.vectors * b.columns + 1, Batch::kCanary);
        b.steps.assign(b.vectors, 0);
        const auto convert = [&](const auto* sums) {
          convert_stepped(b.parameters, s, b.constants, vectors, b.stream(9), sums, b.noise.data(),
                          b.codes.data(), b.steps.data());
        };
        from_floats ? convert(b.float_sums.data()) : convert(b.sums.data());
        for (std::size_t v = 0; v < b.vectors; ++v) {
          int most = 1;
          for (std::size_t j = 0; j < b.columns; ++j) {
            int expected = count_by_binary_search(b.steps_of(v, j, 9, from_floats), s,
                                                  b.parameters.sign_threshold);
            if (relu && expected < 0) expected = 0;
            most = std::max(most, std::abs(expected));
            RC_ASSERT(b.code(v, j) == expected);
          }
          RC_ASSERT(b.steps[v] == most);
        }
        RC_ASSERT(b.codes.back() == Batch::kCanary);
      }
    });
  }));
}

TEST_CASE("with halved steps both searches find what counting finds") {
  CHECK(rc::check("for any f, precision, ratio and sign threshold", [] {
    const int bits = *rc::gen::inRange(1, 11);
    const float f = static_cast<float>(*rc::gen::inRange(-600000, 600000)) / 997.0f;
    const float threshold = *rc::gen::element(0.0f, 0.65f, -0.3f);
    SearchSteps s = SearchSteps::halved(bits);
    const int counted = count_by_stepping(f, 1 << (bits - 1), 1.0f, threshold);
    RC_ASSERT(count_by_binary_search(f, s, threshold) == counted);
    s.search = Search::kAlternate;
    RC_ASSERT(count_by_binary_search(f, s, threshold) == counted);
    // powers of two divide exactly; a subtracting search then has the closed form of each sign
    for (const float ratio : {0.5f, 2.0f})
      RC_ASSERT(count_by_binary_search(f, SearchSteps::halved(bits, ratio), threshold) ==
                count_by_stepping(f, 1 << (bits - 1), ratio, threshold));
  }));
}

TEST_CASE("by hand: one large step makes codes missing or doubled, and alternating adds back") {
  SearchSteps s = SearchSteps::halved(4);  // 4, 2, 1
  s.positive[2] = 4.5f;
  CHECK(count_by_binary_search(4.2f, s) == 4);  // 4.2 < 4.5; - 2 - 1
  CHECK(count_by_binary_search(4.6f, s) == 5);  // 0.1 is left
  CHECK(count_by_binary_search(-4.2f, s) == -5);
  s.search = Search::kAlternate;
  CHECK(count_by_binary_search(4.2f, s) == 4);  // -0.3 + 2 - 1 = 0.7: bits 0, 1, 1
  CHECK(count_by_binary_search(3.2f, s) == 3);  // -1.3 + 2 - 1 = -0.3: bits 0, 1, 0
  s.negative[1] = 1.0f;                         // a step up, in a positive result
  CHECK(count_by_binary_search(3.2f, s) == 2);  // -1.3 + 1 + 1 = 0.7: bits 0, 0, 1
}
