#include "models/study/characterize.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>

#include "models/session/conversion.h"
#include "models/study/ablation.h"

namespace neurram::study {
namespace {

constexpr std::uint64_t kWeightSeed = 11;
constexpr std::uint64_t kCodeSeed = 12;
/// Index of the core that is looked at: near the supply.
constexpr int kCore = 0;
constexpr std::size_t kScatterPoints = 2000;

double deviation(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double sum = 0;
  for (const double v : values) sum += (v - mean) * (v - mean);
  return std::sqrt(sum / n);
}

core::SlotSettings slot_of(const session::Config& config, int bits_in, int bits_out) {
  core::SlotSettings slot;
  slot.is_signed = true;
  slot.bits_in = bits_in;
  slot.bits_out = bits_out;
  slot.input_scheme = static_cast<core::InputScheme>(config.scheme.input_scheme);
  slot.conversion = static_cast<core::Conversion>(config.scheme.conversion);
  slot.step_limit = config.calibration.step_limit;
  return slot;
}

/// A core, its operation and its rails, set as calibration would.
class Experiment {
 public:
  Experiment(const session::Config& config, const chip::ChipParameters& chip,
             const Weights& weights, std::size_t vectors)
      : config_(config),
        chip_(chip),
        wanted_vectors_(vectors),
        core_(chip, kCore, weights, slot_of(config, 4, 6), {}, config.seed) {}

  /// Sets pulse multiplier and rails so that the results fill the converter's range with little
  /// noise, then measures.
  PrecisionPoint measure(int bits_in, int bits_out) {
    core::SlotSettings slot = slot_of(config_, bits_in, bits_out);
    codes_ = random_codes(slot, core_.inputs(), wanted_vectors_, kCodeSeed);
    set_range(slot);
    const std::vector<float> scales = supply_scales(chip_, {&core_}, codes_).front();
    results_ = core_.run(codes_, scales, 0, &comparisons_);
    exact_ = core_.exact(codes_);
    PrecisionPoint point{bits_in, bits_out, static_cast<int>(core_.plan().phases.size()),
                         core_.slot().pulse_multiplier, share()};
    return point;
  }

  [[nodiscard]] std::vector<ScatterPoint> scatter() const {
    const double unit = deviation(exact_);
    const auto fits = fit_columns(results_, exact_, core_.outputs());
    std::vector<ScatterPoint> points;
    const std::size_t every = std::max<std::size_t>(1, results_.size() / kScatterPoints);
    for (std::size_t x = 0; x < results_.size(); x += every) {
      const ColumnFit& fit = fits[x % core_.outputs()];
      if (fit.slope <= 0) continue;
      points.push_back({exact_[x] / unit, (results_[x] - fit.intercept) / fit.slope / unit});
    }
    return points;
  }

  /// In the mean over the vectors.
  [[nodiscard]] double energy_j() const {
    double energy_j = 0;
    for (const std::uint16_t n : comparisons_)
      energy_j += core_.plan().conversion_energy[n].joules() / vectors();
    for (const Femtojoules e : core_.plan().fixed_energy) energy_j += e.joules();
    return energy_j;
  }
  [[nodiscard]] double latency_s() const {
    const neuron::TimingParameters timing = core::timing_of(core_.parameters());
    const auto fixed = neuron::operation_cycles(timing, core_.plan().fixed_visits);
    const double compared = std::accumulate(comparisons_.begin(), comparisons_.end(), 0.0);
    const auto convert = static_cast<std::size_t>(neuron::State::kConvert);
    const double cycles =
        static_cast<double>(std::accumulate(fixed.begin(), fixed.end(), std::int64_t{0})) +
        compared / vectors() * static_cast<double>(neuron::state_cycles(timing)[convert]);
    return timing.t_clock_s * cycles;
  }

 private:
  /// Sets pulses and rails as calibration would, by what the first vectors do.
  void set_range(core::SlotSettings slot) {
    constexpr std::size_t kProbed = 64;
    const std::size_t probed = std::min(wanted_vectors_, kProbed) * core_.inputs();
    const std::vector<std::uint8_t> some(codes_.begin(),
                                         codes_.begin() + static_cast<std::ptrdiff_t>(probed));
    const auto measure = [&](const runtime::RangeFinder::Probe& asked) {
      core::SlotSettings probe = slot;
      probe.conversion = static_cast<core::Conversion>(asked.conversion);
      probe.bits_out = asked.bits_out;
      probe.step_limit = asked.step_limit;
      probe.pulse_multiplier = asked.pulse_multiplier;
      core_.set_operation(probe, session::rails_of(asked.rails));
      std::vector<float> magnitudes;
      const std::vector<double> results = run_group(chip_, {&core_}, some, 0).front();
      for (const double y : results) magnitudes.push_back(static_cast<float>(std::fabs(y)));
      return magnitudes;
    };
    session::Config config = config_;
    config.chip = chip_;
    const runtime::OperatingScheme scheme = session::operating_scheme(config);
    const runtime::RangeFinder finder(scheme, config_.calibration);
    const int count =
        slot.conversion == core::Conversion::kUnary ? slot.step_limit : 1 << (slot.bits_out - 1);
    const runtime::DriveRange range = finder.find(count, measure);
    slot.pulse_multiplier = range.pulse_multiplier;
    core_.set_operation(slot, session::rails_of(range.rails));
  }

