#include "models/array/load.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace neurram::array {

void DriveLoad::set_inputs(const std::vector<double>& load_s, int largest_code) {
  constexpr double kLargestWeight = 32767;  // 256 · 127 · 32767 < 2^31
  const double largest = load_s.empty() ? 0 : *std::max_element(load_s.begin(), load_s.end());
  weight.assign((load_s.size() + kDriveBlock - 1) / kDriveBlock * kDriveBlock, 0);
  if (largest == 0) return;
  for (std::size_t i = 0; i < load_s.size(); ++i)
    weight[i] = static_cast<std::int16_t>(std::lround(load_s[i] / largest * kLargestWeight));
  unit_s = static_cast<float>(largest / kLargestWeight / largest_code);
}

namespace {

/// Σ |x_i| · weight_i over whole blocks: what lies past a vector's end meets zeros.
template <class Code>
std::int32_t weigh(const std::vector<std::int16_t>& weight, const std::uint8_t* codes) {
  std::int32_t sum = 0;
  for (std::size_t block = 0; block < weight.size(); block += kDriveBlock) {
    for (std::size_t i = block; i < block + kDriveBlock; ++i)
      sum += std::abs(static_cast<Code>(codes[i])) * weight[i];
  }
  return sum;
}

}  // namespace

void drive_loads(const DriveLoad& load, const std::uint8_t* codes, std::size_t inputs,
                 std::size_t vectors, float* loads) {
  for (std::size_t v = 0; v < vectors; ++v) {
    const std::uint8_t* x = codes + v * inputs;
    const std::int32_t sum =
        load.is_signed ? weigh<std::int8_t>(load.weight, x) : weigh<std::uint8_t>(load.weight, x);
    loads[v] = load.constant_s + load.unit_s * static_cast<float>(sum);
  }
}

}  // namespace neurram::array
