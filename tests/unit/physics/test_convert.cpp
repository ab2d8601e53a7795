// Convert against the comparator stepped by hand, and its noise against the variance asked for.
#include <rapidcheck.h>
#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "models/base/gaussian.h"
#include "models/neuron/convert.h"
#include "models/neuron/timing.h"
#include "targets.h"

using namespace neurram;
using namespace neurram::neuron;

namespace {

struct Batch {
  Batch(std::size_t columns_, std::size_t vectors_)
      : columns(columns_),
        vectors(vectors_),
        padded((columns + 15) / 16 * 16),
        sums(vectors * padded),
        scale(vectors, 1.0f),
        weight(vectors, 0),
        noise(noise_scratch_floats(vectors, columns)),
        codes(vectors * columns + 1, kCanary),
        steps(vectors) {
    constants.resize(padded);
    for (std::size_t j = 0; j < columns; ++j) constants.scale[j] = 1e-3f;
    parameters.columns = columns;
    parameters.clip = 1e6f;
  }
  void run(std::uint64_t first_id = 0) {
    convert(parameters, constants, {vectors, scale.data(), weight.data()},
            {philox_key(1), first_id, 5}, sums.data(), noise.data(), codes.data(), steps.data());
  }
  static constexpr std::int16_t kCanary = 12345;
  std::size_t columns, vectors, padded;
  ConvertParameters parameters;
  ConvertColumns constants;
  AlignedVector<std::int32_t> sums;
  std::vector<float> scale;
  std::vector<std::uint32_t> weight;
  std::vector<float> noise;
  std::vector<std::int16_t> codes;
  std::vector<std::uint16_t> steps;
};

}  // namespace

TEST_CASE("the closed form is what the comparator finds step by step, and by halving steps") {
  CHECK(rc::check("codes", [] {
    const auto columns = *rc::gen::inRange<std::size_t>(1, 257);
    const auto vectors = *rc::gen::inRange<std::size_t>(1, 9);
    const int bits = *rc::gen::inRange(1, 11);
    const bool relu = *rc::gen::arbitrary<bool>();
    const float ratio = *rc::gen::element(1.0f, 1.25f);
    std::mt19937 random(*rc::gen::arbitrary<unsigned>());
    Batch b(columns, vectors);
    b.parameters.max_count = b.parameters.saturated_count = 1 << (bits - 1);
    b.parameters.negative_step_ratio = ratio;
    b.parameters.activation = relu ? Activation::kRelu : Activation::kNone;
    for (auto& s : b.sums) s = static_cast<std::int32_t>(random() % 1400000) - 700000;
    for_each_instruction_set([&](const char*) {
      b.run();
      for (std::size_t v = 0; v < vectors; ++v) {
        int most = 1;
        for (std::size_t j = 0; j < columns; ++j) {
          const float f = static_cast<float>(b.sums[v * b.padded + j]) * 1e-3f;
          int expected = count_by_stepping(f, b.parameters.max_count, ratio);
          RC_ASSERT(expected == count_by_binary_search(f, bits, ratio));
          if (relu && expected < 0) expected = 0;
          most = std::max(most, std::abs(expected));
          RC_ASSERT(b.codes[v * columns + j] == expected);
        }
        RC_ASSERT(b.steps[v] == most);
      }
      RC_ASSERT(b.codes.back() == Batch::kCanary);  // nothing is written past the end
    });
  }));
}

TEST_CASE("a column that never flips reports the limit, or nothing as silicon's read-out does") {
  Batch b(2, 1);
  b.parameters.max_count = 10;
  b.parameters.saturated_count = 10;
  b.sums[0] = 500000;
  b.sums[1] = -9500;
  b.run();
  CHECK(b.codes[0] == 10);
  CHECK(b.codes[1] == -10);
  b.parameters.saturated_count = 0;
  b.run();
  CHECK(b.codes[0] == 0);
  CHECK(b.codes[1] == -10);
  CHECK(b.steps[0] == 10);
}

TEST_CASE("the integrator's range clips before the count") {
  Batch b(1, 1);
  b.parameters.max_count = b.parameters.saturated_count = 100;
  b.parameters.clip = 20.5f;
  b.sums[0] = -90000;
  b.run();
  CHECK(b.codes[0] == -21);
}

TEST_CASE("the Gaussian has the variance assembled from floor and pulse weight") {
  constexpr std::size_t kColumns = 64, kVectors = 2000;
  Batch b(kColumns, kVectors);
  b.parameters.noisy = true;
  b.parameters.noise_floor = 30.0f;
  b.parameters.max_count = b.parameters.saturated_count = 512;
  for (std::size_t v = 0; v < kVectors; ++v) {
    b.weight[v] = v % 2 == 0 ? 100 : 900;
    b.scale[v] = v % 2 == 0 ? 1.0f : 0.5f;  // the supply's drop scales what pulses add, squared
  }
  for (auto& r : b.constants.read_noise) r = 0.5f;
  for (auto& s : b.sums) s = 200000;
  b.run(77);
  for (const std::size_t parity : {std::size_t{0}, std::size_t{1}}) {
    double n = 0, sum = 0, square = 0;
    for (std::size_t v = parity; v < kVectors; v += 2) {
      for (std::size_t j = 0; j < kColumns; ++j) {
        const double value = half_steps(b.codes[v * kColumns + j]) / 2.0;
        n += 1;
        sum += value;
        square += value * value;
      }
    }
    const double mean = sum / n;
    const double expected =
        30.0 + 0.5 * (parity == 0 ? 100.0 : 900.0 * 0.25) + 1.0 / 12;  // and the step's own
    CHECK(mean == Approx(parity == 0 ? 200.0 : 100.0).margin(0.3));
    CHECK(square / n - mean * mean == Approx(expected).epsilon(0.03));
  }
}

TEST_CASE("noise follows column, id and stream alone: any split of a batch gives the same codes") {
  Batch whole(40, 12);
  whole.parameters.noisy = true;
  whole.parameters.noise_floor = 100.0f;
  whole.parameters.max_count = whole.parameters.saturated_count = 512;
  whole.run(1000);
  for (const std::size_t split : {std::size_t{1}, std::size_t{5}}) {
    for (std::size_t first = 0; first < 12; first += split) {
      const std::size_t count = std::min(split, 12 - first);
      Batch part(40, count);
      part.parameters = whole.parameters;
      part.run(1000 + first);
      CHECK(std::equal(part.codes.begin(), part.codes.end() - 1,
                       whole.codes.begin() + static_cast<std::ptrdiff_t>(first * 40)));
    }
  }
}

TEST_CASE("states last as the state machine's registers say") {
  TimingParameters fast;
  CHECK(state_cycles(fast) == std::array<std::int64_t, 4>{28, 33, 28, 27});
  TimingParameters
      deployed;  // the chip team's defaults: cds 3, sample 2, integrate 63, compare 2, reset 0
  deployed.t_integrate = 63;
  deployed.t_compare = 2;
  CHECK(state_cycles(deployed) == std::array<std::int64_t, 4>{28, 513, 508, 35});
}
