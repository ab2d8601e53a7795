#include "models/core/walk_functional.h"

#include <algorithm>

namespace neurram::core {

bool FunctionalWalk::begin(const Operation& operation, std::int64_t /*start_ps*/) {
  const std::size_t most = operation.plan->tile_vectors;
  for (std::size_t first = 0; first < operation.vectors; first += most) {
    Tile tile = path_.tile(operation, first, std::min(most, operation.vectors - first));
    for (; tile.phase < operation.plan->phases.size(); ++tile.phase) {
      path_.settle(tile);
      path_.convert(tile);
    }
  }
  return true;
}

}  // namespace neurram::core
