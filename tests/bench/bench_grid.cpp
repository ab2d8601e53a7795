// Setting up exact wires: transfer matrices of whole arrays, one after another.
#include <benchmark/benchmark.h>

#include <random>

#include "models/array/grid.h"

using namespace neurram;

namespace {

/// Cells of 1 to 40 uS, drivers of 50 Ohm, taps at the neurons.
array::Grid chip_grid(std::size_t lines, double segment_ohm, unsigned seed) {
  array::Grid grid(lines, lines, segment_ohm, segment_ohm);
  grid.r_driver_ohm = 50;
  std::mt19937 random(seed);
  for (double& g : grid.g_s) g = 1e-6 * (1 + 39 * (random() * 0x1p-32));
  for (std::size_t j = 0; j < lines; ++j)
    grid.tap[j] = static_cast<std::size_t>(array::corelet_tap(static_cast<int>(j))) % lines;
  return grid;
}

/// Lines each way, ohms of a segment, arrays.
template <class Real>
void transfer_matrix(benchmark::State& state) {
  const auto lines = static_cast<std::size_t>(state.range(0));
  std::vector<array::Grid> grids;
  for (unsigned seed = 0; seed < state.range(2); ++seed)
    grids.push_back(chip_grid(lines, static_cast<double>(state.range(1)), seed));
  for (auto _ : state) {
    for (const array::Grid& grid : grids)
      benchmark::DoNotOptimize(array::transfer_matrix<Real>(grid));
  }
  state.counters["per_array"] =
      benchmark::Counter(static_cast<double>(state.iterations() * state.range(2)),
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void sizes(benchmark::internal::Benchmark* b) {
  b->ArgNames({"lines", "ohm", "arrays"})->Unit(benchmark::kMillisecond);
  b->Args({256, 1, 1})->Args({256, 1, 48})->Args({64, 1, 1});
  b->Args({256, 25, 1})->Args({256, 1000, 1});
}
BENCHMARK_TEMPLATE(transfer_matrix, double)->Apply(sizes);
BENCHMARK_TEMPLATE(transfer_matrix, float)->Apply(sizes);

}  // namespace
