#include "models/core/walk.h"

#include <array>

#include "models/base/error.h"
#include "models/core/walk_functional.h"
#include "models/core/walk_phased.h"

namespace neurram::core {
namespace {

template <class Kind>
WalkFactory factory_of() {
  return [](const sc_core::sc_module_name& name, const WalkContext& context) {
    return std::make_unique<Kind>(name, context);
  };
}

std::array<WalkFactory, kLevels>& factories() {
  static std::array<WalkFactory, kLevels> all = {factory_of<FunctionalWalk>(),
                                                 factory_of<PhasedWalk>()};
  return all;
}

}  // namespace

void register_walk(Level level, WalkFactory factory) {
  factories().at(static_cast<std::size_t>(level)) = std::move(factory);
}

std::unique_ptr<Walk> make_walk(const sc_core::sc_module_name& name, const WalkContext& context) {
  const Level level = context.parameters.level;
  const WalkFactory& factory = factories().at(static_cast<std::size_t>(level));
  if (factory) return factory(name, context);
  throw ConfigError("chip.core[" + std::to_string(context.core) + "].level = \"" +
                    core::name(level) + "\": this build has no such level");
}

}  // namespace neurram::core