  [[nodiscard]] double vectors() const { return static_cast<double>(comparisons_.size()); }

  [[nodiscard]] ErrorShare share() const {
    const std::size_t outputs = core_.outputs();
    const double unit = deviation(exact_);
    const auto fits = fit_columns(results_, exact_, outputs);
    ErrorShare error;
    double slope = 0;
    for (const ColumnFit& fit : fits) slope += fit.slope / static_cast<double>(outputs);
    double calibrated = 0, plain = 0, steps = 0;
    const auto n = static_cast<double>(results_.size());
    for (std::size_t x = 0; x < results_.size(); ++x) {
      const ColumnFit& fit = fits[x % outputs];
      const double rest = results_[x] - fit.intercept - fit.slope * exact_[x];
      steps += rest * rest / n;
      if (fit.slope > 0) calibrated += rest * rest / (fit.slope * fit.slope) / n;
      const double off = results_[x] / slope - exact_[x];
      plain += off * off / n;
    }
    return {std::sqrt(calibrated) / unit, std::sqrt(plain) / unit, std::sqrt(steps)};
  }

  const session::Config& config_;
  const chip::ChipParameters& chip_;
  std::size_t wanted_vectors_;
  CoreUnderTest core_;
  std::vector<std::uint8_t> codes_;
  std::vector<double> results_;
  std::vector<std::uint16_t> comparisons_;
  std::vector<double> exact_;
};

constexpr int kBitsIn[] = {1, 2, 3, 4, 5, 6, 8};
constexpr int kBitsOut[] = {4, 6, 8, 10};

/// Walks the experiments, one after the other, until the user has enough.
class Walk {
 public:
  explicit Walk(const CharacterizeRequest& request)
      : request_(request),
        weights_(gaussian_weights(request.inputs, request.outputs, 1.35, kWeightSeed)),
        all_(2 + std::size(kBitsIn) * std::size(kBitsOut) + 2 + non_idealities().size()) {}

  Characterization run() {
    result_.inputs = request_.inputs;
    result_.outputs = request_.outputs;
    result_.vectors = request_.vectors;
    result_.complete = precision() && sensing() && ablation();
    return result_;
  }

 private:
  bool next() {
    if (request_.progress) request_.progress(done_, all_);
    ++done_;
    return !(request_.interrupted && request_.interrupted());
  }
  [[nodiscard]] const session::Config& config() const { return *request_.config; }

  bool precision() {
    Experiment experiment(config(), config().chip, weights_, request_.vectors);
    for (const int bits_in : kBitsIn) {
      for (const int bits_out : kBitsOut) {
        if (!next()) return false;
        const int low_bits = bits_in - 1 > config().chip.core.two_phase_above ? bits_in / 2 : 0;
        if (low_bits > 0 && bits_out <= low_bits) continue;
        result_.precision.push_back(experiment.measure(bits_in, bits_out));
      }
    }
    result_.scatter_at = experiment.measure(4, 6);
    result_.scatter = experiment.scatter();
    return true;
  }

  bool sensing() {
    for (const array::Sensing mode : {array::Sensing::kVoltage, array::Sensing::kCurrent}) {
      if (!next()) return false;
      chip::ChipParameters chip = config().chip;
      chip.core.array.sensing = mode;
      chip.core_overrides.clear();
      Experiment experiment(config(), chip, weights_, request_.vectors);
      const ErrorShare error = experiment.measure(4, 6).error;
      result_.sensing.push_back({mode == array::Sensing::kVoltage ? "voltage" : "current", error,
                                 experiment.energy_j(), experiment.latency_s()});
    }
    return true;
  }

  bool ablation() {
    const chip::ChipParameters none = ideal_chip(config().chip);
    if (!measure_ablation("none", "converter of finite resolution alone", none)) return false;
    for (const NonIdeality& one : non_idealities()) {
      chip::ChipParameters chip = none;
      one.set(chip, true);
      if (!measure_ablation(one.name, one.what, chip)) return false;
    }
    return measure_ablation("all", "as configured", config().chip);
  }

  bool measure_ablation(const std::string& name, const std::string& what,
                        const chip::ChipParameters& chip) {
    if (!next()) return false;
    Experiment experiment(config(), chip, weights_, request_.vectors);
    result_.ablation.push_back({name, what, experiment.measure(4, 8).error});
    return true;
  }

  const CharacterizeRequest& request_;
  Weights weights_;
  std::size_t all_;
  std::size_t done_ = 0;
  Characterization result_;
};

}  // namespace

Characterization characterize(const CharacterizeRequest& request) {
  Characterization result = Walk(request).run();
  return result;
}

}  // namespace neurram::study
