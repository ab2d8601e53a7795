#include "models/session/programming.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <set>

#include "models/core/rram_array.h"
#include "models/session/chip_host.h"
#include "models/session/session.h"
#include "models/session/worker.h"

namespace neurram::session {
namespace {

constexpr double kMicro = 1e-6;

enum Message : std::uint32_t { kProgress, kCells, kRecords, kTotals, kIteration };

struct Progress {
  std::uint64_t done;
  std::uint64_t total;
  std::int64_t pulses;
};

struct Totals {
  bool complete;
  std::int64_t simulated_ps;
  ledger::Cost cost;
};

template <class T>
std::vector<T> array_of(const std::vector<char>& bytes) {
  std::vector<T> items(bytes.size() / sizeof(T));
  std::memcpy(items.data(), bytes.data(), items.size() * sizeof(T));
  return items;
}

/// The chip's side: one window after the other, watched.
class Programmer {
 public:
  Programmer(const std::vector<TargetWindow>& windows, int passes, neurram_chip& chip,
             ChipHost& host, const Session::ProgramWatch& watch)
      : windows_(windows), passes_(passes), chip_(chip), host_(host), watch_(watch) {
    for (const TargetWindow& w : windows_)
      rows_ += static_cast<std::size_t>(w.cells.rows) * static_cast<std::size_t>(passes_);
  }

  /// Returns false if the user has stopped it.
  bool run(std::vector<CellOutcome>& cells) {
    for (const TargetWindow& w : windows_) {
      if (watch_.stop()) return false;
      if (!program(w, cells)) return false;
    }
    return true;
  }

 private:
  bool program(const TargetWindow& w, std::vector<CellOutcome>& cells) {
    const neurram_window window{static_cast<std::uint32_t>(w.cells.first_row),
                                static_cast<std::uint32_t>(w.cells.first_column),
                                static_cast<std::uint32_t>(w.cells.rows),
                                static_cast<std::uint32_t>(w.cells.columns)};
    bool asked = false;
    constexpr std::int64_t kLookEvery_ps = 10'000'000'000;  // about the time of a row
    host_.watch(kLookEvery_ps, [&] {
      const neurram_program_progress at = progress(w.core);
      if (at.busy) show(w, at);
      if (at.busy && !asked && watch_.stop()) {
        asked = true;
        runtime::expect(neurram_abort(&chip_, w.core), chip_, "ending the programming");
      }
    });
    std::uint32_t failed = 0;
    runtime::expect(neurram_program(&chip_, w.core, &window, w.targets_ps.data(), &failed), chip_,
                    "programming cells");
    host_.watch(0, nullptr);
    const neurram_program_progress end = progress(w.core);
    const int reached = end.aborted && end.pass == 0
                            ? static_cast<int>(end.row) - w.cells.first_row + 1
                            : w.cells.rows;
    collect(w, window, reached, cells);
    done_ += static_cast<std::size_t>(w.cells.rows) * static_cast<std::size_t>(passes_);
    pulses_ += end.pulses;
    if (!end.aborted) watch_.progress(done_, rows_, pulses_);
    return !end.aborted;
  }

  neurram_program_progress progress(std::uint32_t core) {
    neurram_program_progress at{};
    runtime::expect(neurram_read_program_progress(&chip_, core, &at), chip_,
                    "looking at the programming");
    return at;
  }

  void show(const TargetWindow& w, const neurram_program_progress& at) {
    const auto row = static_cast<std::size_t>(static_cast<int>(at.row) - w.cells.first_row);
    watch_.progress(done_ + at.pass * static_cast<std::size_t>(w.cells.rows) + row, rows_,
                    pulses_ + at.pulses);
  }

  void collect(const TargetWindow& w, neurram_window window, int rows,
               std::vector<CellOutcome>& cells) {
    window.rows = static_cast<std::uint32_t>(rows);
    const std::size_t count = std::size_t{window.rows} * window.columns;
    std::vector<std::uint32_t> verified(count);
    std::vector<std::uint16_t> reports(count);
    runtime::expect(neurram_read_conductances(&chip_, w.core, &window, verified.data()), chip_,
                    "reading conductances");
    runtime::expect(neurram_read_cell_reports(&chip_, w.core, &window, reports.data()), chip_,
                    "reading reports");
    std::vector<std::uint32_t> now(window.columns);
    for (int r = 0; r < rows; ++r) {
      host_.peek_cells(w.core, w.cells.first_row + r, w.cells.first_column, w.cells.columns,
                       now.data());
      for (int c = 0; c < w.cells.columns; ++c) {
        const std::size_t i =
            static_cast<std::size_t>(r) * window.columns + static_cast<std::size_t>(c);
        const unsigned report = reports[i];
        cells.push_back(
            {static_cast<std::uint16_t>(w.core), static_cast<std::uint16_t>(w.cells.first_row + r),
             static_cast<std::uint16_t>(w.cells.first_column + c),
             static_cast<std::uint16_t>(report & core::kReportPulses), w.targets_ps[i], verified[i],
             now[static_cast<std::size_t>(c)], (report & core::kReportFailed) != 0,
             (report & core::kReportUnusable) != 0});
      }
    }
  }

