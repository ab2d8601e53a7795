#include "tests/unit/driver/fixture.h"

namespace {

/// One thing that makes a good slot bad.
struct Mistake {
  const char* name;
  void (*make)(neurram_slot&);
};

const Mistake kMistakes[] = {
    {"no rows", [](neurram_slot& s) { s.word_line_mask[0] = 0; }},
    {"no columns", [](neurram_slot& s) { s.column_mask[7] = 0; }},
    {"odd rows in pairs", [](neurram_slot& s) { s.word_line_mask[0] = 7; }},
    {"odd columns in pairs",
     [](neurram_slot& s) {
       s.direction = NEURRAM_CORE_SLOT_MODE_DIRECTION_BACKWARD;
       s.column_mask[7] = 1;
     }},
    {"direction", [](neurram_slot& s) { s.direction = static_cast<decltype(s.direction)>(4); }},
    {"pairing", [](neurram_slot& s) { s.pairing = static_cast<decltype(s.pairing)>(2); }},
    {"signedness", [](neurram_slot& s) { s.signedness = static_cast<decltype(s.signedness)>(2); }},
    {"input scheme",
     [](neurram_slot& s) { s.input_scheme = static_cast<decltype(s.input_scheme)>(2); }},
    {"conversion", [](neurram_slot& s) { s.conversion = static_cast<decltype(s.conversion)>(2); }},
    {"activation", [](neurram_slot& s) { s.activation = static_cast<decltype(s.activation)>(5); }},
    {"no input bits", [](neurram_slot& s) { s.input_bits = 0; }},
    {"9 signed input bits", [](neurram_slot& s) { s.input_bits = 9; }},
    {"8 unsigned input bits",
     [](neurram_slot& s) {
       s.signedness = NEURRAM_CORE_SLOT_MODE_SIGNEDNESS_UNSIGNED;
       s.input_bits = 8;
     }},
    {"no output bits", [](neurram_slot& s) { s.output_bits = 0; }},
    {"11 output bits", [](neurram_slot& s) { s.output_bits = 11; }},
    {"pulse multiplier 0", [](neurram_slot& s) { s.pulse_multiplier = 0; }},
    {"pulse multiplier 33", [](neurram_slot& s) { s.pulse_multiplier = 33; }},
    {"step limit 0", [](neurram_slot& s) { s.step_limit = 0; }},
    {"step limit 128", [](neurram_slot& s) { s.step_limit = 128; }},
    {"sigmoid without a step",
     [](neurram_slot& s) {
       s.activation = NEURRAM_CORE_SLOT_MODE_ACTIVATION_SIGMOID;
       s.activation_step = 0;
     }},
    {"tanh of a step beyond 10",
     [](neurram_slot& s) {
       s.activation = NEURRAM_CORE_SLOT_MODE_ACTIVATION_TANH;
       s.activation_step = 10000001;
     }},
    {"rail set 16", [](neurram_slot& s) { s.rail_set = 16; }},
};

}  // namespace

