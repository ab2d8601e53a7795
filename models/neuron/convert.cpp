#include "models/neuron/convert.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "models/base/gaussian.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/neuron/convert.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace neurram::neuron::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using Floats = hn::CappedTag<float, 16>;
using Ints = hn::RebindToSigned<Floats>;
using Codes = hn::Rebind<std::int16_t, Floats>;

HWY_INLINE hn::Vec<Floats> load_sum(const std::int32_t* sums) {
  return hn::ConvertTo(Floats(), hn::Load(Ints(), sums));
}
HWY_INLINE hn::Vec<Floats> load_sum(const float* sums) {
  return hn::Load(Floats(), sums);
}

/// Constants of a call, in registers.
struct Constants {
  explicit Constants(const ConvertParameters& p)
      : noise_floor(hn::Set(Floats(), p.noise_floor)),
        clip(hn::Set(Floats(), p.clip)),
        minus_clip(hn::Set(Floats(), -p.clip)),
        negative_step_ratio(hn::Set(Floats(), p.negative_step_ratio)),
        max_count(hn::Set(Ints(), p.max_count)),
        saturated(hn::Set(Ints(), p.saturated_count)) {}

  hn::Vec<Floats> noise_floor;
  hn::Vec<Floats> clip;
  hn::Vec<Floats> minus_clip;
  hn::Vec<Floats> negative_step_ratio;
  hn::Vec<Ints> max_count;
  hn::Vec<Ints> saturated;
};

/// Converts one vector into 16-column blocks of `row`; returns its largest count.
template <bool kNoisy, bool kRelu, class Sum>
HWY_INLINE int convert_vector(const Constants& k, const ConvertColumns& columns, std::size_t count,
                              float vector_scale, float pulse_weight, const Sum* HWY_RESTRICT sums,
                              const float* HWY_RESTRICT normals, std::int16_t* HWY_RESTRICT row) {
  const Floats df;
  const Ints di;
  const auto scale = hn::Set(df, vector_scale);
  const auto weight = hn::Set(df, pulse_weight * vector_scale * vector_scale);
  const auto one = hn::Set(di, 1);
  auto most = one;
  for (std::size_t j = 0; j < count; j += hn::Lanes(df)) {
    const auto column_scale = hn::Mul(hn::Load(df, columns.scale.data() + j), scale);
    auto f = hn::MulAdd(load_sum(sums + j), column_scale, hn::Load(df, columns.offset.data() + j));
    if constexpr (kNoisy) {
      const auto variance =
          hn::MulAdd(hn::Load(df, columns.read_noise.data() + j), weight, k.noise_floor);
      f = hn::MulAdd(hn::LoadU(df, normals + j), hn::Sqrt(variance), f);
    }
    f = hn::Max(hn::Min(f, k.clip), k.minus_clip);
    const auto is_negative = hn::Lt(f, hn::Zero(df));
    const auto steps =
        hn::IfThenElse(is_negative, hn::Mul(hn::Abs(f), k.negative_step_ratio), hn::Abs(f));
    auto c = hn::Add(hn::ConvertTo(di, steps), one);
    const auto never = hn::Gt(c, k.max_count);
    c = hn::Min(c, k.max_count);
    const auto negative = hn::RebindMask(di, is_negative);
    auto counted = c;
    if constexpr (kRelu) counted = hn::IfThenZeroElse(negative, c);
    if (HWY_UNLIKELY(count - j < hn::Lanes(df))) {  // noise moves what lies past the last column
      counted = hn::IfThenElseZero(hn::FirstN(di, count - j), counted);
    }
    most = hn::Max(most, counted);
    c = hn::IfThenElse(never, k.saturated, c);
    if constexpr (kRelu) {
      c = hn::IfThenZeroElse(negative, c);
    } else {
      c = hn::IfThenElse(negative, hn::Neg(c), c);
    }
    hn::StoreU(hn::DemoteTo(Codes(), c), Codes(), row + j);
  }
  return hn::GetLane(hn::MaxOfLanes(di, most));
}

template <bool kNoisy, bool kRelu, class Sum>
HWY_INLINE void convert_tile(const ConvertParameters& parameters, const ConvertColumns& columns,
                             const ConvertVectors& vectors, const Sum* sums, const float* normals,
                             std::int16_t* codes, std::uint16_t* steps) {
  const Constants k(parameters);
  const std::size_t padded = columns.scale.size();
  const std::size_t drawn =
      (parameters.columns + kColumnsPerDraw - 1) / kColumnsPerDraw * kColumnsPerDraw;
  // A row is written in whole registers: what passes its end is overwritten by the vectors after
  // it; where those end too soon, the row is written aside first.
  std::int16_t aside[kMaxColumns];
  for (std::size_t v = 0; v < vectors.count; ++v) {
    std::int16_t* const target = codes + v * parameters.columns;
    std::int16_t* const row = (vectors.count - v) * parameters.columns >= padded ? target : aside;
    const int most = convert_vector<kNoisy, kRelu>(k, columns, parameters.columns, vectors.scale[v],
                                                   static_cast<float>(vectors.pulse_weight[v]),
                                                   sums + v * padded, normals + v * drawn, row);
    steps[v] = static_cast<std::uint16_t>(most);
    if (row != target) std::memcpy(target, row, parameters.columns * sizeof *row);
  }
}

