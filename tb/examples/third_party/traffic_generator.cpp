#include "traffic_generator.h"

#include <cstring>

namespace {

// The address map, from the register reference.
constexpr std::uint64_t kWindow = 0x100000;
constexpr std::uint64_t kCore = 7;
constexpr std::uint64_t kBase = (kCore + 1) * kWindow;
constexpr std::uint64_t kChipId = 0x000, kCoreCount = 0x008, kChipError = 0x010,
                        kChipInterruptEnable = 0x018, kDmiGrants = 0x028, kDecrementPlus = 0x108,
                        kDecrementMinus = 0x10C;
constexpr std::uint64_t kControl = 0x010, kStatus = 0x014, kInterruptEnable = 0x018,
                        kInterruptStatus = 0x01C, kError = 0x020, kPower = 0x028, kBatch = 0x030,
                        kProgramOrigin = 0x034, kProgramSize = 0x038;
constexpr std::uint64_t kSlotOperationId = 0x400, kSlotMode = 0x408, kSlotBits = 0x40C,
                        kSlotRows = 0x420, kSlotColumns = 0x440;
constexpr std::uint64_t kInputBank = 0x20000, kOutputBank = 0x60000, kConductance = 0xA0000;

constexpr std::uint32_t kChipIdentity = 0x4E524D43;
constexpr std::uint32_t kStart = 1, kProgram = 2, kPowered = 4, kDone = 1;
constexpr std::uint32_t kDifferential = 1u << 2, kSigned = 1u << 3;

// The task: 32 signed inputs of 3 bits and sign, 24 outputs of 7 bits.
constexpr unsigned kInputs = 32, kOutputs = 24, kRows = 2 * kInputs;
constexpr double kReadVoltage = 0.5, kDecrement = 0.025;  // volts

int code(unsigned i) {
  return static_cast<int>((5 * i + 3) % 15) - 7;
}

/// Conductance of a cell [pS]: a weight in -1 … 1 pulls the two cells of a pair apart.
std::uint32_t target_ps(unsigned row, unsigned column) {
  const double weight = (static_cast<int>((7 * (row / 2) + 4 * column) % 15) - 7) / 7.0;
  const double share = row % 2 == 0 ? weight : -weight;
  return static_cast<std::uint32_t>(1e6 * (20 + 19 * share));
}

/// Word `index` of a mask whose first `total` bits are set.
std::uint32_t mask_word(unsigned index, unsigned total) {
  std::uint32_t word = 0;
  for (unsigned b = 0; b < 32 && 32 * index + b < total; ++b) word |= 1u << b;
  return word;
}

void fill(tlm::tlm_generic_payload& payload, tlm::tlm_command command, std::uint64_t address,
          void* data, unsigned bytes) {
  payload.set_command(command);
  payload.set_address(address);
  payload.set_data_ptr(static_cast<unsigned char*>(data));
  payload.set_data_length(bytes);
  payload.set_streaming_width(bytes);
  payload.set_byte_enable_ptr(nullptr);
  payload.set_dmi_allowed(false);
  payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
}

}  // namespace

TrafficGenerator::TrafficGenerator(const sc_core::sc_module_name& name) : sc_module(name) {
  socket.register_nb_transport_bw(this, &TrafficGenerator::response);
  socket.register_invalidate_direct_mem_ptr(this, &TrafficGenerator::invalidate);
  SC_THREAD(run);
}

void TrafficGenerator::run() {
  prepare();
  expect();
  for (const Way way : {Way::kBlocking, Way::kNonBlocking, Way::kDirect}) multiply(way);
  finished = true;
  sc_core::sc_stop();
}

