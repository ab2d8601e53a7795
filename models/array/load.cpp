#include "models/array/load.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace neurram::array {

void DriveLoad::set_inputs(const std::vector<double>& load_s, int largest_code) {
  constexpr double kLargestWeight = 32767;  // 256 · 127 · 32767 < 2^31
  const double largest = load_s.empty() ? 0 : *std::max_element(load_s.begin(), load_s.end());
  weight.assign(load_s.size(), 0);
  if (largest == 0) return;
  for (std::size_t i = 0; i < load_s.size(); ++i)
    weight[i] = static_cast<std::int16_t>(std::lround(load_s[i] / largest * kLargestWeight));
  unit_s = static_cast<float>(largest / kLargestWeight / largest_code);
}

void drive_loads(const DriveLoad& load, const std::uint8_t* codes, std::size_t stride,
                 std::size_t vectors, float* loads) {
  const std::size_t inputs = load.weight.size();
  for (std::size_t v = 0; v < vectors; ++v) {
    const std::uint8_t* x = codes + v * stride;
    std::int32_t sum = 0;
    if (load.is_signed) {
      for (std::size_t i = 0; i < inputs; ++i)
        sum += std::abs(static_cast<std::int8_t>(x[i])) * load.weight[i];
    } else {
      for (std::size_t i = 0; i < inputs; ++i) sum += x[i] * load.weight[i];
    }
    loads[v] = load.constant_s + load.unit_s * static_cast<float>(sum);
  }
}

}  // namespace neurram::array
