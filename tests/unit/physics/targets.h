#pragma once

#include <hwy/targets.h>

/// Calls `visit(name)` once for every instruction set that this machine and build have.
template <class Visit>
void for_each_instruction_set(Visit visit) {
  for (const std::int64_t target : {HWY_AVX3_DL, HWY_AVX3, HWY_AVX2}) {
    hwy::SetSupportedTargetsForTest(0);
    if ((hwy::SupportedTargets() & target) == 0) continue;
    hwy::SetSupportedTargetsForTest(target);
    visit(hwy::TargetName(target));
  }
  hwy::SetSupportedTargetsForTest(0);
}