  const std::vector<TargetWindow>& windows_;
  int passes_;
  neurram_chip& chip_;
  ChipHost& host_;
  const Session::ProgramWatch& watch_;
  std::size_t rows_ = 0;  ///< of all windows and passes
  std::size_t done_ = 0;
  std::int64_t pulses_ = 0;
};

int passes_of(const Config& config) {
  return device::make_device(config.chip.core.device)->schedule().passes;
}

std::vector<std::uint32_t> cores_of(const std::vector<TargetWindow>& windows) {
  std::set<std::uint32_t> cores;
  for (const TargetWindow& w : windows) cores.insert(w.core);
  return {cores.begin(), cores.end()};
}

/// Leakage of the cores that were on, and whatever time the records do not account for.
ledger::Cost whole_cost(const Config& config, ledger::Cost cost, const Session::Stretch& stretch) {
  for (std::size_t c = 0; c < stretch.powered_ps.size(); ++c) {
    const double idle_w = config.chip.of_core(static_cast<int>(c)).energy.idle_w;
    cost[ledger::Component::kIdle] +=
        Femtojoules::from_joules(Picoseconds(stretch.powered_ps[c]).seconds() * idle_w);
  }
  cost[ledger::Phase::kControl] += Picoseconds(stretch.simulated_ps) - cost.total_time();
  return cost;
}

void run_chip(const ProgrammingRequest& request, WorkerLink& link) {
  const Config& config = *request.config;
  Session session(config);
  ledger::MemoryRecorder recorder;
  session.ledger().attach(&recorder);
  Session::ProgramWatch watch;
  watch.stop = [] { return WorkerLink::stop_requested(); };
  watch.progress = [&link](std::size_t done, std::size_t total, std::int64_t pulses) {
    const Progress message{done, total, pulses};
    link.send(kProgress, &message, sizeof message);
  };
  Totals totals{};
  std::vector<CellOutcome> cells;
  const Session::Stretch stretch = session.program(*request.windows, watch, cells, totals.complete);
  totals.simulated_ps = stretch.simulated_ps;
  totals.cost = whole_cost(config, session.ledger().total().cost, stretch);
  link.send(kCells, cells.data(), cells.size() * sizeof(CellOutcome));
  link.send(kRecords, recorder.records().data(),
            recorder.records().size() * sizeof(ledger::Record));
  link.send(kTotals, &totals, sizeof totals);
}

std::vector<double> ages_of(const Config& config) {
  std::set<double> ages(kAges_s.begin(), kAges_s.end());
  ages.insert(config.chip.core.device.age_s);
  return {ages.begin(), ages.end()};
}

std::vector<TargetWindow> first_windows(const std::vector<TargetWindow>& windows) {
  std::vector<TargetWindow> first;
  std::int64_t cells = 0;
  for (const TargetWindow& w : windows) {
    if (cells >= kIterationCells) break;
    first.push_back(w);
    cells += w.cells.cells();
  }
  return first;
}

/// Sums of one bin's errors.
struct Sums {
  std::int64_t cells = 0;
  double sum = 0;
  double squares = 0;

