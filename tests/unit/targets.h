#pragma once

#include <hwy/targets.h>

/// Calls `visit(name)` with each instruction set that this build holds and this machine has, the
/// chosen one in force.
template <class Visit>
void for_each_instruction_set(Visit visit) {
  struct Restore {
    ~Restore() { hwy::SetSupportedTargetsForTest(0); }
  } restore;
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    hwy::SetSupportedTargetsForTest(target);
    visit(hwy::TargetName(target));
  }
}
