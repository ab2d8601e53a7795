#include "models/chip/host_port.h"

#include <cstring>

#include "models/core/transaction.h"

namespace neurram::chip {

namespace regs = map::chip;

HostPort::HostPort(const sc_core::sc_module_name& name, const ChipParameters& parameters,
                   Rails& rails, Actions actions)
    : sc_module(name), parameters_(parameters), rails_(rails), actions_(std::move(actions)) {
  registers.register_b_transport(this, &HostPort::access);
  registers.register_transport_dbg(this, &HostPort::debug);
  file_[regs::kCoreCount] = static_cast<std::uint32_t>(parameters.core_count);
  file_[regs::kPlace] =
      regs::Place::GridRows::set(0, static_cast<std::uint32_t>(parameters.grid_rows)) |
      regs::Place::GridColumns::set(0, static_cast<std::uint32_t>(parameters.grid_columns));
  start_cores_.reserve(static_cast<std::size_t>(parameters.core_count));
  SC_METHOD(drive_interrupt);
  sensitive << interrupt_changed_;
  dont_initialize();
}

void HostPort::access(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  const std::uint64_t address = payload.get_address();
  const auto offset = static_cast<std::uint32_t>(address);
  if (!core::is_word_access(payload)) return raise(regs::Error::BadAccess::kMask, address);
  if (address >= core::RegisterFile::kBytes || !file_.entry(offset).exists) {
    payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    return raise(regs::Error::BadAddress::kMask, address);
  }
  bool done = true;
  if (payload.is_read()) {
    const std::uint32_t value = read(offset);
    std::memcpy(payload.get_data_ptr(), &value, sizeof value);
  } else if (payload.is_write()) {
    std::uint32_t value = 0;
    std::memcpy(&value, payload.get_data_ptr(), sizeof value);
    ledger::Cost cost;
    done = write(offset, value, core::local_time_ps(delay), cost);
    core::charge(payload, cost);
  }
  payload.set_response_status(done ? tlm::TLM_OK_RESPONSE : tlm::TLM_GENERIC_ERROR_RESPONSE);
}

std::uint32_t HostPort::read(std::uint32_t offset) const {
  if (file_.entry(offset).access == map::Access::kWriteOnly) return 0;
  if (offset == regs::kRailSelect) return rails_.selected();
  if (offset == regs::kDmiGrants) return static_cast<std::uint32_t>(actions_.dmi_grants());
  return file_[offset];
}

bool HostPort::write(std::uint32_t offset, std::uint32_t value, std::int64_t now_ps,
                     ledger::Cost& cost) {
  const core::RegisterFile::Entry& entry = file_.entry(offset);
  const std::int64_t raised = raised_;
  if (entry.access == map::Access::kReadOnly) {
    raise(regs::Error::ReadOnly::kMask, offset);
  } else if (offset == regs::kError) {
    file_[offset] &= ~value;
    if (file_[offset] == 0) file_[regs::kErrorAddress] = 0;
  } else if (offset == regs::kRailSelect) {
    actions_.select_rails(regs::RailSelect::Set::get(value), now_ps);
  } else if (offset == regs::kStart) {
    write_start(value, now_ps, cost);
  } else if (offset >= regs::rail_v_read_plus(0)) {
    if (rails_.write(offset, value)) {
      file_[offset] = value;
    } else {
      raise(regs::Error::BadAccess::kMask, offset);
    }
  } else {
    file_[offset] = value & entry.mask;
    interrupt_changed_.notify(sc_core::SC_ZERO_TIME);
  }
  return raised_ == raised;
}

void HostPort::write_start(std::uint32_t value, std::int64_t now_ps, ledger::Cost& cost) {
  if (!regs::Start::Go::get(value)) return;
  start_cores_.clear();
  for (std::uint32_t c = 0; c < static_cast<std::uint32_t>(parameters_.core_count); ++c) {
    if ((file_[regs::start_mask(c / 32)] >> (c % 32) & 1u) != 0) start_cores_.push_back(c);
  }
  if (start_cores_.empty()) return raise(regs::Error::BadAccess::kMask, regs::kStart);
  cost = actions_.start(start_cores_, now_ps);
}

void HostPort::raise(std::uint32_t bits, std::uint64_t address) {
  ++raised_;
  if (file_[regs::kError] == 0) file_[regs::kErrorAddress] = static_cast<std::uint32_t>(address);
  file_[regs::kError] |= bits;
}

void HostPort::set_interrupt(std::uint32_t core, bool level) {
  std::uint32_t& word = file_[regs::interrupt_pending(core / 32)];
  const std::uint32_t bit = 1u << (core % 32);
  word = level ? word | bit : word & ~bit;
  interrupt_changed_.notify();  // within this delta: one process activation less on every command
}

bool HostPort::interrupt_level() const {
  if (!regs::InterruptEnable::Line::get(file_[regs::kInterruptEnable])) return false;
  for (std::uint32_t w = 0; w < regs::kInterruptPendingCount[0]; ++w) {
    if (file_[regs::interrupt_pending(w)] != 0) return true;
  }
  return false;
}

void HostPort::drive_interrupt() {
  if (interrupt.size() != 0) interrupt->write(interrupt_level());
}

unsigned HostPort::debug(tlm::tlm_generic_payload& payload) {
  const std::uint64_t offset = payload.get_address();
  if (payload.is_write() || payload.get_data_length() != 4 || offset % 4 != 0) return 0;
  if (offset >= core::RegisterFile::kBytes ||
      !file_.entry(static_cast<std::uint32_t>(offset)).exists)
    return 0;
  const std::uint32_t value = read(static_cast<std::uint32_t>(offset));
  std::memcpy(payload.get_data_ptr(), &value, sizeof value);
  return 4;
}

}  // namespace neurram::chip
