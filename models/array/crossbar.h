#pragma once

#include <cstdint>
#include <memory>

#include "models/array/parameters.h"
#include "models/base/zeroed.h"
#include "models/device/cell.h"

namespace neurram::array {

/// Cells of one window, row-major, as the programming command and the back door see them.
struct CellWindow {
  int first_row = 0;
  int first_column = 0;
  int rows = 0;
  int columns = 0;

  [[nodiscard]] std::int64_t cells() const { return std::int64_t{rows} * columns; }
};

/// What programming did, in all passes together.
struct ProgramReport {
  std::int64_t cells = 0;
  std::int64_t failed = 0;  ///< in the last pass
  std::int64_t pulses = 0;
  std::int64_t reads = 0;           ///< verify reads
  std::int64_t forming_pulses = 0;  ///< of cells that had not been formed
};

struct FormReport {
  std::int64_t cells = 0;
  std::int64_t unusable = 0;
  std::int64_t pulses = 0;
};

/// What is known of a cell besides its conductances.
struct CellRecord {
  enum Flag : std::uint8_t {
    kFormed = 1,
    kUnusable = 2,  ///< un-formed for good, or stuck
    kFailed = 4,    ///< its last write-verify did not end inside the window
  };

  static constexpr std::uint8_t kNoPass = 255;

  std::uint16_t pulses;      ///< of its last PROGRAM, all passes; 65,535 if more
  std::uint16_t generation;  ///< how often PROGRAM was begun on it
  std::uint8_t last_pass;    ///< of its last PROGRAM that gave it pulses, or kNoPass
  std::uint8_t flags;

  [[nodiscard]] bool is(Flag flag) const { return (flags & flag) != 0; }
  void set(Flag flag, bool on) {
    flags = static_cast<std::uint8_t>(on ? flags | flag : flags & ~flag);
  }
};

class ProgramRun;

/// The cells of one core: target, last verified and true conductance of each [S].
class Crossbar {
 public:
  Crossbar(const ArrayParameters& parameters, std::shared_ptr<const device::Device> device,
           std::uint32_t core, std::uint64_t device_seed);

  [[nodiscard]] int rows() const { return parameters_.rows; }
  [[nodiscard]] int columns() const { return parameters_.columns; }
  [[nodiscard]] const ArrayParameters& parameters() const { return parameters_; }

  void set_target(int row, int column, float g_s) { target_s_[index(row, column)] = g_s; }
  [[nodiscard]] float target(int row, int column) const { return target_s_[index(row, column)]; }
  [[nodiscard]] float verified(int row, int column) const {
    return verified_s_[index(row, column)];
  }
  [[nodiscard]] float conductance(int row, int column) const {
    return conductance_s_[index(row, column)];
  }
  /// All cells, row-major; in place for the crossbar's life.
  [[nodiscard]] const float* targets() const { return target_s_.data(); }
  [[nodiscard]] const float* verified() const { return verified_s_.data(); }
  [[nodiscard]] const float* conductances() const { return conductance_s_.data(); }
  [[nodiscard]] const CellRecord& record(int row, int column) const {
    return record_[index(row, column)];
  }
  /// Back door: the cell has this conductance, and was verified at it.
  void set_conductance(int row, int column, float g_s);

  /// Forms every cell of the window. Cells are the same whether FORM came to them in one window or
  /// in many, or never: PROGRAM forms what it needs formed.
  FormReport form(const CellWindow& window);
  /// Cells of a row that forming has shown to be of no use.
  [[nodiscard]] int unusable(int row) const;

  /// A ProgramRun from its first step to its last.
  ProgramReport program(const CellWindow& window);

  /// Counts changes of any conductance: a transfer matrix made before is stale.
  [[nodiscard]] std::uint64_t version() const { return version_; }

 private:
  friend class ProgramRun;

  [[nodiscard]] std::size_t index(int row, int column) const {
    return static_cast<std::size_t>(row) * static_cast<std::size_t>(parameters_.columns) +
           static_cast<std::size_t>(column);
  }
  [[nodiscard]] device::CellAddress address(int row, int column) const {
    return {core_, static_cast<std::uint32_t>(row), static_cast<std::uint32_t>(column),
            record_[index(row, column)].generation};
  }
  device::FormedCell form_cell(int row, int column);

  ArrayParameters parameters_;
  std::shared_ptr<const device::Device> device_;
  std::uint32_t core_;
  std::uint64_t device_seed_;
  std::uint64_t version_ = 0;
  // 18 bytes a cell.
  ZeroedArray<float> target_s_;
  ZeroedArray<float> verified_s_;
  ZeroedArray<float> conductance_s_;  ///< zero: never formed nor programmed
  ZeroedArray<CellRecord> record_;
};

/// Write-verify of every cell of a window to its target, in the device's number of passes over the
/// window: the cells relax after each pass, the next one reads all and programs those outside their
/// tolerance again; after the last they relax to the stated age. One step() does one row of one
/// pass, so that a controller can be interrupted in between. What a cell becomes depends on its
/// address and on how often it was programmed, on nothing else: not on the window, nor on what
/// happens between steps. A run that is dropped leaves its cells as its last step did.
///
///   ProgramRun run(crossbar, window);
///   while (!run.done()) run.step();
class ProgramRun {
 public:
  /// The crossbar outlives the run, and has no other on these cells until it is done.
  ProgramRun(Crossbar& crossbar, const CellWindow& window);

  [[nodiscard]] bool done() const { return pass_ == schedule_.passes; }
  /// What the next step works on.
  [[nodiscard]] int pass() const { return pass_; }
  [[nodiscard]] int row() const { return window_.first_row + row_; }
  [[nodiscard]] int passes() const { return schedule_.passes; }
  /// Waiting time that the next step asks for: before each pass but the first, the cells relax [s].
  [[nodiscard]] double wait_s() const {
    return pass_ > 0 && !done() && row_ == 0 ? schedule_.t_between_s : 0.0;
  }

  /// Not to be called when done(). Returns what it did: `cells` and `failed` are the row's.
  ProgramReport step();

  /// All steps so far; cells are the window's.
  [[nodiscard]] const ProgramReport& report() const { return report_; }

 private:
  void program_cell(int row, int column, ProgramReport& report);
  /// Time since a cell's last pulse, at this pass. One that PROGRAM has left alone from the start
  /// had its pulses at least age_s before.
  [[nodiscard]] double since_s(const CellRecord& record) const;
  void rest(std::size_t cell, double from_s, double to_s, int after_pass,
            const device::CellAddress& address);

  Crossbar& crossbar_;
  CellWindow window_;
  device::Schedule schedule_;
  int pass_ = 0;
  int row_ = 0;
  ProgramReport report_;
};

}  // namespace neurram::array
