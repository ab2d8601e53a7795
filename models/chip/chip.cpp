#include "models/chip/chip.h"

#include "models/base/error.h"
#include "models/core/transaction.h"

namespace neurram::chip {

Chip::Chip(const sc_core::sc_module_name& name, const ChipParameters& parameters,
           const core::Seeds& seeds, ledger::Ledger& ledger, const core::Binder& bind)
    : sc_module(name),
      parameters_(parameters),
      ledger_(ledger),
      rails_(parameters_.rails),
      supply_(make_supply(parameters_.supply)),
      sequencer_(parameters_, rails_, *supply_),
      host_port_(
          "host_port", parameters_, rails_,
          {[this](const auto& cores, std::int64_t now_ps) { return start_group(cores, now_ps); },
           [this](std::uint32_t set, std::int64_t now_ps) { select_rails(set, now_ps); },
           [this] {
             std::int64_t grants = 0;
             for (const auto& c : cores_) grants += c->registers.dmi_grants();
             return grants;
           }}),
      fabric_(make_fabric("fabric", parameters_, *this, ledger)) {
  if (sc_core::sc_get_time_resolution() != sc_core::sc_time(1, sc_core::SC_PS)) {
    throw ConfigError("the SystemC time resolution must be 1 ps: the chip counts picoseconds");
  }
  fabric_->on_bad_address([this](std::uint64_t address) {
    host_port_.raise(map::chip::Error::BadAddress::kMask, address);
  });
  bind(*fabric_->windows.front(), host_port_.registers);
  core::ChipServices& services = *this;
  for (int i = 0; i < parameters_.core_count; ++i) {
    cores_.push_back(
        std::make_unique<core::Core>(("core_" + std::to_string(i)).c_str(), parameters_.of_core(i),
                                     static_cast<std::uint32_t>(i), seeds, services, bind));
    bind(*fabric_->windows[static_cast<std::size_t>(i) + 1], cores_.back()->registers.host);
    sequencer_.add_core(cores_.back()->controller);
  }
}

Chip::~Chip() = default;

std::vector<std::int64_t> Chip::powered_ps(std::int64_t now_ps) const {
  std::vector<std::int64_t> times;
  for (const auto& c : cores_) times.push_back(c->controller.powered_ps(now_ps));
  return times;
}

ledger::Cost Chip::start_group(const std::vector<std::uint32_t>& cores, std::int64_t now_ps) {
  for (const auto& c : cores_) c->controller.advance(now_ps);  // others' commands end on their own
  caused_ = ledger::Cost{};
  const GroupSequencer::Outcome outcome = sequencer_.start(cores, now_ps);
  if (outcome.chip_errors != 0) host_port_.raise(outcome.chip_errors, map::chip::kStart);
  record_rails(now_ps, outcome.rails_ps);
  return caused_;
}

void Chip::record_rails(std::int64_t start_ps, std::int64_t duration_ps) {
  if (duration_ps == 0) return;
  ledger::Record record;
  record.kind = ledger::Kind::kRails;
  record.start_ps = start_ps;
  record.end_ps = start_ps + duration_ps;
  record.cost[ledger::Phase::kRails] = Picoseconds(duration_ps);
  caused_ += record.cost;
  ledger_.add(record);
}

ledger::Cost Chip::start_alone(std::uint32_t core, std::int64_t now_ps) {
  lone_core_.front() = core;
  return start_group(lone_core_, now_ps);
}

void Chip::select_rails(std::uint32_t set, std::int64_t now_ps) {
  if (parameters_.rails.scope == RailScope::kChip && sequencer_.any_busy(now_ps)) {
    return host_port_.raise(map::chip::Error::RailsBusy::kMask, map::chip::kRailSelect);
  }
  if (set != Rails::kStandby && set >= Rails::kSets) {
    return host_port_.raise(map::chip::Error::BadAccess::kMask, map::chip::kRailSelect);
  }
  record_rails(now_ps, rails_.select(set));
}

void Chip::record(const ledger::Record& record) {
  caused_ += record.cost;
  sequencer_.note_busy(record.end_ps);
  ledger_.add(record);
}

core::BankShape Chip::bank_shape(std::uint32_t core, std::uint32_t offset) const {
  return cores_[core]->registers.bank_shape(offset);
}

}  // namespace neurram::chip
