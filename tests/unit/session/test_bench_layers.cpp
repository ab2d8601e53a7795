#include <catch2/catch.hpp>

#include "models/base/error.h"
#include "models/session/bench_layers.h"

using namespace neurram;
using session::BenchChip;
using session::BenchLayers;
using session::LayerSpec;

namespace {

session::Config two_cores() {
  session::Config config;
  config.chip.grid_rows = 1;
  config.chip.grid_columns = config.chip.core_count = 2;
  return config;
}

/// y = W x + b of 150 inputs, which need two arrays.
LayerSpec dense(float weight) {
  LayerSpec spec;
  spec.name = "dense";
  spec.input = {1, 1, 150};
  spec.quantizer = {1.0 / 7, 3, false};
  spec.matrix.rows = 150;
  spec.matrix.columns = 4;
  for (int i = 0; i < 600; ++i)
    spec.matrix.weights.push_back(weight * static_cast<float>(i * 37 % 101 - 50));
  spec.matrix.bias = {0, 1, -1, 2};
  return spec;
}

std::vector<float> inputs(std::size_t images) {
  std::vector<float> values(images * 150);
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<float>(i * 7919 % 1000) * 1e-3f;
  return values;
}

constexpr std::size_t kImages = 100;

std::vector<float> results(BenchLayers& layers) {
  std::vector<float> y(kImages * 4);
  layers.run(0, inputs(kImages).data(), kImages, 0, false, y.data());
  return y;
}

}  // namespace

TEST_CASE("layers go through programming and calibration, and say what is missing") {
  const auto chip = std::make_shared<BenchChip>(two_cores());
  BenchLayers layers(chip, {dense(0.01f)});
  CHECK(layers.deployment().segments.size() == 2);
  CHECK_THROWS_WITH(results(layers), Catch::Contains("program()"));
  (void)layers.program();
  CHECK_THROWS_WITH(results(layers), Catch::Contains("'dense' is not calibrated"));
  layers.calibrate(0, inputs(kImages).data(), kImages);
  const std::vector<float> y = results(layers);
  CHECK(results(layers) == y);  // the same images, the same noise
  CHECK(layers.deployment().setup.energy_fj > 0);
  CHECK(layers.deployment().setup.time_ps > 0);

  SECTION("other numbers in the same places") {
    layers.set({dense(-0.01f)});
    CHECK_THROWS_WITH(results(layers), Catch::Contains("program()"));
    (void)layers.program();
    layers.calibrate(0, inputs(kImages).data(), kImages);
    const std::vector<float> other = results(layers);
    double product = 0;
    for (std::size_t i = 0; i < y.size(); i += 4)
      product += static_cast<double>(y[i]) * static_cast<double>(other[i]);
    CHECK(product < 0);
    LayerSpec wider = dense(0.01f);
    wider.quantizer.bits = 4;
    CHECK_THROWS_AS(layers.set({wider}), UsageError);
  }
  SECTION("a core that is off") {
    chip->power_off(1);
    CHECK_THROWS_WITH(results(layers), Catch::Contains("core 1 is off"));
    chip->power_on(1);
    CHECK(results(layers) == y);
  }
  SECTION("other layers on the chip") {
    BenchLayers others(chip, {dense(0.02f)});
    (void)others.program();
    CHECK_THROWS_WITH(results(layers), Catch::Contains("set anew"));
  }
}

TEST_CASE("layers that the chip cannot hold are refused") {
  LayerSpec large = dense(0.01f);
  large.matrix.columns = 600;
  large.matrix.weights.assign(std::size_t{150} * 600, 0.5f);
  large.matrix.bias.assign(600, 0);
  CHECK_THROWS_AS(BenchLayers(std::make_shared<BenchChip>(two_cores()), {large}), NetworkError);
}
