// Convert against the comparator stepped by hand.
#include <rapidcheck.h>
#include <catch2/catch.hpp>
#include <map>
#include <random>

#include "batch.h"
#include "tests/unit/targets.h"

using namespace neurram;
using namespace neurram::neuron;

namespace {

/// A batch of any shape with any constants; values cross zero, step borders and the limit.
Batch any_batch() {
  Batch b(*rc::gen::inRange<std::size_t>(1, 257), *rc::gen::inRange<std::size_t>(1, 10));
  std::mt19937 random(*rc::gen::arbitrary<unsigned>());
  b.limit(*rc::gen::inRange(1, 513));
  if (*rc::gen::arbitrary<bool>()) b.parameters.saturated_count = 0;
  b.parameters.negative_step_ratio = *rc::gen::element(1.0f, 0.8f, 1.25f, 3.0f);
  b.parameters.sign_threshold = *rc::gen::element(0.0f, 0.65f, -0.3f, 2.5f);
  b.parameters.activation = *rc::gen::element(Activation::kNone, Activation::kRelu);
  b.parameters.clip = *rc::gen::element(1e6f, 20.5f, 300.0f);
  b.parameters.noisy = *rc::gen::arbitrary<bool>();
  b.parameters.noise_floor = *rc::gen::element(0.0f, 0.3f, 50.0f);
  const auto uniform = [&] { return static_cast<float>(random()) * 0x1p-32f; };
  for (std::size_t j = 0; j < b.columns; ++j) {
    b.constants.scale[j] = 1e-3f * (0.5f + uniform());
    b.constants.offset[j] = 10 * uniform() - 5;
    b.constants.read_noise[j] = 0.01f * uniform();
  }
  for (std::size_t v = 0; v < b.vectors; ++v) {
    b.scale[v] = 0.8f + 0.2f * uniform();
    b.weight[v] = random() % 5000;
  }
  for (std::size_t i = 0; i < b.sums.size(); ++i) {
    b.sums[i] = static_cast<std::int32_t>(random() % 1400000) - 700000;
    if (random() % 8 == 0) b.sums[i] = b.sums[i] / 1000 * 1000;  // on a step's border
    b.float_sums[i] = 1000 * (uniform() - 0.5f) * (uniform() < 0.5f ? 1 : 1000);
  }
  return b;
}

}  // namespace

TEST_CASE("codes are what the comparator finds step by step, bit for bit, and none more written") {
  CHECK(rc::check("any shape, constants, noise and instruction set", [] {
    Batch b = any_batch();
    const std::uint64_t id = *rc::gen::element<std::uint64_t>(0, 77, 0xFFFFFFFE, 1ull << 63);
    for_each_instruction_set([&](const char*) {
      for (const bool from_floats : {false, true}) {
        b.run(id, from_floats);
        RC_ASSERT(b.fault(id, from_floats) == "");
      }
    });
  }));
}

TEST_CASE("binary search by halving finds what counting finds") {
  CHECK(rc::check("for any f, precision and ratio", [] {
    const int bits = *rc::gen::inRange(1, 11);
    const float ratio = *rc::gen::element(1.0f, 0.7f, 1.3f);
    const float threshold = *rc::gen::element(0.0f, 0.65f, -0.3f, 2.5f);
    const float f = static_cast<float>(*rc::gen::inRange(-600000, 600000)) / 997.0f;
    RC_ASSERT(count_by_binary_search(f, bits, ratio, threshold) ==
              count_by_stepping(f, 1 << (bits - 1), ratio, threshold));
  }));
  for (int bits = 1; bits <= 10; ++bits) {
    for (int k = -600; k <= 600; ++k) {  // on the borders themselves
      CHECK(count_by_binary_search(static_cast<float>(k), bits) ==
            count_by_stepping(static_cast<float>(k), 1 << (bits - 1)));
    }
  }
}

