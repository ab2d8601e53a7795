#include <cstring>

#include "models/driver/neurram_bus_mmio.h"
#include "tests/unit/driver/fixture.h"

namespace {

/// Everything that a program does with the driver, from discovery to results; the first error ends
/// it.
neurram_error whole_program(FakeChip& fake, bool interrupts) {
  neurram_chip chip{};
  const neurram_bus bus = fake.bus(interrupts);
  const neurram_core_set cores = cores_of({0, 1});
  const neurram_core_set lone = cores_of({1});
  const neurram_rails rails{500000, 500000, 100000, 100000, 0, 100000};
  const neurram_slot slot = Bench::slot();
  const neurram_command command{0, 0, 0, 1};
  const neurram_window window{0, 0, 2, 2};
  const std::uint32_t targets[] = {1, 2, 3, 4};
  std::uint32_t cells[4];
  std::uint32_t failed = 0;
  std::int16_t output = 0;
  neurram_counters counters{};
  const std::function<neurram_error()> steps[] = {
      [&] { return neurram_discover(&chip, &bus, FakeChip::kBase); },
      [&] { return neurram_power_on(&chip, 0); },
      [&] { return neurram_power_on(&chip, 1); },
      [&] { return neurram_configure_rails(&chip, 5, &rails); },
      [&] { return neurram_select_rails(&chip, 5); },
      [&] { return neurram_program(&chip, 0, &window, targets, &failed); },
      [&] { return neurram_read_conductances(&chip, 0, &window, cells); },
      [&] { return neurram_configure_slot(&chip, 0, 0, &slot); },
      [&] { return neurram_configure_slot(&chip, 1, 0, &slot); },
      [&] { return neurram_load_inputs(&chip, 0, 0, "a", 1); },
      [&] { return neurram_load_inputs(&chip, 1, 0, "b", 1); },
      [&] { return neurram_arm(&chip, 0, &command); },
      [&] { return neurram_arm(&chip, 1, &command); },
      [&] { return neurram_start(&chip, &cores); },
      [&] { return neurram_wait(&chip, &cores); },
      [&] { return neurram_set_operation_id(&chip, 1, 0, 9); },
      [&] { return neurram_start(&chip, &lone); },
      [&] { return neurram_wait(&chip, &lone); },
      [&] { return neurram_read_outputs(&chip, 1, 0, &output, 1); },
      [&] { return neurram_fence(&chip); },
      [&] { return neurram_read_counters(&chip, 1, &counters); },
      [&] { return neurram_park_rails(&chip); },
      [&] { return neurram_reset(&chip, 0); },
      [&] { return neurram_power_off(&chip, 1); },
  };
  for (const auto& step : steps) {
    if (const neurram_error error = step(); error != NEURRAM_OK) {
      return error;
    }
  }
  REQUIRE(output == 'b');
  return NEURRAM_OK;
}

}  // namespace

TEST_CASE("a bus error anywhere comes back to the caller", "[driver]") {
  const bool interrupts = GENERATE(false, true);
  long access = 0;
  for (;; ++access) {
    FakeChip fake(2);
    fake.fail_after = access;
    const neurram_error error = whole_program(fake, interrupts);
    if (fake.fail_after >= 0) {  // the program had fewer accesses than that
      CHECK(error == NEURRAM_OK);
      break;
    }
    INFO("access " << access);
    CHECK(error == NEURRAM_ERROR_BUS);
  }
  CHECK(access > 100);
}

TEST_CASE("the memory-mapped bus moves words, then the bytes that are left", "[driver]") {
  alignas(4) std::uint8_t memory[16] = {};
  const auto address = reinterpret_cast<std::uintptr_t>(memory);
  const neurram_bus& bus = neurram_bus_mmio;
  const std::uint8_t data[] = "-0123456789";
  std::uint32_t word = 0;
  CHECK(bus.wait_interrupt == nullptr);
  REQUIRE(bus.write32(nullptr, address + 12, 0x44434241) == NEURRAM_OK);
  CHECK(std::memcmp(memory + 12, "ABCD", 4) == 0);
  REQUIRE(bus.read32(nullptr, address + 12, &word) == NEURRAM_OK);
  CHECK(word == 0x44434241);
  for (std::size_t bytes = 0; bytes <= 10; ++bytes) {
    std::uint8_t back[11] = {};
    std::memset(memory, 0, sizeof memory);
    REQUIRE(bus.write_burst(nullptr, address, data + 1, bytes) == NEURRAM_OK);
    REQUIRE(bus.fence(nullptr) == NEURRAM_OK);
    CHECK(std::memcmp(memory, data + 1, bytes) == 0);
    CHECK(memory[bytes] == 0);
    REQUIRE(bus.read_burst(nullptr, address, back + 1, bytes) == NEURRAM_OK);
    CHECK(std::memcmp(back + 1, data + 1, bytes) == 0);
  }
}
