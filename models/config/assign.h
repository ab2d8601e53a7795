#pragma once

#include "models/config/fields.h"

namespace neurram::config {

/// The values that a schema lists.
[[nodiscard]] Values values_of(const Schema& schema);

/// Writes `values`, whose types must fit, to the target. Base fields without a value keep theirs;
/// indexed parts start from the base, so that they follow it in all that `values` does not name.
void assign(const Target& target, const Values& values);

}  // namespace neurram::config
