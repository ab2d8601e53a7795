// Multiply against 64-bit integers and against fma in the order of the rows.
#include <rapidcheck.h>
#include <catch2/catch.hpp>
#include <cmath>
#include <random>
#include <vector>

#include "models/array/product.h"
#include "tests/unit/targets.h"

using namespace neurram;
using namespace neurram::array;

namespace {

enum class Values { kUniform, kExtreme, kWide, kSparse };

float value_of(Values kind, std::mt19937& random) {
  const float sign = random() % 2 == 0 ? 1.0f : -1.0f;
  const float uniform = static_cast<float>(random()) * 0x1p-32f;
  switch (kind) {
    case Values::kUniform:
      return sign * uniform;
    case Values::kExtreme:
      return sign;
    case Values::kWide:
      return sign * std::exp2(-60.0f * uniform);
    case Values::kSparse:
      return random() % 50 == 0 ? sign * uniform : 0.0f;
  }
  return 0;
}

struct Problem {
  std::size_t rows = 0, columns = 0;
  int max_drive = 0;
  std::vector<float> values;

  [[nodiscard]] PackedMatrix pack() const {
    return PackedMatrix(values.data(), rows, columns, max_drive);
  }
};

Problem random_problem(std::mt19937& random, std::size_t max_columns) {
  Problem p;
  p.rows = *rc::gen::inRange<std::size_t>(1, 257);
  p.columns = *rc::gen::inRange<std::size_t>(1, max_columns);
  p.max_drive = *rc::gen::element(1, 7, 127, 2047);
  const auto kind =
      *rc::gen::element(Values::kUniform, Values::kExtreme, Values::kWide, Values::kSparse);
  const float size = *rc::gen::element(1e-6f, 1.0f, 3e5f);
  for (std::size_t i = 0; i < p.rows * p.columns; ++i)
    p.values.push_back(size * value_of(kind, random));
  return p;
}

/// Drives of `vectors` vectors; every other one takes the sign of a column's weights and the
/// largest magnitude, which is the worst that a sum can meet.
AlignedVector<std::int16_t> random_drives(const PackedMatrix& matrix, int max_drive,
                                          std::size_t vectors, std::mt19937& random) {
  const std::size_t stride = 2 * matrix.row_pairs();
  AlignedVector<std::int16_t> drives(vectors * stride);
  for (std::size_t v = 0; v < vectors; ++v) {
    const std::size_t column = random() % matrix.columns();
    for (std::size_t i = 0; i < matrix.rows(); ++i) {
      const int any =
          static_cast<int>(random() % static_cast<unsigned>(2 * max_drive + 1)) - max_drive;
      const int worst = matrix.weight(i, column) < 0 ? -max_drive : max_drive;
      drives[v * stride + i] = static_cast<std::int16_t>(v % 2 == 0 ? worst : any);
    }
  }
  return drives;
}

}  // namespace

TEST_CASE("integer sums are exact: no overflow, whatever the values and the instruction set") {
  CHECK(rc::check("sums equal 64-bit arithmetic", [] {
    std::mt19937 random(*rc::gen::arbitrary<unsigned>());
    const Problem p = random_problem(random, 100);
    const auto vectors = *rc::gen::inRange<std::size_t>(1, 20);
    const PackedMatrix matrix = p.pack();
    const auto drives = random_drives(matrix, p.max_drive, vectors, random);
    const std::size_t stride = 2 * matrix.row_pairs();
    const std::size_t padded = padded_columns(p.columns);
    std::vector<std::int64_t> exact(vectors * p.columns, 0);
    for (std::size_t v = 0; v < vectors; ++v) {
      for (std::size_t j = 0; j < p.columns; ++j) {
        for (std::size_t i = 0; i < p.rows; ++i)
          exact[v * p.columns + j] += std::int64_t{drives[v * stride + i]} * matrix.weight(i, j);
      }
    }
    for_each_instruction_set([&](const char*) {
      AlignedVector<std::int32_t> sums(vectors * padded, -1);
      multiply(matrix, drives.data(), vectors, sums.data());
      for (std::size_t v = 0; v < vectors; ++v) {
        for (std::size_t j = 0; j < padded; ++j)
          RC_ASSERT(sums[v * padded + j] == (j < p.columns ? exact[v * p.columns + j] : 0));
      }
    });
  }));
}

