// The one Gaussian of a conversion: its variance, and that nothing but column, id and stream shape
// it.
#include <rapidcheck.h>
#include <algorithm>
#include <catch2/catch.hpp>

#include "batch.h"
#include "tests/unit/targets.h"

using namespace neurram;
using namespace neurram::neuron;

TEST_CASE("its variance is floor plus read noise by pulse weight and squared supply") {
  constexpr std::size_t kColumns = 64, kVectors = 4000;
  Batch b(kColumns, kVectors);
  b.parameters.noisy = true;
  b.parameters.noise_floor = 30.0f;
  b.limit(512);
  for (std::size_t v = 0; v < kVectors; ++v) {
    b.weight[v] = v % 2 == 0 ? 100 : 900;
    b.scale[v] = v % 2 == 0 ? 1.0f : 0.5f;
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
    CHECK(std::fabs(mean - (parity == 0 ? 200.0 : 100.0)) < 4 * std::sqrt(expected / n));
    CHECK(std::fabs((square / n - mean * mean) / expected - 1) < 4 * std::sqrt(2 / n));
  }
}

TEST_CASE("any split into batches and tiles, on any instruction set, gives the same codes") {
  CHECK(rc::check("whole and in pieces", [] {
    const auto columns = *rc::gen::inRange<std::size_t>(1, 257);
    const auto vectors = *rc::gen::inRange<std::size_t>(1, 40);
    const auto piece = *rc::gen::inRange<std::size_t>(1, 12);
    const auto fill = [columns](Batch& b) {
      b.limit(512);
      b.parameters.noisy = true;
      b.parameters.noise_floor = 100.0f;
      for (auto& r : b.constants.read_noise) r = 0.01f;
      std::fill(b.weight.begin(), b.weight.end(), 1000);
      std::fill(b.sums.begin(), b.sums.end(), 50000);
    };
    Batch whole(columns, vectors);
    fill(whole);
    std::vector<std::int16_t> first_codes;
    for_each_instruction_set([&](const char*) {
      whole.run(1000);
      if (first_codes.empty()) first_codes = whole.codes;
      RC_ASSERT(whole.codes == first_codes);
      for (std::size_t first = 0; first < vectors; first += piece) {
        Batch part(columns, std::min(piece, vectors - first));
        fill(part);
        part.run(1000 + first);
        RC_ASSERT(std::equal(part.codes.begin(), part.codes.end() - Batch::kSpare,
                             whole.codes.begin() + static_cast<std::ptrdiff_t>(first * columns)));
        RC_ASSERT(std::equal(part.steps.begin(), part.steps.end() - 1,
                             whole.steps.begin() + static_cast<std::ptrdiff_t>(first)));
      }
    });
  }));
}

TEST_CASE("noise past the last column keeps no vector waiting") {
  Batch b(3, 200);
  b.limit(512);
  b.parameters.noisy = true;
  b.parameters.noise_floor = 1e4f;
  for_each_instruction_set([&](const char* name) {
    INFO(name);
    b.run();
    CHECK(b.fault() == "");
  });
}

TEST_CASE("a column's noise does not depend on how many columns are converted") {
  Batch wide(200, 5), narrow(19, 5);
  for (Batch* b : {&wide, &narrow}) {
    b->limit(512);
    b->parameters.noisy = true;
    b->parameters.noise_floor = 900.0f;
    b->run(3);
  }
  for (std::size_t v = 0; v < 5; ++v) {
    for (std::size_t j = 0; j < 19; ++j) CHECK(wide.code(v, j) == narrow.code(v, j));
  }
}