template <class Sum>
void convert_sums(const ConvertParameters& parameters, const ConvertColumns& columns,
                  const ConvertVectors& vectors, const Sum* sums, const float* normals,
                  std::int16_t* codes, std::uint16_t* steps) {
  const bool relu = parameters.activation == Activation::kRelu;
  if (parameters.noisy) {
    relu ? convert_tile<true, true>(parameters, columns, vectors, sums, normals, codes, steps)
         : convert_tile<true, false>(parameters, columns, vectors, sums, normals, codes, steps);
  } else {
    relu ? convert_tile<false, true>(parameters, columns, vectors, sums, normals, codes, steps)
         : convert_tile<false, false>(parameters, columns, vectors, sums, normals, codes, steps);
  }
}

void convert_int(const ConvertParameters& parameters, const ConvertColumns& columns,
                 const ConvertVectors& vectors, const std::int32_t* sums, const float* normals,
                 std::int16_t* codes, std::uint16_t* steps) {
  convert_sums(parameters, columns, vectors, sums, normals, codes, steps);
}

void convert_float(const ConvertParameters& parameters, const ConvertColumns& columns,
                   const ConvertVectors& vectors, const float* sums, const float* normals,
                   std::int16_t* codes, std::uint16_t* steps) {
  convert_sums(parameters, columns, vectors, sums, normals, codes, steps);
}

}  // namespace neurram::neuron::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace neurram::neuron {
namespace {

HWY_EXPORT(convert_int);
HWY_EXPORT(convert_float);

std::uint32_t draw_blocks(std::size_t columns) {
  return static_cast<std::uint32_t>((columns + kColumnsPerDraw - 1) / kColumnsPerDraw);
}

void draw_noise(const ConvertParameters& parameters, const ConvertVectors& vectors,
                const NoiseStream& noise, float* scratch) {
  if (!parameters.noisy) return;
  fill_normals(noise.key, noise.first_operation_id, vectors.count, draw_blocks(parameters.columns),
               noise.stream, scratch);
}

}  // namespace

void ConvertColumns::resize(std::size_t padded_columns) {
  scale.assign(padded_columns, 0.0f);
  offset.assign(padded_columns, 0.0f);
  read_noise.assign(padded_columns, 0.0f);
}

std::size_t noise_scratch_floats(std::size_t vectors, std::size_t columns) {
  constexpr std::size_t kRegister =
      16 * kColumnsPerDraw;  // whole registers are written, and read past a row's end
  return vectors * draw_blocks(columns) * kColumnsPerDraw + 2 * kRegister;
}

void convert(const ConvertParameters& parameters, const ConvertColumns& columns,
             const ConvertVectors& vectors, const NoiseStream& noise, const std::int32_t* sums,
             float* noise_scratch, std::int16_t* codes, std::uint16_t* steps) {
  draw_noise(parameters, vectors, noise, noise_scratch);
  HWY_DYNAMIC_DISPATCH(convert_int)
  (parameters, columns, vectors, sums, noise_scratch, codes, steps);
}

void convert(const ConvertParameters& parameters, const ConvertColumns& columns,
             const ConvertVectors& vectors, const NoiseStream& noise, const float* sums,
             float* noise_scratch, std::int16_t* codes, std::uint16_t* steps) {
  draw_noise(parameters, vectors, noise, noise_scratch);
  HWY_DYNAMIC_DISPATCH(convert_float)
  (parameters, columns, vectors, sums, noise_scratch, codes, steps);
}

int count_by_stepping(float f, int max_count, float negative_step_ratio) {
  const bool negative = f < 0;
  const float distance = negative ? std::fabs(f) * negative_step_ratio : f;
  int count = 1;
  while (count < max_count && distance >= static_cast<float>(count)) ++count;
  return negative ? -count : count;
}

int count_by_binary_search(float f, int bits_out, float negative_step_ratio) {
  const bool negative = f < 0;
  float rest = negative ? std::fabs(f) * negative_step_ratio : f;
  int count = 1;
  for (int step = 1 << (bits_out - 1) >> 1; step > 0; step >>= 1) {
    if (rest >= static_cast<float>(step)) {
      rest -= static_cast<float>(step);
      count += step;
    }
  }
  return negative ? -count : count;
}

}  // namespace neurram::neuron
#endif  // HWY_ONCE
