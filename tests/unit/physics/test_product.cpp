// Encode and multiply against definitions written out.
#include <rapidcheck.h>
#include <catch2/catch.hpp>
#include <cmath>
#include <random>
#include <vector>

#include "models/array/drive.h"
#include "models/array/product.h"
#include "models/array/transfer.h"
#include "targets.h"

using namespace neurram;
using namespace neurram::array;

namespace {

struct Problem {
  std::size_t rows, columns, vectors;
  std::vector<float> values;
  AlignedVector<std::int16_t> drives;
};

Problem random_problem(std::size_t rows, std::size_t columns, std::size_t vectors, int max_drive,
                       unsigned seed) {
  std::mt19937 random(seed);
  Problem p{rows, columns, vectors, std::vector<float>(rows * columns), {}};
  for (auto& v : p.values) v = static_cast<float>(static_cast<int>(random() % 2001) - 1000) * 1e-3f;
  const std::size_t stride = (rows + 1) / 2 * 2;
  p.drives.assign(vectors * stride + kDriveBlock, 0);
  for (std::size_t v = 0; v < vectors; ++v) {
    for (std::size_t i = 0; i < rows; ++i) {
      p.drives[v * stride + i] = static_cast<std::int16_t>(
          static_cast<int>(random() % static_cast<unsigned>(2 * max_drive + 1)) - max_drive);
    }
  }
  return p;
}

}  // namespace

TEST_CASE("integer sums are exact, whatever the instruction set and the split of the batch") {
  CHECK(rc::check("sums equal 64-bit arithmetic", [] {
    const auto rows = *rc::gen::inRange<std::size_t>(1, 257);
    const auto columns = *rc::gen::inRange<std::size_t>(1, 100);
    const auto vectors = *rc::gen::inRange<std::size_t>(1, 20);
    const int max_drive = *rc::gen::element(1, 7, 127, 2047);
    const Problem p =
        random_problem(rows, columns, vectors, max_drive, *rc::gen::arbitrary<unsigned>());
    const PackedMatrix matrix(p.values.data(), rows, columns, max_drive);
    const std::size_t stride = 2 * matrix.row_pairs();
    const std::size_t padded = padded_columns(columns);
    for_each_instruction_set([&](const char*) {
      AlignedVector<std::int32_t> sums(vectors * padded, -1);
      multiply(matrix, p.drives.data(), vectors, sums.data());
      for (std::size_t v = 0; v < vectors; ++v) {
        for (std::size_t j = 0; j < columns; ++j) {
          std::int64_t exact = 0;
          for (std::size_t i = 0; i < rows; ++i)
            exact += std::int64_t{p.drives[v * stride + i]} * matrix.weight(i, j);
          RC_ASSERT(exact == sums[v * padded + j]);
        }
      }
      AlignedVector<std::int32_t> alone(padded);
      multiply(matrix, p.drives.data() + (vectors - 1) * stride, 1, alone.data());
      for (std::size_t j = 0; j < columns; ++j)
        RC_ASSERT(alone[j] == sums[(vectors - 1) * padded + j]);
    });
  }));
}

TEST_CASE("no sum overflows, even when all drives and weights are extreme") {
  for (const int max_drive : {127, 2047}) {
    const std::vector<float> values(256 * 16, 1.0f);
    const PackedMatrix matrix(values.data(), 256, 16, max_drive);
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < 256; ++i) sum += std::int64_t{max_drive} * matrix.weight(i, 0);
    CHECK(sum < (std::int64_t{1} << 31));
    CHECK(sum > (std::int64_t{1} << 28));  // and no precision is given away
  }
}

TEST_CASE("a stored weight is the value to half a unit of its column's scale") {
  const Problem p = random_problem(101, 33, 1, 127, 4);
  const PackedMatrix matrix(p.values.data(), p.rows, p.columns, 127);
  double worst = 0;
  for (std::size_t i = 0; i < p.rows; ++i) {
    for (std::size_t j = 0; j < p.columns; ++j) {
      const double unit = matrix.column_scale()[j];
      worst = std::max(worst,
                       std::fabs(matrix.weight(i, j) * unit - p.values[i * p.columns + j]) / unit);
    }
  }
  CHECK(worst <= 0.5001);
}