  void add(double error) {
    ++cells;
    sum += error;
    squares += error * error;
  }
  [[nodiscard]] Spread spread() const {
    if (cells == 0) return {};
    const auto n = static_cast<double>(cells);
    const double mean = sum / n;
    return {cells, mean, std::sqrt(std::max(0.0, squares / n - mean * mean))};
  }
};

}  // namespace

Iteration iterate(const Config& config, const std::vector<TargetWindow>& windows, int passes,
                  double age_s) {
  device::DeviceParameters parameters = config.chip.core.device;
  parameters.programming_passes = passes;
  parameters.age_s = age_s;
  std::map<std::uint32_t, array::Crossbar> cores;
  std::array<Sums, Iteration::kBins> bins;
  std::int64_t cells = 0;
  std::int64_t failed = 0;
  std::int64_t pulses = 0;
  for (const TargetWindow& w : windows) {
    array::Crossbar& crossbar =
        cores
            .try_emplace(w.core, config.chip.core.array,
                         std::shared_ptr<const device::Device>(device::make_device(parameters)),
                         w.core, config.seed.device)
            .first->second;
    const int last_row = w.cells.first_row + w.cells.rows;
    const int last_column = w.cells.first_column + w.cells.columns;
    auto target = w.targets_ps.begin();
    for (int r = w.cells.first_row; r < last_row; ++r) {
      for (int c = w.cells.first_column; c < last_column; ++c)
        crossbar.set_target(r, c, static_cast<float>(*target++ * 1e-12));
    }
    const array::ProgramReport report = crossbar.program(w.cells);
    cells += report.cells;
    failed += report.failed;
    pulses += report.pulses;
    for (int r = w.cells.first_row; r < last_row; ++r) {
      for (int c = w.cells.first_column; c < last_column; ++c) {
        const array::CellRecord& record = crossbar.record(r, c);
        if (record.is(array::CellRecord::kFailed) || record.is(array::CellRecord::kUnusable))
          continue;
        const double target_us = crossbar.target(r, c) / kMicro;
        bins[static_cast<std::size_t>(bin_of(parameters, target_us))].add(
            crossbar.conductance(r, c) / kMicro - target_us);
      }
    }
  }
  Iteration iteration;
  iteration.passes = passes;
  iteration.age_s = age_s;
  const double all = std::max<double>(1, static_cast<double>(cells));
  iteration.pulses_per_cell = static_cast<double>(pulses) / all;
  iteration.success = 1 - static_cast<double>(failed) / all;
  int filled = 0;
  for (std::size_t b = 0; b < bins.size(); ++b) {
    iteration.bins[b] = bins[b].spread();
    if (bins[b].cells == 0) continue;
    ++filled;
    iteration.sigma_us += iteration.bins[b].sigma_us;
    iteration.shift_us += iteration.bins[b].mean_us;
  }
  iteration.sigma_us /= std::max(1, filled);
  iteration.shift_us /= std::max(1, filled);
  return iteration;
}

Session::Stretch Session::program(const std::vector<TargetWindow>& windows,
                                  const ProgramWatch& watch, std::vector<CellOutcome>& cells,
                                  bool& complete) {
  return work([&](neurram_chip& chip, ChipHost& host) {
    for (const std::uint32_t core : cores_of(windows))
      runtime::expect(neurram_power_on(&chip, core), chip, "power on");
    complete = Programmer(windows, passes_of(config_), chip, host, watch).run(cells);
  });
}

ProgrammingResult run_programming(const ProgrammingRequest& request) {
  const Config& config = *request.config;
  const int passes = request.iterations
                         ? std::min(kMostIterations, config.chip.core.device.programming_passes)
                         : 0;
  const std::vector<double> ages = ages_of(config);
  const std::vector<TargetWindow> few = first_windows(*request.windows);
  const auto work = [&](int worker, WorkerLink& link) {
    if (worker == 0) return run_chip(request, link);
    for (const double age_s : ages) {
      if (WorkerLink::stop_requested()) return;
      const Iteration iteration = iterate(config, few, worker, age_s);
      link.send(kIteration, &iteration, sizeof iteration);
    }
  };
  ProgrammingResult result;
  const auto on_message = [&](int, std::uint32_t type, const std::vector<char>& data) {
    switch (type) {
      case kProgress: {
        const Progress p = array_of<Progress>(data).front();
        if (request.progress) request.progress(p.done, p.total, p.pulses);
        return;
      }
      case kCells:
        result.cells = array_of<CellOutcome>(data);
        return;
      case kRecords:
        result.records = array_of<ledger::Record>(data);
        return;
      case kIteration:
        result.iterations.push_back(array_of<Iteration>(data).front());
        return;
      default: {
        const Totals totals = array_of<Totals>(data).front();
        result.complete = totals.complete;
        result.simulated_ps = totals.simulated_ps;
        result.cost = totals.cost;
      }
    }
  };
  bool interrupted = false;
  run_workers(1 + passes, work, on_message, interrupted);
  if (interrupted) result.complete = false;
  if (!result.complete) result.iterations.clear();
  std::sort(result.iterations.begin(), result.iterations.end(),
            [](const Iteration& a, const Iteration& b) {
              return std::pair(a.passes, a.age_s) < std::pair(b.passes, b.age_s);
            });
  return result;
}

}  // namespace neurram::session
