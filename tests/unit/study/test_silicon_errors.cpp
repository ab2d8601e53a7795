// Errors of products under neurram-deployed.toml against what the chip team measured on silicon
// (public repository Neurram_48core, executed notebooks). "Steps" are decrement steps of the ADC.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

#include "models/session/config.h"
#include "models/study/mvm_experiment.h"

using namespace neurram;
using namespace neurram::study;

namespace {

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}
double rms(const std::vector<double>& values) {
  double sum = 0;
  for (const double v : values) sum += v * v;
  return std::sqrt(sum / static_cast<double>(values.size()));
}
double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2),
                   values.end());
  return values[values.size() / 2];
}
std::vector<double> each(const std::vector<ColumnFit>& fits, double ColumnFit::*member) {
  std::vector<double> values;
  for (const ColumnFit& fit : fits) values.push_back(fit.*member);
  return values;
}

constexpr std::size_t kInputs = 101;  // pairs of rows of a 64-channel 3 x 3 segment with its bias
constexpr std::size_t kOutputs = 64;
constexpr double kLargestWeight = 1.35;  // 54 uS
constexpr core::Seeds kSeeds{3, 4};

/// The chip team's settings for ResNet's conv15 on one core; six cores ran with 5 samples and rails
/// 10 mV lower.
struct Silicon {
  chip::ChipParameters chip;
  core::SlotSettings slot;
  core::RailSet rails{0.79, 0.70, 0.12, 0.03, 0, 0.1};
  std::vector<std::uint8_t> codes;

  Silicon() {
    session::ConfigSources sources;
    sources.chip = "neurram-deployed";
    chip = session::load_config(sources).chip;
    slot.bits_in = 3;
    slot.input_scheme = core::InputScheme::kBipolar;
    slot.conversion = core::Conversion::kUnary;
    slot.step_limit = 100;
    slot.pulse_multiplier = 6;
    codes = rectified_codes(slot, kInputs, 1000, 2.2, 1);
  }

  [[nodiscard]] CoreUnderTest core(int index, std::uint64_t weight_seed) const {
    return {chip, index, gaussian_weights(kInputs, kOutputs, kLargestWeight, weight_seed),
            slot, rails, kSeeds};
  }
  [[nodiscard]] std::vector<double> run(const CoreUnderTest& core,
                                        const std::vector<std::uint8_t>& of,
                                        std::uint64_t id) const {
    return run_group(chip, {&core}, of, id).front();
  }
};

}  // namespace

TEST_CASE("a calibrated product errs by as many steps as on silicon") {
  const Silicon silicon;
  const CoreUnderTest core = silicon.core(0, 5);
  const auto fits =
      fit_columns(silicon.run(core, silicon.codes, 0), core.exact(silicon.codes), kOutputs);
  // Columns of three layers: 0.6 (0.101 units x 5.9) to 2.1 steps (0.343 x 6.2).
  const double error = rms(each(fits, &ColumnFit::rms_steps));
  INFO("error of a product: " << error << " steps");
  CHECK(error > 0.6);
  CHECK(error < 2.1);
  // Column offsets: 3.5 to 4.6 steps, none in the mean as V_read+ - V_read- is V_decrement's.
  auto offsets = each(fits, &ColumnFit::intercept);
  const double middle = mean(offsets);
  for (double& offset : offsets) offset -= middle;
  INFO("column offsets: " << rms(offsets) << " steps about " << middle);
  CHECK(rms(offsets) > 3.5);
  CHECK(rms(offsets) < 4.6);
  CHECK(std::fabs(middle) < 1);
}

TEST_CASE("the same input repeats as on silicon: 0.79 steps, 0.43 to 1.74 by output") {
  const Silicon silicon;
  const CoreUnderTest core = silicon.core(0, 5);
  constexpr std::size_t kRepeats = 400;
  std::vector<std::uint8_t> same;
  for (std::size_t k = 0; k < kRepeats; ++k)
    same.insert(same.end(), silicon.codes.begin(), silicon.codes.begin() + kInputs);
  const auto results = silicon.run(core, same, 5000);
  std::vector<double> spread;
  for (std::size_t j = 0; j < kOutputs; ++j) {
    std::vector<double> column;
    for (std::size_t k = 0; k < kRepeats; ++k) column.push_back(results[k * kOutputs + j]);
    const double middle = mean(column);
    for (double& y : column) y -= middle;
    spread.push_back(rms(column));
  }
  CHECK(rms(spread) == Approx(0.79).epsilon(0.2));
  CHECK(*std::min_element(spread.begin(), spread.end()) > 0.43);
  CHECK(*std::max_element(spread.begin(), spread.end()) < 1.74);
}

