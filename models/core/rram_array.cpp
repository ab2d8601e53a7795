#include "models/core/rram_array.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "models/core/registers.h"
#include "models/core/transaction.h"

namespace neurram::core {
namespace {

constexpr double kPicosiemens = 1e-12;
constexpr unsigned kCellBytes = 4;

std::uint32_t picosiemens(float g_s) {
  return static_cast<std::uint32_t>(std::lround(g_s / kPicosiemens));
}
float siemens(std::uint32_t ps) {
  return static_cast<float>(ps * kPicosiemens);
}

template <class Struct>
Struct& content(tlm::tlm_generic_payload& payload) {
  return *reinterpret_cast<Struct*>(payload.get_data_ptr());
}

}  // namespace

RramArray::RramArray(const sc_core::sc_module_name& name, const CoreParameters& parameters,
                     std::uint32_t core, std::uint64_t device_seed)
    : sc_module(name),
      parameters_(parameters),
      settler_(parameters.array.integer_product),
      crossbar_(parameters.array, device::make_device(parameters.device), core, device_seed) {
  operations.register_b_transport(this, &RramArray::operate);
  cells.register_b_transport(this, &RramArray::access_cells);
  cells.register_transport_dbg(this, &RramArray::debug_cells);
}

void RramArray::operate(tlm::tlm_generic_payload& payload, sc_core::sc_time& /*delay*/) {
  ledger::Cost cost;
  switch (static_cast<ArrayCommand>(payload.get_address())) {
    case ArrayCommand::kSettle:
      settle(content<Tile>(payload), cost);
      break;
    case ArrayCommand::kLoad: {
      const auto& request = content<LoadRequest>(payload);
      array::drive_loads(request.plan->load, request.codes, request.plan->inputs(), request.vectors,
                         request.loads);
      break;
    }
    case ArrayCommand::kTransfer: {
      auto& request = content<TransferRequest>(payload);
      request.transfer =
          std::make_shared<array::Transfer>(crossbar_, request.selection, request.max_drive);
      break;
    }
    case ArrayCommand::kVersion:
      content<VersionRequest>(payload).version = crossbar_.version();
      break;
    case ArrayCommand::kProgram:
      run_.emplace(crossbar_, content<ProgramRequest>(payload).window);
      break;
    case ArrayCommand::kProgramRow:
      program_row(content<ProgramProgress>(payload), cost);
      break;
    case ArrayCommand::kForm:
      form(content<FormRequest>(payload), cost);
      break;
    default:
      payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
      return;
  }
  charge(payload, cost);
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

void RramArray::settle(Tile& tile, ledger::Cost& cost) {
  settler_.settle(tile);
  if (!is_last_phase(tile)) return;
  const OperationPlan& plan = *tile.plan;
  const auto count = static_cast<std::int64_t>(tile.vectors);
  for (const auto c : {ledger::Component::kWordLines, ledger::Component::kDrive}) {
    cost[c] += count * plan.fixed_energy[static_cast<std::size_t>(c)];
  }
}

void RramArray::charge_pulses(std::int64_t pulses, std::int64_t reads, std::int64_t forming_pulses,
                              ledger::Cost& cost) const {
  const EnergyParameters& e = parameters_.energy;
  const double pulses_s = static_cast<double>(pulses) * parameters_.device.programming.pulse_s;
  const double forming_s = static_cast<double>(forming_pulses) * parameters_.device.forming.pulse_s;
  // Every forming pulse is followed by a read.
  const double reads_s = static_cast<double>(reads + forming_pulses) * e.t_verify_s;
  cost[ledger::Component::kProgramming] += Femtojoules::from_joules(
      pulses_s * e.program_w + forming_s * e.form_w + reads_s * e.verify_w);
  cost[ledger::Phase::kProgram] += Picoseconds::from_seconds(pulses_s + forming_s + reads_s);
}

void RramArray::program_row(ProgramProgress& progress, ledger::Cost& cost) {
  const array::ProgramReport row = run_->step();
  // The rest between two passes is not the command's: other cells are programmed meanwhile.
  charge_pulses(row.pulses, row.reads, row.forming_pulses, cost);
  progress.done = run_->done();
  progress.report = run_->report();
  progress.row = run_->row();
  progress.pass = run_->pass();
}

void RramArray::form(FormRequest& request, ledger::Cost& cost) {
  request.report = crossbar_.form(request.window);
  charge_pulses(0, 0, request.report.pulses, cost);
}

bool RramArray::in_array(std::uint64_t offset, unsigned length) const {
  if (offset % kCellBytes != 0 || length % kCellBytes != 0 || length == 0) return false;
  const std::uint64_t first = offset / kCellBytes;
  const std::uint64_t last = first + length / kCellBytes - 1;
  const auto columns = static_cast<std::uint64_t>(crossbar_.columns());
  if (last / kCellRowStride >= static_cast<std::uint64_t>(crossbar_.rows())) return false;
  // A burst over several rows crosses the columns between them: only full-width arrays have none
  // missing.
  return columns == kCellRowStride ||
         (first / kCellRowStride == last / kCellRowStride && last % kCellRowStride < columns);
}

void RramArray::access_cells(tlm::tlm_generic_payload& payload, sc_core::sc_time& /*delay*/) {
  const std::uint64_t offset = payload.get_address();
  if (offset >= map::core::kConductanceBytes) return read_report(payload);
  if (!in_array(offset, payload.get_data_length())) {
    payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    return;
  }
  unsigned char* data = payload.get_data_ptr();
  const unsigned count = payload.get_data_length() / kCellBytes;
  if (payload.is_write()) {
    // Twice g_max is the most that a mapper may ask for; beyond it no pulse gets a cell.
    const double limit_ps = 2 * parameters_.device.g_max_s / kPicosiemens;
    for (unsigned i = 0; i < count; ++i) {
      std::uint32_t word = 0;
      std::memcpy(&word, data + i * kCellBytes, kCellBytes);
      if (word > limit_ps) return payload.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
    }
  }
  for (unsigned i = 0; i < count; ++i) {
    const int cell = static_cast<int>(offset / kCellBytes + i);
    const int row = cell / kCellRowStride;
    const int column = cell % kCellRowStride;
    std::uint32_t word = 0;
    if (payload.is_write()) {
      std::memcpy(&word, data + i * kCellBytes, kCellBytes);
      crossbar_.set_target(row, column, siemens(word));
    } else {
      word = picosiemens(crossbar_.verified(row, column));
      std::memcpy(data + i * kCellBytes, &word, kCellBytes);
    }
  }
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

void RramArray::read_report(tlm::tlm_generic_payload& payload) {
  constexpr unsigned kReportBytes = 2;
  // As in CONDUCTANCE, at half the addresses.
  const std::uint64_t offset = 2 * (payload.get_address() - map::core::kConductanceBytes);
  const unsigned count = payload.get_data_length() / kReportBytes;
  if (!in_array(offset, count * kCellBytes) || payload.get_data_length() % kReportBytes != 0)
    return payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
  if (payload.is_write()) return payload.set_response_status(tlm::TLM_COMMAND_ERROR_RESPONSE);
  for (unsigned i = 0; i < count; ++i) {
    const int cell = static_cast<int>(offset / kCellBytes + i);
    const array::CellRecord& record =
        crossbar_.record(cell / kCellRowStride, cell % kCellRowStride);
    unsigned word = std::min<unsigned>(record.pulses, kReportPulses);
    if (record.is(array::CellRecord::kFailed)) word |= kReportFailed;
    if (record.is(array::CellRecord::kUnusable)) word |= kReportUnusable;
    const auto report = static_cast<std::uint16_t>(word);
    std::memcpy(payload.get_data_ptr() + i * kReportBytes, &report, kReportBytes);
  }
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

unsigned RramArray::debug_cells(tlm::tlm_generic_payload& payload) {
  const std::uint64_t offset = payload.get_address();
  if (offset >= map::core::kConductanceBytes) {
    if (!payload.is_read()) return 0;
    read_report(payload);
    return payload.is_response_ok() ? payload.get_data_length() : 0;
  }
  const unsigned length = payload.get_data_length() / kCellBytes * kCellBytes;
  if (!in_array(offset, length)) return 0;
  unsigned char* data = payload.get_data_ptr();
  for (unsigned i = 0; i < length / kCellBytes; ++i) {
    const int cell = static_cast<int>(offset / kCellBytes + i);
    std::uint32_t word = 0;
    if (payload.is_write()) {
      std::memcpy(&word, data + i * kCellBytes, kCellBytes);
      crossbar_.set_conductance(cell / kCellRowStride, cell % kCellRowStride, siemens(word));
    } else {
      word = picosiemens(crossbar_.conductance(cell / kCellRowStride, cell % kCellRowStride));
      std::memcpy(data + i * kCellBytes, &word, kCellBytes);
    }
  }
  return length;
}

}  // namespace neurram::core