TEST_CASE("a slot's registers get what the reference page says", "[driver]") {
  Bench bench;
  neurram_slot settings = Bench::slot();
  settings.operation_id = 0x8000000100000002;
  settings.direction = NEURRAM_CORE_SLOT_MODE_DIRECTION_RECURRENT_SOURCE_LINE;
  settings.input_scheme = NEURRAM_CORE_SLOT_MODE_INPUT_SCHEME_BIPOLAR;
  settings.conversion = NEURRAM_CORE_SLOT_MODE_CONVERSION_UNARY;
  settings.activation = NEURRAM_CORE_SLOT_MODE_ACTIVATION_STOCHASTIC;
  settings.word_line_mask[3] = 0x00FF00FF;
  REQUIRE(neurram_configure_slot(&bench.chip, 1, 6, &settings) == NEURRAM_OK);

  CHECK(bench.fake.accesses.size() == 8 + 16);
  const std::uint32_t slot = 0x400 + 6 * 0x80;
  CHECK(bench.fake.core_register(1, slot + 0x00) == 2);
  CHECK(bench.fake.core_register(1, slot + 0x04) == 0x80000001);
  CHECK(bench.fake.core_register(1, slot + 0x08) ==
        (3 | 1 << 2 | 1 << 3 | 1 << 4 | 1 << 8 | 4 << 12));
  CHECK(bench.fake.core_register(1, slot + 0x0C) == (4 | 6 << 8));
  CHECK(bench.fake.core_register(1, slot + 0x10) == 2);
  CHECK(bench.fake.core_register(1, slot + 0x14) == 99);
  CHECK(bench.fake.core_register(1, slot + 0x18) == 5);
  CHECK(bench.fake.core_register(1, slot + 0x1C) == 70000);
  CHECK(bench.fake.core_register(1, slot + 0x20) == 0xF);
  CHECK(bench.fake.core_register(1, slot + 0x2C) == 0x00FF00FF);
  CHECK(bench.fake.core_register(1, slot + 0x40) == 0);
  CHECK(bench.fake.core_register(1, slot + 0x5C) == 0x80000001);
}

TEST_CASE("a slot that the core cannot carry out is refused before any access", "[driver]") {
  Bench bench;
  for (const Mistake& mistake : kMistakes) {
    INFO(mistake.name);
    neurram_slot settings = Bench::slot();
    mistake.make(settings);
    CHECK(neurram_configure_slot(&bench.chip, 0, 0, &settings) == NEURRAM_ERROR_ARGUMENT);
  }
  const neurram_slot settings = Bench::slot();
  CHECK(neurram_configure_slot(&bench.chip, 3, 0, &settings) == NEURRAM_ERROR_ARGUMENT);
  CHECK(neurram_configure_slot(&bench.chip, 0, 8, &settings) == NEURRAM_ERROR_ARGUMENT);
  CHECK(bench.fake.accesses.empty());
}

TEST_CASE("masks must lie within the core's array", "[driver]") {
  Bench bench;
  bench.chip.geometry[0] = {128, 225};
  neurram_slot settings = Bench::slot();
  settings.column_mask[7] = 1;  // column 224
  CHECK(neurram_configure_slot(&bench.chip, 0, 0, &settings) == NEURRAM_OK);
  settings.column_mask[7] = 2;
  CHECK(neurram_configure_slot(&bench.chip, 0, 0, &settings) == NEURRAM_ERROR_ARGUMENT);
  settings.column_mask[7] = 1;
  settings.word_line_mask[4] = 3;  // rows 128, 129
  CHECK(neurram_configure_slot(&bench.chip, 0, 0, &settings) == NEURRAM_ERROR_ARGUMENT);
}

TEST_CASE("an operation id takes two writes", "[driver]") {
  Bench bench;
  REQUIRE(neurram_set_operation_id(&bench.chip, 2, 7, 0x0123456789ABCDEF) == NEURRAM_OK);
  CHECK(bench.fake.accesses == Accesses{{'w', FakeChip::core_at(2, 0x780), 0x89ABCDEF},
                                        {'w', FakeChip::core_at(2, 0x784), 0x01234567}});
  CHECK(neurram_set_operation_id(&bench.chip, 3, 0, 0) == NEURRAM_ERROR_ARGUMENT);
  CHECK(neurram_set_operation_id(&bench.chip, 0, 8, 0) == NEURRAM_ERROR_ARGUMENT);
}

TEST_CASE("a slot write while the core is busy is explained", "[driver]") {
  Bench bench;
  const neurram_core_set cores = cores_of({2});
  bench.arm(cores);
  REQUIRE(neurram_start(&bench.chip, &cores) == NEURRAM_OK);
  REQUIRE(neurram_set_operation_id(&bench.chip, 2, 1, 5) == NEURRAM_ERROR_CORE);
  CHECK(bench.chip.fault.core == 2);
  CHECK(bench.chip.fault.bits == 1u << 3);
  CHECK(bench.chip.fault.address == 0x480);
}