void TrafficGenerator::prepare() {
  check(read(kChipId) == kChipIdentity, "no chip at address 0");
  std::uint32_t word = 0;
  const std::uint64_t beyond = (read(kCoreCount) + 1) * kWindow;
  for (const auto status : {blocking(tlm::TLM_READ_COMMAND, beyond, &word, 4),
                            non_blocking(tlm::TLM_READ_COMMAND, beyond, &word, 4)}) {
    check(status == tlm::TLM_ADDRESS_ERROR_RESPONSE,
          "an address behind the last core was answered");
  }
  write(kChipError, read(kChipError));

  write(kBase + kPower, 1);
  while ((read(kBase + kStatus) & kPowered) == 0) wait(100, sc_core::SC_NS);
  write(kChipInterruptEnable, 1);
  write(kBase + kInterruptEnable, kDone);

  std::vector<std::uint32_t> row(kOutputs);
  for (unsigned r = 0; r < kRows; ++r) {
    for (unsigned c = 0; c < kOutputs; ++c) row[c] = target_ps(r, c);
    access(tlm::TLM_WRITE_COMMAND, kBase + kConductance + 4u * 256u * r, row.data(), 4 * kOutputs);
  }
  write(kBase + kProgramOrigin, 0);
  write(kBase + kProgramSize, kOutputs << 16 | kRows);
  write(kBase + kControl, kProgram);
  if (!interrupt.read()) wait(interrupt.posedge_event());
  write(kBase + kInterruptStatus, kDone);

  write(kDecrementPlus, static_cast<std::uint32_t>(1e6 * kDecrement));
  write(kDecrementMinus, static_cast<std::uint32_t>(1e6 * kDecrement));
  write(kBase + kSlotMode, kDifferential | kSigned);
  write(kBase + kSlotBits, 7u << 8 | 4u);
  for (unsigned w = 0; w < 8; ++w) {
    write(kBase + kSlotRows + 4 * w, mask_word(w, kRows));
    write(kBase + kSlotColumns + 4 * w, mask_word(w, kOutputs));
  }
  write(kBase + kBatch, 1);
}

void TrafficGenerator::expect() {
  std::vector<std::uint32_t> row(kOutputs);
  std::vector<double> charge(kOutputs), sum(kOutputs);
  for (unsigned r = 0; r < kRows; ++r) {
    access(tlm::TLM_READ_COMMAND, kBase + kConductance + 4u * 256u * r, row.data(), 4 * kOutputs);
    for (unsigned c = 0; c < kOutputs; ++c) {
      charge[c] += (r % 2 == 0 ? 1.0 : -1.0) * code(r / 2) * row[c];
      sum[c] += row[c];
    }
  }
  for (unsigned c = 0; c < kOutputs; ++c)
    expected.push_back(charge[c] / sum[c] * kReadVoltage / kDecrement);
}

void TrafficGenerator::multiply(Way way) {
  way_ = way;
  Product product;
  product.way = way == Way::kBlocking      ? "b_transport"
                : way == Way::kNonBlocking ? "nb_transport"
                                           : "DMI";
  std::vector<std::int8_t> codes;
  for (unsigned i = 0; i < kInputs; ++i) codes.push_back(static_cast<std::int8_t>(code(i)));
  product.codes.resize(kOutputs);

  write(kBase + kSlotOperationId,
        1);  // noise is a function of it: the same product gives the same codes
  const sc_core::sc_time begin = sc_core::sc_time_stamp();
  access(tlm::TLM_WRITE_COMMAND, kBase + kInputBank, codes.data(), kInputs);
  write(kBase + kControl, kStart);
  if (!interrupt.read()) wait(interrupt.posedge_event());
  access(tlm::TLM_READ_COMMAND, kBase + kOutputBank, product.codes.data(), 2 * kOutputs);
  product.duration_us = (sc_core::sc_time_stamp() - begin) / sc_core::sc_time(1, sc_core::SC_US);
  write(kBase + kInterruptStatus, kDone);

  check(read(kBase + kError) == 0, product.way + ": the core reports an error");
  check(read(kDmiGrants) == (way == Way::kDirect ? 2 : 0), product.way + ": number of DMI grants");
  products.push_back(std::move(product));
  way_ = Way::kBlocking;
}

void TrafficGenerator::write(std::uint64_t address, std::uint32_t value) {
  access(tlm::TLM_WRITE_COMMAND, address, &value, sizeof value);
}

std::uint32_t TrafficGenerator::read(std::uint64_t address) {
  std::uint32_t value = 0;
  access(tlm::TLM_READ_COMMAND, address, &value, sizeof value);
  return value;
}

