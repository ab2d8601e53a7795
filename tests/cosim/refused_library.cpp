// A library that is almost a block: what is wrong with it comes from the build.
#include "models/core/block_registry.h"

extern "C" const neurram::core::BlockEntry* ENTRY() {
  using neurram::core::StepCounter;
  static const neurram::core::BlockEntry kEntry{neurram::core::kBlockVersion + OFFSET,
                                                sizeof(StepCounter::In),
                                                sizeof(StepCounter::Out),
                                                SLOT,
                                                "refused",
                                                nullptr};
  return &kEntry;
}