TEST_CASE("what averaging does not remove is as on silicon: 1.1 steps") {
  const Silicon silicon;
  const CoreUnderTest core = silicon.core(0, 5);
  constexpr std::size_t kVectors = 300;
  constexpr int kAverages = 40;
  const std::vector<std::uint8_t> codes(silicon.codes.begin(),
                                        silicon.codes.begin() + kInputs * kVectors);
  std::vector<double> average(kVectors * kOutputs, 0.0);
  for (int k = 0; k < kAverages; ++k) {
    const auto results = silicon.run(core, codes, 100000 + 1000 * static_cast<std::uint64_t>(k));
    for (std::size_t x = 0; x < average.size(); ++x) average[x] += results[x] / kAverages;
  }
  const auto fits = fit_columns(average, core.exact(codes), kOutputs);
  CHECK(rms(each(fits, &ColumnFit::rms_steps)) == Approx(1.1).epsilon(0.2));
}

TEST_CASE("the gain falls with the core's row as on silicon: row 7 has 0.54 to 0.65 of row 0") {
  const Silicon silicon;
  std::vector<double> gain;
  for (int row = 0; row < 8; ++row) {
    const CoreUnderTest core = silicon.core(row * silicon.chip.grid_columns, 5);
    const auto fits =
        fit_columns(silicon.run(core, silicon.codes, 0), core.exact(silicon.codes), kOutputs);
    gain.push_back(median(each(fits, &ColumnFit::slope)));
    if (row > 0)
      CHECK(gain[static_cast<std::size_t>(row)] < gain[static_cast<std::size_t>(row) - 1]);
  }
  CHECK(gain[7] / gain[0] > 0.54);
  CHECK(gain[7] / gain[0] < 0.65);
}

TEST_CASE("errors of six cores of a column grow along it as on silicon") {
  // 0.16, 0.17, 0.31, 0.49, 0.64, 0.88 units on core rows 1 to 6.
  Silicon silicon;
  silicon.slot.pulse_multiplier = 5;
  silicon.rails.v_read_plus_v = 0.78;
  silicon.rails.v_read_minus_v = 0.69;
  std::vector<CoreUnderTest> cores;
  for (int row = 1; row <= 6; ++row)
    cores.push_back(
        silicon.core(row * silicon.chip.grid_columns, 100 + static_cast<unsigned>(row)));
  std::vector<const CoreUnderTest*> group;
  for (const CoreUnderTest& core : cores) group.push_back(&core);
  const auto results = run_group(silicon.chip, group, silicon.codes, 0);
  std::vector<double> error;
  for (std::size_t n = 0; n < 6; ++n) {
    std::vector<double> units;
    for (const ColumnFit& fit : fit_columns(results[n], cores[n].exact(silicon.codes), kOutputs))
      units.push_back(fit.rms_steps / fit.slope);
    error.push_back(rms(units));
    if (n > 0) CHECK(error[n] > error[n - 1]);
  }
  INFO("growth " << error[5] / error[0]);
  CHECK(error[5] / error[0] == Approx(0.88 / 0.16).epsilon(0.2));
  CHECK(error[3] / error[0] == Approx(0.49 / 0.16).epsilon(0.2));
}

TEST_CASE("code 1 is a third as frequent as its neighbours, code -1 more than half again") {
  // 0.3 and 1.6 on silicon: the sign is decided off the step comparison.
  const Silicon silicon;
  const CoreUnderTest core = silicon.core(0, 5);
  const auto results =
      silicon.run(core, rectified_codes(silicon.slot, kInputs, 4000, 2.2, 9), 900000);
  const auto count = [&results](double value) {
    return static_cast<double>(std::count(results.begin(), results.end(), value));
  };
  const double above = 0.5 * (count(1.5) + count(2.5));
  const double below = 0.5 * (count(-1.5) + count(-2.5));
  CHECK(count(0.5) / above == Approx(0.3).margin(0.06));
  CHECK(count(-0.5) / below == Approx(1.6).epsilon(0.1));
}
