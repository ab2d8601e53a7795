#include "models/core/register_window.h"

#include <cstring>

#include "models/core/transaction.h"

namespace neurram::core {
namespace {

namespace regs = map::core;

constexpr std::size_t kSpare = 64;  ///< encode and convert touch whole registers past a bank's end
constexpr std::uint32_t kSlotStride = regs::slot_mode(1) - regs::slot_mode(0);
/// CELL_REPORT follows CONDUCTANCE: one memory to the array.
constexpr std::uint32_t kCellsEnd = regs::kCellReport + regs::kCellReportBytes;
static_assert(regs::kCellReport == regs::kConductance + regs::kConductanceBytes);

constexpr std::uint32_t kSlotsBegin = regs::slot_operation_id_low(0);

ZeroedArray<std::uint8_t> make_bank() {
  return ZeroedArray<std::uint8_t>(regs::kInputBankBytes + kSpare);
}

/// Pairs of counter words: reading the low one freezes the high one.
constexpr std::array<std::uint32_t, 3> kCounterLow = {regs::kEnergyLow, regs::kCyclesLow,
                                                      regs::kVectorsLow};

std::vector<int> lines_of(const RegisterFile& file, std::uint32_t first_word_offset,
                          std::size_t words) {
  std::vector<int> lines;
  for (std::size_t w = 0; w < words; ++w) {
    const std::uint32_t bits = file[first_word_offset + static_cast<std::uint32_t>(4 * w)];
    for (int b = 0; b < 32; ++b) {
      if ((bits >> b & 1u) != 0) lines.push_back(static_cast<int>(32 * w) + b);
    }
  }
  return lines;
}

}  // namespace

Registers::Registers(const sc_core::sc_module_name& name, const CoreParameters& parameters,
                     std::uint32_t index)
    : sc_module(name),
      parameters_(parameters),
      index_(index),
      banks_{{make_bank(), make_bank(), make_bank(), make_bank()}} {
  host.register_b_transport(this, &Registers::access);
  host.register_transport_dbg(this, &Registers::debug);
  host.register_get_direct_mem_ptr(this, &Registers::direct_memory);
  reset_registers();
}

void Registers::connect(CommandPort& controller, ChipServices& chip) {
  controller_ = &controller;
  chip_ = &chip;
}

void Registers::access(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  const std::int64_t now_ps = local_time_ps(delay);
  if (controller_->running()) controller_->advance(now_ps);
  if (payload.get_address() < RegisterFile::kBytes) {
    access_register(payload, now_ps);
  } else {
    access_memory(payload, delay, now_ps);
  }
}

void Registers::access_register(tlm::tlm_generic_payload& payload, std::int64_t now_ps) {
  const auto offset = static_cast<std::uint32_t>(payload.get_address());
  if (!is_word_access(payload)) {
    raise(regs::Error::BadAccess::kMask, offset);
    return;
  }
  if (!file_.entry(offset).exists) {
    raise(regs::Error::BadAddress::kMask, offset);
    payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    return;
  }
  bool done = true;
  ledger::Cost cost;
  if (payload.is_read()) {
    const std::uint32_t value = peek_register(offset, now_ps);
    for (std::size_t i = 0; i < kCounterLow.size(); ++i) {
      if (offset == kCounterLow[i])
        file_[offset + 4] = static_cast<std::uint32_t>(counters_[i] >> 32);
    }
    std::memcpy(payload.get_data_ptr(), &value, sizeof value);
  } else if (payload.is_write()) {
    std::uint32_t value = 0;
    std::memcpy(&value, payload.get_data_ptr(), sizeof value);
    done = write_register(offset, value, now_ps, cost);
    charge(payload, cost);
  }
  payload.set_response_status(done ? tlm::TLM_OK_RESPONSE : tlm::TLM_GENERIC_ERROR_RESPONSE);
}

std::uint32_t Registers::peek_register(std::uint32_t offset, std::int64_t now_ps) const {
  const RegisterFile::Entry& entry = file_.entry(offset);
  if (entry.access == map::Access::kReadWrite) return file_[offset];
  if (entry.access == map::Access::kWriteOnly) return 0;
  if (offset == regs::kStatus) {
    std::uint32_t word = 0;
    word = regs::Status::Busy::set(word, controller_->running());
    word = regs::Status::Done::set(word,
                                   regs::InterruptStatus::Done::get(file_[regs::kInterruptStatus]));
    word = regs::Status::Powered::set(word, controller_->powered(now_ps));
    word = regs::Status::Aborted::set(word, aborted_);
    return regs::Status::Error::set(word, file_[regs::kError] != 0);
  }
  for (std::size_t i = 0; i < kCounterLow.size(); ++i) {
    if (offset == kCounterLow[i]) return static_cast<std::uint32_t>(counters_[i]);
  }
  return file_[offset];
}

bool Registers::write_register(std::uint32_t offset, std::uint32_t value, std::int64_t now_ps,
                               ledger::Cost& cost) {
  const RegisterFile::Entry& entry = file_.entry(offset);
  if (entry.access == map::Access::kReadOnly) {
    raise(regs::Error::ReadOnly::kMask, offset);
    return false;
  }
  if (offset == regs::kControl && regs::Control::Abort::get(value)) {
    controller_->abort();
    return true;
  }
  const bool arms = offset >= kSlotsBegin || offset == regs::kSelect;
  if (controller_->running() && (arms || offset == regs::kControl || offset == regs::kPower)) {
    raise(regs::Error::Busy::kMask, offset);
    return false;
  }
  if (offset == regs::kControl) {
    const std::int64_t raised = raised_;
    cost = write_control(value, now_ps);
    return raised_ == raised;
  }
  if (entry.access == map::Access::kWriteOneToClear) {
    file_[offset] &= ~value;
    if (offset == regs::kError && file_[offset] == 0) file_[regs::kErrorAddress] = 0;
    update_interrupt();
    return true;
  }
  file_[offset] = value & entry.mask;
  if (offset == regs::kPower) controller_->power(regs::Power::On::get(value), now_ps);
  if (offset == regs::kInterruptEnable) update_interrupt();
  if (offset >= kSlotsBegin && entry.base != regs::slot_operation_id_low(0) &&
      entry.base != regs::slot_operation_id_high(0)) {
    ++slot_versions_[(offset - kSlotsBegin) / kSlotStride];
  }
  return true;
}

ledger::Cost Registers::write_control(std::uint32_t value, std::int64_t now_ps) {
  if (regs::Control::Start::get(value)) return controller_->start(now_ps);
  if (regs::Control::Program::get(value)) return controller_->program(now_ps);
  if (regs::Control::Form::get(value)) return controller_->form(now_ps);
  if (regs::Control::Reset::get(value)) reset_registers();
  return {};
}

void Registers::reset_registers() {
  const std::uint32_t power = file_[regs::kPower];
  file_.reset();
  aborted_ = false;
  file_[regs::kPower] = power;
  file_[regs::kIndex] = index_;
  file_[regs::kGeometry] =
      regs::Geometry::Rows::set(0, static_cast<std::uint32_t>(parameters_.array.rows)) |
      regs::Geometry::Columns::set(0, static_cast<std::uint32_t>(parameters_.array.columns));
  for (auto& version : slot_versions_) ++version;
  update_interrupt();
}

void Registers::access_memory(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay,
                              std::int64_t now_ps) {
  const std::uint64_t offset = payload.get_address();
  const unsigned length = payload.get_data_length();
  const auto fail = [&](ErrorBits bits, tlm::tlm_response_status status) {
    raise(bits, static_cast<std::uint32_t>(offset));
    payload.set_response_status(status);
  };
  if (payload.get_byte_enable_ptr() != nullptr) {
    return fail(regs::Error::BadAccess::kMask, tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
  }
  if (length == 0 || payload.get_streaming_width() < length) {
    return fail(regs::Error::BadAccess::kMask, tlm::TLM_BURST_ERROR_RESPONSE);
  }
  const int bank = bank_at(offset, length);
  const bool is_cells = offset >= regs::kConductance && offset + length <= kCellsEnd;
  if (bank < 0 && !is_cells)
    return fail(regs::Error::BadAddress::kMask, tlm::TLM_ADDRESS_ERROR_RESPONSE);
  if (!controller_->powered(now_ps))
    return fail(regs::Error::PoweredOff::kMask, tlm::TLM_GENERIC_ERROR_RESPONSE);
  if (is_cells) {
    if (controller_->running())
      return fail(regs::Error::Busy::kMask, tlm::TLM_GENERIC_ERROR_RESPONSE);
    payload.set_address(offset - regs::kConductance);
    cells->b_transport(payload, delay);
    payload.set_address(offset);
    if (payload.get_response_status() == tlm::TLM_GENERIC_ERROR_RESPONSE) {
      raise(regs::Error::Overflow::kMask, static_cast<std::uint32_t>(offset));
    } else if (payload.get_response_status() == tlm::TLM_COMMAND_ERROR_RESPONSE) {
      raise(regs::Error::ReadOnly::kMask, static_cast<std::uint32_t>(offset));
    } else if (payload.is_response_error()) {
      raise(regs::Error::BadAddress::kMask, static_cast<std::uint32_t>(offset));
    }
    return;
  }
  if (bank == locked_[0] || bank == locked_[1]) {
    return fail(regs::Error::BankBusy::kMask, tlm::TLM_GENERIC_ERROR_RESPONSE);
  }
  std::uint8_t* memory =
      banks_[static_cast<std::size_t>(bank)].data() + offset % regs::kInputBankBytes;
  if (payload.is_read()) std::memcpy(payload.get_data_ptr(), memory, length);
  if (payload.is_write()) std::memcpy(memory, payload.get_data_ptr(), length);
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

int Registers::bank_at(std::uint64_t offset, unsigned length) {
  static_assert(regs::kInputBankBytes == regs::kOutputBankBytes);
  static_assert(regs::output_bank(0) == regs::input_bank(regs::kInputBankCount),
                "banks lie side by side");
  if (offset < regs::input_bank(0) || offset >= regs::output_bank(regs::kOutputBankCount))
    return -1;
  const std::uint64_t first = (offset - regs::input_bank(0)) / regs::kInputBankBytes;
  const std::uint64_t last = (offset + length - 1 - regs::input_bank(0)) / regs::kInputBankBytes;
  return first == last ? static_cast<int>(first) : -1;
}

unsigned Registers::debug(tlm::tlm_generic_payload& payload) {
  const std::uint64_t offset = payload.get_address();
  const unsigned length = payload.get_data_length();
  if (length == 0) return 0;
  if (offset < RegisterFile::kBytes) {
    if (payload.is_write() || length != 4 || offset % 4 != 0) return 0;
    const auto word_offset = static_cast<std::uint32_t>(offset);
    if (!file_.entry(word_offset).exists) return 0;
    const std::uint32_t value = peek_register(word_offset, local_time_ps(sc_core::SC_ZERO_TIME));
    std::memcpy(payload.get_data_ptr(), &value, sizeof value);
    return length;
  }
  const int bank = bank_at(offset, length);
  if (bank >= 0) {
    std::uint8_t* memory =
        banks_[static_cast<std::size_t>(bank)].data() + offset % regs::kInputBankBytes;
    if (payload.is_read()) std::memcpy(payload.get_data_ptr(), memory, length);
    if (payload.is_write()) std::memcpy(memory, payload.get_data_ptr(), length);
    return length;
  }
  if (offset < regs::kConductance || offset + length > kCellsEnd) return 0;
  payload.set_address(offset - regs::kConductance);
  const unsigned done = cells->transport_dbg(payload);
  payload.set_address(offset);
  return done;
}

bool Registers::direct_memory(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) {
  const std::uint64_t offset = payload.get_address();
  const int bank = bank_at(offset, 1);
  if (bank < 0) {
    dmi.allow_none();
    dmi.set_start_address(offset);
    dmi.set_end_address(offset);
    return false;
  }
  const std::uint64_t start = offset - offset % regs::kInputBankBytes;
  dmi.set_dmi_ptr(banks_[static_cast<std::size_t>(bank)].data());
  dmi.set_start_address(start);
  dmi.set_end_address(start + regs::kInputBankBytes - 1);
  dmi.allow_read_write();
  ++dmi_grants_;
  return true;
}

const SlotSettings& Registers::slot_settings(int slot) const {
  const auto n = static_cast<std::size_t>(slot);
  if (decoded_versions_[n] != slot_versions_[n]) {
    decoded_[n] = decode_slot(slot);
    decoded_versions_[n] = slot_versions_[n];
  }
  return decoded_[n];
}

SlotSettings Registers::decode_slot(int slot) const {
  const auto n = static_cast<std::uint32_t>(slot);
  const std::uint32_t mode = file_[regs::slot_mode(n)];
  const std::uint32_t bits = file_[regs::slot_bits(n)];
  SlotSettings s;
  s.rows = lines_of(file_, regs::slot_word_line_mask(n, 0), regs::kSlotWordLineMaskCount[1]);
  s.columns = lines_of(file_, regs::slot_column_mask(n, 0), regs::kSlotColumnMaskCount[1]);
  s.direction = static_cast<Direction>(regs::SlotMode::Direction::get(mode));
  s.differential = static_cast<bool>(regs::SlotMode::Pairing::get(mode));
  s.is_signed = static_cast<bool>(regs::SlotMode::Signedness::get(mode));
  s.input_scheme = static_cast<InputScheme>(regs::SlotMode::InputScheme::get(mode));
  s.conversion = static_cast<Conversion>(regs::SlotMode::Conversion::get(mode));
  s.activation = static_cast<SlotActivation>(regs::SlotMode::Activation::get(mode));
  s.bits_in = static_cast<int>(regs::SlotBits::Input::get(bits));
  s.bits_out = static_cast<int>(regs::SlotBits::Output::get(bits));
  s.pulse_multiplier = static_cast<int>(file_[regs::slot_pulse_multiplier(n)]);
  s.step_limit = static_cast<int>(file_[regs::slot_step_limit(n)]);
  s.rail_set = static_cast<int>(file_[regs::slot_rail_set(n)]);
  s.activation_step = 1e-6 * file_[regs::slot_activation_step(n)];
  return s;
}

std::uint64_t Registers::operation_id(int slot) const {
  const auto n = static_cast<std::uint32_t>(slot);
  return std::uint64_t{file_[regs::slot_operation_id_high(n)]} << 32 |
         file_[regs::slot_operation_id_low(n)];
}

void Registers::set_operation_id(int slot, std::uint64_t id) {
  const auto n = static_cast<std::uint32_t>(slot);
  file_[regs::slot_operation_id_low(n)] = static_cast<std::uint32_t>(id);
  file_[regs::slot_operation_id_high(n)] = static_cast<std::uint32_t>(id >> 32);
}

int Registers::armed_slot() const {
  return static_cast<int>(regs::Select::Slot::get(file_[regs::kSelect]));
}
int Registers::armed_input_bank() const {
  return static_cast<int>(regs::Select::InputBank::get(file_[regs::kSelect]));
}
int Registers::armed_output_bank() const {
  return static_cast<int>(regs::Select::OutputBank::get(file_[regs::kSelect]));
}

array::CellWindow Registers::program_window() const {
  const std::uint32_t origin = file_[regs::kProgramOrigin];
  const std::uint32_t size = file_[regs::kProgramSize];
  return {static_cast<int>(regs::ProgramOrigin::Row::get(origin)),
          static_cast<int>(regs::ProgramOrigin::Column::get(origin)),
          static_cast<int>(regs::ProgramSize::Rows::get(size)),
          static_cast<int>(regs::ProgramSize::Columns::get(size))};
}

void Registers::set_program_progress(int row, int pass, std::int64_t pulses) {
  file_[regs::kProgramProgress] =
      regs::ProgramProgress::Row::set(0, static_cast<std::uint32_t>(row)) |
      regs::ProgramProgress::Pass::set(0, static_cast<std::uint32_t>(pass));
  set_program_pulses(pulses);
}

std::int16_t* Registers::output_bank(int bank) {
  return reinterpret_cast<std::int16_t*>(
      banks_[regs::kInputBankCount + static_cast<std::size_t>(bank)].data());
}

void Registers::lock_banks(int input_bank, int output_bank) {
  locked_ = {input_bank,
             output_bank < 0 ? -1 : static_cast<int>(regs::kInputBankCount) + output_bank};
}

void Registers::command_done(Femtojoules energy, std::int64_t cycles, std::int64_t vectors) {
  counters_[0] += static_cast<std::uint64_t>(energy.value);
  counters_[1] += static_cast<std::uint64_t>(cycles);
  counters_[2] += static_cast<std::uint64_t>(vectors);
  ++file_[regs::kCommands];
  file_[regs::kInterruptStatus] =
      regs::InterruptStatus::Done::set(file_[regs::kInterruptStatus], true);
}

void Registers::raise(ErrorBits bits, std::uint32_t offset) {
  ++raised_;
  if (file_[regs::kError] == 0) file_[regs::kErrorAddress] = offset;
  file_[regs::kError] |= bits;
  file_[regs::kInterruptStatus] =
      regs::InterruptStatus::Error::set(file_[regs::kInterruptStatus], true);
  update_interrupt();
}

void Registers::update_interrupt() {
  const bool level = (file_[regs::kInterruptStatus] & file_[regs::kInterruptEnable]) != 0;
  if (level == interrupt_level_) return;
  interrupt_level_ = level;
  chip_->interrupt(index_, level);
}

BankShape Registers::bank_shape(std::uint32_t offset) const {
  if (offset >= regs::output_bank(0)) {
    return output_shapes_[(offset - regs::output_bank(0)) / regs::kOutputBankBytes];
  }
  const SlotSettings& s = slot_settings(armed_slot());
  if (!refusal(s, parameters_).empty()) return {};
  const int passes = s.input_scheme == InputScheme::kBipolar ? 2 : 1;
  return {s.inputs(), static_cast<double>(passes * s.magnitude_bits()), 0};
}

void Registers::filled_output(double comparisons_per_vector) {
  const SlotSettings& s = slot_settings(armed_slot());
  // A count of up to `limit` steps and its sign; a binary search's bits are shifted as they are
  // found.
  const int bits = s.conversion == Conversion::kUnary
                       ? 1 + 32 - __builtin_clz(static_cast<unsigned>(s.step_limit))
                       : s.bits_out;
  output_shapes_[static_cast<std::size_t>(armed_output_bank())] = {
      2 * s.outputs(), static_cast<double>(bits), comparisons_per_vector};
}

}  // namespace neurram::core
