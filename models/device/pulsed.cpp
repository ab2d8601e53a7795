#include "models/device/pulsed.h"

#include <algorithm>
#include <cmath>

#include "models/base/gaussian.h"
#include "models/device/forming.h"

namespace neurram::device {
namespace {

std::uint64_t draw_id(const CellAddress& cell) {
  return std::uint64_t{cell.generation} << 32 | cell.row;
}

/// The normal numbers that one pass over one cell uses up, in order.
class Normals {
 public:
  Normals(std::uint64_t seed, const CellAddress& cell, int pass)
      : key_(philox_key(seed)),
        block_(cell.column << 16),
        id_(draw_id(cell)),
        stream_(draw_stream(cell.core, static_cast<std::uint32_t>(pass), DrawKind::kPulse)) {}

  double next() {
    if (used_ == kColumnsPerDraw) {
      normals_ = normal_block(key_, block_++, id_, stream_);
      used_ = 0;
    }
    return static_cast<double>(normals_.z[used_++]);
  }

 private:
  PhiloxKey key_;
  std::uint32_t block_;
  std::uint64_t id_;
  std::uint32_t stream_;
  int used_ = kColumnsPerDraw;
  NormalBlock normals_{};
};

/// One cell under the controller's pulses.
class Cell final : public PulsedCell {
 public:
  Cell(const PulsedDevice& device, const CellTask& task, const CellTraits& traits,
       double verify_sigma_s, Normals* normals)
      : device_(device),
        usable_(task.usable),
        traits_(traits),
        verify_sigma_s_(verify_sigma_s),
        normals_(normals),
        g_s_(task.conductance_s) {}

  double read() override {
    if (verify_sigma_s_ == 0) return g_s_;
    return std::max(0.0, g_s_ + verify_sigma_s_ * normals_->next());
  }
  void apply(const Pulse& pulse) override {
    const double z = normals_ == nullptr ? 0 : normals_->next();
    if (usable_) g_s_ = device_.after(pulse, g_s_, traits_, z);
  }
  [[nodiscard]] double conductance_s() const { return g_s_; }

 private:
  const PulsedDevice& device_;
  bool usable_;
  const CellTraits& traits_;
  double verify_sigma_s_;
  Normals* normals_;  ///< none: every pulse does what it does in the median
  double g_s_;
};

}  // namespace

PulsedDevice::PulsedDevice(const DeviceParameters& parameters) : parameters_(parameters) {}

Drift PulsedDevice::drift(double g_s, double since_s) const {
  return {0, relaxation_sigma_s(g_s, since_s)};
}

ProgrammedCell PulsedDevice::program(const CellTask& task, std::uint64_t seed,
                                     const CellAddress& cell) const {
  const bool spread = parameters_.programming_spread;
  Normals normals(seed, cell, task.pass);
  const CellTraits own = spread ? traits(seed, cell) : CellTraits{};
  const double verify_sigma_s =
      parameters_.sigma_read_s() / std::sqrt(parameters_.programming.verify_samples);
  Cell under_test(*this, task, own, spread ? verify_sigma_s : 0, spread ? &normals : nullptr);
  const WriteVerifyResult result =
      write_verify(under_test, window_of(task.target_s, parameters_), parameters_.programming);
  constexpr int kMost = 65535;
  ProgrammedCell programmed;
  programmed.pulses = static_cast<std::uint16_t>(std::min(result.pulses, kMost));
  programmed.reads = static_cast<std::uint16_t>(std::min(result.reads, kMost));
  if (!spread) {  // a window of no width, which every cell meets
    programmed.verified_s = programmed.conductance_s =
        std::max(task.target_s, static_cast<float>(parameters_.g_floor_s));
    return programmed;
  }
  programmed.verified_s = static_cast<float>(result.verified_s);
  programmed.conductance_s =
      static_cast<float>(std::max(under_test.conductance_s(), parameters_.g_floor_s));
  programmed.failed = result.failed || !task.usable;
  return programmed;
}

Schedule PulsedDevice::schedule() const {
  Schedule schedule;
  schedule.passes = parameters_.programming_passes;
  schedule.t_between_s = parameters_.t_between_passes_s;
  schedule.age_s = parameters_.age_s;
  schedule.needs_forming = true;
  return schedule;
}

FormedCell PulsedDevice::form(std::uint64_t seed, const CellAddress& cell) const {
  return form_cell(parameters_, seed, cell);
}

float PulsedDevice::relax(float g_s, const Rest& rest, std::uint64_t seed,
                          const CellAddress& cell) const {
  if (!parameters_.relaxation || rest.to_s <= rest.from_s) return g_s;
  const auto g = static_cast<double>(g_s);
  const Drift before = rest.from_s > 0 ? drift(g, rest.from_s) : Drift{};
  const Drift after = drift(g, rest.to_s);
  const double scale = rest.pass > 0 ? parameters_.repeat_relaxation_ratio : 1.0;
  const double variance = after.sigma_s * after.sigma_s - before.sigma_s * before.sigma_s;
  const double sigma_s = scale * std::sqrt(std::max(variance, 0.0));
  const double z = static_cast<double>(normal(
      philox_key(seed), cell.column, draw_id(cell),
      draw_stream(cell.core, static_cast<std::uint32_t>(rest.after_pass), DrawKind::kRelaxation)));
  return static_cast<float>(
      std::max(g + scale * (after.mean_s - before.mean_s) + sigma_s * z, parameters_.g_floor_s));
}

}  // namespace neurram::device
