#include <atomic>
#include <thread>

#include <catch2/catch.hpp>

#include "models/base/error.h"
#include "models/session/bench_chip.h"

using namespace neurram;
using session::BenchChip;

namespace {

session::Config two_cores() {
  session::Config config;
  config.chip.grid_rows = 1;
  config.chip.grid_columns = config.chip.core_count = 2;
  return config;
}

neurram_slot all_lines() {
  neurram_slot slot{};
  for (int w = 0; w < NEURRAM_MASK_WORDS; ++w) slot.word_line_mask[w] = slot.column_mask[w] = ~0u;
  slot.pairing = NEURRAM_CORE_SLOT_MODE_PAIRING_DIFFERENTIAL;
  slot.signedness = NEURRAM_CORE_SLOT_MODE_SIGNEDNESS_SIGNED;
  slot.input_bits = 4;
  slot.output_bits = 8;
  slot.pulse_multiplier = slot.step_limit = slot.activation_step = 1;
  return slot;
}

void set_up(BenchChip& chip) {
  std::vector<std::uint32_t> cells(256 * 256);
  for (std::size_t i = 0; i < cells.size(); ++i)
    cells[i] = static_cast<std::uint32_t>(1'000'000 + i * 7919 % 39'000'000);
  chip.power_on(1);
  chip.load(1, {0, 0, 256, 256}, cells.data());
  chip.configure_slot(1, 0, all_lines());
}

std::vector<std::int16_t> product(BenchChip& chip) {
  constexpr std::size_t kVectors = 4;
  std::vector<std::int8_t> codes(kVectors * 128);
  for (std::size_t i = 0; i < codes.size(); ++i)
    codes[i] = static_cast<std::int8_t>(static_cast<int>(i * 31 % 15) - 7);
  std::vector<std::int16_t> results(kVectors * 256);
  chip.multiply(1, 0, all_lines(), codes.data(), kVectors, results.data());
  return results;
}

}  // namespace

TEST_CASE("chips live one after the other, and side by side, in one process") {
  std::vector<std::int16_t> first, second;
  {
    BenchChip chip(two_cores());
    set_up(chip);
    first = product(chip);
    second = product(chip);
  }
  CHECK(first != second);  // other operation ids, other noise
  for (int i = 0; i < 20; ++i) {
    BenchChip chip(two_cores());
    set_up(chip);
    REQUIRE(product(chip) == first);
  }
  BenchChip a(two_cores());
  BenchChip b(two_cores());
  set_up(a);
  set_up(b);
  CHECK(product(a) == first);
  CHECK(product(b) == first);
  CHECK(product(a) == second);
  CHECK(product(b) == second);
}

TEST_CASE("chips of several threads take turns") {
  std::vector<std::int16_t> first;
  {
    BenchChip chip(two_cores());
    set_up(chip);
    first = product(chip);
  }
  std::atomic<int> equal{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 5; ++i) {
        BenchChip chip(two_cores());
        set_up(chip);
        if (product(chip) == first) ++equal;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(equal == 20);
}

// AddressSanitizer does not know the stacks of SystemC's coroutines: an exception thrown on one
// makes it see errors on the main stack that are none (google/sanitizers, issue 189).
#ifndef __SANITIZE_ADDRESS__
TEST_CASE("a chip goes on after it has refused, and after a call-back has stopped it") {
  BenchChip chip(two_cores());
  CHECK_THROWS_AS(chip.configure_slot(0, 0, neurram_slot{}), Error);
  std::vector<std::uint32_t> targets(256 * 256, 20'000'000);
  CHECK_THROWS_AS(chip.program(0, {0, 0, 256, 256}, targets.data()), Error);  // off
  set_up(chip);
  const auto first = product(chip);

  chip.on_interrupt_check([] { throw Interrupted(); });
  CHECK_THROWS_AS(chip.program(1, {0, 0, 256, 256}, targets.data()), Interrupted);
  // Inside a call, another call of the same thread is refused.
  chip.on_interrupt_check([&chip] { (void)chip.now_ps(); });
  CHECK_THROWS_AS(chip.program(1, {0, 0, 256, 256}, targets.data()), Error);
  chip.on_interrupt_check(nullptr);
  set_up(chip);
  chip.set_operation_id(1, 0, 0);
  CHECK(product(chip) == first);
}
#endif
