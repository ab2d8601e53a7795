#include "rtl/wrappers/stop.h"

#include <verilated.h>

namespace neurram::rtl {

std::string& failed_assertion() {
  thread_local std::string failed;
  return failed;
}

}  // namespace neurram::rtl

/// What Verilated code calls when an assertion has failed, after it has printed which. It holds
/// locks: whoever evaluated the block throws.
void vl_stop(const char* file, int line, const char* /*scope*/) VL_MT_UNSAFE {
  neurram::rtl::failed_assertion() = std::string(file) + ":" + std::to_string(line);
}
