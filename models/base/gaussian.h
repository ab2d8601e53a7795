#pragma once

#include <cstddef>
#include <cstdint>

#include "models/base/philox.h"

/// Standard normal numbers from Philox by Box-Muller, with polynomials of our own so that the bits
/// are the same on every machine. One 32-bit word gives two normals: its upper 18 bits the radius,
/// its lower 14 the angle; |z| stays below 5.13.
namespace neurram {

/// Columns that share one Philox block: four words, two normals each.
inline constexpr int kColumnsPerDraw = 8;

/// The eight normals of one block.
struct NormalBlock {
  float z[kColumnsPerDraw];
};

/// Scalar reference: normals of columns 8·block … 8·block + 7 for one operation.
[[nodiscard]] NormalBlock normal_block(PhiloxKey key, std::uint32_t block,
                                       std::uint64_t operation_id, std::uint32_t stream);

/// One normal, bit for bit the one that fill_normals() gives to `column`.
[[nodiscard]] float normal(PhiloxKey key, std::uint32_t column, std::uint64_t operation_id,
                           std::uint32_t stream);

/// Normals for `vectors` consecutive operations of `blocks` blocks each:
/// out[(v · blocks + b) · 8 + c], v < vectors, b < blocks <= 32, vectors · blocks < 2^20. `out` has
/// vectors · blocks · 8 floats, rounded up to a multiple of 128 (AVX-512 writes that many at a
/// time). Vectorised; the same bits as normal_block() on every instruction set.
void fill_normals(PhiloxKey key, std::uint64_t first_operation_id, std::size_t vectors,
                  std::uint32_t blocks, std::uint32_t stream, float* out);

}  // namespace neurram
