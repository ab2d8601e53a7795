#pragma once

#include <cstdint>
#include <string_view>

#include "models/ledger/cost.h"

namespace neurram::ledger {

enum class Kind : std::uint8_t {
  kOperation,  ///< vectors converted by one core
  kBurstIn,    ///< input codes moved into a bank
  kBurstOut,   ///< results moved out of a bank
  kProgram,    ///< a window of cells programmed
  kRails,      ///< the rails settled on another set
  kDigital,    ///< work beside the chip
};
inline constexpr std::size_t kKinds = 6;

[[nodiscard]] std::string_view name(Kind kind);

/// No core, no group or no layer.
inline constexpr std::int32_t kNone = -1;

/// One command, as the ledger keeps it.
struct Record {
  std::int64_t id = 0;  ///< running number within one chip
  Kind kind = Kind::kOperation;
  std::int32_t core = kNone;
  std::int32_t group = kNone;  ///< number of the group start that fired it
  std::int32_t layer = kNone;  ///< what the runtime was working on
  std::int64_t vectors = 0;
  std::int64_t start_ps = 0;
  std::int64_t end_ps = 0;
  std::int64_t cycles = 0;        ///< busy cycles of the core
  std::int64_t operation_id = 0;  ///< of the first vector
  Cost cost;
};

}  // namespace neurram::ledger
