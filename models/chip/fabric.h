#pragma once

#include <memory>
#include <vector>

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>
#include <systemc>

#include "models/chip/parameters.h"
#include "models/core/interfaces.h"
#include "models/ledger/ledger.h"

namespace neurram::chip {

/// What a fabric asks of its chip.
class FabricClient {
 public:
  virtual ~FabricClient() = default;
  /// Does any operation pass in simulated time? Then an access may not be ahead of it.
  [[nodiscard]] virtual bool paced() const = 0;
  /// How the codes of a core's bank are moved.
  [[nodiscard]] virtual core::BankShape bank_shape(std::uint32_t core,
                                                   std::uint32_t offset) const = 0;
};

/// Routes the host's accesses to the chip's window and to the cores', and charges what moving codes
/// costs. A kind of fabric says how long a bank burst takes and what it costs.
class Fabric : public sc_core::sc_module {
 public:
  /// The chip's address map: window 0 is the chip's own, window i + 1 core i's.
  tlm_utils::simple_target_socket<Fabric> host{"host"};
  /// One per window, in the same order; addresses are offsets in the window.
  std::vector<std::unique_ptr<tlm_utils::simple_initiator_socket<Fabric>>> windows;

  Fabric(const sc_core::sc_module_name& name, const ChipParameters& parameters,
         const FabricClient& chip, ledger::Ledger& ledger);

  /// Accesses that hit no window call this, for the chip's sticky error.
  void on_bad_address(std::function<void(std::uint64_t)> report) {
    bad_address_ = std::move(report);
  }

 protected:
  /// Time and energy of moving `bytes` of a bank of core `core`.
  struct Transfer {
    std::int64_t duration_ps = 0;
    Femtojoules energy;
    int lane = 0;  ///< transfers of one lane are serial
  };
  [[nodiscard]] virtual Transfer transfer(std::uint32_t core, std::uint32_t offset,
                                          std::uint64_t bytes,
                                          const core::BankShape& shape) const = 0;

  const ChipParameters& parameters_;

 private:
  void forward(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  void charge_burst(std::uint32_t core, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned debug(tlm::tlm_generic_payload& payload);
  bool direct_memory(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi);

  const FabricClient& chip_;
  ledger::Ledger& ledger_;
  std::function<void(std::uint64_t)> bad_address_;
  sc_core::sc_time register_time_;
  std::vector<std::int64_t> lane_free_ps_;
  std::int64_t covered_ps_ = 0;  ///< end of the time that bursts have been charged for
};

/// Makes the fabric that parameters.fabric.kind names.
[[nodiscard]] std::unique_ptr<Fabric> make_fabric(const sc_core::sc_module_name& name,
                                                  const ChipParameters& parameters,
                                                  const FabricClient& chip, ledger::Ledger& ledger);

}  // namespace neurram::chip
