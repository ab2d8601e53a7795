#pragma once

#include "models/device/cell.h"

namespace neurram::device {

/// Forms one fresh cell: pulses of growing voltage until it conducts. A few never do and stay at
/// the floor, a few conduct but never switch again; both are unusable. With programming_spread off
/// every cell forms with one pulse, at the median.
[[nodiscard]] FormedCell form_cell(const DeviceParameters& parameters, std::uint64_t seed,
                                   const CellAddress& cell);

}  // namespace neurram::device
