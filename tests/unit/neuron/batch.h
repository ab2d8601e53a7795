#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "models/base/gaussian.h"
#include "models/neuron/convert.h"

/// One call of convert() with all that it needs, and canaries behind all that it writes.
struct Batch {
  static constexpr std::int16_t kCanary = 12345;
  static constexpr std::size_t kSpare = 64;

  Batch(std::size_t columns_, std::size_t vectors_)
      : columns(columns_),
        vectors(vectors_),
        padded((columns + 15) / 16 * 16),
        sums(vectors * padded),
        float_sums(vectors * padded),
        scale(vectors, 1.0f),
        weight(vectors, 0),
        noise(neurram::neuron::noise_scratch_floats(vectors, columns)) {
    constants.resize(padded);
    for (std::size_t j = 0; j < columns; ++j) constants.scale[j] = 1e-3f;
    parameters.columns = columns;
    parameters.clip = 1e6f;
  }

  [[nodiscard]] neurram::neuron::NoiseStream stream(std::uint64_t first_id = 0) const {
    return {neurram::philox_key(1), first_id, 5};
  }
  void run(std::uint64_t first_id = 0, bool from_floats = false) {
    codes.assign(vectors * columns + kSpare, kCanary);
    steps.assign(vectors + 1, 0xABCD);
    const neurram::neuron::ConvertVectors v{vectors, scale.data(), weight.data()};
    if (from_floats) {
      neurram::neuron::convert(parameters, constants, v, stream(first_id), float_sums.data(),
                               noise.data(), codes.data(), steps.data());
    } else {
      neurram::neuron::convert(parameters, constants, v, stream(first_id), sums.data(),
                               noise.data(), codes.data(), steps.data());
    }
  }
  [[nodiscard]] int code(std::size_t v, std::size_t j) const { return codes[v * columns + j]; }
  void limit(int count) { parameters.max_count = parameters.saturated_count = count; }

  /// f of one neuron: the same formula in scalar code, from the scalar normals.
  [[nodiscard]] float steps_of(std::size_t v, std::size_t j, std::uint64_t first_id,
                               bool from_floats) const {
    const float sum =
        from_floats ? float_sums[v * padded + j] : static_cast<float>(sums[v * padded + j]);
    float f = std::fma(sum, constants.scale[j] * scale[v], constants.offset[j]);
    if (parameters.noisy) {
      const float factor = static_cast<float>(weight[v]) * scale[v] * scale[v];
      const float variance = std::fma(constants.read_noise[j], factor, parameters.noise_floor);
      const float z = neurram::normal(stream().key, static_cast<std::uint32_t>(j), first_id + v,
                                      stream().stream);
      f = std::fma(z, std::sqrt(variance), f);
    }
    return std::fmax(std::fmin(f, parameters.clip), -parameters.clip);
  }

  /// Empty if codes and step counts are those of a comparator stepped by hand, else what is wrong.
  [[nodiscard]] std::string fault(std::uint64_t first_id = 0, bool from_floats = false) const {
    using neurram::neuron::Activation;
    const bool relu = parameters.activation == Activation::kRelu;
    for (std::size_t v = 0; v < vectors; ++v) {
      int most = 1;
      for (std::size_t j = 0; j < columns; ++j) {
        const float f = steps_of(v, j, first_id, from_floats);
        int expected = neurram::neuron::count_by_stepping(
            f, parameters.max_count, parameters.negative_step_ratio, parameters.sign_threshold);
        const bool negative = expected < 0;
        if (!(relu && negative)) most = std::max(most, std::abs(expected));
        const float distance = negative ? -f * parameters.negative_step_ratio : f;
        // Not flipped after the last step.
        if (distance >= static_cast<float>(parameters.max_count))
          expected = negative ? -parameters.saturated_count : parameters.saturated_count;
        if (relu && negative) expected = 0;
        if (code(v, j) != expected) {
          return "vector " + std::to_string(v) + ", column " + std::to_string(j) + ": " +
                 std::to_string(code(v, j)) + ", expected " + std::to_string(expected);
        }
      }
      if (steps[v] != most) return "step count of vector " + std::to_string(v);
    }
    for (std::size_t i = vectors * columns; i < codes.size(); ++i) {
      if (codes[i] != kCanary) return "codes are written past their end";
    }
    return steps.back() == 0xABCD ? "" : "step counts are written past their end";
  }

  std::size_t columns, vectors, padded;
  neurram::neuron::ConvertParameters parameters;
  neurram::neuron::ConvertColumns constants;
  neurram::AlignedVector<std::int32_t> sums;
  neurram::AlignedVector<float> float_sums;
  std::vector<float> scale;
  std::vector<std::uint32_t> weight;
  std::vector<float> noise;
  std::vector<std::int16_t> codes;
  std::vector<std::uint16_t> steps;
};
