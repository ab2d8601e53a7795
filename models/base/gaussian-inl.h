// Vector code of models/base/gaussian.h: included once per instruction set by Highway's
// foreach_target, so it has no ordinary include guard.
#include <hwy/highway.h>

#include <cstddef>
#include <cstdint>

#include "models/base/gaussian.h"

#ifndef NEURRAM_BOX_MULLER_CONSTANTS
#define NEURRAM_BOX_MULLER_CONSTANTS
namespace neurram::box_muller_constants {

inline constexpr int kAngleBits = 14;
inline constexpr int kRadiusBits = 32 - kAngleBits;
inline constexpr float kLn2 = 0x1.62e430p-1f;
inline constexpr std::uint32_t kSqrtHalfBits = 0x3F3504F3u;  // sqrt(1/2) as a float
inline constexpr float kPhaseCentre = 2047.5f;               // of 4,096 phases in a quadrant
inline constexpr float kPhaseStep = 0x1.921fb6p-1f / 2048;   // pi/2 over 4,096 phases

// Least-squares fits on Chebyshev nodes; absolute errors 9e-7, 8e-9 and 1e-7.
// log(1+t) = t + t^2 · P(t), t in [sqrt(1/2)-1, sqrt(2)-1]
inline constexpr int kLogTerms = 6;
inline constexpr float kLog[kLogTerms] = {0.12282627f,  -0.18482634f, 0.20346346f,
                                          -0.24932815f, 0.33324924f,  -0.50000411f};
// sin x = x + x^3 · P(x^2), cos x = 1 + x^2 · P(x^2), |x| <= pi/4
inline constexpr int kSinTerms = 3;
inline constexpr float kSin[kSinTerms] = {-0.00019587949f, 0.0083327489f, -0.16666664f};
inline constexpr int kCosTerms = 3;
inline constexpr float kCos[kCosTerms] = {-0.0013661231f, 0.041661415f, -0.49999982f};

}  // namespace neurram::box_muller_constants
#endif

#if defined(NEURRAM_GAUSSIAN_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef NEURRAM_GAUSSIAN_INL
#undef NEURRAM_GAUSSIAN_INL
#else
#define NEURRAM_GAUSSIAN_INL
#endif

HWY_BEFORE_NAMESPACE();
namespace neurram::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using NormalWords = hn::ScalableTag<std::uint32_t>;
using NormalFloats = hn::ScalableTag<float>;
using NormalInts = hn::ScalableTag<std::int32_t>;
/// Blocks that one call of normals_of_lanes() fills.
constexpr std::size_t kNormalLanes = hn::MaxLanes(NormalWords());

/// Low and high halves of the 64-bit products of each lane with a constant.
template <class V>
HWY_INLINE void multiply_wide(V a, std::uint32_t factor, V& low, V& high) {
  const NormalWords d;
  const hn::Repartition<std::uint64_t, NormalWords> d64;
  const auto f = hn::Set(d, factor);
  const auto even = hn::MulEven(a, f);
  const auto odd = hn::MulEven(hn::BitCast(d, hn::ShiftRight<32>(hn::BitCast(d64, a))), f);
  low = hn::OddEven(hn::BitCast(d, hn::ShiftLeft<32>(odd)), hn::BitCast(d, even));
  high = hn::OddEven(hn::BitCast(d, odd), hn::BitCast(d, hn::ShiftRight<32>(even)));
}

template <class V>
HWY_INLINE void philox_lanes(PhiloxKey key, V& c0, V& c1, V& c2, V& c3) {
  const NormalWords d;
  for (int round = 0; round < kPhiloxRounds; ++round) {
    V low0, high0, low1, high1;
    multiply_wide(c0, kPhiloxMultiplier0, low0, high0);
    multiply_wide(c2, kPhiloxMultiplier1, low1, high1);
    c0 = hn::Xor(hn::Xor(high1, c1), hn::Set(d, key[0]));
    c1 = low1;
    c2 = hn::Xor(hn::Xor(high0, c3), hn::Set(d, key[1]));
    c3 = low0;
    key[0] += kPhiloxWeyl0;
    key[1] += kPhiloxWeyl1;
  }
}

