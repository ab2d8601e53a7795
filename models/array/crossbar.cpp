#include "models/array/crossbar.h"

#include <algorithm>

namespace neurram::array {

namespace {

static_assert(sizeof(CellRecord) == 6);
static_assert(sizeof(CellRecord) + 3 * sizeof(float) <= 20, "48 cores of 65,536 cells");

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
      conductance_s_(cells(parameters)),
      record_(cells(parameters)) {}

void Crossbar::set_conductance(int row, int column, float g_s) {
  const std::size_t cell = index(row, column);
  conductance_s_[cell] = g_s;
  verified_s_[cell] = g_s;
  record_[cell].set(CellRecord::kFormed, true);
  ++version_;
}

device::FormedCell Crossbar::form_cell(int row, int column) {
  const std::size_t cell = index(row, column);
  const device::FormedCell formed = device_->form(device_seed_, address(row, column));
  conductance_s_[cell] = verified_s_[cell] = formed.conductance_s;
  record_[cell].set(CellRecord::kFormed, true);
  record_[cell].set(CellRecord::kUnusable, !formed.usable);
  return formed;
}

FormReport Crossbar::form(const CellWindow& window) {
  FormReport report;
  report.cells = window.cells();
  for (int r = window.first_row; r < window.first_row + window.rows; ++r) {
    for (int c = window.first_column; c < window.first_column + window.columns; ++c) {
      const device::FormedCell formed = form_cell(r, c);
      report.unusable += formed.usable ? 0 : 1;
      report.pulses += formed.pulses;
    }
  }
  ++version_;
  return report;
}

int Crossbar::unusable(int row) const {
  int count = 0;
  for (int c = 0; c < columns(); ++c) count += record(row, c).is(CellRecord::kUnusable) ? 1 : 0;
  return count;
}

ProgramReport Crossbar::program(const CellWindow& window) {
  ProgramRun run(*this, window);
  while (!run.done()) run.step();
  return run.report();
}

ProgramRun::ProgramRun(Crossbar& crossbar, const CellWindow& window)
    : crossbar_(crossbar), window_(window), schedule_(crossbar.device_->schedule()) {
  report_.cells = window.cells();
  if (window.cells() <= 0) pass_ = schedule_.passes;
}

ProgramReport ProgramRun::step() {
  ProgramReport report;
  report.cells = window_.columns;
  for (int c = 0; c < window_.columns; ++c) program_cell(row(), window_.first_column + c, report);
  report.pulses *= schedule_.passes_counted_once;
  report.reads *= schedule_.passes_counted_once;
  report_.pulses += report.pulses;
  report_.reads += report.reads;
  report_.forming_pulses += report.forming_pulses;
  if (pass_ == schedule_.passes - 1) report_.failed += report.failed;
  if (++row_ == window_.rows) {
    row_ = 0;
    ++pass_;
  }
  ++crossbar_.version_;
  return report;
}

void ProgramRun::program_cell(int row, int column, ProgramReport& report) {
  const device::Device& device = *crossbar_.device_;
  const std::size_t cell = crossbar_.index(row, column);
  CellRecord& record = crossbar_.record_[cell];
  if (pass_ == 0) {
    if (schedule_.needs_forming && !record.is(CellRecord::kFormed))
      report.forming_pulses += crossbar_.form_cell(row, column).pulses;
    record.pulses = 0;
    record.last_pass = CellRecord::kNoPass;
    ++record.generation;
  }
  device::CellAddress address = crossbar_.address(row, column);
  address.generation = static_cast<std::uint16_t>(record.generation - 1);  // those before this one
  float& g_s = crossbar_.conductance_s_[cell];
  if (pass_ > 0) {
    const double now_s = since_s(record);
    rest(cell, now_s - schedule_.t_between_s, now_s, pass_ - 1, address);
  }
  const device::ProgrammedCell result =
      device.program({crossbar_.target_s_[cell], g_s, !record.is(CellRecord::kUnusable), pass_},
                     crossbar_.device_seed_, address);
  crossbar_.verified_s_[cell] = result.verified_s;
  g_s = result.conductance_s;
  if (result.pulses > 0) record.last_pass = static_cast<std::uint8_t>(pass_);
  constexpr int kMost = 65535;
  record.pulses = static_cast<std::uint16_t>(
      std::min(record.pulses + result.pulses * schedule_.passes_counted_once, kMost));
  record.set(CellRecord::kFormed, true);
  record.set(CellRecord::kFailed, result.failed);
  report.failed += result.failed ? 1 : 0;
  report.pulses += result.pulses;
  report.reads += result.reads;
  if (pass_ == schedule_.passes - 1) {
    const double now_s = since_s(record);
    rest(cell, now_s, now_s + schedule_.age_s, pass_, address);
  }
}

double ProgramRun::since_s(const CellRecord& record) const {
  return record.last_pass == CellRecord::kNoPass
             ? schedule_.age_s + pass_ * schedule_.t_between_s
             : (pass_ - record.last_pass) * schedule_.t_between_s;
}

void ProgramRun::rest(std::size_t cell, double from_s, double to_s, int after_pass,
                      const device::CellAddress& address) {
  const CellRecord& record = crossbar_.record_[cell];
  if (record.is(CellRecord::kUnusable)) return;
  const int pass = record.last_pass == CellRecord::kNoPass ? 0 : record.last_pass;
  float& g_s = crossbar_.conductance_s_[cell];
  g_s = crossbar_.device_->relax(g_s, {from_s, to_s, pass, after_pass}, crossbar_.device_seed_,
                                 address);
}

}  // namespace neurram::array
