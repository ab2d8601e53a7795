#include "models/array/product.h"

#include <algorithm>
#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/array/product.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace neurram::array::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using Sums = hn::CappedTag<std::int32_t, kPanelColumns>;  // a panel is one or two registers
using Pairs = hn::Repartition<std::int16_t, Sums>;

constexpr std::size_t kLanes = hn::MaxLanes(Sums());
constexpr std::size_t kRegistersPerPanel = kPanelColumns / kLanes;

/// Keeps an accumulator in its register: g++ 12 spills some of them otherwise.
template <class V>
HWY_INLINE void pin(V& v) {
  asm("" : "+x"(v.raw));
}

/// `kVectors` rows of sums of `kPanels` neighbouring panels.
template <std::size_t kVectors, std::size_t kPanels>
HWY_INLINE void multiply_block(const std::int16_t* HWY_RESTRICT weights, std::size_t panel_stride,
                               std::size_t pairs, const std::int16_t* HWY_RESTRICT drives,
                               std::int32_t* HWY_RESTRICT sums, std::size_t sums_stride) {
  const Sums ds;
  const Pairs dp;
  constexpr std::size_t kRegisters = kPanels * kRegistersPerPanel;
  hn::Vec<Sums> acc[kVectors][kRegisters];
  for (auto& row : acc) {
    for (auto& a : row) a = hn::Zero(ds);
  }
  auto unused = hn::Zero(ds);  // the x86 form leaves the second accumulator alone
  for (std::size_t k = 0; k < pairs; ++k) {
    hn::Vec<Pairs> w[kRegisters];
    for (std::size_t r = 0; r < kRegisters; ++r) {
      const std::size_t panel = r / kRegistersPerPanel;
      w[r] = hn::Load(dp, weights + panel * panel_stride + k * 2 * kPanelColumns +
                              (r % kRegistersPerPanel) * 2 * kLanes);
    }
    for (std::size_t v = 0; v < kVectors; ++v) {
      std::int32_t two_drives;
      hwy::CopyBytes<sizeof two_drives>(drives + v * 2 * pairs + 2 * k, &two_drives);
      const auto drive = hn::BitCast(dp, hn::Set(ds, two_drives));
      for (std::size_t r = 0; r < kRegisters; ++r) {
        acc[v][r] = hn::ReorderWidenMulAccumulate(ds, w[r], drive, acc[v][r], unused);
        pin(acc[v][r]);
      }
    }
  }
  for (std::size_t v = 0; v < kVectors; ++v) {
    for (std::size_t r = 0; r < kRegisters; ++r)
      hn::Store(acc[v][r], ds, sums + v * sums_stride + r * kLanes);
  }
}

template <std::size_t kPanels>
HWY_INLINE void multiply_panels(const std::int16_t* weights, std::size_t panel_stride,
                                std::size_t pairs, const std::int16_t* drives, std::size_t vectors,
                                std::int32_t* sums, std::size_t sums_stride) {
  constexpr std::size_t kBlock = 6;  // 6 vectors x 2 registers fill the 16 registers of AVX2
  std::size_t v = 0;
  for (; v + kBlock <= vectors; v += kBlock) {
    multiply_block<kBlock, kPanels>(weights, panel_stride, pairs, drives + v * 2 * pairs,
                                    sums + v * sums_stride, sums_stride);
  }
  for (; v + 2 <= vectors; v += 2) {
    multiply_block<2, kPanels>(weights, panel_stride, pairs, drives + v * 2 * pairs,
                               sums + v * sums_stride, sums_stride);
  }
  if (v < vectors) {
    multiply_block<1, kPanels>(weights, panel_stride, pairs, drives + v * 2 * pairs,
                               sums + v * sums_stride, sums_stride);
  }
}

