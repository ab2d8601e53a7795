#pragma once

#include <array>

#include "models/device/cell.h"

namespace neurram::device {

/// A cell known by its statistics alone: it ends uniformly inside the write-verify window, then
/// relaxes by a Gaussian whose spread depends on its state. Cells that must only be off (target not
/// above g_min) end anywhere below g_min. A share of the cells misses the window; as on silicon
/// those are mostly the highest targets, which stop at half of theirs or more.
class StatisticalDevice : public Device {
 public:
  explicit StatisticalDevice(const DeviceParameters& parameters);

  [[nodiscard]] ProgrammedCell program(const CellTask& task, std::uint64_t seed,
                                       const CellAddress& cell) const override;
  /// One pass, whose statistics are those of all.
  [[nodiscard]] Schedule schedule() const override;
  [[nodiscard]] FormedCell form(std::uint64_t seed, const CellAddress& cell) const override;

 private:
  [[nodiscard]] double sigma_s(double g_s) const;

  DeviceParameters parameters_;
  /// relaxation_sigma_s on a grid of kGrid steps of g_max/256, linear between.
  std::array<float, 513> sigma_grid_{};
  double grid_step_s_;
};

}  // namespace neurram::device
