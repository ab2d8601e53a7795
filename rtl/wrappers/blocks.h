#pragma once

#include "models/core/block_registry.h"

namespace neurram::rtl {

/// Adds the SystemVerilog of this folder to every slot, under the name "rtl".
void add_blocks(core::BlockRegistry& registry);

}  // namespace neurram::rtl
