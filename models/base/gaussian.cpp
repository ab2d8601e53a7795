#include "models/base/gaussian.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/base/gaussian.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "models/base/gaussian-inl.h"

HWY_BEFORE_NAMESPACE();
namespace neurram::HWY_NAMESPACE {

void fill_normals_impl(PhiloxKey key, std::uint64_t first_id, std::size_t vectors,
                       std::uint32_t blocks, std::uint32_t stream, float* out) {
  const std::size_t total = vectors * blocks;
  for (std::size_t first = 0; first < total; first += kNormalLanes) {
    normals_of_lanes(key, first_id, blocks, stream, first, out + first * kColumnsPerDraw);
  }
}

}  // namespace neurram::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace neurram {

HWY_EXPORT(fill_normals_impl);

void fill_normals(PhiloxKey key, std::uint64_t first_operation_id, std::size_t vectors,
                  std::uint32_t blocks, std::uint32_t stream, float* out) {
  HWY_DYNAMIC_DISPATCH(fill_normals_impl)(key, first_operation_id, vectors, blocks, stream, out);
}

namespace {

/// Radius and angle of Box-Muller for one word; the same operations as the vector code.
void box_muller(std::uint32_t word, float& z0, float& z1) {
  using namespace box_muller_constants;
  // -2 ln u with u = (k + 1/2) / 2^18: split u's float into exponent and mantissa in [sqrt(1/2),
  // sqrt(2)).
  const auto u = static_cast<float>(static_cast<std::int32_t>(word >> kAngleBits)) + 0.5f;
  std::uint32_t bits;
  std::memcpy(&bits, &u, sizeof bits);
  const std::int32_t exponent = static_cast<std::int32_t>(bits - kSqrtHalfBits) >> 23;
  const std::uint32_t mantissa_bits = bits - (static_cast<std::uint32_t>(exponent) << 23);
  float mantissa;
  std::memcpy(&mantissa, &mantissa_bits, sizeof mantissa);
  const float t = mantissa - 1.0f;
  float poly = kLog[0];
  for (int i = 1; i < kLogTerms; ++i) poly = std::fma(poly, t, kLog[i]);
  const float log_mantissa = std::fma(poly * t, t, t);
  const float log_u = std::fma(static_cast<float>(exponent - kRadiusBits), kLn2, log_mantissa);
  const float radius = std::sqrt(-2.0f * log_u);

  // Angle: top two of its bits are the quadrant, the rest a phase in [-pi/4, pi/4).
  const std::uint32_t angle = word & ((1u << kAngleBits) - 1);
  const std::uint32_t quadrant = angle >> (kAngleBits - 2);
  const auto phase = static_cast<std::int32_t>(angle & ((1u << (kAngleBits - 2)) - 1));
  const float x = (static_cast<float>(phase) - kPhaseCentre) * kPhaseStep;
  const float x2 = x * x;
  float sine = kSin[0];
  for (int i = 1; i < kSinTerms; ++i) sine = std::fma(sine, x2, kSin[i]);
  sine = std::fma(sine * x2, x, x);
  float cosine = kCos[0];
  for (int i = 1; i < kCosTerms; ++i) cosine = std::fma(cosine, x2, kCos[i]);
  cosine = std::fma(cosine, x2, 1.0f);
  const float first = (quadrant & 1) != 0 ? sine : cosine;
  const float second = (quadrant & 1) != 0 ? cosine : sine;
  z0 = radius * ((quadrant == 1 || quadrant == 2) ? -first : first);
  z1 = radius * ((quadrant & 2) != 0 ? -second : second);
}

}  // namespace

NormalBlock normal_block(PhiloxKey key, std::uint32_t block, std::uint64_t operation_id,
                         std::uint32_t stream) {
  const PhiloxCounter words = philox({block, static_cast<std::uint32_t>(operation_id),
                                      static_cast<std::uint32_t>(operation_id >> 32), stream},
                                     key);
  NormalBlock result;
  for (int w = 0; w < 4; ++w) box_muller(words[w], result.z[w], result.z[w + 4]);
  return result;
}

float normal(PhiloxKey key, std::uint32_t column, std::uint64_t operation_id,
             std::uint32_t stream) {
  return normal_block(key, column / kColumnsPerDraw, operation_id, stream)
      .z[column % kColumnsPerDraw];
}

}  // namespace neurram
#endif  // HWY_ONCE
