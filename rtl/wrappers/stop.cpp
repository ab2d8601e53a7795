#include <verilated.h>

#include <string>

#include "models/base/error.h"

/// What Verilated code calls when an assertion fails, after it has printed which: a fault of the
/// block or of whoever drives it, so an exception and not the end of the program.
void vl_stop(const char* file, int line, const char* block) VL_MT_UNSAFE {
  throw neurram::Error(std::string(file) + ":" + std::to_string(line) + ": an assertion of " +
                       block + " failed");
}
