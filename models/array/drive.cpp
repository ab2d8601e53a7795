#include "models/array/drive.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/array/drive.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace neurram::array::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using Bytes = hn::CappedTag<std::uint8_t, kDriveBlock>;
using Words = hn::Repartition<std::uint16_t, Bytes>;
using SignedBytes = hn::RebindToSigned<Bytes>;
using Drives = hn::RepartitionToWide<SignedBytes>;

/// Sum over the set bits b of a nibble of 4^b, for every nibble, in each 128 bits.
HWY_INLINE hn::Vec<Bytes> spread_table() {
  alignas(16) static constexpr std::uint8_t kSpread[16] = {0,  1,  4,  5,  16, 17, 20, 21,
                                                           64, 65, 68, 69, 80, 81, 84, 85};
  return hn::LoadDup128(Bytes(), kSpread);
}

/// Bytes shifted right; `keep` clears what came in from the neighbour.
HWY_INLINE hn::Vec<Bytes> shift_bytes(hn::Vec<Bytes> v, int bits, hn::Vec<Bytes> keep) {
  return hn::And(hn::BitCast(Bytes(), hn::ShiftRightSame(hn::BitCast(Words(), v), bits)), keep);
}

/// The linear form of one vector, a register of codes at a time.
template <bool kSigned>
HWY_INLINE std::uint32_t encode_vector(const DriveEncoding& encoding, const std::uint8_t* codes,
                                       std::size_t inputs, std::int16_t* drives) {
  const Bytes d;
  const SignedBytes di;
  const Drives dd;
  const hn::Half<SignedBytes> dh;
  const auto mask = hn::Set(d, static_cast<std::uint8_t>(encoding.mask));
  const auto nibble = hn::Set(d, 0x0F);
  const auto table = spread_table();
  auto low_weight = hn::SumsOf8(hn::Zero(d));
  auto high_weight = low_weight;
  for (std::size_t i = 0; i < inputs; i += hn::Lanes(d)) {
    auto x = hn::LoadU(d, codes + i);
    if (i + hn::Lanes(d) > inputs) x = hn::IfThenElseZero(hn::FirstN(d, inputs - i), x);
    auto magnitude = x;
    if constexpr (kSigned) magnitude = hn::BitCast(d, hn::Abs(hn::BitCast(di, x)));
    const auto part = shift_bytes(magnitude, encoding.shift, mask);
    low_weight =
        hn::Add(low_weight, hn::SumsOf8(hn::TableLookupBytes(table, hn::And(part, nibble))));
    high_weight = hn::Add(high_weight,
                          hn::SumsOf8(hn::TableLookupBytes(table, shift_bytes(part, 4, nibble))));
    auto drive = hn::BitCast(di, part);
    if constexpr (kSigned) {
      const auto negative = hn::BroadcastSignBit(hn::BitCast(di, x));
      drive = hn::Sub(hn::Xor(drive, negative), negative);
    }
    hn::StoreU(hn::PromoteTo(dd, hn::LowerHalf(dh, drive)), dd, drives + i);
    hn::StoreU(hn::PromoteTo(dd, hn::UpperHalf(dh, drive)), dd, drives + i + hn::Lanes(dd));
  }
  const hn::Repartition<std::uint64_t, Bytes> dw;
  constexpr std::uint64_t kHighNibble = 256;  // 4^4
  return static_cast<std::uint32_t>(hn::GetLane(hn::SumOfLanes(dw, low_weight)) +
                                    kHighNibble * hn::GetLane(hn::SumOfLanes(dw, high_weight)));
}

template <bool kSigned>
void encode_vectors(const DriveEncoding& encoding, const std::uint8_t* codes, std::size_t inputs,
                    std::size_t vectors, std::int16_t* drives, std::size_t drive_stride,
                    std::uint32_t* pulse_weights) {
  for (std::size_t v = 0; v < vectors; ++v) {
    std::int16_t* row = drives + v * drive_stride;
    pulse_weights[v] = encode_vector<kSigned>(encoding, codes + v * inputs, inputs, row);
    std::fill(row + inputs, row + drive_stride, std::int16_t{0});
  }
}

void encode_linear(const DriveEncoding& encoding, const std::uint8_t* codes, std::size_t inputs,
                   std::size_t vectors, std::int16_t* drives, std::size_t drive_stride,
                   std::uint32_t* pulse_weights) {
  if (encoding.is_signed) {
    encode_vectors<true>(encoding, codes, inputs, vectors, drives, drive_stride, pulse_weights);
  } else {
    encode_vectors<false>(encoding, codes, inputs, vectors, drives, drive_stride, pulse_weights);
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

void encode_table(const DriveEncoding& encoding, const std::uint8_t* codes, std::size_t inputs,
                  std::size_t vectors, std::int16_t* drives, std::size_t drive_stride,
                  std::uint32_t* pulse_weights) {
  for (std::size_t v = 0; v < vectors; ++v) {
    std::int16_t* row = drives + v * drive_stride;
    pulse_weights[v] = 0;
    const auto lines = static_cast<std::size_t>(encoding.table_lines);
    for (std::size_t i = 0; i < inputs; ++i) {
      const std::uint8_t code = codes[v * inputs + i];
      for (std::size_t line = 0; line < lines; ++line)
        row[lines * i + line] = encoding.table[line][code];
      const int x = encoding.is_signed ? static_cast<std::int8_t>(code) : code;
      pulse_weights[v] += spread_bits(
          static_cast<std::uint32_t>((x < 0 ? -x : x) >> encoding.shift & encoding.mask));
    }
    std::fill(row + lines * inputs, row + drive_stride, std::int16_t{0});
  }
}

}  // namespace

void encode(const DriveEncoding& encoding, const std::uint8_t* codes, std::size_t inputs,
            std::size_t vectors, std::int16_t* drives, std::size_t drive_stride,
            std::uint32_t* pulse_weights) {
  if (encoding.table_lines != 0) {
    encode_table(encoding, codes, inputs, vectors, drives, drive_stride, pulse_weights);
  } else {
    HWY_DYNAMIC_DISPATCH(encode_linear)
    (encoding, codes, inputs, vectors, drives, drive_stride, pulse_weights);
  }
  if (encoding.constant_pulse_weight != 0) {
    std::fill(pulse_weights, pulse_weights + vectors, encoding.constant_pulse_weight);
  }
}

}  // namespace neurram::array
#endif  // HWY_ONCE
