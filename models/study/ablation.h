#pragma once

#include <string>
#include <vector>

#include "models/chip/parameters.h"

namespace neurram::study {

/// One non-ideality with its switch.
struct NonIdeality {
  std::string name;  ///< as the configuration calls it
  std::string what;
  void (*set)(chip::ChipParameters& chip, bool on);
};

/// All that have a switch, from cells to converter. (i) to (vii): their numbers in Nature 608,
/// Fig. 4a.
[[nodiscard]] const std::vector<NonIdeality>& non_idealities();

/// The chip with none of them: exact conductances, lines and neurons, a converter of finite
/// resolution.
[[nodiscard]] chip::ChipParameters ideal_chip(chip::ChipParameters chip);

}  // namespace neurram::study
