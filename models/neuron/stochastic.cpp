#include "models/neuron/stochastic.h"

#include <algorithm>
#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/neuron/stochastic.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "models/neuron/convert-inl.h"

#ifndef NEURRAM_STOCHASTIC_ONES
#define NEURRAM_STOCHASTIC_ONES
namespace neurram::neuron {
namespace {

/// Ones of each output, whole registers beyond the last.
struct Ones {
  std::array<std::uint8_t, kMaxColumns> of_output{};

  void draw(const Injection& injection, std::size_t columns, Lfsr& lfsr) {
    if (injection.neurons.empty()) {
      count_ones(lfsr, injection.pulses, injection.shift_cycles, of_output);
      return;
    }
    std::array<std::uint8_t, Lfsr::kStages> of_neuron;
    count_ones(lfsr, injection.pulses, injection.shift_cycles, of_neuron);
    for (std::size_t j = 0; j < columns; ++j) of_output[j] = of_neuron[injection.neurons[j]];
  }
};
static_assert(kMaxColumns == Lfsr::kStages);

}  // namespace
}  // namespace neurram::neuron
#endif

HWY_BEFORE_NAMESPACE();
namespace neurram::neuron::HWY_NAMESPACE {

template <bool kNoisy, class Sum>
HWY_INLINE void sample_vector(const ConvertParameters& p, const Injection& injection,
                              const Integrated& integrated, const Ones& ones,
                              const Sum* HWY_RESTRICT sums, const float* HWY_RESTRICT normals,
                              std::int16_t* HWY_RESTRICT row) {
  const Floats df;
  const Ints di;
  const hn::Rebind<std::uint8_t, Floats> bytes;
  const auto threshold = hn::Set(df, p.sign_threshold);
  const auto amplitude = hn::Set(df, injection.amplitude);
  const auto pulses = hn::Set(di, injection.pulses);
  const auto one = hn::Set(di, 1);
  for (std::size_t j = 0; j < p.columns; j += hn::Lanes(df)) {
    const auto n = hn::PromoteTo(di, hn::LoadU(bytes, ones.of_output.data() + j));
    const auto bits = hn::ConvertTo(df, hn::Sub(hn::Add(n, n), pulses));
    const auto g = hn::MulAdd(bits, amplitude, integrated.steps<kNoisy>(j, sums, normals));
    const auto fires = hn::IfThenElseZero(hn::RebindMask(di, hn::Ge(g, threshold)), one);
    hn::StoreU(hn::DemoteTo(Codes(), fires), Codes(), row + j);
  }
}

template <bool kNoisy, class Sum>
HWY_INLINE void sample_tile(const ConvertParameters& parameters, const Injection& injection,
                            const ConvertColumns& columns, const ConvertVectors& vectors,
                            const NoiseStream& noise, const Sum* sums, const float* normals,
                            Lfsr& lfsr, std::int16_t* codes, std::uint16_t* steps) {
  Integrated integrated(parameters, columns);
  Ones ones;
  const auto row = [&](std::size_t v, const Sum* row_sums, const float* row_normals,
                       std::int16_t* out) HWY_ATTR {
    if (!injection.free_running)
      lfsr.reload(noise.key, noise.first_operation_id + v, injection.stream);
    ones.draw(injection, parameters.columns, lfsr);
    integrated.use(vectors.scale[v], vectors.pulse_weight[v]);
    sample_vector<kNoisy>(parameters, injection, integrated, ones, row_sums, row_normals, out);
    return 1;
  };
  for_each_vector(parameters, columns, vectors, sums, normals, codes, steps, row);
}

template <class Sum>
HWY_INLINE void sample_sums(const ConvertParameters& parameters, const Injection& injection,
                            const ConvertColumns& columns, const ConvertVectors& vectors,
                            const NoiseStream& noise, const Sum* sums, const float* normals,
                            Lfsr& lfsr, std::int16_t* codes, std::uint16_t* steps) {
  if (parameters.noisy) {
    sample_tile<true>(parameters, injection, columns, vectors, noise, sums, normals, lfsr, codes,
                      steps);
  } else {
    sample_tile<false>(parameters, injection, columns, vectors, noise, sums, normals, lfsr, codes,
                       steps);
  }
}

void sample_int(const ConvertParameters& parameters, const Injection& injection,
                const ConvertColumns& columns, const ConvertVectors& vectors,
                const NoiseStream& noise, const std::int32_t* sums, const float* normals,
                Lfsr& lfsr, std::int16_t* codes, std::uint16_t* steps) {
  sample_sums(parameters, injection, columns, vectors, noise, sums, normals, lfsr, codes, steps);
}

void sample_float(const ConvertParameters& parameters, const Injection& injection,
                  const ConvertColumns& columns, const ConvertVectors& vectors,
                  const NoiseStream& noise, const float* sums, const float* normals, Lfsr& lfsr,
                  std::int16_t* codes, std::uint16_t* steps) {
  sample_sums(parameters, injection, columns, vectors, noise, sums, normals, lfsr, codes, steps);
}

}  // namespace neurram::neuron::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace neurram::neuron {
namespace {

HWY_EXPORT(sample_int);
HWY_EXPORT(sample_float);

/// sigma(x) is nearest to the normal distribution function of x / 1.702.
constexpr double kNormalPerLogistic = 1.702;

}  // namespace

void stochastic_convert(const ConvertParameters& parameters, const Injection& injection,
                        const ConvertColumns& columns, const ConvertVectors& vectors,
                        const NoiseStream& noise, const std::int32_t* sums, float* noise_scratch,
                        Lfsr& lfsr, std::int16_t* codes, std::uint16_t* steps) {
  draw_noise(parameters, vectors, noise, noise_scratch);
  HWY_DYNAMIC_DISPATCH(sample_int)
  (parameters, injection, columns, vectors, noise, sums, noise_scratch, lfsr, codes, steps);
}

void stochastic_convert(const ConvertParameters& parameters, const Injection& injection,
                        const ConvertColumns& columns, const ConvertVectors& vectors,
                        const NoiseStream& noise, const float* sums, float* noise_scratch,
                        Lfsr& lfsr, std::int16_t* codes, std::uint16_t* steps) {
  draw_noise(parameters, vectors, noise, noise_scratch);
  HWY_DYNAMIC_DISPATCH(sample_float)
  (parameters, injection, columns, vectors, noise, sums, noise_scratch, lfsr, codes, steps);
}

double firing_probability(double distance, int pulses, double amplitude) {
  double chance = 0;
  double term = std::ldexp(1.0, -pulses);  // C(k, n) / 2^k
  for (int n = 0; n <= pulses; ++n) {
    if (distance + amplitude * (2 * n - pulses) >= 0) chance += term;
    term *= static_cast<double>(pulses - n) / (n + 1);
  }
  return chance;
}

double sigmoid_scale(int pulses, double amplitude, double sigma) {
  return std::sqrt(pulses * amplitude * amplitude + sigma * sigma) / kNormalPerLogistic;
}

double pulse_amplitude(int pulses, double scale, double sigma) {
  const double wanted = kNormalPerLogistic * scale;
  return std::sqrt(std::max(0.0, (wanted * wanted - sigma * sigma) / pulses));
}

}  // namespace neurram::neuron
#endif  // HWY_ONCE
