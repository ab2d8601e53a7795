// What a level of abstraction costs: one core of 256 x 256 cells, 4-bit inputs, 6-bit results.
#include <map>
#include <memory>
#include <vector>

#include <benchmark/benchmark.h>

#include "models/session/bench_chip.h"
#if NEURRAM_RTL
#include "models/core/walk_rtl.h"
#include "rtl/wrappers/blocks.h"
#endif

using namespace neurram;

namespace {

constexpr int kLines = 256;
constexpr std::size_t kVectors = 256;

session::BenchChip& chip_of(core::Level level) {
  static std::map<core::Level, std::unique_ptr<session::BenchChip>> chips;
  std::unique_ptr<session::BenchChip>& chip = chips[level];
  if (chip) return *chip;
  session::Config config = session::load_config({});
  config.chip.core.level = level;
  chip = std::make_unique<session::BenchChip>(config);
  std::vector<std::uint32_t> cells(kLines * kLines);
  for (std::size_t i = 0; i < cells.size(); ++i)
    cells[i] = static_cast<std::uint32_t>(1'000'000 + i * 7919 % 39'000'000);
  chip->power_on(0);
  chip->load(0, {0, 0, kLines, kLines}, cells.data());
  neurram_slot slot{};
  for (int w = 0; w < NEURRAM_MASK_WORDS; ++w) slot.word_line_mask[w] = slot.column_mask[w] = ~0u;
  slot.pairing = NEURRAM_CORE_SLOT_MODE_PAIRING_SINGLE;
  slot.signedness = NEURRAM_CORE_SLOT_MODE_SIGNEDNESS_SIGNED;
  slot.conversion = NEURRAM_CORE_SLOT_MODE_CONVERSION_BINARY_SEARCH;
  slot.input_bits = 4;
  slot.output_bits = 6;
  slot.pulse_multiplier = 1;
  slot.step_limit = 100;
  slot.activation_step = 50'000;
  chip->configure_slot(0, 0, slot);
  return *chip;
}

void multiply(benchmark::State& state) {
  session::BenchChip& chip = chip_of(static_cast<core::Level>(state.range(0)));
  const neurram_slot slot = *chip.slot(0, 0);
  std::vector<std::int8_t> codes(kVectors * kLines);
  for (std::size_t i = 0; i < codes.size(); ++i)
    codes[i] = static_cast<std::int8_t>(static_cast<int>(i * 31 % 15) - 7);
  std::vector<std::int16_t> results(kVectors * kLines);
  for (auto _ : state) {
    chip.multiply(0, 0, slot, codes.data(), kVectors, results.data());
    chip.clear_records();
  }
  const neurram_counters counters = chip.counters(0);
  state.counters["clocks"] = benchmark::Counter(
      static_cast<double>(counters.cycles) / static_cast<double>(counters.vectors) *
          static_cast<double>(kVectors) * static_cast<double>(state.iterations()),
      benchmark::Counter::kIsRate);
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kVectors));
  state.SetLabel(core::name(static_cast<core::Level>(state.range(0))));
}
BENCHMARK(multiply)->ArgName("level")->DenseRange(0, NEURRAM_RTL ? 2 : 1);

}  // namespace

int main(int argc, char** argv) {
#if NEURRAM_RTL
  rtl::add_blocks(core::block_registry());
#endif
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
