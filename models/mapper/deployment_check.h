#pragma once

#include "models/mapper/deployment.h"

namespace neurram::mapper {

/// Throws FileError where a deployment contradicts itself: an index that points nowhere, a mask or
/// a blob of another size than its segment, a setting that no slot can hold. The graph has passed
/// its own check().
void check(const Deployment& deployment);

}  // namespace neurram::mapper
