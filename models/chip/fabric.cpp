#include "models/chip/fabric.h"

#include <algorithm>
#include <cmath>

#include "models/core/register_file.h"
#include "models/core/transaction.h"

namespace neurram::chip {
namespace {

constexpr unsigned kWindowShift = 20;
static_assert(map::kWindowBytes == 1u << kWindowShift);
constexpr std::uint64_t kOffsetMask = map::kWindowBytes - 1;

bool in_banks(std::uint64_t offset) {
  return offset >= map::core::input_bank(0) &&
         offset < map::core::output_bank(map::core::kOutputBankCount);
}

/// Benchmark conditions: codes appear in the banks.
class IdealFabric : public Fabric {
 public:
  using Fabric::Fabric;

 protected:
  [[nodiscard]] Transfer transfer(std::uint32_t /*core*/, std::uint32_t /*offset*/,
                                  std::uint64_t /*bytes*/,
                                  const core::BankShape& /*shape*/) const override {
    return {};
  }
};

/// The silicon's eight row shift chains. Along a row the register files lie as column file, row
/// file of core 0, of core 1, …; shifting a file's 256 bits through m of them takes m · 256 bit
/// times, from whichever end of the row is nearer. Cores of one row share their chain.
class ChainFabric : public Fabric {
 public:
  using Fabric::Fabric;

 protected:
  [[nodiscard]] Transfer transfer(std::uint32_t core, std::uint32_t offset, std::uint64_t bytes,
                                  const core::BankShape& shape) const override {
    const FabricParameters& p = parameters_.fabric;
    Transfer t;
    t.lane = parameters_.row_of(static_cast<int>(core));
    if (shape.vector_bytes == 0) return t;
    const bool input = offset < map::core::output_bank(0);
    const int column = parameters_.column_of(static_cast<int>(core));
    // Inputs enter the row file, results leave the column file.
    const int from_left = input ? 2 * (column + 1) : 2 * column + 1;
    const int from_right = 2 * parameters_.grid_columns + 1 - from_left;
    const int files = std::min(from_left, from_right);
    const double vectors = static_cast<double>(bytes) / static_cast<double>(shape.vector_bytes);
    // The test board shifted every comparison out; counted on chip, a result leaves once.
    const bool by_step = !input && p.readout == Readout::kStep && shape.comparisons_per_vector > 0;
    const double bits = vectors *
                        (by_step ? shape.comparisons_per_vector : shape.shifts_per_vector) *
                        p.section_bits;
    t.duration_ps = Picoseconds::from_seconds(bits * files * p.t_bit_s).value;
    t.energy =
        Femtojoules::from_joules(bits * 2 * files * p.bit_j);  // two bit planes shift side by side
    return t;
  }
};

}  // namespace

Fabric::Fabric(const sc_core::sc_module_name& name, const ChipParameters& parameters,
               const FabricClient& chip, ledger::Ledger& ledger)
    : sc_module(name),
      parameters_(parameters),
      chip_(chip),
      ledger_(ledger),
      register_time_(
          core::time_from_ps(Picoseconds::from_seconds(parameters.fabric.t_register_s).value)),
      lane_free_ps_(static_cast<std::size_t>(parameters.grid_rows), 0) {
  for (int i = 0; i <= parameters.core_count; ++i) {
    windows.push_back(std::make_unique<tlm_utils::simple_initiator_socket<Fabric>>(
        ("window_" + std::to_string(i)).c_str()));
  }
  host.register_b_transport(this, &Fabric::forward);
  host.register_transport_dbg(this, &Fabric::debug);
  host.register_get_direct_mem_ptr(this, &Fabric::direct_memory);
}

void Fabric::forward(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  if (delay != sc_core::SC_ZERO_TIME && chip_.paced()) {
    sc_core::wait(delay);
    delay = sc_core::SC_ZERO_TIME;
  }
  const std::uint64_t address = payload.get_address();
  const std::uint64_t window = address >> kWindowShift;
  if (window >= windows.size()) {
    bad_address_(address);
    payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    return;
  }
  const std::uint64_t offset = address & kOffsetMask;
  payload.set_address(offset);
  (*windows[window])->b_transport(payload, delay);
  if (offset < core::RegisterFile::kBytes) {
    delay += register_time_;
  } else if (window > 0 && in_banks(offset)) {
    charge_burst(static_cast<std::uint32_t>(window - 1), payload, delay);
  }
  payload.set_address(address);
}

void Fabric::charge_burst(std::uint32_t core, tlm::tlm_generic_payload& payload,
                          sc_core::sc_time& delay) {
  if (payload.is_response_error()) return;
  const auto offset = static_cast<std::uint32_t>(payload.get_address());
  const core::BankShape shape = chip_.bank_shape(core, offset);
  const Transfer t = transfer(core, offset, payload.get_data_length(), shape);
  const std::int64_t now_ps = core::local_time_ps(delay);
  std::int64_t& lane_free_ps = lane_free_ps_[static_cast<std::size_t>(t.lane)];

  ledger::Record record;
  record.kind = payload.is_write() ? ledger::Kind::kBurstIn : ledger::Kind::kBurstOut;
  record.core = static_cast<std::int32_t>(core);
  record.vectors = shape.vector_bytes == 0
                       ? 0
                       : static_cast<std::int64_t>(payload.get_data_length() / shape.vector_bytes);
  record.start_ps = std::max(now_ps, lane_free_ps);
  record.end_ps = record.start_ps + t.duration_ps;
  record.cost[ledger::Component::kIo] = t.energy;
  // Bursts of several lanes overlap: only time that none has covered yet is the chip's.
  record.cost[ledger::Phase::kIo] =
      Picoseconds(std::max<std::int64_t>(0, record.end_ps - std::max(now_ps, covered_ps_)));
  covered_ps_ = std::max(covered_ps_, record.end_ps);
  lane_free_ps = record.end_ps;
  delay += core::time_from_ps(record.end_ps - now_ps);
  core::charge(payload, record.cost);
  ledger_.add(record);
}

unsigned Fabric::debug(tlm::tlm_generic_payload& payload) {
  const std::uint64_t address = payload.get_address();
  const std::uint64_t window = address >> kWindowShift;
  if (window >= windows.size()) return 0;
  payload.set_address(address & kOffsetMask);
  const unsigned done = (*windows[window])->transport_dbg(payload);
  payload.set_address(address);
  return done;
}

bool Fabric::direct_memory(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) {
  const std::uint64_t address = payload.get_address();
  const std::uint64_t window = address >> kWindowShift;
  if (window >= windows.size()) return false;
  payload.set_address(address & kOffsetMask);
  const bool granted = (*windows[window])->get_direct_mem_ptr(payload, dmi);
  payload.set_address(address);
  const std::uint64_t base = window << kWindowShift;
  dmi.set_start_address(base + dmi.get_start_address());
  dmi.set_end_address(base + dmi.get_end_address());
  dmi.set_read_latency(register_time_);
  dmi.set_write_latency(register_time_);
  return granted;
}

std::unique_ptr<Fabric> make_fabric(const sc_core::sc_module_name& name,
                                    const ChipParameters& parameters, const FabricClient& chip,
                                    ledger::Ledger& ledger) {
  if (parameters.fabric.kind == FabricKind::kIdeal)
    return std::make_unique<IdealFabric>(name, parameters, chip, ledger);
  return std::make_unique<ChainFabric>(name, parameters, chip, ledger);
}

}  // namespace neurram::chip
