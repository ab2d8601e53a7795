#pragma once

#include <functional>

#include <tlm_utils/simple_initiator_socket.h>
#include <systemc>

#include "models/chip/chip.h"
#include "models/runtime/host.h"
#include "models/runtime/parameters.h"

namespace neurram::session {

/// The computer beside the chip: runs work as a SystemC process, reaches the chip through the
/// driver's bus, and books what it computes itself. Loosely timed: it runs ahead of the kernel by a
/// local offset, which it gives up where it waits for an interrupt.
class ChipHost : public sc_core::sc_module, public runtime::Host {
 public:
  tlm_utils::simple_initiator_socket<ChipHost> socket{"socket"};
  sc_core::sc_in<bool> interrupt{"interrupt"};

  ChipHost(const sc_core::sc_module_name& name, const runtime::DigitalParameters& parameters,
           ledger::Ledger& ledger);

  /// Runs `work` in the host's process to its end; rethrows what it throws.
  void execute(const std::function<void()>& work);

  /// The driver's way to the chip. Only within execute().
  [[nodiscard]] neurram_bus bus();
  /// Simulated time at the host [ps].
  [[nodiscard]] std::int64_t now_ps() const;
  /// Asked between commands; may throw Interrupted.
  void on_interrupt_check(std::function<void()> check) { interrupt_check_ = std::move(check); }

  /// While the host waits for an interrupt, it wakes every `period_ps` and calls `look`, which may
  /// use the bus. An empty function ends that.
  void watch(std::int64_t period_ps, std::function<void()> look);

  // runtime::Host
  void set_layer(std::int32_t layer) override { ledger_.set_layer(layer); }
  void compute(std::int64_t operations) override;
  void peek_cells(std::uint32_t core, int row, int column, int count, std::uint32_t* g_ps) override;
  void poke_cells(std::uint32_t core, int row, int column, int count,
                  const std::uint32_t* g_ps) override;
  void check_interrupt() override {
    if (interrupt_check_) interrupt_check_();
  }

  SC_HAS_PROCESS(ChipHost);

 private:
  void run();
  void debug(tlm::tlm_command command, std::uint32_t core, int row, int column, int count,
             void* data);
  neurram_error transport(tlm::tlm_command command, std::uint64_t address, void* data,
                          std::size_t bytes, sc_core::sc_time& delay);
  neurram_error post(tlm::tlm_command command, std::uint64_t address, void* data,
                     std::size_t bytes);
  /// The kernel has come closer by `passed`: all offsets but `present`, which knows, shrink.
  void catch_up(const sc_core::sc_time& passed, const sc_core::sc_time& present);
  /// Gives the local offset up to the kernel.
  void synchronise();

  static neurram_error read32(void* self, std::uint64_t address, std::uint32_t* value);
  static neurram_error write32(void* self, std::uint64_t address, std::uint32_t value);
  static neurram_error write_burst(void* self, std::uint64_t address, const void* data,
                                   std::size_t bytes);
  static neurram_error read_burst(void* self, std::uint64_t address, void* data, std::size_t bytes);
  static neurram_error fence(void* self);
  static neurram_error wait_interrupt(void* self);

  const runtime::DigitalParameters& parameters_;
  ledger::Ledger& ledger_;
  std::function<void()> interrupt_check_;
  std::function<void()> look_;
  sc_core::sc_time look_period_;
  tlm::tlm_generic_payload payload_;
  sc_core::sc_time local_;      ///< offset ahead of the kernel
  sc_core::sc_time burst_end_;  ///< offset at which the last posted burst ends
  neurram_error burst_error_ = NEURRAM_OK;
  sc_core::sc_event begin_{"begin"};
  const std::function<void()>* work_ = nullptr;
  std::exception_ptr failure_;
};

}  // namespace neurram::session
