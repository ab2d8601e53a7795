// What the scope on an integrator shows against what the neurons are compared at: without noise the
// planes' samples alone must get there, and the decrements must end within a step of zero.
#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "models/core/integrator_scope.h"
#include "models/core/tile_steps.h"

using namespace neurram;
using namespace neurram::core;

namespace {

constexpr int kLines = 32;

CoreParameters quiet() {
  CoreParameters p;
  p.array.rows = p.array.columns = kLines;
  p.device.read_noise = false;
  p.neuron.ktc_noise = p.neuron.offset = p.neuron.gain_spread = p.neuron.comparator_noise = false;
  p.neuron.range_clipping = false;
  return p;
}

/// One vector of a slot on random cells.
struct Bench {
  Bench(const CoreParameters& p, const SlotSettings& s, const RailSet& rails)
      : crossbar(p.array, nullptr, 0, 0),
        settler(p.array.integer_product),
        converter(p.array.integer_product, 0, 1) {
    std::mt19937 random(5);
    for (int r = 0; r < kLines; ++r) {
      for (int c = 0; c < kLines; ++c)
        crossbar.set_conductance(r, c, static_cast<float>(1e-6 + 1e-9 * (random() % 39000)));
    }
    auto transfer = std::make_shared<array::Transfer>(crossbar, selection_of(s, rails),
                                                      largest_drive(s, rails));
    plan = plan_operation(s, rails, transfer, NeuronMismatch(p.neuron, kNeurons, 0, 1), p);
    for (std::size_t i = 0; i < plan.inputs() + array::kDriveBlock; ++i)
      codes.push_back(static_cast<std::uint8_t>(random()));
    sums.resize(array::padded_columns(plan.outputs()));
    integrated.resize(sums.size() + array::kDriveBlock);
    results.resize(plan.outputs() + array::kDriveBlock);
    tile.plan = &plan;
    tile.vectors = 1;
    tile.codes = codes.data();
    tile.vector_scale = &scale;
    tile.sums = sums.data();
    tile.float_sums = reinterpret_cast<float*>(sums.data());
    tile.pulse_weight = &weight;
    tile.integrated = integrated.data();
    tile.output = results.data();
    tile.steps = steps.data();
    tile.comparisons = &comparisons;
  }

  array::Crossbar crossbar;
  TileSettler settler;
  TileConverter converter;
  OperationPlan plan;
  std::vector<std::uint8_t> codes;
  AlignedVector<std::int32_t> sums;
  AlignedVector<float> integrated;
  std::vector<std::int16_t> results;
  std::array<std::uint16_t, 2> steps{};
  std::uint16_t comparisons = 0;
  std::uint32_t weight = 0;
  float scale = 0.97f;
  Tile tile;
};

SlotSettings slot(Direction direction, InputScheme scheme, bool is_signed, int bits_in) {
  SlotSettings s;
  for (int i = 0; i < kLines; ++i) {
    s.rows.push_back(i);
    s.columns.push_back(i);
  }
  s.direction = direction;
  s.input_scheme = scheme;
  s.is_signed = is_signed;
  s.bits_in = bits_in;
  s.bits_out = 6;
  s.pulse_multiplier = 2;
  return s;
}

}  // namespace

TEST_CASE("the planes' samples alone come to what the neurons are compared at") {
  const auto scheme = GENERATE(InputScheme::kTernary, InputScheme::kBipolar);
  const auto direction = GENERATE(Direction::kForward, Direction::kBackward);
  const bool is_signed = GENERATE(true, false);
  const int bits_in = GENERATE(1, 3, 6);  // 6: in two phases
  const bool differential = GENERATE(true, false);
  const double v_minus = GENERATE(0.5, 0.4);  // unequal rails: every line a drive of its own
  RailSet rails;
  rails.v_read_minus_v = v_minus;
  SlotSettings s = slot(direction, scheme, is_signed, bits_in);
  s.differential = differential;
  Bench b(quiet(), s, rails);
  // A bipolar drive between unequal rails has a common part, which no single code tells.
  if (scheme == InputScheme::kBipolar && v_minus != rails.v_read_plus_v) return;
  for (; b.tile.phase < b.plan.phases.size(); ++b.tile.phase) {
    b.settler.settle(b.tile);
    b.converter.integrate(b.tile);
    IntegratorScope scope({0, 1, 7, static_cast<int>(b.plan.outputs()) - 1});
    scope.begin_phase(b.tile);
    for (const float v : scope.volts()) CHECK(v == 0.0f);
    for (const Visit& visit : b.plan.phases[b.tile.phase].visits) scope.integrate(visit);
    const double step_v = b.plan.phases[b.tile.phase].step_v;
    for (std::size_t n = 0; n < scope.outputs().size(); ++n) {
      const float f = b.integrated[static_cast<std::size_t>(scope.outputs()[n])];
      CHECK(scope.volts()[n] == Approx(f * step_v).margin(1e-4 * step_v));
      // Unequal rails round a drive of its own for every code.
      const double rounding = v_minus == rails.v_read_plus_v ? 0.0 : 0.3;
      CHECK(std::abs(scope.unexplained()[n]) < rounding + 1e-3 * (1 + std::abs(f)));
    }
  }
}

TEST_CASE("decrements bring the integrator to within a step of zero, by as many as the code says") {
  const auto conversion = GENERATE(Conversion::kBinarySearch, Conversion::kUnary);
  SlotSettings s = slot(Direction::kForward, InputScheme::kTernary, true, 4);
  s.conversion = conversion;
  s.bits_out = 9;
  s.step_limit = 127;
  RailSet rails;
  rails.v_decrement_plus_v = rails.v_decrement_minus_v = 0.02;
  Bench b(quiet(), s, rails);
  b.settler.settle(b.tile);
  b.converter.integrate(b.tile);
  b.converter.convert(b.tile);
  std::vector<int> all(b.plan.outputs());
  for (std::size_t j = 0; j < all.size(); ++j) all[j] = static_cast<int>(j);
  IntegratorScope scope(all);
  scope.begin_phase(b.tile);
  scope.end_samples();
  const double step_v = b.plan.phases[0].step_v;
  std::vector<float> last = scope.volts();
  std::vector<int> falls(all.size(), 0);
  for (int k = 0; k + 1 < b.comparisons; ++k) {
    scope.decrement(k);
    for (std::size_t j = 0; j < all.size(); ++j) falls[j] += scope.volts()[j] != last[j];
    last = scope.volts();
  }
  for (std::size_t j = 0; j < all.size(); ++j) {
    INFO(j << ": " << b.integrated[j]);
    CHECK(std::abs(scope.volts()[j]) <= 1.0001 * step_v);
    if (conversion == Conversion::kUnary) CHECK(falls[j] == std::abs(b.results[j]));
  }
}
