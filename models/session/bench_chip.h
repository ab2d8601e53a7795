#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "models/array/crossbar.h"
#include "models/core/operation.h"
#include "models/ledger/ledger.h"
#include "models/mapper/deployment.h"
#include "models/session/config.h"
#include "models/session/kernel.h"

extern "C" {
#include "neurram_driver.h"
}

namespace neurram::session {

class ChipHost;

/// A chip on the bench, in a kernel of its own: cores, cells and slots by hand, one call after the
/// other, from any thread. All goes through the driver's bus and into the ledger but the back door
/// (load). Arguments are the caller's to check; what the chip refuses is an Error, after which it
/// goes on.
class BenchChip {
 public:
  explicit BenchChip(const Config& config);
  ~BenchChip();
  BenchChip(const BenchChip&) = delete;
  BenchChip& operator=(const BenchChip&) = delete;

  [[nodiscard]] const Config& config() const { return config_; }
  [[nodiscard]] int cores() const { return static_cast<int>(states_.size()); }
  [[nodiscard]] const array::Crossbar& crossbar(int core) const;
  [[nodiscard]] bool powered(int core) const;
  /// What the slot was last configured as; empty: not yet.
  [[nodiscard]] std::optional<neurram_slot> slot(int core, int slot) const;

  void power_on(int core);
  void power_off(int core);

  /// Write-verifies a window to `targets_ps` (row-major). Returns the cells that stayed outside
  /// their tolerance. Where the interrupt check throws, the row at work is finished first.
  std::uint32_t program(int core, const array::CellWindow& window, const std::uint32_t* targets_ps);
  /// Back door: the cells have these conductances [pS]; no time, no energy.
  void load(int core, const array::CellWindow& window, const std::uint32_t* conductances_ps);

  [[nodiscard]] core::RailSet rail_set(int set) const;
  void configure_rails(int set, const neurram_rails& rails);
  void configure_slot(int core, int slot, const neurram_slot& settings);
  void set_operation_id(int core, int slot, std::uint64_t operation_id);

  /// Runs `vectors` vectors through a slot: codes [vectors x inputs], a byte each, to codes
  /// [vectors x outputs]. As many commands as the banks ask for. `settings` say what the slot
  /// holds; Error where another thread has given it other lines since.
  void multiply(int core, int slot, const neurram_slot& settings, const void* codes,
                std::size_t vectors, std::int16_t* results);

  /// Puts a compiled deployment on the chip: cores on, cells through the back door, rails and
  /// slots.
  void load(const mapper::Deployment& deployment);

  /// Does something to the chip through its driver, in the host's process: for what works with
  /// whole networks (BenchLayers). What it throws comes back here.
  void work(const std::function<void(neurram_chip&, ChipHost&)>& what);
  /// Says that such work has switched on the deployment's cores and set its slots and rails.
  void note(const mapper::Deployment& deployment);
  /// Counts what sets slots or rails: who has set them before knows whether they are still his.
  [[nodiscard]] std::uint64_t settings() const;
  ledger::Ledger& ledger() { return ledger_; }

  [[nodiscard]] neurram_counters counters(int core);
  /// Simulated time [ps].
  [[nodiscard]] std::int64_t now_ps() const;
  /// One record per command and burst, in order.
  [[nodiscard]] std::vector<ledger::Record> records() const;
  void clear_records();

  /// Asked between commands, and now and then while cells are programmed; what it throws ends the
  /// work.
  void on_interrupt_check(std::function<void()> check);

 private:
  struct Modules;
  struct CoreState {
    bool powered = false;
    std::array<std::optional<neurram_slot>, NEURRAM_SLOTS> slots;
  };

  void note_power(int core, bool on);
  void note_slot(int core, int slot, const neurram_slot& settings);

  const Config config_;
  ledger::Ledger ledger_;
  ledger::MemoryRecorder recorder_;
  Kernel kernel_;
  std::unique_ptr<Modules> modules_;
  mutable std::mutex states_mutex_;
  std::vector<CoreState> states_;  ///< under states_mutex_
  std::uint64_t settings_ = 0;     ///< under states_mutex_
  std::function<void()> interrupt_check_;
};

/// Input codes and results of one vector of a slot.
[[nodiscard]] std::uint32_t inputs_of(const neurram_slot& slot);
[[nodiscard]] std::uint32_t outputs_of(const neurram_slot& slot);

}  // namespace neurram::session