TEST_CASE("any split of a batch gives the same sums") {
  CHECK(rc::check("in pieces and whole", [] {
    std::mt19937 random(*rc::gen::arbitrary<unsigned>());
    const Problem p = random_problem(random, 70);
    const auto pieces =
        *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(1, 15));
    std::size_t vectors = 0;
    for (const std::size_t piece : pieces) vectors += piece;
    RC_PRE(vectors > 0u && vectors < 300u);
    const PackedMatrix matrix = p.pack();
    const auto drives = random_drives(matrix, p.max_drive, vectors, random);
    const std::size_t padded = padded_columns(p.columns);
    for_each_instruction_set([&](const char*) {
      AlignedVector<std::int32_t> whole(vectors * padded), cut(vectors * padded);
      multiply(matrix, drives.data(), vectors, whole.data());
      std::size_t first = 0;
      for (const std::size_t piece : pieces) {
        multiply(matrix, drives.data() + first * 2 * matrix.row_pairs(), piece,
                 cut.data() + first * padded);
        first += piece;
      }
      RC_ASSERT(whole == cut);
    });
  }));
}

TEST_CASE("a stored weight is its value to half a unit, and the unit is as fine as it can be") {
  CHECK(rc::check("rounding and scale", [] {
    std::mt19937 random(*rc::gen::arbitrary<unsigned>());
    const Problem p = random_problem(random, 40);
    const PackedMatrix matrix = p.pack();
    for (std::size_t j = 0; j < p.columns; ++j) {
      const double unit = matrix.column_scale()[j];
      double largest = 0, total = 0;
      std::int64_t whole = 0;
      for (std::size_t i = 0; i < p.rows; ++i) {
        const double value = p.values[i * p.columns + j];
        largest = std::max(largest, std::fabs(value));
        total += std::fabs(value);
        whole += std::abs(std::int64_t{matrix.weight(i, j)});
        RC_ASSERT(std::abs(int{matrix.weight(i, j)}) <= 32767);
        RC_ASSERT(std::fabs(matrix.weight(i, j) * unit - value) <= 0.5 * unit * (1 + 1e-6));
      }
      RC_ASSERT(p.max_drive * whole < (std::int64_t{1} << 31));
      if (largest == 0) {
        RC_ASSERT(unit == 0);
      } else {  // either bound is met to what rounding may add
        const double by_weight = largest / 32767, by_sum = total * p.max_drive / 0x1p31;
        RC_ASSERT(unit <= std::max(by_weight, by_sum) * (1 + 2e-4));
      }
    }
    for (std::size_t j = p.columns; j < padded_columns(p.columns); ++j)
      RC_ASSERT(matrix.column_scale()[j] == 0);
  }));
}

TEST_CASE("the float path adds in the order of the rows, each step one fma") {
  CHECK(rc::check("sums equal ordered fma", [] {
    std::mt19937 random(*rc::gen::arbitrary<unsigned>());
    const auto rows = *rc::gen::inRange<std::size_t>(1, 257);
    const std::size_t columns = 16 * *rc::gen::inRange<std::size_t>(1, 5);
    const auto vectors = *rc::gen::inRange<std::size_t>(1, 8);
    AlignedVector<float> matrix(rows * columns);
    for (auto& v : matrix) v = value_of(Values::kWide, random);
    std::vector<float> drives(vectors * rows);
    for (auto& d : drives) d = static_cast<float>(static_cast<int>(random() % 4095) - 2047);
    for_each_instruction_set([&](const char*) {
      AlignedVector<float> sums(vectors * columns);
      multiply(matrix.data(), rows, columns, drives.data(), vectors, sums.data());
      for (std::size_t v = 0; v < vectors; ++v) {
        for (std::size_t j = 0; j < columns; ++j) {
          float sum = 0;
          for (std::size_t i = 0; i < rows; ++i)
            sum = std::fma(drives[v * rows + i], matrix[i * columns + j], sum);
          RC_ASSERT(sum == sums[v * columns + j]);
        }
      }
    });
  }));
}
