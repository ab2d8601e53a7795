#pragma once

#include <string>

namespace neurram::rtl {

/// Where in the SystemVerilog an assertion has failed in this thread; empty if none has.
[[nodiscard]] std::string& failed_assertion();

}  // namespace neurram::rtl
