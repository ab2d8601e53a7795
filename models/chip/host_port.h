#pragma once

#include <functional>

#include <tlm_utils/simple_target_socket.h>
#include <systemc>

#include "models/chip/group_sequencer.h"
#include "models/chip/rails.h"
#include "models/core/register_file.h"

namespace neurram::chip {

/// The chip's own window: identity, group start, rails, interrupts.
class HostPort : public sc_core::sc_module {
 public:
  /// The window of 1 MiB at address 0.
  tlm_utils::simple_target_socket<HostPort> registers{"registers"};
  /// Level-sensitive interrupt of the chip; may stay unbound.
  sc_core::sc_port<sc_core::sc_signal_inout_if<bool>, 1, sc_core::SC_ZERO_OR_MORE_BOUND> interrupt{
      "interrupt"};

  /// What the port asks the chip to do.
  struct Actions {
    /// Returns what the start cost.
    std::function<ledger::Cost(const std::vector<std::uint32_t>& cores, std::int64_t now_ps)> start;
    std::function<void(std::uint32_t set, std::int64_t now_ps)> select_rails;
    std::function<std::int64_t()> dmi_grants;
  };

  HostPort(const sc_core::sc_module_name& name, const ChipParameters& parameters, Rails& rails,
           Actions actions);

  /// Sets bits of the chip's ERROR; `address` is kept if they are the first.
  void raise(std::uint32_t bits, std::uint64_t address);
  /// A core's interrupt output.
  void set_interrupt(std::uint32_t core, bool level);

  SC_HAS_PROCESS(HostPort);

 private:
  void access(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  [[nodiscard]] std::uint32_t read(std::uint32_t offset) const;
  /// False if the write was refused. `cost`: of the group that it started.
  [[nodiscard]] bool write(std::uint32_t offset, std::uint32_t value, std::int64_t now_ps,
                           ledger::Cost& cost);
  void write_start(std::uint32_t value, std::int64_t now_ps, ledger::Cost& cost);
  /// Level of the interrupt line by INTERRUPT_PENDING and INTERRUPT_ENABLE.
  [[nodiscard]] bool interrupt_level() const;
  void drive_interrupt();
  unsigned debug(tlm::tlm_generic_payload& payload);

  const ChipParameters& parameters_;
  Rails& rails_;
  Actions actions_;
  core::RegisterFile file_{map::chip::kRegisters};
  std::vector<std::uint32_t> start_cores_;
  std::int64_t raised_ = 0;  ///< errors so far: tells whether a write was refused
  sc_core::sc_event interrupt_changed_{
      "interrupt_changed"};  ///< one process drives the line, whoever changed it
};

}  // namespace neurram::chip