TEST_CASE("the float path adds in the order of the rows with fma") {
  constexpr std::size_t kRows = 37, kColumns = 32, kVectors = 3;
  std::mt19937 random(2);
  AlignedVector<float> matrix(kRows * kColumns);
  for (auto& v : matrix) v = static_cast<float>(random()) * 0x1p-32f - 0.5f;
  std::vector<float> drives(kVectors * kRows);
  for (auto& v : drives) v = static_cast<float>(static_cast<int>(random() % 255) - 127);
  AlignedVector<float> sums(kVectors * kColumns);
  for_each_instruction_set([&](const char* name) {
    INFO(name);
    multiply(matrix.data(), kRows, kColumns, drives.data(), kVectors, sums.data());
    int wrong = 0;
    for (std::size_t v = 0; v < kVectors; ++v) {
      for (std::size_t j = 0; j < kColumns; ++j) {
        float sum = 0;
        for (std::size_t i = 0; i < kRows; ++i)
          sum = std::fma(drives[v * kRows + i], matrix[i * kColumns + j], sum);
        wrong += sum != sums[v * kColumns + j];
      }
    }
    CHECK(wrong == 0);
  });
}

TEST_CASE("drives are the magnitude bits of their phase, with sign") {
  std::mt19937 random(6);
  std::vector<std::uint8_t> codes(40 * 256 + kDriveBlock);
  for (auto& c : codes) c = static_cast<std::uint8_t>(random() % 255 - 127);
  for_each_instruction_set([&](const char* name) {
    INFO(name);
    int wrong = 0;
    for (const bool is_signed : {false, true}) {
      for (const auto& [shift, mask] : {std::pair{0, 127}, {0, 7}, {2, 3}, {3, 15}}) {
        for (const std::size_t inputs : {std::size_t{1}, std::size_t{31}, std::size_t{32},
                                         std::size_t{73}, std::size_t{256}}) {
          DriveEncoding encoding;
          encoding.is_signed = is_signed;
          encoding.shift = shift;
          encoding.mask = mask;
          const std::size_t stride = (inputs + 1) / 2 * 2;
          constexpr std::size_t kVectors = 40;
          std::vector<std::int16_t> drives(kVectors * stride + kDriveBlock);
          std::vector<std::uint32_t> weights(kVectors);
          encode(encoding, codes.data(), inputs, kVectors, drives.data(), stride, weights.data());
          for (std::size_t v = 0; v < kVectors; ++v) {
            std::uint32_t weight = 0;
            for (std::size_t i = 0; i < inputs; ++i) {
              const std::uint8_t byte = codes[v * inputs + i];
              const int x = is_signed ? static_cast<std::int8_t>(byte) : byte;
              const int part = (std::abs(x) >> shift) & mask;
              wrong += drives[v * stride + i] != (x < 0 ? -part : part);
              for (int b = 0; b < 7; ++b) weight += (part >> b & 1) != 0 ? 1u << (2 * b) : 0u;
            }
            wrong += weights[v] != weight;
          }
        }
      }
    }
    CHECK(wrong == 0);
  });
}

TEST_CASE("the transfer matrix is the settled divider of the closed form") {
  ArrayParameters p;
  Crossbar crossbar(p, nullptr, 0, 0);
  std::mt19937 random(9);
  for (int r = 0; r < 40; ++r) {
    for (int c = 0; c < 10; ++c)
      crossbar.set_conductance(r, c, static_cast<float>(1e-6 * (1 + random() % 39)));
  }
  for (int r = 0; r < 40; ++r) crossbar.set_conductance(r, 9, 0.0f);  // an open column
  Selection selection;
  for (int r = 2; r < 32; ++r) selection.rows.push_back(r);
  selection.columns = {0, 3, 4, 9};
  const Transfer folded(crossbar, selection, 127);
  selection.fold = false;
  const Transfer lines(crossbar, selection, 127);
  CHECK(folded.drives() == 15);
  CHECK(lines.drives() == 30);
  for (std::size_t j = 0; j < 3; ++j) {
    const int column = selection.columns[j];
    double total = 0;
    for (const int r : selection.rows) total += crossbar.conductance(r, column);
    const double settled = 1 - std::exp(-p.t_settle_s * total / p.c_line_f);
    for (std::size_t i = 0; i < 15; ++i) {
      const double plus = crossbar.conductance(selection.rows[2 * i], column);
      const double minus = crossbar.conductance(selection.rows[2 * i + 1], column);
      CHECK(folded.dense()[i * 16 + j] ==
            Approx((plus - minus) / total * settled).epsilon(1e-6).margin(1e-9));
      CHECK(lines.dense()[2 * i * 16 + j] == Approx(plus / total * settled).epsilon(1e-6));
    }
  }
  for (std::size_t i = 0; i < 15; ++i) CHECK(folded.dense()[i * 16 + 3] == 0.0f);
  CHECK(folded.settling()[3] == 0.0);
}
