#pragma once

#include <functional>
#include <memory>
#include <vector>

#include <systemc>

#include "models/chip/chip.h"
#include "models/session/chip_host.h"

/// A chip with the ledger on and a host beside it; core 0 holds a random matrix in slot 0, driven
/// line by line (no pairs), so that a 256 x 256 array is a 256 x 256 product. 7-bit signed codes,
/// two phases off: one product per vector. All non-idealities are on.
class Bench {
 public:
  Bench();

  /// Configures slot 0 for a rows x columns window.
  void use(int rows, int columns);
  /// Runs in the host's process.
  void execute(const std::function<void()>& work) { host_->execute(work); }
  /// One command: writes the batch, starts, waits for the interrupt, reads the results; within
  /// execute(). With `banks_only` false, codes stay in the banks: the operation alone.
  void command(std::size_t vectors, bool moves_codes);
  [[nodiscard]] neurram::session::ChipHost& host() { return *host_; }
  [[nodiscard]] neurram::chip::Chip& chip() { return *chip_; }

  static constexpr int kBitsIn = 8;
  static constexpr int kBitsOut = 8;
  neurram::core::CoreParameters parameters;
  neurram::core::Seeds seeds;

  /// The same operation planned outside the chip: what the three functions are called with.
  [[nodiscard]] neurram::core::OperationPlan plan(int rows, int columns);
  std::vector<std::uint8_t> codes;  ///< [largest batch x 256] and spare room

 private:
  neurram::ledger::Ledger ledger_;
  neurram::runtime::DigitalParameters digital_;
  std::unique_ptr<neurram::chip::Chip> chip_;
  std::unique_ptr<neurram::session::ChipHost> host_;
  sc_core::sc_signal<bool> interrupt_{"interrupt"};
  neurram_chip driver_{};
  std::vector<std::int16_t> results_;
  int rows_ = 0;
  int columns_ = 0;
};

/// The one chip of this process.
Bench& bench();
