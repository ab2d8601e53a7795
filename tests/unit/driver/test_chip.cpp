#include "tests/unit/driver/fixture.h"

namespace {

neurram_error discover(FakeChip& fake, neurram_chip& chip, bool interrupts = false) {
  const neurram_bus bus = fake.bus(interrupts);
  return neurram_discover(&chip, &bus, FakeChip::kBase);
}

}  // namespace

TEST_CASE("discover reads the size of the chip and of each core", "[driver]") {
  FakeChip fake(48, 0x00400080);
  neurram_chip chip;
  REQUIRE(discover(fake, chip) == NEURRAM_OK);
  CHECK(chip.core_count == 48);
  CHECK(chip.grid_rows == 8);
  CHECK(chip.grid_columns == 6);
  CHECK(chip.geometry[47].rows == 128);
  CHECK(chip.geometry[47].columns == 64);
  for (const auto& access : fake.accesses) {
    CHECK(access.kind == 'r');
  }
}

TEST_CASE("discover lets the chip interrupt where the bus can wait for it", "[driver]") {
  FakeChip fake;
  neurram_chip chip;
  REQUIRE(discover(fake, chip, true) == NEURRAM_OK);
  CHECK(fake.accesses.back() == FakeChip::Access{'w', FakeChip::chip_at(0x18), 1});
}

TEST_CASE("discover refuses what is not a NeuRRAM chip of this map", "[driver]") {
  FakeChip fake;
  neurram_chip chip;
  SECTION("another device") {
    fake.chip_register(0x00) = 0;
    CHECK(discover(fake, chip) == NEURRAM_ERROR_NOT_A_CHIP);
  }
  SECTION("another version") {
    fake.chip_register(0x04) = 2;
    CHECK(discover(fake, chip) == NEURRAM_ERROR_VERSION);
  }
  SECTION("no cores") {
    fake.chip_register(0x08) = 0;
    CHECK(discover(fake, chip) == NEURRAM_ERROR_NOT_A_CHIP);
  }
  SECTION("more cores than START_MASK has bits") {
    fake.chip_register(0x08) = 257;
    CHECK(discover(fake, chip) == NEURRAM_ERROR_NOT_A_CHIP);
  }
  SECTION("a core of another kind") {
    fake.core_register(1, 0x00) = 1;
    CHECK(discover(fake, chip) == NEURRAM_ERROR_NOT_A_CHIP);
  }
  SECTION("a core at another core's place") {
    fake.core_register(1, 0x04) = 2;
    CHECK(discover(fake, chip) == NEURRAM_ERROR_NOT_A_CHIP);
  }
  SECTION("an array without columns") {
    fake.core_register(2, 0x08) = 256;
    CHECK(discover(fake, chip) == NEURRAM_ERROR_NOT_A_CHIP);
  }
  SECTION("an array of 257 rows") {
    fake.core_register(2, 0x08) = 0x01000101;
    CHECK(discover(fake, chip) == NEURRAM_ERROR_NOT_A_CHIP);
  }
}

TEST_CASE("power_on returns when the core is awake", "[driver]") {
  FakeChip fake;
  neurram_chip chip;
  REQUIRE(discover(fake, chip) == NEURRAM_OK);
  fake.accesses.clear();
  REQUIRE(neurram_power_on(&chip, 1) == NEURRAM_OK);
  CHECK(fake.accesses.front() == FakeChip::Access{'w', FakeChip::core_at(1, 0x28), 1});
  CHECK(fake.accesses.back() == FakeChip::Access{'r', FakeChip::core_at(1, 0x14), 4});
  CHECK(fake.accesses.size() == 1 + fake.wake_ticks);

  SECTION("or gives up after poll_limit looks") {
    fake.accesses.clear();
    fake.wake_ticks = 1000;
    chip.poll_limit = 7;
    CHECK(neurram_power_on(&chip, 2) == NEURRAM_ERROR_TIMEOUT);
    CHECK(fake.accesses.size() == 1 + 7);
  }
}

TEST_CASE("power_off gates an idle core only", "[driver]") {
  Bench bench;
  const neurram_core_set cores = cores_of({1});
  bench.arm(cores);
  REQUIRE(neurram_start(&bench.chip, &cores) == NEURRAM_OK);
  CHECK(neurram_power_off(&bench.chip, 1) == NEURRAM_ERROR_BUSY);
  REQUIRE(neurram_wait(&bench.chip, &cores) == NEURRAM_OK);
  CHECK(neurram_power_off(&bench.chip, 1) == NEURRAM_OK);
  CHECK(bench.fake.accesses.back() == FakeChip::Access{'w', FakeChip::core_at(1, 0x28), 0});
}

TEST_CASE("reset writes CONTROL.reset", "[driver]") {
  Bench bench;
  REQUIRE(neurram_reset(&bench.chip, 2) == NEURRAM_OK);
  CHECK(bench.fake.accesses == Accesses{{'w', FakeChip::core_at(2, 0x10), 4}});
}

