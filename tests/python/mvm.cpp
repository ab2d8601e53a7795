// The product of test_bench_chip.py from C++: writes its codes to a file, and says how long a batch
// takes. Fastest of some rounds, each of some calls.
//
//   python_mvm CODES.bin ROUNDS
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <vector>

#include "models/session/bench_chip.h"

using namespace neurram;

namespace {

constexpr int kLines = 256;
constexpr std::size_t kVectors = 256;
constexpr int kCalls = 20;

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) return 2;
  session::BenchChip chip(session::load_config({}));
  std::vector<std::uint32_t> cells(kLines * kLines);
  for (std::size_t i = 0; i < cells.size(); ++i)
    cells[i] = static_cast<std::uint32_t>(1'000'000 + i * 7919 % 39'000'000);
  std::vector<std::int8_t> codes(kVectors * kLines);
  for (std::size_t i = 0; i < codes.size(); ++i)
    codes[i] = static_cast<std::int8_t>(static_cast<int>(i * 31 % 15) - 7);

  chip.power_on(0);
  chip.load(0, {0, 0, kLines, kLines}, cells.data());
  neurram_slot slot{};
  for (int w = 0; w < NEURRAM_MASK_WORDS; ++w) slot.word_line_mask[w] = slot.column_mask[w] = ~0u;
  slot.pairing = NEURRAM_CORE_SLOT_MODE_PAIRING_SINGLE;
  slot.signedness = NEURRAM_CORE_SLOT_MODE_SIGNEDNESS_SIGNED;
  slot.input_bits = 4;
  slot.output_bits = 8;
  slot.pulse_multiplier = 1;
  slot.step_limit = 100;
  slot.activation_step = 50000;
  chip.configure_slot(0, 0, slot);

  std::vector<std::int16_t> results(kVectors * kLines);
  chip.multiply(0, 0, slot, codes.data(), kVectors, results.data());
  std::ofstream(arguments[1], std::ios::binary)
      .write(reinterpret_cast<const char*>(results.data()),
             static_cast<std::streamsize>(results.size() * sizeof results.front()));
  double best_s = 1e9;
  for (int round = 0; round < std::atoi(arguments[2]); ++round) {
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < kCalls; ++i)
      chip.multiply(0, 0, slot, codes.data(), kVectors, results.data());
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    best_s = std::min(best_s, took.count() / kCalls);
  }
  std::printf("%.9f\n", best_s);
}
