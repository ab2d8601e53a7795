// Vector code that all conversions share: included once per instruction set by Highway's
// foreach_target, so it has no ordinary include guard.
#include <hwy/highway.h>

#include <cstring>
#include <type_traits>

#include "models/base/gaussian.h"
#include "models/neuron/convert.h"

#if defined(NEURRAM_CONVERT_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef NEURRAM_CONVERT_INL
#undef NEURRAM_CONVERT_INL
#else
#define NEURRAM_CONVERT_INL
#endif

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

/// f of a register of columns: constants of a call, then of a vector, in registers.
struct Integrated {
  Integrated(const ConvertParameters& p, const ConvertColumns& c)
      : columns(c),
        noise_floor(hn::Set(Floats(), p.noise_floor)),
        clip(hn::Set(Floats(), p.clip)),
        minus_clip(hn::Set(Floats(), -p.clip)),
        scale(hn::Zero(Floats())),
        weight(hn::Zero(Floats())) {}

  HWY_INLINE void use(float vector_scale, std::uint32_t pulse_weight) {
    scale = hn::Set(Floats(), vector_scale);
    weight = hn::Set(Floats(), static_cast<float>(pulse_weight) * vector_scale * vector_scale);
  }

  template <bool kNoisy, class Sum>
  HWY_INLINE hn::Vec<Floats> steps(std::size_t j, const Sum* HWY_RESTRICT sums,
                                   const float* HWY_RESTRICT normals) const {
    const Floats df;
    const auto column_scale = hn::Mul(hn::Load(df, columns.scale.data() + j), scale);
    auto f = hn::MulAdd(load_sum(sums + j), column_scale, hn::Load(df, columns.offset.data() + j));
    if constexpr (kNoisy) {
      const auto variance =
          hn::MulAdd(hn::Load(df, columns.read_noise.data() + j), weight, noise_floor);
      f = hn::MulAdd(hn::LoadU(df, normals + j), hn::Sqrt(variance), f);
    }
    return hn::Max(hn::Min(f, clip), minus_clip);
  }

  const ConvertColumns& columns;
  hn::Vec<Floats> noise_floor;
  hn::Vec<Floats> clip;
  hn::Vec<Floats> minus_clip;
  hn::Vec<Floats> scale;
  hn::Vec<Floats> weight;
};

/// The signs and counts of one vector, 16-column blocks of `row`; returns its largest count.
/// `counter(f, is_negative)` counts from one, without a limit.
template <bool kNoisy, bool kRelu, class Counter, class Sum>
HWY_INLINE int count_vector(const ConvertParameters& p, const Integrated& integrated,
                            const Counter& counter, const Sum* HWY_RESTRICT sums,
                            const float* HWY_RESTRICT normals, std::int16_t* HWY_RESTRICT row) {
  const Floats df;
  const Ints di;
  const auto sign_threshold = hn::Set(df, p.sign_threshold);
  const auto max_count = hn::Set(di, p.max_count);
  const auto saturated = hn::Set(di, p.saturated_count);
  auto most = hn::Set(di, 1);
  for (std::size_t j = 0; j < p.columns; j += hn::Lanes(df)) {
    const auto f = integrated.steps<kNoisy>(j, sums, normals);
    const auto is_negative = hn::Lt(f, sign_threshold);
    auto c = counter(f, is_negative);
    const auto never = hn::Gt(c, max_count);
    c = hn::Min(c, max_count);
    const auto negative = hn::RebindMask(di, is_negative);
    auto counted = c;
    if constexpr (kRelu) counted = hn::IfThenZeroElse(negative, c);
    if (HWY_UNLIKELY(p.columns - j <
                     hn::Lanes(df))) {  // noise moves what lies past the last column
      counted = hn::IfThenElseZero(hn::FirstN(di, p.columns - j), counted);
    }
    most = hn::Max(most, counted);
    c = hn::IfThenElse(never, saturated, c);
    if constexpr (kRelu) {
      c = hn::IfThenZeroElse(negative, c);
    } else {
      c = hn::IfThenElse(negative, hn::Neg(c), c);
    }
    hn::StoreU(hn::DemoteTo(Codes(), c), Codes(), row + j);
  }
  return hn::GetLane(hn::MaxOfLanes(di, most));
}

/// Calls `row(v, sums, normals, codes)` for every vector of a tile; it returns the vector's steps.
template <class Sum, class Row>
HWY_INLINE void for_each_vector(const ConvertParameters& parameters, const ConvertColumns& columns,
                                const ConvertVectors& vectors, const Sum* sums,
                                const float* normals, std::int16_t* codes, std::uint16_t* steps,
                                const Row& row) {
  const std::size_t padded = columns.scale.size();
  const std::size_t drawn =
      (parameters.columns + kColumnsPerDraw - 1) / kColumnsPerDraw * kColumnsPerDraw;
  // A row is written in whole registers: what passes its end is overwritten by the vectors after
  // it; where those end too soon, the row is written aside first.
  std::int16_t aside[kMaxColumns];
  for (std::size_t v = 0; v < vectors.count; ++v) {
    std::int16_t* const target = codes + v * parameters.columns;
    const bool fits = (vectors.count - v) * parameters.columns >= padded;
    steps[v] = static_cast<std::uint16_t>(
        row(v, sums + v * padded, normals + v * drawn, fits ? target : aside));
    if (!fits) std::memcpy(target, aside, parameters.columns * sizeof *aside);
  }
}

/// Counts a tile with `counter`.
template <bool kNoisy, bool kRelu, class Counter, class Sum>
HWY_INLINE void count_tile(const ConvertParameters& parameters, const ConvertColumns& columns,
                           const ConvertVectors& vectors, const Counter& counter, const Sum* sums,
                           const float* normals, std::int16_t* codes, std::uint16_t* steps) {
  Integrated integrated(parameters, columns);
  const auto row = [&](std::size_t v, const Sum* row_sums, const float* row_normals,
                       std::int16_t* out) HWY_ATTR {
    integrated.use(vectors.scale[v], vectors.pulse_weight[v]);
    return count_vector<kNoisy, kRelu>(parameters, integrated, counter, row_sums, row_normals, out);
  };
  for_each_vector(parameters, columns, vectors, sums, normals, codes, steps, row);
}

template <class Counter, class Sum>
HWY_INLINE void count_sums(const ConvertParameters& parameters, const ConvertColumns& columns,
                           const ConvertVectors& vectors, const Counter& counter, const Sum* sums,
                           const float* normals, std::int16_t* codes, std::uint16_t* steps) {
  const auto call = [&](auto noisy, auto relu) HWY_ATTR {
    count_tile<decltype(noisy)::value, decltype(relu)::value>(parameters, columns, vectors, counter,
                                                              sums, normals, codes, steps);
  };
  const bool relu = parameters.activation == Activation::kRelu;
  if (parameters.noisy) {
    relu ? call(std::true_type(), std::true_type()) : call(std::true_type(), std::false_type());
  } else {
    relu ? call(std::false_type(), std::true_type()) : call(std::false_type(), std::false_type());
  }
}

}  // namespace neurram::neuron::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
