#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "models/chip/parameters.h"
#include "models/chip/rails.h"
#include "models/chip/supply.h"
#include "models/core/interfaces.h"

namespace neurram::chip {

/// Fires the armed slots of a group of cores in lock-step: vector k of all at once, lasting as long
/// as the slowest. A lone start is a group of one. Members whose vectors pass in simulated time and
/// members that are done at once mix freely.
class GroupSequencer : private core::GroupSync {
 public:
  GroupSequencer(const ChipParameters& parameters, Rails& rails, const Supply& supply);

  void add_core(core::GroupMember& member);

  /// A core is busy until end_ps, with whatever command.
  void note_busy(std::int64_t end_ps) { busy_until_ps_ = std::max(busy_until_ps_, end_ps); }
  /// A core is busy, until it says that it no longer is.
  void note_open(std::uint32_t core);
  /// Is any core busy?
  [[nodiscard]] bool any_busy(std::int64_t now_ps);
  /// Does any operation pass in simulated time, so that nobody may look ahead of the kernel?
  [[nodiscard]] bool paced() const { return paced_groups_ > 0; }

  /// What a start came to.
  struct Outcome {
    std::uint32_t chip_errors = 0;  ///< bits of the chip's ERROR
    std::int64_t rails_ps = 0;      ///< time the rails took to settle first
  };

  /// Starts `cores` (indices, ascending) at now_ps. Refuses all or none.
  Outcome start(const std::vector<std::uint32_t>& cores, std::int64_t now_ps);

 private:
  /// A group on its way.
  struct Running {
    std::vector<std::uint32_t> cores;
    std::vector<std::uint8_t> paced;  ///< by position in `cores`: vectors pass in simulated time
    std::vector<float> scales;        ///< [cores x vectors]
    std::size_t vectors = 0;
    std::size_t vector = 0;   ///< at work
    std::size_t waiting = 0;  ///< paced members that are not done with it
    std::int64_t start_ps = 0;
    std::int64_t vector_start_ps = 0;
    std::int64_t slowest_ps = 0;  ///< paced member of this vector
    std::int32_t group = 0;
    bool active = false;
  };

  // core::GroupSync
  void vector_done(std::uint32_t core, std::int64_t at_ps) override;

  [[nodiscard]] Running& free_group();
  void begin(Running& group);
  /// All members are done with the vector at work.
  void end_vector(Running& group);
  void finish(Running& group);
  [[nodiscard]] static std::size_t count_paced(const Running& group);
  [[nodiscard]] std::uint32_t refuse(const std::vector<std::uint32_t>& cores, std::int64_t now_ps);
  void scale_by_supply(Running& group);

  const ChipParameters& parameters_;
  Rails& rails_;
  const Supply& supply_;
  std::vector<core::GroupMember*> members_;
  std::vector<Running*> group_of_;  ///< by core: of its last start
  std::vector<std::unique_ptr<Running>> groups_;
  std::int32_t next_group_ = 0;
  int paced_groups_ = 0;
  std::int64_t busy_until_ps_ = 0;
  std::vector<std::uint32_t> open_;  ///< cores that may run a command without a known end
  std::vector<SupplyLoad> loads_;
  std::vector<float> load_values_;
};

}  // namespace neurram::chip
