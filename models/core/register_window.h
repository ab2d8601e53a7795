#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>
#include <systemc>

#include "models/base/zeroed.h"
#include "models/core/interfaces.h"
#include "models/core/register_file.h"

namespace neurram::core {

/// A core's controller as its register file sees it.
class CommandPort {
 public:
  virtual ~CommandPort() = default;
  /// Ends the running command if it is over at now_ps.
  virtual void advance(std::int64_t now_ps) = 0;
  [[nodiscard]] virtual bool running() const = 0;
  [[nodiscard]] virtual bool powered(std::int64_t now_ps) const = 0;
  /// These return what the command costs as far as that is known; nothing if it is refused.
  virtual ledger::Cost start(std::int64_t now_ps) = 0;
  virtual ledger::Cost program(std::int64_t now_ps) = 0;
  virtual ledger::Cost form(std::int64_t now_ps) = 0;
  /// Ends a running program after the row at work; nothing if none runs.
  virtual void abort() = 0;
  virtual void power(bool on, std::int64_t now_ps) = 0;
};

/// The register file of a core: its window on the host's side. Registers are those of
/// registers.toml; the banks hold codes, and accesses to CONDUCTANCE pass on to the cells.
class Registers : public sc_core::sc_module {
 public:
  /// The core's window of 1 MiB.
  tlm_utils::simple_target_socket<Registers> host{"host"};
  /// To the array, addresses as in CONDUCTANCE.
  tlm_utils::simple_initiator_socket<Registers> cells{"cells"};

  Registers(const sc_core::sc_module_name& name, const CoreParameters& parameters,
            std::uint32_t index);

  /// Wires to the controller and the chip; before simulation starts.
  void connect(CommandPort& controller, ChipServices& chip);

  // The controller's side.
  [[nodiscard]] const SlotSettings& slot_settings(int slot) const;
  /// Counts writes to a slot that change its plan.
  [[nodiscard]] std::uint64_t slot_version(int slot) const {
    return slot_versions_[static_cast<std::size_t>(slot)];
  }
  [[nodiscard]] std::uint64_t operation_id(int slot) const;
  void set_operation_id(int slot, std::uint64_t id);
  [[nodiscard]] int armed_slot() const;
  [[nodiscard]] int armed_input_bank() const;
  [[nodiscard]] int armed_output_bank() const;
  [[nodiscard]] std::uint32_t batch() const { return file_[map::core::kBatch]; }
  [[nodiscard]] array::CellWindow program_window() const;
  [[nodiscard]] const std::uint8_t* input_bank(int bank) const {
    return banks_[static_cast<std::size_t>(bank)].data();
  }
  [[nodiscard]] std::int16_t* output_bank(int bank);
  /// Locks the banks of a running command against the bus; -1: none.
  void lock_banks(int input_bank, int output_bank);
  /// A command has ended: DONE, counters, interrupt.
  void command_done(Femtojoules energy, std::int64_t cycles, std::int64_t vectors);
  /// Drives the interrupt output by INTERRUPT_STATUS and INTERRUPT_ENABLE.
  void update_interrupt();
  void set_program_failed(std::int64_t count) {
    file_[map::core::kProgramFailed] = static_cast<std::uint32_t>(count);
  }
  void set_program_progress(int row, int pass, std::int64_t pulses);
  void set_program_pulses(std::int64_t pulses) {
    file_[map::core::kProgramPulses] = static_cast<std::uint32_t>(pulses);
  }
  void set_aborted(bool aborted) { aborted_ = aborted; }
  /// A command of the armed slot has filled its output bank, with so many comparisons per vector.
  void filled_output(double comparisons_per_vector);
  /// Sets bits of ERROR; `offset` is kept if they are the first.
  void raise(ErrorBits bits, std::uint32_t offset);

  /// For the shift chain that moves a bank's codes.
  [[nodiscard]] BankShape bank_shape(std::uint32_t offset) const;
  [[nodiscard]] std::int64_t dmi_grants() const { return dmi_grants_; }

 private:
  void access(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  void access_register(tlm::tlm_generic_payload& payload, std::int64_t now_ps);
  void access_memory(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay,
                     std::int64_t now_ps);
  [[nodiscard]] std::uint32_t peek_register(std::uint32_t offset, std::int64_t now_ps) const;
  /// False if the write was refused. `cost`: of the command that it started.
  [[nodiscard]] bool write_register(std::uint32_t offset, std::uint32_t value, std::int64_t now_ps,
                                    ledger::Cost& cost);
  [[nodiscard]] ledger::Cost write_control(std::uint32_t value, std::int64_t now_ps);
  void reset_registers();
  unsigned debug(tlm::tlm_generic_payload& payload);
  bool direct_memory(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi);
  /// Bank (0, 1 input; 2, 3 output) that holds [offset, offset + length), or -1.
  [[nodiscard]] static int bank_at(std::uint64_t offset, unsigned length);
  [[nodiscard]] SlotSettings decode_slot(int slot) const;

  const CoreParameters& parameters_;
  std::uint32_t index_;
  CommandPort* controller_ = nullptr;
  ChipServices* chip_ = nullptr;
  RegisterFile file_{map::core::kRegisters};
  std::array<ZeroedArray<std::uint8_t>, 4> banks_;  ///< two of inputs, two of outputs
  std::array<int, 2> locked_ = {-1, -1};            ///< banks_ indices of the running command
  std::array<std::uint64_t, map::core::kSlotModeCount[0]> slot_versions_{};
  mutable std::array<SlotSettings, map::core::kSlotModeCount[0]>
      decoded_;  ///< of decoded_versions_
  mutable std::array<std::uint64_t, map::core::kSlotModeCount[0]> decoded_versions_{};
  std::array<std::uint64_t, 3> counters_{};  ///< energy [fJ], cycles, vectors
  std::array<BankShape, map::core::kOutputBankCount> output_shapes_{};  ///< of what fills the banks
  std::int64_t dmi_grants_ = 0;
  std::int64_t raised_ = 0;  ///< errors so far: tells whether a command was refused
  bool interrupt_level_ = false;
  bool aborted_ = false;
};

}  // namespace neurram::core
