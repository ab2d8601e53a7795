#include "tests/unit/driver/fixture.h"

TEST_CASE("vectors per start follow from the banks", "[driver]") {
  CHECK(neurram_max_vectors(1, 1) == 65536);
  CHECK(neurram_max_vectors(128, 256) == 256);  // outputs: 131072 / 2 / 256
  CHECK(neurram_max_vectors(256, 10) == 512);   // inputs: 131072 / 256
  CHECK(neurram_max_vectors(100, 1) == 1310);
  CHECK(neurram_max_vectors(0, 10) == 0);
  CHECK(neurram_max_vectors(10, 0) == 0);
}

TEST_CASE("a code stands for half a step less than its count", "[driver]") {
  CHECK(neurram_half_steps(1, false) == 1);
  CHECK(neurram_half_steps(-1, false) == -1);
  CHECK(neurram_half_steps(100, false) == 199);
  CHECK(neurram_half_steps(-512, false) == -1023);
  CHECK(neurram_half_steps(0, false) == 0);
  CHECK(neurram_half_steps(-37, true) == -74);
  CHECK(neurram_half_steps(INT16_MIN, false) == -65535);
}

TEST_CASE("a lone core runs by its own CONTROL", "[driver]") {
  Bench bench;
  const neurram_slot settings = Bench::slot();
  const neurram_command command{3, 1, 1, 4};
  const std::int8_t inputs[] = {-3, 5, 7, -8};
  const neurram_core_set cores = cores_of({1});
  std::int16_t outputs[4] = {};
  REQUIRE(neurram_configure_slot(&bench.chip, 1, 3, &settings) == NEURRAM_OK);
  bench.fake.accesses.clear();
  REQUIRE(neurram_load_inputs(&bench.chip, 1, 1, inputs, sizeof inputs) == NEURRAM_OK);
  REQUIRE(neurram_arm(&bench.chip, 1, &command) == NEURRAM_OK);
  REQUIRE(neurram_start(&bench.chip, &cores) == NEURRAM_OK);
  CHECK(bench.fake.accesses == Accesses{{'W', FakeChip::core_at(1, 0x40000), 4},
                                        {'w', FakeChip::core_at(1, 0x2C), 3 | 1 << 8 | 1 << 16},
                                        {'w', FakeChip::core_at(1, 0x30), 4},
                                        {'w', FakeChip::core_at(1, 0x1C), 1},
                                        {'w', FakeChip::core_at(1, 0x10), 1}});
  REQUIRE(neurram_wait(&bench.chip, &cores) == NEURRAM_OK);
  REQUIRE(neurram_read_outputs(&bench.chip, 1, 1, outputs, 4) == NEURRAM_OK);
  CHECK(bench.fake.accesses.back() == FakeChip::Access{'R', FakeChip::core_at(1, 0x80000), 8});
  REQUIRE(neurram_fence(&bench.chip) == NEURRAM_OK);
  for (int i = 0; i < 4; ++i) {
    CHECK(outputs[i] == inputs[i]);
  }
  CHECK_FALSE(bench.fake.started_before_fence);
}

TEST_CASE("a group is fired by the chip", "[driver]") {
  Bench bench(false, 40);
  const neurram_core_set cores = cores_of({0, 2, 39});
  bench.arm(cores);
  REQUIRE(neurram_start(&bench.chip, &cores) == NEURRAM_OK);
  CHECK(bench.fake.accesses == Accesses{{'w', FakeChip::core_at(0, 0x1C), 1},
                                        {'w', FakeChip::core_at(2, 0x1C), 1},
                                        {'w', FakeChip::core_at(39, 0x1C), 1},
                                        {'w', FakeChip::chip_at(0x40), 5},
                                        {'w', FakeChip::chip_at(0x44), 0x80},
                                        {'w', FakeChip::chip_at(0x20), 1}});
  REQUIRE(neurram_wait(&bench.chip, &cores) == NEURRAM_OK);
  CHECK(bench.fake.core_register(39, 0x58) == 1);
  CHECK(bench.fake.core_register(1, 0x58) == 0);
}

