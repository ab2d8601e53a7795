#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "models/chip/parameters.h"
#include "models/chip/rails.h"
#include "models/chip/supply.h"
#include "models/core/interfaces.h"

namespace neurram::chip {

/// Fires the armed slots of a group of cores in lock-step: vector k of all at once, lasting as long
/// as the slowest. A lone start is a group of one.
class GroupSequencer {
 public:
  GroupSequencer(const ChipParameters& parameters, Rails& rails, const Supply& supply);

  void add_core(core::GroupMember& member) { members_.push_back(&member); }

  /// A core is busy until end_ps, with whatever command.
  void note_busy(std::int64_t end_ps) { busy_until_ps_ = std::max(busy_until_ps_, end_ps); }
  /// A core is busy, until it says that it no longer is.
  void note_open(std::uint32_t core) { open_.push_back(core); }
  /// Is any core busy?
  [[nodiscard]] bool any_busy(std::int64_t now_ps);

  /// What a start came to.
  struct Outcome {
    std::uint32_t chip_errors = 0;  ///< bits of the chip's ERROR
    std::int64_t rails_ps = 0;      ///< time the rails took to settle first
    std::int64_t start_ps = 0;      ///< after settling
    std::int64_t end_ps = 0;
  };

  /// Starts `cores` (indices, ascending) at now_ps. Refuses all or none.
  Outcome start(const std::vector<std::uint32_t>& cores, std::int64_t now_ps);
  /// Number of the next group start.
  [[nodiscard]] std::int32_t group() const { return group_; }

 private:
  [[nodiscard]] std::uint32_t refuse(const std::vector<std::uint32_t>& cores, std::int64_t now_ps);
  void scale_by_supply(const std::vector<std::uint32_t>& cores, std::size_t vectors);

  const ChipParameters& parameters_;
  Rails& rails_;
  const Supply& supply_;
  std::vector<core::GroupMember*> members_;
  std::int32_t group_ = 0;
  std::int64_t busy_until_ps_ = 0;
  std::vector<std::uint32_t> open_;  ///< cores that may run a command without a known end
  std::vector<SupplyLoad> loads_;
  std::vector<float> load_values_;
  std::vector<float> scales_;  ///< [cores x vectors]
};

}  // namespace neurram::chip
