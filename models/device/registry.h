#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "models/device/cell.h"

namespace neurram::device {

using DeviceFactory = std::function<std::unique_ptr<Device>(const DeviceParameters&)>;

/// The kinds of cell by name: those of this folder, and any that a user adds with
/// device_kinds()["name"] = factory before a chip is made.
[[nodiscard]] std::map<std::string, DeviceFactory>& device_kinds();

}  // namespace neurram::device