TEST_CASE("waiting by interrupt sleeps, and never for what has already happened", "[driver]") {
  Bench bench(true);
  bench.fake.command_ticks = GENERATE(1u, 2u, 3u, 5u, 8u, 100u);
  const neurram_core_set cores = cores_of({0, 1, 2});
  bench.arm(cores);
  for (int run = 0; run < 3; ++run) {
    REQUIRE(neurram_start(&bench.chip, &cores) == NEURRAM_OK);
    REQUIRE(neurram_wait(&bench.chip, &cores) == NEURRAM_OK);
    CHECK_FALSE(bench.fake.waited_for_nothing);
  }
  CHECK(bench.fake.core_register(2, 0x58) == 3);
  CHECK(bench.fake.core_register(2, 0x18) == 0);
  CHECK(bench.fake.interrupt_waits <= 9);
  if (bench.fake.command_ticks == 100) {
    CHECK(bench.fake.interrupt_waits == 9);
  }
}

TEST_CASE("inputs of the next batch load while a batch runs, into the other bank only",
          "[driver]") {
  Bench bench;
  const neurram_core_set cores = cores_of({0, 1});
  bench.arm(cores);
  const std::int8_t inputs[] = {1, 2};
  REQUIRE(neurram_start(&bench.chip, &cores) == NEURRAM_OK);
  REQUIRE(neurram_load_inputs(&bench.chip, 0, 1, inputs, 2) == NEURRAM_OK);
  REQUIRE(neurram_fence(&bench.chip) == NEURRAM_OK);
  REQUIRE(neurram_load_inputs(&bench.chip, 0, 0, inputs, 2) == NEURRAM_OK);
  CHECK(neurram_fence(&bench.chip) == NEURRAM_ERROR_BUS);
  REQUIRE(neurram_wait(&bench.chip, &cores) == NEURRAM_ERROR_CORE);
  CHECK(bench.chip.fault.core == 0);
  CHECK(bench.chip.fault.bits == 1u << 4);
  CHECK(bench.chip.fault.address == 0x20000);
}

TEST_CASE("a refused group names the first core that refused", "[driver]") {
  Bench bench;
  bench.fake.silent_refusals = GENERATE(false, true);
  const neurram_core_set cores = cores_of({0, 1, 2});
  bench.arm(cores);
  REQUIRE(neurram_power_off(&bench.chip, 1) == NEURRAM_OK);
  bench.fake.core_register(2, 0x30) = 0;
  neurram_error error = neurram_start(&bench.chip, &cores);
  if (bench.fake.silent_refusals) {
    REQUIRE(error == NEURRAM_OK);
    error = neurram_wait(&bench.chip, &cores);
  }
  CHECK(error == NEURRAM_ERROR_CORE);
  CHECK(bench.chip.fault.core == 1);
  CHECK(bench.chip.fault.bits == 1u << 5);
  CHECK(bench.fake.chip_register(0x10) == 0);
  CHECK(bench.fake.core_register(2, 0x20) == 0);

  SECTION("and the next start is clean") {
    REQUIRE(neurram_power_on(&bench.chip, 1) == NEURRAM_OK);
    bench.fake.core_register(2, 0x30) = 1;
    REQUIRE(neurram_start(&bench.chip, &cores) == NEURRAM_OK);
    CHECK(neurram_wait(&bench.chip, &cores) == NEURRAM_OK);
  }
}

TEST_CASE("an error of the chip alone is reported as the chip's", "[driver]") {
  Bench bench;
  const neurram_core_set cores = cores_of({0, 1});
  bench.arm(cores);
  bench.fake.ignores_commands = true;
  bench.fake.chip_register(0x10) = 1u << 4;
  REQUIRE(neurram_start(&bench.chip, &cores) == NEURRAM_OK);
  CHECK(neurram_wait(&bench.chip, &cores) == NEURRAM_ERROR_CHIP);
  CHECK(bench.chip.fault.core == NEURRAM_NO_CORE);
  CHECK(bench.chip.fault.bits == 1u << 4);
}

TEST_CASE("a core that stays idle without an error is not taken for done", "[driver]") {
  Bench bench(GENERATE(false, true));
  const neurram_core_set cores = cores_of({1});
  bench.arm(cores);
  REQUIRE(neurram_start(&bench.chip, &cores) == NEURRAM_OK);
  REQUIRE(neurram_wait(&bench.chip, &cores) == NEURRAM_OK);
  bench.fake.ignores_commands = true;
  REQUIRE(neurram_start(&bench.chip, &cores) == NEURRAM_OK);
  CHECK(neurram_wait(&bench.chip, &cores) == NEURRAM_ERROR_NOT_STARTED);
}