void multiply_integer(const PackedMatrix& matrix, const std::int16_t* drives, std::size_t vectors,
                      std::int32_t* sums) {
  const std::size_t pairs = matrix.row_pairs();
  const std::size_t panel_stride = pairs * 2 * kPanelColumns;
  const std::size_t stride = padded_columns(matrix.columns());
  const std::size_t panels = stride / kPanelColumns;
  constexpr std::size_t kWide = 4;  // panels that keep enough sums in flight
  std::size_t p = 0;
  if constexpr (kRegistersPerPanel == 1) {
    for (; p + kWide <= panels && vectors > 0; p += kWide) {
      multiply_panels<kWide>(matrix.weights() + p * panel_stride, panel_stride, pairs, drives,
                             vectors, sums + p * kPanelColumns, stride);
    }
  }
  for (; p < panels; ++p) {
    multiply_panels<1>(matrix.weights() + p * panel_stride, panel_stride, pairs, drives, vectors,
                       sums + p * kPanelColumns, stride);
  }
}

void multiply_float(const float* matrix, std::size_t rows, std::size_t columns_padded,
                    const float* drives, std::size_t vectors, float* sums) {
  const hn::CappedTag<float, kPanelColumns> d;
  constexpr std::size_t kRegisters = kPanelColumns / hn::MaxLanes(d);
  for (std::size_t v = 0; v < vectors; ++v) {
    for (std::size_t p = 0; p < columns_padded; p += kPanelColumns) {
      hn::Vec<decltype(d)> acc[kRegisters];
      for (auto& a : acc) a = hn::Zero(d);
      for (std::size_t i = 0; i < rows; ++i) {
        const auto drive = hn::Set(d, drives[v * rows + i]);
        for (std::size_t r = 0; r < kRegisters; ++r) {
          const auto t = hn::Load(d, matrix + i * columns_padded + p + r * hn::MaxLanes(d));
          acc[r] = hn::MulAdd(drive, t, acc[r]);
        }
      }
      for (std::size_t r = 0; r < kRegisters; ++r) {
        hn::Store(acc[r], d, sums + v * columns_padded + p + r * hn::MaxLanes(d));
      }
    }
  }
}

}  // namespace neurram::array::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace neurram::array {

HWY_EXPORT(multiply_integer);
HWY_EXPORT(multiply_float);

void multiply(const PackedMatrix& matrix, const std::int16_t* drives, std::size_t vectors,
              std::int32_t* sums) {
  HWY_DYNAMIC_DISPATCH(multiply_integer)(matrix, drives, vectors, sums);
}

void multiply(const float* matrix, std::size_t rows, std::size_t columns_padded,
              const float* drives, std::size_t vectors, float* sums) {
  HWY_DYNAMIC_DISPATCH(multiply_float)(matrix, rows, columns_padded, drives, vectors, sums);
}

PackedMatrix::PackedMatrix(const float* values, std::size_t rows, std::size_t columns,
                           int max_drive)
    : rows_(rows),
      columns_(columns),
      weights_(row_pairs() * 2 * padded_columns(columns)),
      column_scale_(padded_columns(columns)) {
  constexpr double kMaxWeight = 32767;
  constexpr double kMaxSum = 2147483647;
  for (std::size_t j = 0; j < columns; ++j) {
    double largest = 0;
    double total = 0;
    for (std::size_t i = 0; i < rows; ++i) {
      const double magnitude = std::fabs(static_cast<double>(values[i * columns + j]));
      largest = std::max(largest, magnitude);
      total += magnitude;
    }
    if (largest == 0) continue;
    // Rounding may add half a unit per row, hence the rows in the second bound.
    const double by_sum =
        total * max_drive / (kMaxSum - 0.5 * max_drive * static_cast<double>(rows));
    const auto scale = static_cast<float>(std::max(largest / kMaxWeight, by_sum) * (1 + 1e-6));
    column_scale_[j] = scale;
    for (std::size_t i = 0; i < rows; ++i) {
      weights_[position(i, j)] = static_cast<std::int16_t>(
          std::lround(static_cast<double>(values[i * columns + j]) / scale));
    }
  }
}

std::size_t PackedMatrix::position(std::size_t row, std::size_t column) const {
  const std::size_t panel = column / kPanelColumns;
  return (panel * row_pairs() + row / 2) * 2 * kPanelColumns + 2 * (column % kPanelColumns) +
         row % 2;
}

std::int16_t PackedMatrix::weight(std::size_t row, std::size_t column) const {
  return weights_[position(row, column)];
}

}  // namespace neurram::array
#endif  // HWY_ONCE
