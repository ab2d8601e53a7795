#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "models/neuron/convert.h"
#include "models/neuron/search.h"

/// The comparators of a core's neurons, comparison by comparison: what convert() and its siblings
/// find in one go, for whoever counts the flips himself. f stays as it was integrated; comparison k
/// tells on which side of zero the neuron lies after the decrements before it.
namespace neurram::neuron {

class Comparators {
 public:
  /// Loads f[n] steps for a unary conversion.
  void load_unary(const ConvertParameters& parameters, const float* f, std::size_t n);
  /// For a binary search of magnitude_bits + 1 bits; `search` is null where every step is exactly
  /// half of the one before and the signs' are equal.
  void load_search(const ConvertParameters& parameters, const SearchSteps* search,
                   int magnitude_bits, const float* f, std::size_t n);

  /// The answer of neuron j to comparison k; 0 is the sign's. True: at or above.
  [[nodiscard]] bool above(std::size_t j, int k) const;

 private:
  std::array<std::uint8_t, kMaxColumns> negative_{};
  std::array<float, kMaxColumns> distance_{};           ///< unary: from zero, in steps of its sign
  std::array<std::uint16_t, kMaxColumns> magnitude_{};  ///< search: its bits
  int magnitude_bits_ = -1;                             ///< -1: unary
};

}  // namespace neurram::neuron
