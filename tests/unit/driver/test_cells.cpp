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
  std::uint16_t reports[4];
  const neurram_window windows[] = {{127, 0, 2, 1},        {0, 63, 1, 2},        {128, 0, 1, 1},
                                    {0, 64, 1, 1},         {0, 0, 0, 1},         {0, 0, 1, 0},
                                    {1, 0, UINT32_MAX, 1}, {0, 1, 1, UINT32_MAX}};
  for (const neurram_window& window : windows) {
    CHECK(neurram_program(&bench.chip, 0, &window, targets.data(), out) == NEURRAM_ERROR_ARGUMENT);
    CHECK(neurram_read_conductances(&bench.chip, 0, &window, out) == NEURRAM_ERROR_ARGUMENT);
    CHECK(neurram_start_program(&bench.chip, 0, &window) == NEURRAM_ERROR_ARGUMENT);
    CHECK(neurram_form(&bench.chip, 0, &window, out) == NEURRAM_ERROR_ARGUMENT);
    CHECK(neurram_read_cell_reports(&bench.chip, 0, &window, reports) == NEURRAM_ERROR_ARGUMENT);
  }
  const neurram_window window{0, 0, 1, 1};
  CHECK(neurram_program(&bench.chip, 3, &window, targets.data(), out) == NEURRAM_ERROR_ARGUMENT);
  CHECK(neurram_read_conductances(&bench.chip, 3, &window, out) == NEURRAM_ERROR_ARGUMENT);
  CHECK(neurram_start_program(&bench.chip, 3, &window) == NEURRAM_ERROR_ARGUMENT);
  CHECK(neurram_abort(&bench.chip, 3) == NEURRAM_ERROR_ARGUMENT);
  CHECK(neurram_form(&bench.chip, 3, &window, out) == NEURRAM_ERROR_ARGUMENT);
  CHECK(neurram_read_cell_reports(&bench.chip, 3, &window, reports) == NEURRAM_ERROR_ARGUMENT);
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

TEST_CASE("start_program returns with the core at work on targets that it has", "[driver]") {
  Bench bench;
  const neurram_window window{2, 10, 3, 5};
  REQUIRE(neurram_start_program(&bench.chip, 1, &window) == NEURRAM_OK);
  CHECK(bench.fake.accesses == Accesses{{'w', FakeChip::core_at(1, 0x34), 2 | 10 << 16},
                                        {'w', FakeChip::core_at(1, 0x38), 3 | 5 << 16},
                                        {'w', FakeChip::core_at(1, 0x1C), 1},
                                        {'w', FakeChip::core_at(1, 0x10), 2}});
  const neurram_core_set cores = cores_of({1});
  REQUIRE(neurram_wait(&bench.chip, &cores) == NEURRAM_OK);
  CHECK((bench.fake.accesses.back().value & 0x11) == 0);  // neither busy nor aborted

  SECTION("a busy core takes no second one") {
    REQUIRE(neurram_start_program(&bench.chip, 1, &window) == NEURRAM_OK);
    REQUIRE(neurram_start_program(&bench.chip, 1, &window) == NEURRAM_ERROR_CORE);
    CHECK(bench.chip.fault.core == 1);
    CHECK(bench.chip.fault.bits == 1u << 3);
    CHECK(bench.chip.fault.address == 0x10);
  }
}

