#include "models/array/crossbar.h"

namespace neurram::array {

namespace {

std::size_t cells(const ArrayParameters& parameters) {
  return static_cast<std::size_t>(parameters.rows) * static_cast<std::size_t>(parameters.columns);
}

}  // namespace

Crossbar::Crossbar(const ArrayParameters& parameters, std::shared_ptr<const device::Device> device,
                   std::uint32_t core, std::uint64_t device_seed)
    : parameters_(parameters),
      device_(std::move(device)),
      core_(core),
      device_seed_(device_seed),
      target_s_(cells(parameters)),
      verified_s_(cells(parameters)),
      conductance_s_(cells(parameters)) {}

void Crossbar::set_conductance(int row, int column, float g_s) {
  conductance_s_[index(row, column)] = g_s;
  verified_s_[index(row, column)] = g_s;
  ++version_;
}

ProgramReport Crossbar::program(const CellWindow& window) {
  ProgramReport report;
  report.cells = window.cells();
  for (int r = window.first_row; r < window.first_row + window.rows; ++r) {
    for (int c = window.first_column; c < window.first_column + window.columns; ++c) {
      const std::size_t cell = index(r, c);
      const device::CellAddress address{core_, static_cast<std::uint32_t>(r),
                                        static_cast<std::uint32_t>(c), generation_};
      const device::ProgrammedCell result =
          device_->program(target_s_[cell], device_seed_, address);
      verified_s_[cell] = result.verified_s;
      conductance_s_[cell] = result.relaxed_s;
      report.failed += result.failed ? 1 : 0;
      report.pulses += result.pulses;
    }
  }
  ++generation_;
  ++version_;
  return report;
}

}  // namespace neurram::array
