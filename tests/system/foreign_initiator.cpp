#include "foreign_initiator.h"

namespace {

// From the register reference: core 0's window starts at 1 MiB.
constexpr std::uint64_t kCore = 0x100000;
constexpr std::uint64_t kControl = 0x010, kStatus = 0x014, kInterruptEnable = 0x018,
                        kInterruptStatus = 0x01C;
constexpr std::uint64_t kPower = 0x028, kBatch = 0x030, kProgramOrigin = 0x034,
                        kProgramSize = 0x038;
constexpr std::uint64_t kSlot = 0x400, kInputBank = 0x20000, kOutputBank = 0x60000,
                        kConductance = 0xA0000;
constexpr std::uint64_t kChipInterruptEnable = 0x018;

std::uint32_t ones(unsigned from, unsigned total) {
  std::uint32_t word = 0;
  for (unsigned b = 0; b < 32 && from + b < total; ++b) word |= 1u << b;
  return word;
}

}  // namespace

ForeignInitiator::ForeignInitiator(const sc_core::sc_module_name& name, Task task)
    : sc_module(name), task_(std::move(task)) {
  SC_THREAD(run);
}

void ForeignInitiator::burst(tlm::tlm_command command, std::uint64_t address, void* data,
                             unsigned bytes) {
  tlm::tlm_generic_payload payload;
  payload.set_command(command);
  payload.set_address(address);
  payload.set_data_ptr(static_cast<unsigned char*>(data));
  payload.set_data_length(bytes);
  payload.set_streaming_width(bytes);
  payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  socket->b_transport(payload, delay);
  if (!payload.is_response_ok()) ++failed_accesses;
  wait(delay);
}

std::uint32_t ForeignInitiator::read(std::uint64_t address) {
  std::uint32_t word = 0;
  burst(tlm::TLM_READ_COMMAND, address, &word, sizeof word);
  return word;
}

void ForeignInitiator::write(std::uint64_t address, std::uint32_t value) {
  burst(tlm::TLM_WRITE_COMMAND, address, &value, sizeof value);
}

void ForeignInitiator::run() {
  write(kCore + kPower, 1);
  while ((read(kCore + kStatus) & 4u) == 0) wait(100, sc_core::SC_NS);
  write(kChipInterruptEnable, 1);
  write(kCore + kInterruptEnable, 1);

  for (unsigned r = 0; r < task_.rows; ++r) {
    burst(tlm::TLM_WRITE_COMMAND, kCore + kConductance + 4u * 256u * r,
          &task_.targets_ps[r * task_.columns], 4 * task_.columns);
  }
  write(kCore + kProgramOrigin, 0);
  write(kCore + kProgramSize, task_.columns << 16 | task_.rows);
  write(kCore + kControl, 2);
  if (!interrupt.read()) wait(interrupt.posedge_event());
  write(kCore + kInterruptStatus, 3);

  write(kCore + kSlot + 0x00, task_.operation_id_low);
  write(kCore + kSlot + 0x08, task_.mode);
  write(kCore + kSlot + 0x0C, task_.bits);
  for (unsigned w = 0; w < 8; ++w) {
    write(kCore + kSlot + 0x20 + 4 * w, ones(32 * w, task_.rows));
    write(kCore + kSlot + 0x40 + 4 * w, ones(32 * w, task_.columns));
  }
  write(kCore + kBatch, 1);
  burst(tlm::TLM_WRITE_COMMAND, kCore + kInputBank, task_.codes.data(),
        static_cast<unsigned>(task_.codes.size()));

  started_ns = sc_core::sc_time_stamp() / sc_core::sc_time(1, sc_core::SC_NS);
  write(kCore + kControl, 1);
  if (!interrupt.read()) wait(interrupt.posedge_event());
  interrupted_ns = sc_core::sc_time_stamp() / sc_core::sc_time(1, sc_core::SC_NS);
  results.resize(task_.columns);
  burst(tlm::TLM_READ_COMMAND, kCore + kOutputBank, results.data(), 2 * task_.columns);
  write(kCore + kInterruptStatus, 3);
  finished = true;
  sc_core::sc_stop();
}