TEST_CASE("a wait gives up after poll_limit looks", "[driver]") {
  Bench bench;
  const neurram_core_set cores = cores_of({0});
  bench.arm(cores);
  bench.fake.command_ticks = 1000;
  bench.chip.poll_limit = 10;
  REQUIRE(neurram_start(&bench.chip, &cores) == NEURRAM_OK);
  CHECK(neurram_wait(&bench.chip, &cores) == NEURRAM_ERROR_TIMEOUT);
}

TEST_CASE("arguments out of range are refused before any access", "[driver]") {
  Bench bench;
  std::int16_t codes[4] = {};
  neurram_counters counters{};
  neurram_chip* chip = &bench.chip;
  const auto arm = [chip](neurram_command command) { return neurram_arm(chip, 0, &command); };
  const auto start = [chip](neurram_core_set cores) { return neurram_start(chip, &cores); };
  const auto wait = [chip](neurram_core_set cores) { return neurram_wait(chip, &cores); };
  CHECK(neurram_load_inputs(chip, 3, 0, codes, 1) == NEURRAM_ERROR_ARGUMENT);
  CHECK(neurram_load_inputs(chip, 0, 2, codes, 1) == NEURRAM_ERROR_ARGUMENT);
  CHECK(neurram_load_inputs(chip, 0, 0, codes, 0) == NEURRAM_ERROR_ARGUMENT);
  CHECK(neurram_load_inputs(chip, 0, 0, codes, 0x20001) == NEURRAM_ERROR_ARGUMENT);
  CHECK(neurram_read_outputs(chip, 3, 0, codes, 1) == NEURRAM_ERROR_ARGUMENT);
  CHECK(neurram_read_outputs(chip, 0, 2, codes, 1) == NEURRAM_ERROR_ARGUMENT);
  CHECK(neurram_read_outputs(chip, 0, 0, codes, 0) == NEURRAM_ERROR_ARGUMENT);
  CHECK(neurram_read_outputs(chip, 0, 0, codes, 0x10001) == NEURRAM_ERROR_ARGUMENT);
  CHECK(arm({8, 0, 0, 1}) == NEURRAM_ERROR_ARGUMENT);
  CHECK(arm({0, 2, 0, 1}) == NEURRAM_ERROR_ARGUMENT);
  CHECK(arm({0, 0, 2, 1}) == NEURRAM_ERROR_ARGUMENT);
  CHECK(arm({0, 0, 0, 0}) == NEURRAM_ERROR_ARGUMENT);
  CHECK(arm({0, 0, 0, 65537}) == NEURRAM_ERROR_ARGUMENT);
  CHECK(start(cores_of({})) == NEURRAM_ERROR_ARGUMENT);
  CHECK(start(cores_of({0, 3})) == NEURRAM_ERROR_ARGUMENT);
  CHECK(wait(cores_of({})) == NEURRAM_ERROR_ARGUMENT);
  CHECK(wait(cores_of({255})) == NEURRAM_ERROR_ARGUMENT);
  CHECK(neurram_read_counters(chip, 3, &counters) == NEURRAM_ERROR_ARGUMENT);
  CHECK(neurram_power_on(chip, 3) == NEURRAM_ERROR_ARGUMENT);
  CHECK(neurram_power_off(chip, 3) == NEURRAM_ERROR_ARGUMENT);
  CHECK(neurram_reset(chip, 3) == NEURRAM_ERROR_ARGUMENT);
  CHECK(bench.fake.accesses.empty());
}

TEST_CASE("counters are whole although they come in two words", "[driver]") {
  Bench bench;
  bench.fake.set_counter(2, 0x40, 0x00000007FFFFFFFF);
  bench.fake.set_counter(2, 0x48, 0x0123456789ABCDEF);
  bench.fake.set_counter(2, 0x50, 41);
  bench.fake.core_register(2, 0x58) = 6;
  neurram_counters counters{};
  REQUIRE(neurram_read_counters(&bench.chip, 2, &counters) == NEURRAM_OK);
  CHECK(counters.energy_fj == 0x00000007FFFFFFFF);
  CHECK(counters.cycles == 0x0123456789ABCDEF);
  CHECK(counters.vectors == 41);
  CHECK(counters.commands == 6);
}
