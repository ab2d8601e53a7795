#pragma once

#include <array>
#include <cstdint>

#include "models/chip/parameters.h"
#include "models/core/operation.h"
#include "models/core/registers.h"

namespace neurram::chip {

/// The chip's 16 sets of rails, of which the supply holds one at a time (or none, in standby).
class Rails {
 public:
  static constexpr std::uint32_t kStandby = 0xFF;
  static constexpr std::size_t kSets = map::chip::kRailVReadPlusCount[0];

  explicit Rails(const RailParameters& parameters) : parameters_(parameters) {}

  [[nodiscard]] core::RailSet set(int index) const {
    return sets_[static_cast<std::size_t>(index)];
  }
  /// Writes the register at `offset` of the chip's window. False if the voltage is out of range.
  [[nodiscard]] bool write(std::uint32_t offset, std::uint32_t value);
  [[nodiscard]] std::uint64_t version() const { return version_; }

  /// The set that the supply holds, or kStandby.
  [[nodiscard]] std::uint32_t selected() const { return selected_; }
  /// Changes to a set; returns the time until it has settled [ps] (0 if it is held already).
  std::int64_t select(std::uint32_t set);

 private:
  const RailParameters& parameters_;
  std::array<core::RailSet, kSets> sets_{};
  std::uint32_t selected_ = kStandby;
  std::uint64_t version_ = 1;
};

}  // namespace neurram::chip
