#pragma once

#include <optional>

#include <tlm_utils/simple_target_socket.h>
#include <systemc>

#include "models/core/tile_steps.h"

namespace neurram::core {

/// The 1T1R array of a core behind TLM sockets. Physics: models/array and models/device.
class RramArray : public sc_core::sc_module {
 public:
  /// From the controller: tiles to settle, windows to program (ArrayCommand).
  tlm_utils::simple_target_socket<RramArray> operations{"operations"};
  /// From the register file: cell (row, column) at 4 · (256 · row + column), u32 in pS. A write
  /// sets the target, a read returns the last verified value; debug access reads and sets the true
  /// one. Behind all cells, their reports as in CELL_REPORT.
  tlm_utils::simple_target_socket<RramArray> cells{"cells"};

  RramArray(const sc_core::sc_module_name& name, const CoreParameters& parameters,
            std::uint32_t core, std::uint64_t device_seed);

  [[nodiscard]] const array::Crossbar& crossbar() const { return crossbar_; }

 private:
  void operate(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  void settle(Tile& tile, ledger::Cost& cost);
  void program_row(ProgramProgress& progress, ledger::Cost& cost);
  void form(FormRequest& request, ledger::Cost& cost);
  void charge_pulses(std::int64_t pulses, std::int64_t reads, std::int64_t forming_pulses,
                     ledger::Cost& cost) const;
  void access_cells(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned debug_cells(tlm::tlm_generic_payload& payload);
  void read_report(tlm::tlm_generic_payload& payload);
  /// True if [offset, offset + length) are whole cells of this array.
  [[nodiscard]] bool in_array(std::uint64_t offset, unsigned length) const;

  const CoreParameters& parameters_;
  TileSettler settler_;
  array::Crossbar crossbar_;
  std::optional<array::ProgramRun> run_;
};

/// Cells of a row in the address map, whatever the array's width.
inline constexpr int kCellRowStride = 256;

/// A word of CELL_REPORT: pulses, and two flags.
inline constexpr unsigned kReportPulses = 0x3FFF;
inline constexpr unsigned kReportFailed = 0x4000;
inline constexpr unsigned kReportUnusable = 0x8000;

}  // namespace neurram::core