TEST_CASE("rail sets go to the chip's window in microvolts", "[driver]") {
  Bench bench;
  neurram_rails rails{500000, 450000, 120000, 110000, -2500, 80000};
  REQUIRE(neurram_configure_rails(&bench.chip, 15, &rails) == NEURRAM_OK);
  CHECK(bench.fake.accesses == Accesses{{'w', FakeChip::chip_at(0x2E0), 500000},
                                        {'w', FakeChip::chip_at(0x2E4), 450000},
                                        {'w', FakeChip::chip_at(0x2E8), 120000},
                                        {'w', FakeChip::chip_at(0x2EC), 110000},
                                        {'w', FakeChip::chip_at(0x2F0), 0xFFFFF63C},
                                        {'w', FakeChip::chip_at(0x2F4), 80000}});
  bench.fake.accesses.clear();

  SECTION("out of range: refused before any access") {
    const neurram_rails good = rails;
    std::uint32_t set = 0;
    SECTION("set") {
      set = 16;
    }
    SECTION("v_read_plus") {
      rails.v_read_plus_uv = 900001;
    }
    SECTION("v_read_minus") {
      rails.v_read_minus_uv = 900001;
    }
    SECTION("v_decrement_plus") {
      rails.v_decrement_plus_uv = 0;
    }
    SECTION("v_decrement_minus") {
      rails.v_decrement_minus_uv = 900001;
    }
    SECTION("v_comparator low") {
      rails.v_comparator_uv = -100001;
    }
    SECTION("v_comparator high") {
      rails.v_comparator_uv = 100001;
    }
    SECTION("v_lfsr") {
      rails.v_lfsr_uv = 900001;
    }
    CHECK(neurram_configure_rails(&bench.chip, set, set == 16 ? &good : &rails) ==
          NEURRAM_ERROR_ARGUMENT);
    CHECK(bench.fake.accesses.empty());
  }
}

TEST_CASE("rails are selected and parked", "[driver]") {
  Bench bench;
  REQUIRE(neurram_select_rails(&bench.chip, 3) == NEURRAM_OK);
  CHECK(bench.fake.chip_register(0x24) == 3);
  REQUIRE(neurram_park_rails(&bench.chip) == NEURRAM_OK);
  CHECK(bench.fake.chip_register(0x24) == 0xFF);
  CHECK(neurram_select_rails(&bench.chip, 16) == NEURRAM_ERROR_ARGUMENT);
}

TEST_CASE("a rail change while a core is busy is explained", "[driver]") {
  Bench bench;
  bench.fake.silent_refusals = GENERATE(false, true);
  const neurram_core_set cores = cores_of({0});
  bench.arm(cores);
  REQUIRE(neurram_start(&bench.chip, &cores) == NEURRAM_OK);
  REQUIRE(neurram_select_rails(&bench.chip, 3) == NEURRAM_ERROR_CHIP);
  CHECK(bench.chip.fault.core == NEURRAM_NO_CORE);
  CHECK(bench.chip.fault.bits == 1u << 3);
  CHECK(bench.chip.fault.address == 0x24);
  CHECK(bench.fake.chip_register(0x10) == 0);
}

TEST_CASE("take_fault reads and clears a sticky error", "[driver]") {
  Bench bench;
  neurram_fault fault{};
  SECTION("of a core") {
    bench.fake.core_register(1, 0x20) = 0x42;
    bench.fake.core_register(1, 0x24) = 0x60000;
    REQUIRE(neurram_take_fault(&bench.chip, 1, &fault) == NEURRAM_OK);
    CHECK(fault.core == 1);
    CHECK(fault.bits == 0x42);
    CHECK(fault.address == 0x60000);
    REQUIRE(neurram_take_fault(&bench.chip, 1, &fault) == NEURRAM_OK);
    CHECK(fault.bits == 0);
    CHECK(fault.address == 0);
  }
  SECTION("of the chip") {
    bench.fake.chip_register(0x10) = 0x1;
    REQUIRE(neurram_take_fault(&bench.chip, NEURRAM_NO_CORE, &fault) == NEURRAM_OK);
    CHECK(fault.core == NEURRAM_NO_CORE);
    CHECK(fault.bits == 1);
    CHECK(bench.fake.chip_register(0x10) == 0);
  }
  SECTION("of no core there is") {
    CHECK(neurram_take_fault(&bench.chip, 3, &fault) == NEURRAM_ERROR_ARGUMENT);
    CHECK(bench.fake.accesses.empty());
  }
}

TEST_CASE("every error has its own text", "[driver]") {
  std::set<std::string> texts;
  for (int error = NEURRAM_OK; error <= NEURRAM_ERROR_CORE + 1; ++error) {
    texts.insert(neurram_error_text(static_cast<neurram_error>(error)));
  }
  CHECK(texts.size() == NEURRAM_ERROR_CORE + 2);
}
