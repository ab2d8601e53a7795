#include "models/chip/supply.h"

#include <algorithm>

namespace neurram::chip {

void IdealSupply::answer(std::vector<SupplyLoad>& group, std::size_t vectors) const {
  for (SupplyLoad& member : group) std::fill(member.scale, member.scale + vectors, 1.0f);
}

}  // namespace neurram::chip
