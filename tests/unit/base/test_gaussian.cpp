// Normal numbers: Box-Muller in double precision beside ours, equal bits on every instruction set,
// moments, distribution and independence.
#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <vector>

#include "models/base/gaussian.h"
#include "tests/unit/targets.h"

using namespace neurram;

namespace {

constexpr std::size_t kSpare = 256;  // whole registers are written past the end

/// 512 vectors of `blocks` blocks, then `visit(row of floats)`, `rounds` times.
template <class Visit>
void draw(int rounds, std::uint32_t blocks, Visit visit) {
  constexpr std::size_t kVectors = 512;
  std::vector<float> row(kVectors * blocks * kColumnsPerDraw + kSpare);
  for (int r = 0; r < rounds; ++r) {
    fill_normals(philox_key(7), static_cast<std::uint64_t>(r) * kVectors, kVectors, blocks, 3,
                 row.data());
    visit(row.data(), kVectors * blocks * kColumnsPerDraw);
  }
}

}  // namespace

TEST_CASE("two normals a word: upper 18 bits the radius, lower 14 the angle") {
  const double pi = std::acos(-1.0);
  const PhiloxKey key = philox_key(99);
  double worst = 0;
  for (std::uint32_t block = 0; block < 32; ++block) {
    for (std::uint64_t id = 0; id < 2000; ++id) {
      const PhiloxCounter words = philox({block, static_cast<std::uint32_t>(id), 0, 17}, key);
      const NormalBlock ours = normal_block(key, block, id, 17);
      for (int w = 0; w < 4; ++w) {
        const double radius = std::sqrt(-2 * std::log(((words[w] >> 14) + 0.5) / 262144));
        // The angle's top two bits are the quadrant, the others a place in [-pi/4, pi/4) about it.
        const std::uint32_t angle = words[w] & 0x3FFF;
        const double theta = (angle >> 12) * pi / 2 + ((angle & 0xFFF) - 2047.5) / 2048 * (pi / 4);
        worst = std::max(worst, std::fabs(ours.z[w] - radius * std::cos(theta)));
        worst = std::max(worst, std::fabs(ours.z[w + 4] - radius * std::sin(theta)));
      }
    }
  }
  CHECK(worst < 3e-6);
}

TEST_CASE("rows of normals are the scalar ones bit for bit, also where the id carries") {
  const PhiloxKey key = philox_key(0x0123456789abcdefull);
  int sets = 0;
  for_each_instruction_set([&](const char* name) {
    INFO(name);
    ++sets;
    for (const std::uint32_t blocks : {1u, 2u, 3u, 5u, 7u, 13u, 32u}) {
      for (const std::size_t vectors : {std::size_t{1}, std::size_t{5}, std::size_t{67}}) {
        for (const std::uint64_t first_id :
             {std::uint64_t{0}, std::uint64_t{0xFFFFFFF0}, std::uint64_t{0x7FFFFFFFFFFFFFE0},
              ~std::uint64_t{3}}) {
          std::vector<float> row(vectors * blocks * kColumnsPerDraw + kSpare);
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
    }
  });
  CHECK(sets >= 1);
  CHECK(normal(key, 8 * 3 + 5, 42, 99) == normal_block(key, 3, 42, 99).z[5]);
}

TEST_CASE("no float is written past the last whole register") {
  const float canary = 1234.5f;
  for_each_instruction_set([&](const char* name) {
    INFO(name);
    for (const std::size_t vectors : {std::size_t{1}, std::size_t{3}, std::size_t{9}}) {
      const std::size_t floats = vectors * 5 * kColumnsPerDraw;
      const std::size_t promised = (floats + 127) / 128 * 128;
      std::vector<float> row(promised + 16, canary);
      fill_normals(philox_key(1), 0, vectors, 5, 0, row.data());
      CHECK(std::all_of(row.begin() + static_cast<std::ptrdiff_t>(promised), row.end(),
                        [canary](float z) { return z == canary; }));
    }
  });
}

TEST_CASE("moments and Kolmogorov-Smirnov distance of 16.8 million draws") {
  constexpr int kBins = 4000;
  std::vector<double> histogram(kBins + 1, 0.0);
  double n = 0, mean = 0, square = 0, third = 0, fourth = 0, largest = 0;
  draw(128, 32, [&](const float* row, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      const double z = row[i];
      n += 1;
      mean += z;
      square += z * z;
      third += z * z * z;
      fourth += z * z * z * z;
      largest = std::max(largest, std::fabs(z));
      histogram[static_cast<std::size_t>(std::clamp((z + 5.5) / 11 * kBins, 0.0, double{kBins}))] +=
          1;
    }
  });
  REQUIRE(n > 1e7);
  CHECK(std::fabs(mean / n) < 4 / std::sqrt(n));
  CHECK(std::fabs(square / n - 1) < 4 * std::sqrt(2 / n));
  CHECK(std::fabs(third / n) < 4 * std::sqrt(15 / n));
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

TEST_CASE("neighbouring columns, the two normals of a word, and neighbouring ids are independent") {
  // Correlations of values and of squares; a Box-Muller pair that shared its radius would show in
  // the squares.
  constexpr std::uint32_t kBlocks = 4;
  constexpr std::size_t kColumns = kBlocks * kColumnsPerDraw;
  double n = 0;
  std::array<double, 3> plain{}, squares{};
  const std::array<std::size_t, 3> offsets = {1, 4, kColumns};
  draw(200, kBlocks, [&](const float* row, std::size_t count) {
    for (std::size_t i = 0; i + kColumns < count; ++i) {
      n += 1;
      for (std::size_t k = 0; k < offsets.size(); ++k) {
        const double a = row[i], b = row[i + offsets[k]];
        plain[k] += a * b;
        squares[k] += (a * a - 1) * (b * b - 1);
      }
    }
  });
  for (std::size_t k = 0; k < offsets.size(); ++k) {
    INFO("offset " << offsets[k]);
    CHECK(std::fabs(plain[k] / n) < 4 / std::sqrt(n));
    CHECK(std::fabs(squares[k] / n) < 4 * 2 / std::sqrt(n));
  }
}