template <class V, class F>
HWY_INLINE void box_muller_lanes(V word, F& z0, F& z1) {
  using namespace box_muller_constants;
  const NormalWords d;
  const NormalFloats df;
  const NormalInts di;
  const auto u = hn::Add(hn::ConvertTo(df, hn::BitCast(di, hn::ShiftRight<kAngleBits>(word))),
                         hn::Set(df, 0.5f));
  const auto bits = hn::BitCast(d, u);
  const auto exponent =
      hn::ShiftRight<23>(hn::BitCast(di, hn::Sub(bits, hn::Set(d, kSqrtHalfBits))));
  const auto mantissa = hn::BitCast(df, hn::Sub(bits, hn::BitCast(d, hn::ShiftLeft<23>(exponent))));
  const auto t = hn::Sub(mantissa, hn::Set(df, 1.0f));
  auto poly = hn::Set(df, kLog[0]);
  for (int i = 1; i < kLogTerms; ++i) poly = hn::MulAdd(poly, t, hn::Set(df, kLog[i]));
  const auto log_mantissa = hn::MulAdd(hn::Mul(poly, t), t, t);
  const auto scale = hn::ConvertTo(df, hn::Sub(exponent, hn::Set(di, kRadiusBits)));
  const auto log_u = hn::MulAdd(scale, hn::Set(df, kLn2), log_mantissa);
  const auto radius = hn::Sqrt(hn::Mul(hn::Set(df, -2.0f), log_u));

  const auto phase = hn::And(word, hn::Set(d, (1u << (kAngleBits - 2)) - 1));
  const auto x =
      hn::Mul(hn::Sub(hn::ConvertTo(df, hn::BitCast(di, phase)), hn::Set(df, kPhaseCentre)),
              hn::Set(df, kPhaseStep));
  const auto x2 = hn::Mul(x, x);
  auto sine = hn::Set(df, kSin[0]);
  for (int i = 1; i < kSinTerms; ++i) sine = hn::MulAdd(sine, x2, hn::Set(df, kSin[i]));
  sine = hn::MulAdd(hn::Mul(sine, x2), x, x);
  auto cosine = hn::Set(df, kCos[0]);
  for (int i = 1; i < kCosTerms; ++i) cosine = hn::MulAdd(cosine, x2, hn::Set(df, kCos[i]));
  cosine = hn::MulAdd(cosine, x2, hn::Set(df, 1.0f));

  // Quadrant q = bits 13:12. Odd q swaps sine and cosine; cos is negative for q = 1, 2 and sin for
  // q = 2, 3.
  const auto sign_bit = hn::Set(d, 0x80000000u);
  const auto q_low = hn::ShiftLeft<31 - (kAngleBits - 2)>(word);
  const auto q_high = hn::ShiftLeft<31 - (kAngleBits - 1)>(word);
  const auto odd = hn::MaskFromVec(hn::BitCast(df, hn::BroadcastSignBit(hn::BitCast(di, q_low))));
  const auto sign0 = hn::BitCast(df, hn::And(hn::Xor(q_low, q_high), sign_bit));
  const auto sign1 = hn::BitCast(df, hn::And(q_high, sign_bit));
  z0 = hn::Mul(radius, hn::Xor(hn::IfThenElse(odd, sine, cosine), sign0));
  z1 = hn::Mul(radius, hn::Xor(hn::IfThenElse(odd, cosine, sine), sign1));
}

/// The 8 · kNormalLanes normals of blocks first … first + kNormalLanes - 1, counted vector by
/// vector.
HWY_INLINE void normals_of_lanes(PhiloxKey key, std::uint64_t first_id, std::uint32_t blocks,
                                 std::uint32_t stream, std::size_t first, float* out) {
  const NormalWords d;
  const NormalFloats df;
  const NormalInts di;
  const hn::Repartition<double, NormalFloats> dd;
  const std::size_t lanes = hn::Lanes(d);

  // Lane l computes block perm(l), so that pairs of words can be interleaved within 128 bits and
  // still leave in order: lanes 0, 1 of every 128 bits are the first half, lanes 2, 3 the second.
  const auto lane = hn::Iota(d, 0);
  const auto within = hn::And(lane, hn::Set(d, 3));
  const auto pair =
      hn::Add(hn::ShiftLeft<1>(hn::ShiftRight<2>(lane)), hn::And(within, hn::Set(d, 1)));
  const auto half =
      hn::Mul(hn::ShiftRight<1>(within), hn::Set(d, static_cast<std::uint32_t>(lanes / 2)));
  const auto index = hn::Add(hn::Add(pair, half), hn::Set(d, static_cast<std::uint32_t>(first)));

  // vector = index / blocks: exact for index < 2^20, blocks <= 32, because of the half added first.
  const auto index_f = hn::Add(hn::ConvertTo(df, hn::BitCast(di, index)), hn::Set(df, 0.5f));
  const auto vector = hn::BitCast(
      d, hn::ConvertTo(di, hn::Mul(index_f, hn::Set(df, 1.0f / static_cast<float>(blocks)))));
  auto c0 = hn::Sub(index, hn::Mul(vector, hn::Set(d, blocks)));
  auto c1 = hn::Add(vector, hn::Set(d, static_cast<std::uint32_t>(first_id)));
  const auto carry = hn::VecFromMask(d, hn::Lt(c1, vector));  // all ones: minus one
  auto c2 = hn::Sub(hn::Set(d, static_cast<std::uint32_t>(first_id >> 32)), carry);
  auto c3 = hn::Set(d, stream);
  philox_lanes(key, c0, c1, c2, c3);

  decltype(hn::Zero(df)) z0, z1, z2, z3, z4, z5, z6, z7;
  box_muller_lanes(c0, z0, z4);
  box_muller_lanes(c1, z1, z5);
  box_muller_lanes(c2, z2, z6);
  box_muller_lanes(c3, z3, z7);
  auto* HWY_RESTRICT pairs = reinterpret_cast<double*>(out);
  const auto as_pair = [&](auto v) { return hn::BitCast(dd, v); };
  hn::StoreInterleaved4(as_pair(hn::InterleaveLower(df, z0, z1)),
                        as_pair(hn::InterleaveLower(df, z2, z3)),
                        as_pair(hn::InterleaveLower(df, z4, z5)),
                        as_pair(hn::InterleaveLower(df, z6, z7)), dd, pairs);
  hn::StoreInterleaved4(as_pair(hn::InterleaveUpper(df, z0, z1)),
                        as_pair(hn::InterleaveUpper(df, z2, z3)),
                        as_pair(hn::InterleaveUpper(df, z4, z5)),
                        as_pair(hn::InterleaveUpper(df, z6, z7)), dd, pairs + lanes * 2);
}

}  // namespace neurram::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
