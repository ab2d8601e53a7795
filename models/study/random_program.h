#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/chip/parameters.h"
#include "models/core/parameters.h"

/// Random programs for a chip: what a host could do to it, right and wrong.
namespace neurram::study {

/// One access of the host, or a wait.
struct Action {
  enum class Kind : std::uint8_t {
    kWrite,       ///< `value` to the register at `address`
    kRead,        ///< the register at `address`
    kWriteBurst,  ///< `data` from `address`
    kReadBurst,   ///< `value` bytes from `address`
    kPokeCells,   ///< back door: `data` are 32-bit pS from cell (row, column) of a core on
    kWait,        ///< `value` picoseconds
    kWaitIdle,    ///< until no core is busy
  };
  Kind kind = Kind::kRead;
  std::uint64_t address = 0;
  std::uint32_t value = 0;
  std::vector<std::uint8_t> data;
  int core = 0;
  int row = 0;
  int column = 0;

  /// For people: "write 0x1 to 0x100010 (core 0 + 0x10)".
  [[nodiscard]] std::string text() const;
};

struct Program {
  chip::ChipParameters chip;  ///< all cores functional
  core::Seeds seeds;
  std::vector<Action> actions;
};

/// Program `number` of a seed: the same on every machine. Chips of one to six cores and arrays of 8
/// to 256 lines; all directions, precisions, input schemes, conversions, activations and masks;
/// groups and lone starts; power gating; commands that must be refused.
[[nodiscard]] Program random_program(std::uint64_t seed, std::uint64_t number);

}  // namespace neurram::study