TEST_CASE("by hand: borders, sign of zero, one bit, saturation as modelled and as on silicon") {
  Batch b(8, 1);
  b.limit(10);
  const float f[8] = {0, 0.999f, 1, -0.001f, -1, 9.5f, 500, -500};
  const int expected[8] = {1, 1, 2, -1, -2, 10, 10, -10};
  for (std::size_t j = 0; j < 8; ++j) b.constants.offset[j] = f[j];
  b.run();
  for (std::size_t j = 0; j < 8; ++j) CHECK(b.code(0, j) == expected[j]);
  CHECK(b.steps[0] == 10);

  b.parameters.saturated_count = 0;  // the chip's read-out reports nothing for who never flips
  b.run();
  CHECK(b.code(0, 5) == 10);
  CHECK(b.code(0, 6) == 0);
  CHECK(b.code(0, 7) == 0);
  CHECK(b.steps[0] == 10);  // but takes as long

  b.limit(1);  // the sign alone
  b.run();
  for (std::size_t j = 0; j < 8; ++j) CHECK(b.code(0, j) == (f[j] < 0 ? -1 : 1));

  b.limit(10);
  b.parameters.activation = Activation::kRelu;
  b.run();
  for (std::size_t j = 0; j < 8; ++j) CHECK(b.code(0, j) == std::max(expected[j], 0));
}

TEST_CASE("a sign threshold of 0.65 steps makes code 1 rare and code -1 frequent") {
  // f uniform over 20 steps, at the middle of 100 parts of each
  constexpr std::size_t kColumns = 200, kVectors = 10;
  Batch b(kColumns, kVectors);
  b.limit(64);
  b.parameters.sign_threshold = 0.65f;
  for (std::size_t v = 0; v < kVectors; ++v) {
    for (std::size_t j = 0; j < kColumns; ++j) {
      b.constants.scale[j] = 1e-3f;
      const auto i = static_cast<std::int32_t>(v * kColumns + j);
      b.sums[v * b.padded + j] = (i - 1000) * 10 + 5;
    }
  }
  b.run();
  CHECK(b.fault() == "");
  std::map<int, int> frequency;
  for (std::size_t i = 0; i < kColumns * kVectors; ++i) ++frequency[b.codes[i]];
  CHECK(frequency[1] == 35);
  CHECK(frequency[-1] == 165);
  CHECK(frequency[0] == 0);
  for (const int code : {-9, -3, -2, 2, 3, 9}) CHECK(frequency[code] == 100);
}

TEST_CASE("under ReLU only neurons that decrement keep a vector waiting") {
  Batch b(3, 2);
  b.limit(100);
  b.parameters.activation = Activation::kRelu;
  b.constants.offset[0] = -50;
  b.constants.offset[1] = 3.5f;
  b.constants.offset[2] = -80;
  b.run();
  CHECK(b.steps[0] == 4);
  b.constants.offset[1] = -1;
  b.run();
  CHECK(b.steps[0] == 1);
}

TEST_CASE("the integrator's range clips before the count, in steps of its own sign") {
  Batch b(2, 1);
  b.limit(100);
  b.parameters.clip = 20.5f;
  b.parameters.negative_step_ratio = 2;
  b.sums[0] = 90000;
  b.sums[1] = -90000;
  b.run();
  CHECK(b.code(0, 0) == 21);
  CHECK(b.code(0, 1) == -42);
}

TEST_CASE("a code stands for s (c - 1/2) steps") {
  CHECK(half_steps(0) == 0);
  CHECK(half_steps(1) == 1);
  CHECK(half_steps(-1) == -1);
  CHECK(half_steps(512) == 1023);
  CHECK(half_steps(-512) == -1023);
  CHECK(rc::check("within half a step of f, inside the range", [] {
    const float f = static_cast<float>(*rc::gen::inRange(-99000, 99000)) / 1000.0f;
    const int code = count_by_stepping(f, 100);
    RC_ASSERT(std::fabs(0.5f * static_cast<float>(half_steps(code)) - f) <= 0.5f);
  }));
}
