#include "models/neuron/convert.h"

#include <cmath>

#include "models/base/gaussian.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/neuron/convert.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "models/neuron/convert-inl.h"

HWY_BEFORE_NAMESPACE();
namespace neurram::neuron::HWY_NAMESPACE {

/// 1 + floor(s·f), at least 1: all steps have one size per sign.
struct ClosedForm {
  explicit ClosedForm(const ConvertParameters& p)
      : minus_ratio(hn::Set(Floats(), -p.negative_step_ratio)) {}

  template <class Mask>
  HWY_INLINE hn::Vec<Ints> operator()(hn::Vec<Floats> f, Mask is_negative) const {
    // Between zero and the sign threshold the distance is negative: the first comparison ends it.
    const auto distance = hn::IfThenElse(is_negative, hn::Mul(f, minus_ratio), f);
    const auto whole = hn::ConvertTo(Ints(), hn::Max(distance, hn::Zero(Floats())));
    return hn::Add(whole, hn::Set(Ints(), 1));
  }

  hn::Vec<Floats> minus_ratio;
};

void convert_int(const ConvertParameters& parameters, const ConvertColumns& columns,
                 const ConvertVectors& vectors, const std::int32_t* sums, const float* normals,
                 std::int16_t* codes, std::uint16_t* steps) {
  count_sums(parameters, columns, vectors, ClosedForm(parameters), sums, normals, codes, steps);
}

void convert_float(const ConvertParameters& parameters, const ConvertColumns& columns,
                   const ConvertVectors& vectors, const float* sums, const float* normals,
                   std::int16_t* codes, std::uint16_t* steps) {
  count_sums(parameters, columns, vectors, ClosedForm(parameters), sums, normals, codes, steps);
}

template <bool kNoisy, class Sum>
HWY_INLINE void integrate_vector(const ConvertParameters& p, const ConvertColumns& columns,
                                 const ConvertVectors& vector, const Sum* sums,
                                 const float* normals, float* f) {
  Integrated integrated(p, columns);
  integrated.use(*vector.scale, *vector.pulse_weight);
  for (std::size_t j = 0; j < p.columns; j += hn::Lanes(Floats()))
    hn::StoreU(integrated.steps<kNoisy>(j, sums, normals), Floats(), f + j);
}

void integrate_int(const ConvertParameters& p, const ConvertColumns& columns,
                   const ConvertVectors& vector, const std::int32_t* sums, const float* normals,
                   float* f) {
  p.noisy ? integrate_vector<true>(p, columns, vector, sums, normals, f)
          : integrate_vector<false>(p, columns, vector, sums, normals, f);
}

void integrate_float(const ConvertParameters& p, const ConvertColumns& columns,
                     const ConvertVectors& vector, const float* sums, const float* normals,
                     float* f) {
  p.noisy ? integrate_vector<true>(p, columns, vector, sums, normals, f)
          : integrate_vector<false>(p, columns, vector, sums, normals, f);
}

}  // namespace neurram::neuron::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace neurram::neuron {
namespace {

HWY_EXPORT(convert_int);
HWY_EXPORT(convert_float);
HWY_EXPORT(integrate_int);
HWY_EXPORT(integrate_float);

std::uint32_t draw_blocks(std::size_t columns) {
  return static_cast<std::uint32_t>((columns + kColumnsPerDraw - 1) / kColumnsPerDraw);
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

void draw_noise(const ConvertParameters& parameters, const ConvertVectors& vectors,
                const NoiseStream& noise, float* scratch) {
  if (!parameters.noisy) return;
  fill_normals(noise.key, noise.first_operation_id, vectors.count, draw_blocks(parameters.columns),
               noise.stream, scratch);
}

void apply_table(const ConvertParameters& parameters, const ConvertVectors& vectors,
                 std::int16_t* codes) {
  if (parameters.table) parameters.table->apply(codes, vectors.count * parameters.columns);
}

void convert(const ConvertParameters& parameters, const ConvertColumns& columns,
             const ConvertVectors& vectors, const NoiseStream& noise, const std::int32_t* sums,
             float* noise_scratch, std::int16_t* codes, std::uint16_t* steps) {
  draw_noise(parameters, vectors, noise, noise_scratch);
  HWY_DYNAMIC_DISPATCH(convert_int)
  (parameters, columns, vectors, sums, noise_scratch, codes, steps);
  apply_table(parameters, vectors, codes);
}

void convert(const ConvertParameters& parameters, const ConvertColumns& columns,
             const ConvertVectors& vectors, const NoiseStream& noise, const float* sums,
             float* noise_scratch, std::int16_t* codes, std::uint16_t* steps) {
  draw_noise(parameters, vectors, noise, noise_scratch);
  HWY_DYNAMIC_DISPATCH(convert_float)
  (parameters, columns, vectors, sums, noise_scratch, codes, steps);
  apply_table(parameters, vectors, codes);
}

void integrate(const ConvertParameters& parameters, const ConvertColumns& columns,
               const ConvertVectors& vector, const NoiseStream& noise, const std::int32_t* sums,
               float* noise_scratch, float* f) {
  draw_noise(parameters, vector, noise, noise_scratch);
  HWY_DYNAMIC_DISPATCH(integrate_int)(parameters, columns, vector, sums, noise_scratch, f);
}

void integrate(const ConvertParameters& parameters, const ConvertColumns& columns,
               const ConvertVectors& vector, const NoiseStream& noise, const float* sums,
               float* noise_scratch, float* f) {
  draw_noise(parameters, vector, noise, noise_scratch);
  HWY_DYNAMIC_DISPATCH(integrate_float)(parameters, columns, vector, sums, noise_scratch, f);
}

int count_by_stepping(float f, int max_count, float negative_step_ratio, float sign_threshold) {
  const bool negative = f < sign_threshold;
  const float distance = negative ? -f * negative_step_ratio : f;
  int count = 1;
  while (count < max_count && distance >= static_cast<float>(count)) ++count;
  return negative ? -count : count;
}

int count_by_binary_search(float f, int bits_out, float negative_step_ratio, float sign_threshold) {
  const bool negative = f < sign_threshold;
  float rest = negative ? -f * negative_step_ratio : f;
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
