#pragma once

#include <catch2/catch.hpp>
#include <ostream>

#include "tests/unit/driver/fake_chip.h"

inline std::ostream& operator<<(std::ostream& out, const FakeChip::Access& access) {
  return out << access.kind << std::hex << " 0x" << access.address << " 0x" << access.value
             << std::dec;
}

/// A discovered chip, its log emptied; by default every core is awake.
struct Bench {
  explicit Bench(bool interrupts = false, unsigned cores = 3) : fake(cores) {
    const neurram_bus bus = fake.bus(interrupts);
    REQUIRE(neurram_discover(&chip, &bus, FakeChip::kBase) == NEURRAM_OK);
    for (unsigned core = 0; core < cores; ++core) {
      REQUIRE(neurram_power_on(&chip, core) == NEURRAM_OK);
    }
    fake.accesses.clear();
  }

  /// A slot that every core accepts: four rows as two pairs, two columns.
  static neurram_slot slot() {
    neurram_slot slot{};
    slot.word_line_mask[0] = 0xF;
    slot.column_mask[7] = 0x80000001;
    slot.pairing = NEURRAM_CORE_SLOT_MODE_PAIRING_DIFFERENTIAL;
    slot.signedness = NEURRAM_CORE_SLOT_MODE_SIGNEDNESS_SIGNED;
    slot.input_bits = 4;
    slot.output_bits = 6;
    slot.pulse_multiplier = 2;
    slot.step_limit = 99;
    slot.rail_set = 5;
    slot.activation_step = 70000;
    return slot;
  }

  /// Configures and arms slot 0 of the cores for one vector from bank 0 to bank 0.
  void arm(const neurram_core_set& cores) {
    const neurram_slot settings = slot();
    const neurram_command command{0, 0, 0, 1};
    for (unsigned core = 0; core < chip.core_count; ++core) {
      if (neurram_core_set_has(&cores, core)) {
        REQUIRE(neurram_configure_slot(&chip, core, 0, &settings) == NEURRAM_OK);
        REQUIRE(neurram_arm(&chip, core, &command) == NEURRAM_OK);
      }
    }
    fake.accesses.clear();
  }

  FakeChip fake;
  neurram_chip chip{};
};

inline neurram_core_set cores_of(std::initializer_list<unsigned> cores) {
  neurram_core_set set{};
  for (unsigned core : cores) {
    neurram_core_set_add(&set, core);
  }
  return set;
}

using Accesses = std::vector<FakeChip::Access>;
