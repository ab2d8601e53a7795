#pragma once

#include <array>
#include <cstdint>

#include "models/neuron/convert.h"

/// Binary search with steps of any size: where capacitor ratios, rails or charge injection make the
/// n - 1 decrements differ from exactly halved ones, or those of the two signs from each other, the
/// closed form of convert.h does not hold and every decrement is taken.
namespace neurram::neuron {

inline constexpr int kMaxSearchSteps = 9;

/// What the comparator's answer to a decrement does.
enum class Search : std::uint8_t {
  /// A decrement that would pass zero is not taken: a result knows the steps of its own sign only.
  kSubtract,
  /// Every decrement is taken, towards zero from where the voltage then is, so a result mixes steps
  /// of both signs (n comparisons and n - 1 decrements: Nature 608, Methods).
  kAlternate,
};

/// Sizes of the decrements in nominal steps of positive results, bit b nominally 2^b: `positive`
/// takes a positive voltage down, `negative` a negative one up. Both kinds of search find the same
/// where both are exactly halved and equal.
struct SearchSteps {
  int bits_out = 1;  ///< 1 … 10: bits_out - 1 decrements, largest count 2^(bits_out - 1)
  std::array<float, kMaxSearchSteps> positive{};
  std::array<float, kMaxSearchSteps> negative{};
  Search search = Search::kSubtract;

  /// Exactly halved steps; of negative results 1 / negative_step_ratio times as large.
  [[nodiscard]] static SearchSteps halved(int bits_out, float negative_step_ratio = 1.0f);
};

/// convert() by searching; parameters.max_count is 2^(bits_out - 1), parameters.negative_step_ratio
/// unused. The same bits on every instruction set, batch and tile.
void convert_stepped(const ConvertParameters& parameters, const SearchSteps& search,
                     const ConvertColumns& columns, const ConvertVectors& vectors,
                     const NoiseStream& noise, const std::int32_t* sums, float* noise_scratch,
                     std::int16_t* codes, std::uint16_t* steps);

/// The same from float sums.
void convert_stepped(const ConvertParameters& parameters, const SearchSteps& search,
                     const ConvertColumns& columns, const ConvertVectors& vectors,
                     const NoiseStream& noise, const float* sums, float* noise_scratch,
                     std::int16_t* codes, std::uint16_t* steps);

/// One result by searching, decrement by decrement: the definition of convert_stepped().
[[nodiscard]] int count_by_binary_search(float f, const SearchSteps& search,
                                         float sign_threshold = 0.0f);

}  // namespace neurram::neuron
