#include "models/core/walk.h"

#include <array>

#include "models/core/walk_functional.h"
#include "models/core/walk_phased.h"
#include "models/core/walk_rtl.h"

namespace neurram::core {
namespace {

using Factory = std::unique_ptr<Walk> (*)(const sc_core::sc_module_name&, const WalkContext&);

template <class Kind>
std::unique_ptr<Walk> make(const sc_core::sc_module_name& name, const WalkContext& context) {
  return std::make_unique<Kind>(name, context);
}

constexpr std::array<Factory, kLevels> kFactories = {make<FunctionalWalk>, make<PhasedWalk>,
                                                     make<RtlWalk>};

}  // namespace

std::unique_ptr<Walk> make_walk(const sc_core::sc_module_name& name, const WalkContext& context) {
  return kFactories[static_cast<std::size_t>(context.parameters.level)](name, context);
}

}  // namespace neurram::core
