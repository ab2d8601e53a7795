// FORM, PROGRAM and ABORT over the bus, on cells that take pulses: what the registers say row by
// row, what is refused meanwhile, what it costs, and that the cells are those of a crossbar without
// a chip around it however the work is cut.
#include <cmath>
#include <memory>

#include <systemc>

#include "check.h"
#include "models/chip/chip.h"
#include "probe.h"

using namespace neurram;
namespace regs = map::core;

namespace {

constexpr std::uint64_t kCore = map::core_window(0);
constexpr array::CellWindow kWindow{10, 30, 6, 20};

chip::ChipParameters chip_parameters(double yield = 0.98) {
  chip::ChipParameters p;
  p.grid_rows = 1;
  p.grid_columns = p.core_count = 2;
  p.fabric.t_register_s = 0;
  p.core.device.kind = "pulse";
  p.core.device.forming.yield = yield;
  return p;
}

std::uint32_t target_ps(int row, int column) {
  return static_cast<std::uint32_t>(1'000'000 + (row * 37 + column * 101) % 390 * 100'000);
}

/// The cells alone, as the chip's core 0 has them.
struct Reference {
  explicit Reference(const chip::ChipParameters& p)
      : energy(p.core.energy),
        pulse_s(p.core.device.programming.pulse_s),
        cells(p.core.array, device::make_device(p.core.device), 0, 1) {
    for (int r = 0; r < cells.rows(); ++r) {
      for (int c = 0; c < cells.columns(); ++c)
        cells.set_target(r, c, static_cast<float>(target_ps(r, c) * 1e-12));
    }
  }

  [[nodiscard]] Picoseconds time(const array::ProgramReport& r) const {
    return Picoseconds::from_seconds(static_cast<double>(r.pulses) * pulse_s +
                                     static_cast<double>(r.forming_pulses) * cells_forming_s +
                                     static_cast<double>(r.reads + r.forming_pulses) *
                                         energy.t_verify_s);
  }
  [[nodiscard]] double energy_j(const array::ProgramReport& r) const {
    return static_cast<double>(r.pulses) * pulse_s * energy.program_w +
           static_cast<double>(r.forming_pulses) * cells_forming_s * energy.form_w +
           static_cast<double>(r.reads + r.forming_pulses) * energy.verify_j();
  }

  core::EnergyParameters energy;
  double pulse_s;
  double cells_forming_s = device::FormingParameters{}.pulse_s;
  array::Crossbar cells;
};

/// A chip of its own, and a host at its bus.
class Bench {
 public:
  Bench(Checks& check, const std::string& name, const chip::ChipParameters& p)
      : check_(check),
        name_(name),
        chip(name.c_str(), p, {1, 1}, ledger),
        probe(("probe_" + name).c_str()),
        monitor(("monitor_" + name).c_str(),
                [&check](const std::string& broken) { check.that(false, broken); }) {
    probe.socket.bind(monitor.from);
    monitor.to.bind(chip.host());
    ledger.attach(&records);
  }

  void power_on() {
    for (std::uint32_t c = 0; c < 2; ++c) probe.write(map::core_window(c) + regs::kPower, 1);
    run_for(sc_core::sc_time(1, sc_core::SC_US));
  }

  void write_targets(const array::CellWindow& w) {
    std::vector<std::uint32_t> row(static_cast<std::size_t>(w.columns));
    for (int r = w.first_row; r < w.first_row + w.rows; ++r) {
      for (int c = 0; c < w.columns; ++c)
        row[static_cast<std::size_t>(c)] = target_ps(r, w.first_column + c);
      check_.that(probe.burst(tlm::TLM_WRITE_COMMAND, cell_address(r, w.first_column), row.data(),
                              static_cast<unsigned>(4 * w.columns))
                          .status == tlm::TLM_OK_RESPONSE,
                  name_ + ": targets of row " + std::to_string(r));
    }
  }

  Probe::Access command(std::uint32_t mask, const array::CellWindow& w) {
    probe.write(kCore + regs::kProgramOrigin,
                static_cast<std::uint32_t>(w.first_row | w.first_column << 16));
    probe.write(kCore + regs::kProgramSize, static_cast<std::uint32_t>(w.rows | w.columns << 16));
    probe.write(kCore + regs::kInterruptStatus, ~0u);
    return probe.write(kCore + regs::kControl, mask);
  }
  void start(const array::CellWindow& w = kWindow) {
    check_.that(command(regs::Control::Program::kMask, w).status == tlm::TLM_OK_RESPONSE,
                name_ + ": PROGRAM starts");
  }
  void program(const array::CellWindow& w = kWindow) {
    write_targets(w);
    start(w);
    run_for(sc_core::sc_time(10, sc_core::SC_SEC));
    check_.that(done() && !busy(), name_ + ": PROGRAM ends");
  }

  void refused(const Probe::Access& access, std::uint32_t bits, std::uint32_t offset,
               const std::string& what) {
    check_.that(access.status != tlm::TLM_OK_RESPONSE, name_ + ": refused: " + what);
    check_.equal(reg(regs::kError), bits, name_ + ": ERROR: " + what);
    check_.equal(reg(regs::kErrorAddress), offset, name_ + ": ERROR_ADDRESS: " + what);
    probe.write(kCore + regs::kError, ~0u);
    probe.write(kCore + regs::kInterruptStatus, regs::InterruptStatus::Error::kMask);
  }

  /// Cells, reports and records are the reference's, in the whole array.
  void agrees_with(const array::Crossbar& cells, const std::string& what) {
    const array::Crossbar& mine = chip.core(0).array.crossbar();
    int different = 0;
    for (int r = 0; r < cells.rows(); ++r) {
      for (int c = 0; c < cells.columns(); ++c) {
        const array::CellRecord& a = mine.record(r, c);
        const array::CellRecord& b = cells.record(r, c);
        different += mine.conductance(r, c) == cells.conductance(r, c) &&
                             mine.verified(r, c) == cells.verified(r, c) && a.pulses == b.pulses &&
                             a.flags == b.flags && a.generation == b.generation
                         ? 0
                         : 1;
      }
    }
    check_.equal(different, 0, name_ + ": cells that differ: " + what);
  }

  /// The one record of cells at work since records.clear().
  ledger::Record program_record() {
    std::vector<ledger::Record> found;
    for (const ledger::Record& record : records.records()) {
      if (record.kind == ledger::Kind::kProgram) found.push_back(record);
    }
    check_.equal(found.size(), std::size_t{1}, name_ + ": one record for the whole command");
    return found.empty() ? ledger::Record{} : found.front();
  }

  void run_for(sc_core::sc_time time) { sc_core::sc_start(time); }
  std::uint32_t reg(std::uint32_t offset) { return probe.read(kCore + offset).value; }
  bool busy() { return regs::Status::Busy::get(reg(regs::kStatus)) != 0; }
  bool done() { return regs::Status::Done::get(reg(regs::kStatus)) != 0; }
  bool aborted() { return regs::Status::Aborted::get(reg(regs::kStatus)) != 0; }

  static std::uint64_t cell_address(int row, int column) {
    return kCore + regs::kConductance + 4u * static_cast<unsigned>(256 * row + column);
  }
  static std::uint64_t report_address(int row, int column) {
    return kCore + regs::kCellReport + 2u * static_cast<unsigned>(256 * row + column);
  }

 private:
  Checks& check_;
  std::string name_;

 public:
  ledger::Ledger ledger;
  ledger::MemoryRecorder records;
  chip::Chip chip;
  Probe probe;
  SocketMonitor monitor;
};

unsigned report_of(const array::CellRecord& record) {
  return record.pulses | (record.is(array::CellRecord::kFailed) ? 0x4000u : 0u) |
         (record.is(array::CellRecord::kUnusable) ? 0x8000u : 0u);
}

void refusals(Checks& check, Bench& b) {
  const std::uint32_t program = regs::Control::Program::kMask;
  const std::uint32_t form = regs::Control::Form::kMask;
  std::uint16_t report = 0;
  for (const std::uint32_t command : {program, form})
    b.refused(b.command(command, kWindow), regs::Error::PoweredOff::kMask, regs::kControl,
              "a gated core");
  b.refused(b.probe.burst(tlm::TLM_READ_COMMAND, kCore + regs::kCellReport, &report, 2),
            regs::Error::PoweredOff::kMask, regs::kCellReport, "reports of a gated core");
  b.power_on();
  for (const array::CellWindow& w :
       {array::CellWindow{250, 0, 7, 1}, {0, 200, 1, 57}, {0, 0, 0, 1}, {0, 0, 1, 0}}) {
    for (const std::uint32_t command : {program, form})
      b.refused(b.command(command, w), regs::Error::BadWindow::kMask, regs::kControl,
                "a window that leaves the array");
  }
  check.equal(b.reg(regs::kCommands), 0u, "none of them ran");
  check.that(b.probe.write(kCore + regs::kControl, regs::Control::Abort::kMask).status ==
                     tlm::TLM_OK_RESPONSE &&
                 !b.aborted(),
             "ABORT of an idle core is nothing");
}

/// What a running PROGRAM lets nobody do, and what it does.
void while_programming(Checks& check, Bench& b) {
  std::uint32_t word = 0;
  for (const std::uint32_t command : {regs::Control::Start::kMask, regs::Control::Program::kMask,
                                      regs::Control::Form::kMask, regs::Control::Reset::kMask})
    b.refused(b.probe.write(kCore + regs::kControl, command), regs::Error::Busy::kMask,
              regs::kControl, "a second command");
  for (const std::uint32_t offset : {regs::kPower, regs::kSelect, regs::slot_bits(3)})
    b.refused(b.probe.write(kCore + offset, 0), regs::Error::Busy::kMask, offset, "a write");
  for (const std::uint32_t offset : {regs::kConductance, regs::kCellReport})
    b.refused(b.probe.burst(tlm::TLM_READ_COMMAND, kCore + offset, &word, 4),
              regs::Error::Busy::kMask, offset, "cells");
  for (const std::uint32_t bank :
       {regs::input_bank(0), regs::input_bank(1), regs::output_bank(0), regs::output_bank(1)})
    check.that(b.probe.burst(tlm::TLM_WRITE_COMMAND, kCore + bank, &word, 4).status ==
                   tlm::TLM_OK_RESPONSE,
               "all banks are free for the next operation's codes");
  check.that(b.probe.write(kCore + regs::kBatch, 2).status == tlm::TLM_OK_RESPONSE, "BATCH, too");
  b.probe.configure(1, 0, 0, 10, 8, 0, 6u << 8 | 3u);
  check.that(b.probe.write(map::core_window(1) + regs::kControl, 1).status ==
                 tlm::TLM_GENERIC_ERROR_RESPONSE,
             "another core's start");
  check.equal(b.probe.read(map::core_window(1) + regs::kError).value, regs::Error::Rails::kMask,
              "the rails are the chip's");
  check.that(b.probe.write(map::chip::kRailSelect, 3).status == tlm::TLM_GENERIC_ERROR_RESPONSE,
             "they do not move");
  b.probe.write(map::chip::kError, ~0u);
  b.probe.write(map::core_window(1) + regs::kError, ~0u);
}

/// PROGRAM step by step beside the reference.
void progress(Checks& check, Bench& b, Reference& reference) {
  array::ProgramRun run(reference.cells, kWindow);
  b.write_targets(kWindow);
  b.records.clear();
  const auto start_ps = static_cast<std::int64_t>(sc_core::sc_time_stamp().value());
  b.start();
  std::int64_t elapsed_ps = 0;
  Femtojoules energy;
  const sc_core::sc_time tick(1, sc_core::SC_PS);
  for (int step = 0; !run.done(); ++step) {
    const std::string what =
        "row " + std::to_string(run.row()) + " of pass " + std::to_string(run.pass());
    const auto pulses = static_cast<std::uint32_t>(run.report().pulses);
    const std::uint32_t at =
        static_cast<std::uint32_t>(run.row()) | static_cast<std::uint32_t>(run.pass()) << 16;
    const array::ProgramReport row = run.step();
    energy += Femtojoules::from_joules(reference.energy_j(row));
    const std::int64_t row_ps = reference.time(row).value;
    elapsed_ps += row_ps;
    if (row_ps == 0) continue;
    check.equal(b.reg(regs::kProgramProgress), at, "PROGRAM_PROGRESS: " + what);
    check.equal(b.reg(regs::kProgramPulses), pulses, "PROGRAM_PULSES: " + what);
    if (step == 2) while_programming(check, b);
    b.run_for(core::time_from_ps(row_ps) - tick);
    check.equal(b.reg(regs::kProgramProgress), at, "a picosecond before its end: " + what);
    check.that(b.busy() && !b.done(), "busy at " + what);
    b.run_for(tick);
  }
  const array::ProgramReport& report = run.report();
  check.that(!b.busy() && b.done() && !b.aborted(), "done after the last row");
  check.equal(b.reg(regs::kProgramPulses), static_cast<std::uint32_t>(report.pulses), "all pulses");
  check.equal(b.reg(regs::kProgramFailed), static_cast<std::uint32_t>(report.failed), "failed");
  b.agrees_with(reference.cells, "after PROGRAM");

  const ledger::Record record = b.program_record();
  check.equal(record.core, 0, "core of the record");
  check.equal(record.vectors, kWindow.cells(), "its cells");
  check.equal(record.start_ps, start_ps, "its start");
  check.equal(record.end_ps, start_ps + elapsed_ps, "its end");
  check.equal(record.cost.total_energy().value, energy.value, "its energy, row by row");
  check.equal(record.cost[ledger::Component::kProgramming].value, energy.value, "all of one kind");
  check.equal(record.cost[ledger::Phase::kProgram].value, elapsed_ps, "its time");
  check.equal(b.reg(regs::kEnergyLow), static_cast<std::uint32_t>(energy.value), "ENERGY");
  check.equal(b.reg(regs::kCommands), 1u, "COMMANDS");

  // The same from what the cells report; their reads are not in it.
  std::int64_t pulses = 0;
  for (int r = kWindow.first_row; r < kWindow.first_row + kWindow.rows; ++r) {
    std::vector<std::uint16_t> row(static_cast<std::size_t>(kWindow.columns));
    b.probe.burst(tlm::TLM_READ_COMMAND, Bench::report_address(r, kWindow.first_column), row.data(),
                  static_cast<unsigned>(2 * kWindow.columns));
    for (const std::uint16_t word : row) pulses += word & 0x3FFF;
  }
  check.equal(pulses, report.pulses, "pulses of the reports");
  array::ProgramReport told = report;
  told.pulses = pulses;
  const double expected_j = reference.energy_j(told);
  check.that(report.forming_pulses >= kWindow.cells(), "fresh cells are formed, and it is charged");
  check.that(std::abs(record.cost.total_energy().joules() / expected_j - 1) < 1e-6,
             "energy is pulses, verify reads and forming");
}

void reports(Checks& check, Bench& b) {
  const array::Crossbar& cells = b.chip.core(0).array.crossbar();
  int failed = 0;
  int unusable = 0;
  for (int r = kWindow.first_row - 1; r < kWindow.first_row + kWindow.rows + 1; ++r) {
    for (int c = kWindow.first_column - 1; c < kWindow.first_column + kWindow.columns + 1; ++c) {
      std::uint16_t word = 0xFFFF;
      b.probe.burst(tlm::TLM_READ_COMMAND, Bench::report_address(r, c), &word, 2);
      check.equal(unsigned{word}, report_of(cells.record(r, c)), "CELL_REPORT of a cell");
      failed += word & 0x4000 ? 1 : 0;
      unusable += word & 0x8000 ? 1 : 0;
    }
  }
  check.equal(static_cast<std::uint32_t>(failed), b.reg(regs::kProgramFailed), "failed in reports");
  check.that(unusable > 0, "some cells of this yield are of no use");

  const sc_core::sc_time before = sc_core::sc_time_stamp();
  std::vector<std::uint16_t> words(256);
  tlm::tlm_generic_payload payload;
  payload.set_command(tlm::TLM_READ_COMMAND);
  payload.set_address(Bench::report_address(kWindow.first_row, 0));
  payload.set_data_ptr(reinterpret_cast<unsigned char*>(words.data()));
  payload.set_data_length(512);
  check.equal(b.probe.socket->transport_dbg(payload), 512u, "a row of reports by debug access");
  for (int c = 0; c < 256; ++c)
    check.equal(unsigned{words[static_cast<std::size_t>(c)]},
                report_of(cells.record(kWindow.first_row, c)), "debug access to CELL_REPORT");
  payload.set_command(tlm::TLM_WRITE_COMMAND);
  check.equal(b.probe.socket->transport_dbg(payload), 0u, "debug access does not write reports");
  check.that(sc_core::sc_time_stamp() == before && b.reg(regs::kError) == 0, "nor raise anything");

  std::uint32_t word = 0;
  const auto offset = static_cast<std::uint32_t>(Bench::report_address(3, 5) - kCore);
  b.refused(b.probe.burst(tlm::TLM_WRITE_COMMAND, kCore + offset, &word, 2),
            regs::Error::ReadOnly::kMask, offset, "a write to a report");
  b.refused(b.probe.burst(tlm::TLM_READ_COMMAND, kCore + offset + 1, &word, 2),
            regs::Error::BadAddress::kMask, offset + 1, "half a report");
  b.refused(b.probe.burst(tlm::TLM_READ_COMMAND, kCore + offset, &word, 3),
            regs::Error::BadAddress::kMask, offset, "a report and a half");
}

/// ABORT in the middle of the row that is step `steps` (from 1), then PROGRAM again to its end.
void abort_and_resume(Checks& check, Bench& b, const chip::ChipParameters& p, int steps,
                      const Reference& whole) {
  Reference reference(p);
  array::ProgramRun run(reference.cells, kWindow);
  std::int64_t before_ps = 0;
  std::int64_t last_ps = 0;
  std::uint32_t at = 0;
  for (int i = 0; i < steps; ++i) {
    before_ps += last_ps;
    at = static_cast<std::uint32_t>(run.row()) | static_cast<std::uint32_t>(run.pass()) << 16;
    last_ps = reference.time(run.step()).value;
  }
  b.write_targets(kWindow);
  b.records.clear();
  b.start();
  b.run_for(core::time_from_ps(before_ps + last_ps / 2));
  check.that(b.probe.write(kCore + regs::kControl, regs::Control::Abort::kMask).status ==
                 tlm::TLM_OK_RESPONSE,
             "a busy core takes ABORT");
  check.that(b.busy() && !b.aborted(), "the row at work goes to its end");
  b.run_for(core::time_from_ps(last_ps - last_ps / 2) - sc_core::sc_time(1, sc_core::SC_PS));
  check.that(b.busy() && !b.done(), "to the picosecond");
  b.run_for(sc_core::sc_time(1, sc_core::SC_PS));
  check.that(!b.busy() && b.done() && b.aborted(), "aborted, and DONE raised");
  check.equal(b.reg(regs::kProgramProgress), at, "where it stopped");
  check.equal(b.reg(regs::kProgramPulses), static_cast<std::uint32_t>(run.report().pulses),
              "its pulses");
  b.agrees_with(reference.cells, "rows reached keep their results, the others are untouched");
  check.equal(b.program_record().cost[ledger::Phase::kProgram].value, before_ps + last_ps,
              "the time of what was done");

  b.program();
  check.that(!b.aborted(), "the next PROGRAM is not aborted");
  reference.cells.program(kWindow);
  b.agrees_with(reference.cells, "after the PROGRAM that followed");
  // Rows that the aborted one had not begun are those of a chip that was never interrupted.
  const array::Crossbar& cells = b.chip.core(0).array.crossbar();
  for (int r = kWindow.first_row + steps; r < kWindow.first_row + kWindow.rows; ++r) {
    for (int c = kWindow.first_column; c < kWindow.first_column + kWindow.columns; ++c)
      check.that(cells.conductance(r, c) == whole.cells.conductance(r, c) &&
                     cells.record(r, c).pulses == whole.cells.record(r, c).pulses,
                 "a cell first programmed after the abort");
  }
}

void two_halves(Bench& b, const Reference& whole) {
  const int upper = kWindow.rows / 2;
  b.program({kWindow.first_row, kWindow.first_column, upper, kWindow.columns});
  b.program({kWindow.first_row + upper, kWindow.first_column, kWindow.rows - upper, 7});
  b.program({kWindow.first_row + upper, kWindow.first_column + 7, kWindow.rows - upper,
             kWindow.columns - 7});
  b.agrees_with(whole.cells, "three windows instead of one");
}

void form(Checks& check, Bench& b, const chip::ChipParameters& p) {
  Reference reference(p);
  const array::CellWindow window{0, 0, 40, 50};
  const array::FormReport report = reference.cells.form(window);
  b.records.clear();
  check.that(b.command(regs::Control::Form::kMask, window).status == tlm::TLM_OK_RESPONSE,
             "FORM starts");
  const double pulse_s = p.core.device.forming.pulse_s;
  const auto pulses = static_cast<double>(report.pulses);
  const auto time_ps =
      Picoseconds::from_seconds(pulses * (pulse_s + p.core.energy.t_verify_s)).value;
  b.refused(b.command(regs::Control::Program::kMask, window), regs::Error::Busy::kMask,
            regs::kControl, "PROGRAM while forming");
  b.run_for(core::time_from_ps(time_ps));
  check.that(!b.busy() && b.done(), "FORM ends");
  check.equal(b.reg(regs::kProgramFailed), static_cast<std::uint32_t>(report.unusable),
              "unusable cells");
  check.that(report.unusable > 60, "a bad yield has many");
  int unusable = 0;
  const array::Crossbar& cells = b.chip.core(0).array.crossbar();
  for (int r = 0; r < window.rows; ++r) {
    std::vector<std::uint16_t> row(50);
    b.probe.burst(tlm::TLM_READ_COMMAND, Bench::report_address(r, 0), row.data(), 100);
    int bad = 0;
    for (const std::uint16_t word : row) bad += word & 0x8000 ? 1 : 0;
    check.equal(bad, cells.unusable(r), "unusable cells of a row");
    unusable += bad;
  }
  check.equal(static_cast<std::int64_t>(unusable), report.unusable, "unusable in reports");
  b.agrees_with(reference.cells, "after FORM");
  check.equal(b.program_record().cost[ledger::Phase::kProgram].value, time_ps, "time of FORM");
  const double energy_j = pulses * (p.core.energy.verify_j() + p.core.energy.form_w * pulse_s);
  check.that(std::abs(b.program_record().cost.total_energy().joules() / energy_j - 1) < 1e-6,
             "energy of FORM");
}

}  // namespace

int sc_main(int, char*[]) {
  Checks check;
  const chip::ChipParameters p = chip_parameters();
  const chip::ChipParameters bad = chip_parameters(0.95);
  Bench whole(check, "whole", p);
  Bench early(check, "early", p);
  Bench late(check, "late", p);
  Bench halves(check, "halves", p);
  Bench forming(check, "forming", bad);
  sc_core::sc_start(sc_core::SC_ZERO_TIME);
  for (Bench* b : {&early, &late, &halves, &forming}) b->power_on();

  Reference reference(p);
  refusals(check, whole);
  progress(check, whole, reference);
  reports(check, whole);
  abort_and_resume(check, early, p, 2, reference);
  abort_and_resume(check, late, p, kWindow.rows + 3, reference);
  two_halves(halves, reference);
  form(check, forming, bad);
  return check.result();
}
