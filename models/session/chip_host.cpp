#include "models/session/chip_host.h"

#include "models/base/error.h"
#include "models/core/registers.h"
#include "models/core/rram_array.h"
#include "models/core/transaction.h"

// libsystemc's own main looks for it; a program with a main of its own never gets there, and one
// with an sc_main of its own keeps that.
__attribute__((weak)) int sc_main(int, char*[]) {
  return 1;
}

namespace neurram::session {

ChipHost::ChipHost(const sc_core::sc_module_name& name,
                   const runtime::DigitalParameters& parameters, ledger::Ledger& ledger)
    : sc_module(name), parameters_(parameters), ledger_(ledger) {
  SC_THREAD(run);
  set_stack_size(std::size_t{1} << 20);
}

void ChipHost::execute(const std::function<void()>& work) {
  work_ = &work;
  failure_ = nullptr;
  begin_.notify(sc_core::SC_ZERO_TIME);
  sc_core::sc_start();
  if (work_ != nullptr)
    throw Error(
        "the simulation stopped before the host's work was done: it waits for an interrupt that "
        "never comes");
  if (failure_) std::rethrow_exception(failure_);
}

void ChipHost::run() {
  for (;;) {
    if (work_ == nullptr) wait(begin_);
    // The kernel would take an exception for its own: it crosses to execute() by hand.
    try {
      (*work_)();
    } catch (...) {
      failure_ = std::current_exception();
    }
    burst_end_ = local_;
    synchronise();
    work_ = nullptr;
    sc_core::sc_pause();
  }
}

std::int64_t ChipHost::now_ps() const {
  return core::local_time_ps(local_);
}

void ChipHost::synchronise() {
  const sc_core::sc_time ahead = local_;
  local_ = sc_core::SC_ZERO_TIME;
  burst_end_ = burst_end_ > ahead ? burst_end_ - ahead : sc_core::SC_ZERO_TIME;
  if (ahead != sc_core::SC_ZERO_TIME) wait(ahead);
}

void ChipHost::catch_up(const sc_core::sc_time& passed, const sc_core::sc_time& present) {
  for (sc_core::sc_time* offset : {&local_, &burst_end_}) {
    if (offset != &present) *offset = *offset > passed ? *offset - passed : sc_core::SC_ZERO_TIME;
  }
}

void ChipHost::compute(std::int64_t operations) {
  const double n = static_cast<double>(operations);
  ledger::Record record;
  record.kind = ledger::Kind::kDigital;
  record.start_ps = now_ps();
  record.cost[ledger::Component::kDigital] = Femtojoules::from_joules(n * parameters_.operation_j);
  record.cost[ledger::Phase::kDigital] =
      Picoseconds::from_seconds(n / parameters_.operations_per_s);
  record.end_ps = record.start_ps + record.cost[ledger::Phase::kDigital].value;
  local_ += core::time_from_ps(record.cost[ledger::Phase::kDigital].value);
  ledger_.add(record);
}

neurram_error ChipHost::transport(tlm::tlm_command command, std::uint64_t address, void* data,
                                  std::size_t bytes, sc_core::sc_time& delay) {
  payload_.set_command(command);
  payload_.set_address(address);
  payload_.set_data_ptr(static_cast<unsigned char*>(data));
  payload_.set_data_length(static_cast<unsigned>(bytes));
  payload_.set_streaming_width(static_cast<unsigned>(bytes));
  payload_.set_byte_enable_ptr(nullptr);
  payload_.set_dmi_allowed(false);
  payload_.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  const sc_core::sc_time called = sc_core::sc_time_stamp();
  socket->b_transport(payload_, delay);
  // A chip that passes operations in simulated time has let the kernel catch up. `delay` knows, the
  // other offsets do not.
  const sc_core::sc_time passed = sc_core::sc_time_stamp() - called;
  if (passed != sc_core::SC_ZERO_TIME) catch_up(passed, delay);
  return payload_.is_response_ok() ? NEURRAM_OK : NEURRAM_ERROR_BUS;
}

neurram_bus ChipHost::bus() {
  return {this,
          &ChipHost::read32,
          &ChipHost::write32,
          &ChipHost::write_burst,
          &ChipHost::read_burst,
          &ChipHost::fence,
          &ChipHost::wait_interrupt};
}

neurram_error ChipHost::read32(void* self, std::uint64_t address, std::uint32_t* value) {
  auto& host = *static_cast<ChipHost*>(self);
  return host.transport(tlm::TLM_READ_COMMAND, address, value, sizeof *value, host.local_);
}

neurram_error ChipHost::write32(void* self, std::uint64_t address, std::uint32_t value) {
  auto& host = *static_cast<ChipHost*>(self);
  return host.transport(tlm::TLM_WRITE_COMMAND, address, &value, sizeof value, host.local_);
}

neurram_error ChipHost::post(tlm::tlm_command command, std::uint64_t address, void* data,
                             std::size_t bytes) {
  sc_core::sc_time end = local_;  // each burst starts now; they end side by side
  const neurram_error error = transport(command, address, data, bytes, end);
  if (end > burst_end_) burst_end_ = end;
  if (burst_error_ == NEURRAM_OK) burst_error_ = error;
  return error;
}

neurram_error ChipHost::write_burst(void* self, std::uint64_t address, const void* data,
                                    std::size_t bytes) {
  return static_cast<ChipHost*>(self)->post(tlm::TLM_WRITE_COMMAND, address,
                                            const_cast<void*>(data), bytes);
}

neurram_error ChipHost::read_burst(void* self, std::uint64_t address, void* data,
                                   std::size_t bytes) {
  return static_cast<ChipHost*>(self)->post(tlm::TLM_READ_COMMAND, address, data, bytes);
}

neurram_error ChipHost::fence(void* self) {
  auto& host = *static_cast<ChipHost*>(self);
  if (host.burst_end_ > host.local_) host.local_ = host.burst_end_;
  const neurram_error error = host.burst_error_;
  host.burst_error_ = NEURRAM_OK;
  return error;
}

neurram_error ChipHost::wait_interrupt(void* self) {
  auto& host = *static_cast<ChipHost*>(self);
  if (!host.interrupt.read()) {
    // The kernel comes to the interrupt from behind the host's local time: one wait, and what is
    // left of the offset after it.
    const sc_core::sc_time target = sc_core::sc_time_stamp() + host.local_;
    if (host.look_) {
      host.wait(host.look_period_, host.interrupt.posedge_event());
    } else {
      host.wait(host.interrupt.posedge_event());
    }
    const sc_core::sc_time now = sc_core::sc_time_stamp();
    const sc_core::sc_time burst_target = target - host.local_ + host.burst_end_;
    host.local_ = target > now ? target - now : sc_core::SC_ZERO_TIME;
    host.burst_end_ = burst_target > now ? burst_target - now : sc_core::SC_ZERO_TIME;
  }
  host.synchronise();
  if (host.look_) host.look_();
  return NEURRAM_OK;
}

void ChipHost::watch(std::int64_t period_ps, std::function<void()> look) {
  look_period_ = core::time_from_ps(period_ps);
  look_ = std::move(look);
}

void ChipHost::debug(tlm::tlm_command command, std::uint32_t core, int row, int column, int count,
                     void* data) {
  constexpr std::uint64_t kCellBytes = 4;
  const auto cell =
      static_cast<std::uint64_t>(row) * core::kCellRowStride + static_cast<std::uint64_t>(column);
  payload_.set_command(command);
  payload_.set_address(map::core_window(core) + map::core::kConductance + kCellBytes * cell);
  payload_.set_data_ptr(static_cast<unsigned char*>(data));
  payload_.set_data_length(static_cast<unsigned>(kCellBytes * static_cast<std::uint64_t>(count)));
  if (socket->transport_dbg(payload_) != payload_.get_data_length()) {
    SC_REPORT_ERROR("neurram/session/cells", "cells outside the array");
  }
}

void ChipHost::peek_cells(std::uint32_t core, int row, int column, int count, std::uint32_t* g_ps) {
  debug(tlm::TLM_READ_COMMAND, core, row, column, count, g_ps);
}

void ChipHost::poke_cells(std::uint32_t core, int row, int column, int count,
                          const std::uint32_t* g_ps) {
  debug(tlm::TLM_WRITE_COMMAND, core, row, column, count, const_cast<std::uint32_t*>(g_ps));
}

}  // namespace neurram::session
