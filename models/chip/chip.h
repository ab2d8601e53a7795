#pragma once

#include <memory>
#include <vector>

#include <systemc>

#include "models/chip/fabric.h"
#include "models/chip/group_sequencer.h"
#include "models/chip/host_port.h"
#include "models/core/core.h"
#include "models/ledger/ledger.h"

namespace neurram::chip {

/// The NeuRRAM chip: 48 cores, the fabric that reaches them, and what they share: rails, supply,
/// the group sequencer, the interrupt.
///
///   host ─► fabric ─┬─► HostPort (chip window) ─► GroupSequencer ─► cores
///                   ├─► core[0]                    Rails, Supply
///                   ┊
///                   └─► core[47]
///
/// An initiator needs only the address map (models/core/registers.md): bind it to `host`.
class Chip : public sc_core::sc_module, private core::ChipServices, private FabricClient {
 public:
  /// The whole address map.
  [[nodiscard]] tlm_utils::simple_target_socket<Fabric>& host() { return fabric_->host; }
  /// Level-sensitive interrupt; may stay unbound.
  [[nodiscard]] auto& interrupt() { return host_port_.interrupt; }

  /// `ledger` outlives the chip and takes what every command costs. `bind` joins every pair of
  /// sockets inside.
  Chip(const sc_core::sc_module_name& name, const ChipParameters& parameters,
       const core::Seeds& seeds, ledger::Ledger& ledger,
       const core::Binder& bind = core::bind_directly);
  ~Chip() override;

  [[nodiscard]] const ChipParameters& parameters() const { return parameters_; }
  [[nodiscard]] int cores() const { return static_cast<int>(cores_.size()); }
  [[nodiscard]] core::Core& core(int index) { return *cores_.at(static_cast<std::size_t>(index)); }
  [[nodiscard]] Rails& rails() { return rails_; }
  /// Time that each core has been powered [ps].
  [[nodiscard]] std::vector<std::int64_t> powered_ps(std::int64_t now_ps) const;

 private:
  ledger::Cost start_group(const std::vector<std::uint32_t>& cores, std::int64_t now_ps);
  void select_rails(std::uint32_t set, std::int64_t now_ps);
  void record_rails(std::int64_t start_ps, std::int64_t duration_ps);

  // core::ChipServices
  ledger::Cost start_alone(std::uint32_t core, std::int64_t now_ps) override;
  [[nodiscard]] core::RailSet rail_set(int index) const override { return rails_.set(index); }
  [[nodiscard]] std::uint64_t rails_version() const override { return rails_.version(); }
  void interrupt(std::uint32_t core, bool level) override { host_port_.set_interrupt(core, level); }
  void open_command(std::uint32_t core) override { sequencer_.note_open(core); }
  void record(const ledger::Record& record) override;
  // FabricClient
  [[nodiscard]] bool paced() const override { return sequencer_.paced(); }
  [[nodiscard]] core::BankShape bank_shape(std::uint32_t core, std::uint32_t offset) const override;

  const ChipParameters parameters_;
  ledger::Ledger& ledger_;
  Rails rails_;
  std::unique_ptr<Supply> supply_;
  GroupSequencer sequencer_;
  HostPort host_port_;
  std::unique_ptr<Fabric> fabric_;
  std::vector<std::unique_ptr<core::Core>> cores_;
  std::vector<std::uint32_t> lone_core_ = {0};
  ledger::Cost caused_;  ///< by the start that is under way
};

}  // namespace neurram::chip
