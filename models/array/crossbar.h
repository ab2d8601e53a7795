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

struct ProgramReport {
  std::int64_t cells = 0;
  std::int64_t failed = 0;
  std::int64_t pulses = 0;
};

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
  /// Back door: the cell has this conductance, and was verified at it.
  void set_conductance(int row, int column, float g_s);

  /// Write-verify of every cell of the window to its target, then relaxation.
  ProgramReport program(const CellWindow& window);

  /// Counts changes of any conductance: a transfer matrix made before is stale.
  [[nodiscard]] std::uint64_t version() const { return version_; }

 private:
  [[nodiscard]] std::size_t index(int row, int column) const {
    return static_cast<std::size_t>(row) * static_cast<std::size_t>(parameters_.columns) +
           static_cast<std::size_t>(column);
  }

  ArrayParameters parameters_;
  std::shared_ptr<const device::Device> device_;
  std::uint32_t core_;
  std::uint64_t device_seed_;
  std::uint32_t generation_ = 0;
  std::uint64_t version_ = 0;
  ZeroedArray<float> target_s_;
  ZeroedArray<float> verified_s_;
  ZeroedArray<float> conductance_s_;  ///< zero: un-formed
};

}  // namespace neurram::array
