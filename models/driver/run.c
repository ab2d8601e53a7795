#include "access.h"

uint32_t neurram_max_vectors(uint32_t inputs, uint32_t outputs) {
  if (inputs == 0u || outputs == 0u) {
    return 0;
  }
  const uint32_t by_inputs = NEURRAM_CORE_INPUT_BANK_BYTES / inputs;
  const uint32_t by_outputs = NEURRAM_CORE_OUTPUT_BANK_BYTES / (uint32_t)sizeof(int16_t) / outputs;
  return by_inputs < by_outputs ? by_inputs : by_outputs;
}

int32_t neurram_half_steps(int16_t code, bool two_phase) {
  if (two_phase || code == 0) {
    return 2 * code;
  }
  return 2 * code - (code > 0 ? 1 : -1);
}

enum neurram_error neurram_load_inputs(struct neurram_chip* chip, uint32_t core, uint32_t bank,
                                       const void* codes, size_t bytes) {
  REQUIRE(core_exists(chip, core) && bank < NEURRAM_BANKS);
  REQUIRE(bytes >= 1u && bytes <= NEURRAM_CORE_INPUT_BANK_BYTES);
  const uint64_t address = core_address(chip, core, NEURRAM_CORE_INPUT_BANK(bank));
  return neurram_explain(chip, core, chip->bus.write_burst(chip->bus.user, address, codes, bytes));
}

enum neurram_error neurram_read_outputs(struct neurram_chip* chip, uint32_t core, uint32_t bank,
                                        int16_t* codes, size_t count) {
  REQUIRE(core_exists(chip, core) && bank < NEURRAM_BANKS);
  REQUIRE(count >= 1u && count <= NEURRAM_CORE_OUTPUT_BANK_BYTES / sizeof *codes);
  const uint64_t address = core_address(chip, core, NEURRAM_CORE_OUTPUT_BANK(bank));
  return neurram_explain(
      chip, core, chip->bus.read_burst(chip->bus.user, address, codes, count * sizeof *codes));
}

enum neurram_error neurram_fence(struct neurram_chip* chip) {
  return chip->bus.fence(chip->bus.user);
}

static enum neurram_error write_command(struct neurram_chip* chip, uint32_t core,
                                        const struct neurram_command* command) {
  TRY(core_write(chip, core, NEURRAM_CORE_SELECT,
                 NEURRAM_PUT(NEURRAM_CORE_SELECT_SLOT, command->slot) |
                     NEURRAM_PUT(NEURRAM_CORE_SELECT_INPUT_BANK, command->input_bank) |
                     NEURRAM_PUT(NEURRAM_CORE_SELECT_OUTPUT_BANK, command->output_bank)));
  return core_write(chip, core, NEURRAM_CORE_BATCH, command->vectors);
}

enum neurram_error neurram_arm(struct neurram_chip* chip, uint32_t core,
                               const struct neurram_command* command) {
  REQUIRE(core_exists(chip, core) && command->slot < NEURRAM_SLOTS);
  REQUIRE(command->input_bank < NEURRAM_BANKS && command->output_bank < NEURRAM_BANKS);
  REQUIRE(command->vectors >= 1u && command->vectors <= neurram_max_vectors(1, 1));
  return neurram_explain(chip, core, write_command(chip, core, command));
}

/// A 64-bit counter: reading the low word freezes the high one.
static enum neurram_error read_wide(struct neurram_chip* chip, uint32_t core, uint32_t low_offset,
                                    uint32_t high_offset, uint64_t* value) {
  uint32_t low = 0;
  uint32_t high = 0;
  TRY(core_read(chip, core, low_offset, &low));
  TRY(core_read(chip, core, high_offset, &high));
  *value = (uint64_t)high << 32 | low;
  return NEURRAM_OK;
}

enum neurram_error neurram_read_counters(struct neurram_chip* chip, uint32_t core,
                                         struct neurram_counters* counters) {
  REQUIRE(core_exists(chip, core));
  TRY(read_wide(chip, core, NEURRAM_CORE_ENERGY_LOW, NEURRAM_CORE_ENERGY_HIGH,
                &counters->energy_fj));
  TRY(read_wide(chip, core, NEURRAM_CORE_CYCLES_LOW, NEURRAM_CORE_CYCLES_HIGH, &counters->cycles));
  TRY(read_wide(chip, core, NEURRAM_CORE_VECTORS_LOW, NEURRAM_CORE_VECTORS_HIGH,
                &counters->vectors));
  return core_read(chip, core, NEURRAM_CORE_COMMANDS, &counters->commands);
}