void TrafficGenerator::access(tlm::tlm_command command, std::uint64_t address, void* data,
                              unsigned bytes) {
  if (way_ == Way::kDirect && direct(command, address, data, bytes)) return;
  const tlm::tlm_response_status status = way_ == Way::kNonBlocking
                                              ? non_blocking(command, address, data, bytes)
                                              : blocking(command, address, data, bytes);
  check(status == tlm::TLM_OK_RESPONSE, "access to " + std::to_string(address) + " failed");
}

tlm::tlm_response_status TrafficGenerator::blocking(tlm::tlm_command command, std::uint64_t address,
                                                    void* data, unsigned bytes) {
  tlm::tlm_generic_payload payload;
  fill(payload, command, address, data, bytes);
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  socket->b_transport(payload, delay);
  wait(delay);
  return payload.get_response_status();
}

tlm::tlm_response_status TrafficGenerator::non_blocking(tlm::tlm_command command,
                                                        std::uint64_t address, void* data,
                                                        unsigned bytes) {
  tlm::tlm_generic_payload& payload = *pool_.take();
  payload.acquire();
  fill(payload, command, address, data, bytes);
  tlm::tlm_phase phase = tlm::BEGIN_REQ;
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  const tlm::tlm_sync_enum sync = socket->nb_transport_fw(payload, phase, delay);
  if (sync == tlm::TLM_COMPLETED) {
    wait(delay);
  } else {
    if (sync == tlm::TLM_UPDATED && phase == tlm::BEGIN_RESP) {
      wait(delay);
    } else {
      wait(responded_);
    }
    phase = tlm::END_RESP;
    delay = sc_core::SC_ZERO_TIME;
    socket->nb_transport_fw(payload, phase, delay);
  }
  const tlm::tlm_response_status status = payload.get_response_status();
  payload.release();
  return status;
}

tlm::tlm_sync_enum TrafficGenerator::response(tlm::tlm_generic_payload& /*payload*/,
                                              tlm::tlm_phase& phase, sc_core::sc_time& delay) {
  if (phase == tlm::BEGIN_RESP) responded_.notify(delay);
  return tlm::TLM_ACCEPTED;
}

bool TrafficGenerator::direct(tlm::tlm_command command, std::uint64_t address, void* data,
                              unsigned bytes) {
  const bool is_write = command == tlm::TLM_WRITE_COMMAND;
  const auto covers = [&](const tlm::tlm_dmi& dmi) {
    return dmi.get_start_address() <= address && address + bytes - 1 <= dmi.get_end_address() &&
           (is_write ? dmi.is_write_allowed() : dmi.is_read_allowed());
  };
  const tlm::tlm_dmi* found = nullptr;
  for (const tlm::tlm_dmi& dmi : pointers_) found = covers(dmi) ? &dmi : found;
  if (found == nullptr) {
    tlm::tlm_generic_payload payload;
    fill(payload, command, address, nullptr, 0);
    tlm::tlm_dmi dmi;
    if (!socket->get_direct_mem_ptr(payload, dmi) || !covers(dmi)) return false;
    pointers_.push_back(dmi);
    found = &pointers_.back();
  }
  unsigned char* memory = found->get_dmi_ptr() + (address - found->get_start_address());
  if (is_write) {
    std::memcpy(memory, data, bytes);
    wait(found->get_write_latency());
  } else {
    std::memcpy(data, memory, bytes);
    wait(found->get_read_latency());
  }
  return true;
}

void TrafficGenerator::invalidate(sc_dt::uint64 start, sc_dt::uint64 end) {
  std::vector<tlm::tlm_dmi> kept;
  for (const tlm::tlm_dmi& dmi : pointers_) {
    if (dmi.get_end_address() < start || dmi.get_start_address() > end) kept.push_back(dmi);
  }
  pointers_ = kept;
}

void TrafficGenerator::check(bool condition, const std::string& what) {
  if (!condition) faults.push_back(what);
}

tlm::tlm_generic_payload* TrafficGenerator::Pool::take() {
  if (free_.empty()) return new tlm::tlm_generic_payload(this);
  tlm::tlm_generic_payload* payload = free_.back();
  free_.pop_back();
  return payload;
}

void TrafficGenerator::Pool::free(tlm::tlm_generic_payload* payload) {
  payload->reset();
  free_.push_back(payload);
}

TrafficGenerator::Pool::~Pool() {
  for (tlm::tlm_generic_payload* payload : free_) delete payload;
}
