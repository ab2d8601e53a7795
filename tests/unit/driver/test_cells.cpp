#include "tests/unit/driver/fixture.h"

namespace {

std::vector<std::uint32_t> ramp(std::size_t cells) {
  std::vector<std::uint32_t> targets(cells);
  for (std::size_t i = 0; i < cells; ++i) {
    targets[i] = static_cast<std::uint32_t>(1000000 + i);
  }
  return targets;
}

}  // namespace

TEST_CASE("program writes one burst per row, then the window, then the command", "[driver]") {
  Bench bench;
  const neurram_window window{2, 10, 3, 5};
  const auto targets = ramp(15);
  std::uint32_t failed = 99;
  REQUIRE(neurram_program(&bench.chip, 1, &window, targets.data(), &failed) == NEURRAM_OK);
  CHECK(failed == 0);
  CHECK_FALSE(bench.fake.started_before_fence);
  const Accesses expected{{'W', FakeChip::core_at(1, 0xA0000 + 4 * (256 * 2 + 10)), 20},
                          {'W', FakeChip::core_at(1, 0xA0000 + 4 * (256 * 3 + 10)), 20},
                          {'W', FakeChip::core_at(1, 0xA0000 + 4 * (256 * 4 + 10)), 20},
                          {'w', FakeChip::core_at(1, 0x34), 2 | 10 << 16},
                          {'w', FakeChip::core_at(1, 0x38), 3 | 5 << 16},
                          {'w', FakeChip::core_at(1, 0x1C), 1},
                          {'w', FakeChip::core_at(1, 0x10), 2}};
  CHECK(Accesses(bench.fake.accesses.begin(), bench.fake.accesses.begin() + 7) == expected);
  CHECK(bench.fake.accesses.back() == FakeChip::Access{'r', FakeChip::core_at(1, 0x3C), 0});

  std::vector<std::uint32_t> verified(15);
  REQUIRE(neurram_read_conductances(&bench.chip, 1, &window, verified.data()) == NEURRAM_OK);
  CHECK(verified == targets);
}

TEST_CASE("program says how many cells failed", "[driver]") {
  Bench bench(true);
  bench.fake.stuck_cells = {256 * 255 + 255, 256 * 255 + 254, 0};
  const neurram_window window{254, 254, 2, 2};
  const auto targets = ramp(4);
  std::uint32_t failed = 0;
  REQUIRE(neurram_program(&bench.chip, 0, &window, targets.data(), &failed) == NEURRAM_OK);
  CHECK(failed == 2);
  CHECK(bench.fake.interrupt_waits > 0);
}

TEST_CASE("windows must lie within the core's array", "[driver]") {
  Bench bench;
  bench.chip.geometry[0] = {128, 64};
  const auto targets = ramp(4);
  std::uint32_t out[4];
  const neurram_window windows[] = {{127, 0, 2, 1},        {0, 63, 1, 2},        {128, 0, 1, 1},
                                    {0, 64, 1, 1},         {0, 0, 0, 1},         {0, 0, 1, 0},
                                    {1, 0, UINT32_MAX, 1}, {0, 1, 1, UINT32_MAX}};
  for (const neurram_window& window : windows) {
    CHECK(neurram_program(&bench.chip, 0, &window, targets.data(), out) == NEURRAM_ERROR_ARGUMENT);
    CHECK(neurram_read_conductances(&bench.chip, 0, &window, out) == NEURRAM_ERROR_ARGUMENT);
  }
  const neurram_window window{0, 0, 1, 1};
  CHECK(neurram_program(&bench.chip, 3, &window, targets.data(), out) == NEURRAM_ERROR_ARGUMENT);
  CHECK(neurram_read_conductances(&bench.chip, 3, &window, out) == NEURRAM_ERROR_ARGUMENT);
  CHECK(bench.fake.accesses.empty());
}

TEST_CASE("programming that the core refuses is explained", "[driver]") {
  Bench bench;
  bench.fake.silent_refusals = GENERATE(false, true);
  neurram_window window{0, 0, 1, 2};
  std::vector<std::uint32_t> targets = ramp(2);
  std::uint32_t failed = 0;
  SECTION("a gated core") {
    REQUIRE(neurram_power_off(&bench.chip, 2) == NEURRAM_OK);
    REQUIRE(neurram_program(&bench.chip, 2, &window, targets.data(), &failed) ==
            NEURRAM_ERROR_CORE);
    CHECK(bench.chip.fault.bits == 1u << 5);
    CHECK(bench.chip.fault.address == 0xA0000);
  }
  SECTION("a target out of range") {
    targets[1] = 60000001;
    REQUIRE(neurram_program(&bench.chip, 2, &window, targets.data(), &failed) ==
            NEURRAM_ERROR_CORE);
    CHECK(bench.chip.fault.bits == 1u << 10);
    CHECK(bench.chip.fault.address == 0xA0004);
  }
  SECTION("a window that leaves the array the core has") {
    bench.fake.core_register(2, 0x08) = 0x00010001;
    REQUIRE(neurram_program(&bench.chip, 2, &window, targets.data(), &failed) ==
            NEURRAM_ERROR_CORE);
    CHECK(bench.chip.fault.bits == 1u << 8);
  }
  CHECK(bench.chip.fault.core == 2);
  CHECK(bench.fake.core_register(2, 0x20) == 0);
}
