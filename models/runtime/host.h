#pragma once

#include <cstdint>

extern "C" {
#include "neurram_driver.h"
}

namespace neurram::runtime {

/// What the runtime needs beside the chip's bus: somewhere to book its own work, and the back door.
class Host {
 public:
  virtual ~Host() = default;

  /// Commands that follow belong to this layer of the ledger.
  virtual void set_layer(std::int32_t layer) = 0;
  /// Books `operations` additions, products or comparisons done beside the chip; takes their time.
  virtual void compute(std::int64_t operations) = 0;
  /// True conductances [pS] of `count` cells of one row, without side effects.
  virtual void peek_cells(std::uint32_t core, int row, int column, int count,
                          std::uint32_t* g_ps) = 0;
  virtual void poke_cells(std::uint32_t core, int row, int column, int count,
                          const std::uint32_t* g_ps) = 0;
  /// Asked between commands; throws Interrupted when the user wants to stop.
  virtual void check_interrupt() = 0;
};

/// Throws Error with the driver's sentence, the core and its fault, unless `error` is NEURRAM_OK.
void expect(neurram_error error, const neurram_chip& chip, const char* doing);

}  // namespace neurram::runtime
