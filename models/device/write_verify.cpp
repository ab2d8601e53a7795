#include "models/device/write_verify.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace neurram::device {
namespace {

/// Pulses of a ramp that stay below the end voltage.
int pulses_below_end(double start_v, const ProgrammingParameters& p) {
  constexpr double kRounding = 1e-9;
  return std::max(0, static_cast<int>(std::ceil((p.end_v - start_v) / p.step_v - kRounding)));
}

class Controller {
 public:
  Controller(PulsedCell& cell, const Window& window, const ProgrammingParameters& parameters)
      : cell_(cell), window_(window), parameters_(parameters) {}

  WriteVerifyResult run() {
    read();
    for (int ramps = 0;; ++ramps) {
      result_.reversals = std::max(ramps - 1, 0);
      if (inside()) {
        read();  // confirm
        if (inside()) return result_;
      }
      if (ramps > parameters_.reversals || !ramp(above() ? Polarity::kReset : Polarity::kSet))
        break;
    }
    result_.failed = true;
    return result_;
  }

 private:
  void read() {
    result_.verified_s = cell_.read();
    ++result_.reads;
  }
  [[nodiscard]] bool above() const { return result_.verified_s > window_.high_s; }
  [[nodiscard]] bool below() const { return result_.verified_s < window_.low_s; }
  [[nodiscard]] bool inside() const { return !above() && !below(); }

  /// False if it ran out of pulses.
  bool ramp(Polarity polarity) {
    const bool set = polarity == Polarity::kSet;
    const double start_v = set ? parameters_.set_start_v : parameters_.reset_start_v;
    const int length = pulses_below_end(start_v, parameters_) + parameters_.end_pulses;
    Pulse pulse{polarity, 0, parameters_.pulse_s, set ? window_.set_wl_v : parameters_.reset_wl_v};
    for (int k = 0; k < length && (set ? below() : above()); ++k) {
      pulse.amplitude_v = std::min(start_v + k * parameters_.step_v, parameters_.end_v);
      cell_.apply(pulse);
      ++result_.pulses;
      read();
    }
    return set ? !below() : !above();
  }

  PulsedCell& cell_;
  const Window& window_;
  const ProgrammingParameters& parameters_;
  WriteVerifyResult result_;
};

}  // namespace

Window window_of(double target_s, const DeviceParameters& parameters) {
  const ProgrammingParameters& p = parameters.programming;
  if (target_s <= parameters.g_min_s)
    return {-std::numeric_limits<double>::infinity(), parameters.g_min_s, p.set_wl_v};
  return {target_s - parameters.g_tolerance_s, target_s + parameters.g_tolerance_s,
          target_s > parameters.g_max_s ? p.set_wl_high_v : p.set_wl_v};
}

WriteVerifyResult write_verify(PulsedCell& cell, const Window& window,
                               const ProgrammingParameters& parameters) {
  return Controller(cell, window, parameters).run();
}

}  // namespace neurram::device
