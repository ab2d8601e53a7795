#pragma once

#include "models/mapper/deployment.h"
#include "models/runtime/host.h"

namespace neurram::runtime {

/// Switches on the cores that a deployment uses.
void power_cores(const mapper::Deployment& deployment, neurram_chip& chip);

/// Write-verifies every segment to its targets; stores the true conductances in the deployment.
/// Returns the cells that stayed outside their tolerance.
std::int64_t program_cells(mapper::Deployment& deployment, neurram_chip& chip, Host& host);

/// Puts the deployment's stored conductances into the cells through the back door.
void load_cells(const mapper::Deployment& deployment, Host& host);

/// Writes all rail sets and all slots.
void configure(const mapper::Deployment& deployment, neurram_chip& chip);

/// Writes the slot of one operation, and one rail set.
void configure_operation(const mapper::Deployment& deployment, int operation, neurram_chip& chip);
void configure_rails(const mapper::Deployment& deployment, int set, neurram_chip& chip);

/// What configure() writes into the slot of an operation.
[[nodiscard]] neurram_slot slot_of(const mapper::Operation& operation,
                                   const mapper::Segment& segment);

/// Cores that the deployment uses, ascending.
[[nodiscard]] std::vector<std::uint32_t> used_cores(const mapper::Deployment& deployment);

}  // namespace neurram::runtime
