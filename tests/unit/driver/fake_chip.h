#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <vector>

#include "models/driver/neurram_driver.h"

/// A NeuRRAM chip as its reference page describes it, for the driver alone: no physics, a clock
/// that advances by one per access, and its offsets written down by hand, so that it agrees with
/// the generated header only where both agree with the page.
class FakeChip {
 public:
  /// One bus access: 'r' and 'w' of a word, 'R' and 'W' of a burst. `value` is the word that was
  /// read or written, or the burst's bytes.
  struct Access {
    char kind;
    std::uint64_t address;
    std::uint64_t value;

    bool operator==(const Access& other) const {
      return kind == other.kind && address == other.address && value == other.value;
    }
  };

  static constexpr std::uint64_t kBase = 0x40000000;

  explicit FakeChip(unsigned cores = 3, std::uint32_t geometry = 0x01000100);

  /// A bus to this chip; without interrupts its wait_interrupt is null.
  neurram_bus bus(bool interrupts);

  static constexpr std::uint64_t chip_at(std::uint32_t offset) { return kBase + offset; }
  static constexpr std::uint64_t core_at(unsigned core, std::uint32_t offset) {
    return kBase + 0x100000 * (core + 1ull) + offset;
  }

  /// Register contents, for the test to look at and to plant; no side effects.
  std::uint32_t& chip_register(std::uint32_t offset) { return chip_[offset]; }
  std::uint32_t& core_register(unsigned core, std::uint32_t offset) {
    return cores_[core].registers[offset];
  }

  void set_counter(unsigned core, std::uint32_t low_offset, std::uint64_t value);

  std::vector<Access> accesses;
  long fail_after = -1;  ///< that many more accesses work, the next one answers an error
  bool silent_refusals =
      false;  ///< a refused command answers OK on the bus, as a posted write does
  bool ignores_commands = false;  ///< starts are accepted and nothing happens
  unsigned command_ticks = 20;
  unsigned wake_ticks = 5;
  std::set<std::uint32_t> stuck_cells;  ///< 256 * row + column: PROGRAM leaves them at 0
  unsigned interrupt_waits = 0;
  bool waited_for_nothing = false;  ///< wait_interrupt with nothing under way that could end it
  bool started_before_fence = false;

 private:
  struct Core {
    std::map<std::uint32_t, std::uint32_t> registers;
    std::array<std::vector<std::uint8_t>, 2> inputs;
    std::array<std::vector<std::uint8_t>, 2> outputs;
    std::map<std::uint32_t, std::uint32_t> targets;
    std::map<std::uint32_t, std::uint32_t> verified;
    std::map<std::uint32_t, std::uint16_t> reports;
    bool aborted = false;
    std::uint64_t awake_at = UINT64_MAX;
    std::uint64_t busy_until = 0;
    std::function<void()> finish;  ///< set while a command runs
    std::map<std::uint32_t, std::uint32_t> frozen;
  };

  void reset_core(unsigned core, std::uint32_t geometry);
  void tick();
  bool admit();
  neurram_error read(std::uint64_t address, std::uint32_t* value);
  neurram_error write(std::uint64_t address, std::uint32_t value);
  neurram_error burst(std::uint64_t address, std::uint8_t* data, std::size_t bytes, bool write);
  neurram_error fence();
  neurram_error wait_interrupt();

  neurram_error chip_read(std::uint32_t offset, std::uint32_t* value);
  neurram_error chip_write(std::uint32_t offset, std::uint32_t value);
  neurram_error core_read(unsigned core, std::uint32_t offset, std::uint32_t* value);
  neurram_error core_write(unsigned core, std::uint32_t offset, std::uint32_t value);
  neurram_error core_burst(unsigned core, std::uint32_t offset, std::uint8_t* data,
                           std::size_t bytes, bool write);
  neurram_error cells(unsigned core, std::uint32_t first, std::uint8_t* data, std::size_t bytes,
                      bool write);
  neurram_error reports(unsigned core, std::uint32_t first, std::uint8_t* data, std::size_t bytes,
                        bool write);

  neurram_error chip_fault(std::uint32_t bits, std::uint32_t offset);
  neurram_error core_fault(unsigned core, std::uint32_t bits, std::uint32_t offset);
  neurram_error refusal() const { return silent_refusals ? NEURRAM_OK : NEURRAM_ERROR_BUS; }

  bool busy(unsigned core) const { return static_cast<bool>(cores_[core].finish); }
  bool awake(unsigned core) const { return now_ >= cores_[core].awake_at; }
  std::uint32_t status(unsigned core) const;
  bool interrupt_line() const;
  std::uint32_t refusal_of_start(unsigned core);
  void begin(unsigned core, std::function<void()> finish);
  void convert(unsigned core);
  void program(unsigned core);
  void form(unsigned core);
  /// The cells of the programming window, as 256 * row + column.
  std::vector<std::uint32_t> window_cells(unsigned core) const;
  neurram_error start_group();
  neurram_error control(unsigned core, std::uint32_t value);

  std::map<std::uint32_t, std::uint32_t> chip_;
  std::vector<Core> cores_;
  std::uint64_t now_ = 0;
  std::vector<std::function<neurram_error()>> posted_;
};
