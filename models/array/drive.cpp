#include "models/array/drive.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/array/drive.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace neurram::array::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using Drives = hn::CappedTag<std::int16_t, kDriveBlock>;
using Weights = hn::RepartitionToWide<Drives>;

/// Moves bit b of a 7-bit magnitude to bit 2b: the sum of 4^b over its set bits.
template <class V>
HWY_INLINE V spread(V a) {
  const Drives d;
  a = hn::And(hn::Or(a, hn::ShiftLeft<4>(a)), hn::Set(d, 0x070F));
  a = hn::And(hn::Or(a, hn::ShiftLeft<2>(a)), hn::Set(d, 0x1333));
  return hn::And(hn::Or(a, hn::ShiftLeft<1>(a)), hn::Set(d, 0x1555));
}

/// The linear form of one vector.
template <class Code>
HWY_INLINE std::uint32_t encode_vector(const DriveEncoding& encoding, const std::uint8_t* codes, std::size_t inputs,
                                       std::int16_t* drives) {
  const Drives d;
  const hn::Rebind<Code, Drives> dc;
  const Weights dw;
  const auto mask = hn::Set(d, static_cast<std::int16_t>(encoding.mask));
  auto unused = hn::Zero(dw);
  auto weight = hn::Zero(dw);
  for (std::size_t i = 0; i < inputs; i += hn::Lanes(d)) {
    const auto x = hn::PromoteTo(d, hn::LoadU(dc, reinterpret_cast<const Code*>(codes + i)));
    auto part = hn::And(hn::ShiftRightSame(hn::Abs(x), encoding.shift), mask);
    if (i + hn::Lanes(d) > inputs) part = hn::IfThenElseZero(hn::FirstN(d, inputs - i), part);
    hn::StoreU(hn::IfThenElse(hn::Lt(x, hn::Zero(d)), hn::Neg(part), part), d, drives + i);
    weight = hn::ReorderWidenMulAccumulate(dw, spread(part), hn::Set(d, 1), weight, unused);
  }
  return static_cast<std::uint32_t>(hn::GetLane(hn::SumOfLanes(dw, weight)));
}

template <class Code>
void encode_vectors(const DriveEncoding& encoding, const std::uint8_t* codes, std::size_t inputs, std::size_t vectors,
                    std::int16_t* drives, std::size_t drive_stride, std::uint32_t* pulse_weights) {
  for (std::size_t v = 0; v < vectors; ++v) {
    std::int16_t* row = drives + v * drive_stride;
    pulse_weights[v] = encode_vector<Code>(encoding, codes + v * inputs, inputs, row);
    std::fill(row + inputs, row + drive_stride, std::int16_t{0});
  }
}

void encode_linear(const DriveEncoding& encoding, const std::uint8_t* codes, std::size_t inputs, std::size_t vectors,
                   std::int16_t* drives, std::size_t drive_stride, std::uint32_t* pulse_weights) {
  if (encoding.is_signed) {
    encode_vectors<std::int8_t>(encoding, codes, inputs, vectors, drives, drive_stride, pulse_weights);
  } else {
    encode_vectors<std::uint8_t>(encoding, codes, inputs, vectors, drives, drive_stride, pulse_weights);
  }
}

}  // namespace neurram::array::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace neurram::array {
namespace {

HWY_EXPORT(encode_linear);

std::uint32_t spread_bits(std::uint32_t magnitude) {
  std::uint32_t sum = 0;
  for (int bit = 0; bit < 8; ++bit) sum += (magnitude >> bit & 1u) << (2 * bit);
  return sum;
}

void encode_table(const DriveEncoding& encoding, const std::uint8_t* codes, std::size_t inputs, std::size_t vectors,
                  std::int16_t* drives, std::size_t drive_stride, std::uint32_t* pulse_weights) {
  for (std::size_t v = 0; v < vectors; ++v) {
    std::int16_t* row = drives + v * drive_stride;
    pulse_weights[v] = 0;
    const auto lines = static_cast<std::size_t>(encoding.table_lines);
    for (std::size_t i = 0; i < inputs; ++i) {
      const std::uint8_t code = codes[v * inputs + i];
      for (std::size_t line = 0; line < lines; ++line) row[lines * i + line] = encoding.table[line][code];
      const int x = encoding.is_signed ? static_cast<std::int8_t>(code) : code;
      pulse_weights[v] += spread_bits(static_cast<std::uint32_t>((x < 0 ? -x : x) >> encoding.shift & encoding.mask));
    }
    std::fill(row + lines * inputs, row + drive_stride, std::int16_t{0});
  }
}

}  // namespace

void encode(const DriveEncoding& encoding, const std::uint8_t* codes, std::size_t inputs, std::size_t vectors,
            std::int16_t* drives, std::size_t drive_stride, std::uint32_t* pulse_weights) {
  if (encoding.table_lines != 0) {
    encode_table(encoding, codes, inputs, vectors, drives, drive_stride, pulse_weights);
  } else {
    HWY_DYNAMIC_DISPATCH(encode_linear)(encoding, codes, inputs, vectors, drives, drive_stride, pulse_weights);
  }
  if (encoding.constant_pulse_weight != 0) {
    std::fill(pulse_weights, pulse_weights + vectors, encoding.constant_pulse_weight);
  }
}

}  // namespace neurram::array
#endif  // HWY_ONCE
