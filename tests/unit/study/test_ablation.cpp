// Every switch does what it says: results change when one non-ideality alone is switched on.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "models/study/ablation.h"
#include "models/study/mvm_experiment.h"

using namespace neurram;
using namespace neurram::study;

namespace {

/// A small array, whose lines settle by half only, at full swing: nothing is too small to see.
std::vector<double> results(const chip::ChipParameters& chip) {
  core::SlotSettings slot;
  slot.is_signed = true;
  slot.bits_in = 4;
  slot.bits_out = 10;
  slot.pulse_multiplier = 16;
  const core::RailSet rails{0.5, 0.5, 0.0085, 0.0085, 0, 0.1};
  const CoreUnderTest core(chip, 0, gaussian_weights(12, 16, 1.35, 3), slot, rails, {5, 6});
  return run_group(chip, {&core}, random_codes(slot, 12, 60, 7), 0).front();
}

}  // namespace

TEST_CASE("each non-ideality leaves its mark on an ideal chip") {
  chip::ChipParameters chip;
  chip.core.array.c_line_f = 3.9e-12;
  chip.core.array.c_neighbour_f = 0.3e-12;
  const chip::ChipParameters none = ideal_chip(chip);
  const std::vector<double> before = results(none);
  CHECK(results(none) == before);
  for (const NonIdeality& one : non_idealities()) {
    chip::ChipParameters with = none;
    one.set(with, true);
    INFO(one.name);
    // A finite gain takes as much from samples as from decrements: it shows in the range only.
    const bool cancels = one.name == "neuron.finite_gain";
    CHECK((results(with) == before) == cancels);
    with.core.neuron.range_clipping = true;
    chip::ChipParameters clipped = none;
    clipped.core.neuron.range_clipping = true;
    const bool is_clipping = one.name == "neuron.range_clipping";
    CHECK((results(with) == results(clipped)) == is_clipping);
    one.set(with, false);
    with.core.neuron.range_clipping = false;
    CHECK(results(with) == before);
  }
}

TEST_CASE("an ideal chip computes its closed form to a step of the converter") {
  chip::ChipParameters chip = ideal_chip({});
  core::SlotSettings slot;
  slot.is_signed = true;
  slot.bits_in = 4;
  slot.bits_out = 10;
  const Weights weights = gaussian_weights(12, 16, 1.0, 3);
  const core::RailSet rails{0.5, 0.5, 0.01, 0.01, 0, 0.1};
  const CoreUnderTest core(chip, 0, weights, slot, rails, {5, 6});
  const auto codes = random_codes(slot, 12, 60, 7);
  const auto measured = run_group(chip, {&core}, codes, 0).front();
  const auto exact = core.exact(codes);
  // V_read Σ x (G+ - G-) / ΣG over V_decrement; off cells are at g_floor here, not at 0.
  for (std::size_t j = 0; j < 16; ++j) {
    double sum = 0;
    for (std::size_t i = 0; i < 12; ++i)
      sum += std::max(static_cast<double>(std::fabs(weights.values[i * 16 + j])), 7e-9 / 40e-6) +
             7e-9 / 40e-6;
    for (std::size_t v = 0; v < 60; ++v) {
      const double steps = 0.5 * exact[v * 16 + j] / sum / 0.01;
      CHECK(std::fabs(measured[v * 16 + j] - steps) < 0.6);
    }
  }
}
