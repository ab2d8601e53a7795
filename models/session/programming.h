#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "models/array/crossbar.h"
#include "models/ledger/ledger.h"
#include "models/mapper/deployment.h"
#include "models/session/config.h"

/// Programming cells of a chip, and what becomes of them: through the chip's registers as they are,
/// and beside it on copies of the same cells after fewer passes and other times.
namespace neurram::session {

/// Neighbouring cells of one core, and what to program them to.
struct TargetWindow {
  std::uint32_t core = 0;
  array::CellWindow cells;
  std::vector<std::uint32_t> targets_ps;  ///< row-major
};

/// The cells of a placed network.
[[nodiscard]] std::vector<TargetWindow> target_windows(const mapper::Deployment& deployment);

enum class TargetPattern {
  kUniform,  ///< evenly from g_min to g_max, neighbours far apart
  kLevels,   ///< kLevels values evenly from g_min to g_max
};
constexpr int kLevels = 8;

/// Conductance of level 0 … kLevels - 1 [uS].
[[nodiscard]] double level_us(const device::DeviceParameters& device, int level);
/// The level nearest to a conductance.
[[nodiscard]] int nearest_level(const device::DeviceParameters& device, double g_us);

/// The first rows and columns of a core.
[[nodiscard]] TargetWindow pattern_window(TargetPattern pattern, std::uint32_t core, int rows,
                                          int columns, const device::DeviceParameters& device);

/// A cell after PROGRAM, as the chip's bus tells it; `final_ps` is what it truly is at the stated
/// age, by debug access.
struct CellOutcome {
  std::uint16_t core, row, column;
  std::uint16_t pulses;  ///< of all passes; 16,383 if more
  std::uint32_t target_ps, verified_ps, final_ps;
  bool failed;    ///< outside its tolerance when write-verify gave up
  bool unusable;  ///< un-formed or stuck

  [[nodiscard]] double target_us() const { return target_ps * 1e-6; }
  [[nodiscard]] double verified_us() const { return verified_ps * 1e-6; }
  [[nodiscard]] double final_us() const { return final_ps * 1e-6; }
};

/// Error of cells in the mean, those that failed or are unusable left out.
struct Spread {
  std::int64_t cells = 0;
  double mean_us = 0;
  double sigma_us = 0;
};

/// What became of the same cells after some passes, some time after the last.
struct Iteration {
  static constexpr int kBins = 20;  ///< of target, even from g_min to g_max

  int passes = 0;
  double age_s = 0;
  double pulses_per_cell = 0;
  double success = 0;   ///< share of cells within the tolerance after the last pass
  double sigma_us = 0;  ///< mean over the bins that hold cells
  double shift_us = 0;  ///< the same of the error's mean
  std::array<Spread, kBins> bins;
};

/// Middle of bin 0 … Iteration::kBins - 1 [uS].
[[nodiscard]] double bin_us(const device::DeviceParameters& device, int bin);
/// The bin of a target; the outer ones take what lies beyond.
[[nodiscard]] int bin_of(const device::DeviceParameters& device, double g_us);

struct ProgrammingRequest {
  const Config* config = nullptr;
  const std::vector<TargetWindow>* windows = nullptr;
  bool iterations = true;  ///< also see what fewer passes and other times give
  /// Called while the chip works: rows done, rows of all passes and windows, pulses so far.
  std::function<void(std::size_t, std::size_t, std::int64_t)> progress;
};

struct ProgrammingResult {
  bool complete = true;
  std::vector<CellOutcome> cells;  ///< that PROGRAM has come to
  std::int64_t simulated_ps = 0;
  ledger::Cost cost;                    ///< leakage included; all of simulated_ps
  std::vector<ledger::Record> records;  ///< one per command and burst
  std::vector<Iteration> iterations;    ///< by passes, then age; empty if not complete
};

/// Ages that iterations show [s], besides that of the configuration.
inline constexpr std::array<double, 3> kAges_s = {1, 1800, 86400};
/// Most passes that iterations show.
inline constexpr int kMostIterations = 5;
/// Iterations look at the first windows with no fewer cells than these together.
inline constexpr std::int64_t kIterationCells = 65536;

/// Programs the windows one after the other on a simulated chip, in a process of its own, with the
/// iterations beside it in others. On Ctrl-C the row at work is finished and what was done is kept.
[[nodiscard]] ProgrammingResult run_programming(const ProgrammingRequest& request);

/// The same cells without a chip around them: `passes` passes, then `age_s` of rest.
[[nodiscard]] Iteration iterate(const Config& config, const std::vector<TargetWindow>& windows,
                                int passes, double age_s);

}  // namespace neurram::session