TEST_CASE("abort ends programming, and does nothing to an idle core", "[driver]") {
  Bench bench;
  bench.fake.command_ticks = 1000000;
  const neurram_window window{0, 0, 2, 2};
  REQUIRE(neurram_abort(&bench.chip, 2) == NEURRAM_OK);
  CHECK(bench.fake.accesses == Accesses{{'w', FakeChip::core_at(2, 0x10), 16}});
  bench.chip.poll_limit = 10;
  const neurram_core_set cores = cores_of({2});
  REQUIRE(neurram_start_program(&bench.chip, 2, &window) == NEURRAM_OK);
  REQUIRE(neurram_wait(&bench.chip, &cores) == NEURRAM_ERROR_TIMEOUT);
  neurram_program_progress progress{};
  bench.fake.core_register(2, 0x5C) = 2 << 16 | 7;
  bench.fake.core_register(2, 0x60) = 1234;
  REQUIRE(neurram_read_program_progress(&bench.chip, 2, &progress) == NEURRAM_OK);
  CHECK(progress.busy);
  CHECK_FALSE(progress.aborted);
  CHECK(progress.row == 7);
  CHECK(progress.pass == 2);
  CHECK(progress.pulses == 1234);
  REQUIRE(neurram_abort(&bench.chip, 2) == NEURRAM_OK);
  REQUIRE(neurram_wait(&bench.chip, &cores) == NEURRAM_OK);
  CHECK((bench.fake.accesses.back().value & 0x13) == 0x12);  // done and aborted, not busy
  REQUIRE(neurram_read_program_progress(&bench.chip, 2, &progress) == NEURRAM_OK);
  CHECK_FALSE(progress.busy);
  CHECK(progress.aborted);
  CHECK(neurram_read_program_progress(&bench.chip, 3, &progress) == NEURRAM_ERROR_ARGUMENT);
}

TEST_CASE("form says how many cells are of no use", "[driver]") {
  Bench bench(true);
  bench.fake.stuck_cells = {256 * 7 + 4, 256 * 7 + 5, 0};
  const neurram_window window{6, 4, 2, 2};
  std::uint32_t unusable = 99;
  REQUIRE(neurram_form(&bench.chip, 1, &window, &unusable) == NEURRAM_OK);
  CHECK(unusable == 2);
  const Accesses expected{{'w', FakeChip::core_at(1, 0x34), 6 | 4 << 16},
                          {'w', FakeChip::core_at(1, 0x38), 2 | 2 << 16},
                          {'w', FakeChip::core_at(1, 0x1C), 1},
                          {'w', FakeChip::core_at(1, 0x10), 8}};
  CHECK(Accesses(bench.fake.accesses.begin(), bench.fake.accesses.begin() + 4) == expected);
  CHECK(bench.fake.accesses.back() == FakeChip::Access{'r', FakeChip::core_at(1, 0x3C), 2});
}

TEST_CASE("cell reports come in one burst per row of the window", "[driver]") {
  Bench bench;
  bench.fake.stuck_cells = {256 * 4 + 11};
  const neurram_window window{3, 10, 2, 3};
  const auto targets = ramp(6);
  std::uint32_t failed = 0;
  REQUIRE(neurram_program(&bench.chip, 0, &window, targets.data(), &failed) == NEURRAM_OK);
  bench.fake.accesses.clear();
  std::vector<std::uint16_t> reports(6);
  REQUIRE(neurram_read_cell_reports(&bench.chip, 0, &window, reports.data()) == NEURRAM_OK);
  CHECK(reports == std::vector<std::uint16_t>{10, 11, 12, 10, 99 | 0x4000, 12});
  REQUIRE(bench.fake.accesses.size() >= 2);
  CHECK(bench.fake.accesses[0] ==
        FakeChip::Access{'R', FakeChip::core_at(0, 0xE0000 + 2 * (256 * 3 + 10)), 6});
  CHECK(bench.fake.accesses[1] ==
        FakeChip::Access{'R', FakeChip::core_at(0, 0xE0000 + 2 * (256 * 4 + 10)), 6});

  SECTION("a gated core has none to give") {
    REQUIRE(neurram_power_off(&bench.chip, 0) == NEURRAM_OK);
    CHECK(neurram_read_cell_reports(&bench.chip, 0, &window, reports.data()) == NEURRAM_ERROR_CORE);
    CHECK(bench.chip.fault.bits == 1u << 5);
  }
}
