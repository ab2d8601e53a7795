#include "models/runtime/host.h"

#include <sstream>

#include "models/base/error.h"

namespace neurram::runtime {

void expect(neurram_error error, const neurram_chip& chip, const char* doing) {
  if (error == NEURRAM_OK) return;
  std::ostringstream text;
  text << "chip driver, " << doing << ": " << neurram_error_text(error);
  if (error == NEURRAM_ERROR_CORE || error == NEURRAM_ERROR_CHIP) {
    if (chip.fault.core != NEURRAM_NO_CORE) text << ", core " << chip.fault.core;
    text << std::hex << ", ERROR 0x" << chip.fault.bits << " at offset 0x" << chip.fault.address;
  }
  throw Error(text.str());
}

}  // namespace neurram::runtime
