#include "models/neuron/comparator.h"

#include <cstdlib>

namespace neurram::neuron {

void Comparators::load_unary(const ConvertParameters& parameters, const float* f, std::size_t n) {
  magnitude_bits_ = -1;
  for (std::size_t j = 0; j < n; ++j) {
    const bool negative = f[j] < parameters.sign_threshold;
    negative_[j] = negative;
    distance_[j] = negative ? -f[j] * parameters.negative_step_ratio : f[j];
  }
}

void Comparators::load_search(const ConvertParameters& parameters, const SearchSteps* search,
                              int magnitude_bits, const float* f, std::size_t n) {
  magnitude_bits_ = magnitude_bits;
  for (std::size_t j = 0; j < n; ++j) {
    const int code =
        search != nullptr
            ? count_by_binary_search(f[j], *search, parameters.sign_threshold)
            : count_by_binary_search(f[j], magnitude_bits + 1, parameters.negative_step_ratio,
                                     parameters.sign_threshold);
    negative_[j] = code < 0;
    magnitude_[j] = static_cast<std::uint16_t>(std::abs(code) - 1);
  }
}

bool Comparators::above(std::size_t j, int k) const {
  const bool negative = negative_[j] != 0;
  if (k == 0) return !negative;
  // The neuron is on its own side while it holds more than the decrements so far.
  const bool holds = magnitude_bits_ < 0 ? distance_[j] >= static_cast<float>(k)
                                         : (magnitude_[j] >> (magnitude_bits_ - k) & 1) != 0;
  return holds != negative;
}

}  // namespace neurram::neuron
