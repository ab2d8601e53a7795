// Random numbers: published vectors of Philox, equal bits on every instruction set, statistics.
#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <vector>

#include "models/base/gaussian.h"
#include "models/base/numerics.h"
#include "models/base/philox.h"
#include "targets.h"

using namespace neurram;

TEST_CASE("Philox4x32-10 gives Random123's published vectors") {
  CHECK(philox({0, 0, 0, 0}, {0, 0}) ==
        PhiloxCounter{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(philox({~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}) ==
        PhiloxCounter{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
        PhiloxCounter{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("rows of normals are the scalar ones bit for bit, also where the id carries") {
  const PhiloxKey key = philox_key(0x0123456789abcdefull);
  for_each_instruction_set([&](const char* name) {
    INFO(name);
    for (const std::uint32_t blocks : {1u, 2u, 3u, 5u, 7u, 32u}) {
      for (const std::size_t vectors : {std::size_t{1}, std::size_t{5}, std::size_t{67}}) {
        const std::uint64_t first_id = 0xFFFFFFF0ull;
        std::vector<float> row(vectors * blocks * kColumnsPerDraw + 256);
        fill_normals(key, first_id, vectors, blocks, 99, row.data());
        int wrong = 0;
        for (std::size_t v = 0; v < vectors; ++v) {
          for (std::uint32_t b = 0; b < blocks; ++b) {
            const NormalBlock one = normal_block(key, b, first_id + v, 99);
            wrong +=
                std::memcmp(one.z, &row[(v * blocks + b) * kColumnsPerDraw], sizeof one.z) != 0;
          }
        }
        CHECK(wrong == 0);
      }
    }
  });
}

TEST_CASE("normals are normal: moments and Kolmogorov-Smirnov over 4 million draws") {
  constexpr std::size_t kVectors = 4096;
  constexpr std::uint32_t kBlocks = 32;
  constexpr int kRounds = 4;
  constexpr int kBins = 2000;
  std::vector<float> row(kVectors * kBlocks * kColumnsPerDraw + 256);
  std::vector<double> histogram(kBins + 1, 0.0);
  double n = 0, mean = 0, square = 0, fourth = 0, largest = 0;
  for (int r = 0; r < kRounds; ++r) {
    fill_normals(philox_key(7), static_cast<std::uint64_t>(r) * kVectors, kVectors, kBlocks, 3,
                 row.data());
    for (std::size_t i = 0; i < kVectors * kBlocks * kColumnsPerDraw; ++i) {
      const double z = row[i];
      n += 1;
      mean += z;
      square += z * z;
      fourth += z * z * z * z;
      largest = std::max(largest, std::fabs(z));
      histogram[static_cast<std::size_t>(std::clamp((z + 5.5) / 11 * kBins, 0.0, double{kBins}))] +=
          1;
    }
  }
  CHECK(std::fabs(mean / n) < 4 / std::sqrt(n));
  CHECK(std::fabs(square / n - 1) < 4 * std::sqrt(2 / n));
  CHECK(std::fabs(fourth / n - 3) < 4 * std::sqrt(96 / n));
  CHECK(largest < 5.14);
  double cumulated = 0, distance = 0;
  for (int b = 0; b < kBins; ++b) {
    cumulated += histogram[static_cast<std::size_t>(b)] / n;
    const double edge = -5.5 + 11.0 * (b + 1) / kBins;
    distance = std::max(distance, std::fabs(cumulated - 0.5 * std::erfc(-edge / std::sqrt(2.0))));
  }
  CHECK(distance < 1.63 / std::sqrt(n));  // 1 % level
}

TEST_CASE("portable functions agree with the C library") {
  for (double x = -690; x < 690; x += 0.1237)
    CHECK(portable_exp(x) == Approx(std::exp(x)).epsilon(1e-15));
  for (double x = 1e-300; x < 1e300; x *= 1.91)
    CHECK(portable_log(x) == Approx(std::log(x)).epsilon(1e-15).margin(1e-16));
  for (double x = 1e-9; x < 50; x *= 1.17)
    CHECK(portable_settled(x) == Approx(-std::expm1(-x)).epsilon(1e-15));
}
