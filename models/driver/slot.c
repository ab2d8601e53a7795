#include "access.h"

/// Number of lines in a mask; UINT32_MAX where it names a line that the array does not have.
static uint32_t count_lines(const uint32_t* mask, uint32_t lines) {
  uint32_t count = 0;
  for (uint32_t line = 0; line < 32u * NEURRAM_MASK_WORDS; ++line) {
    const uint32_t enabled = mask[line / 32u] >> line % 32u & 1u;
    if (enabled != 0u && line >= lines) {
      return UINT32_MAX;
    }
    count += enabled;
  }
  return count;
}

/// The lines fit the array, and differential inputs come in pairs.
static bool masks_are_valid(const struct neurram_slot* slot, struct neurram_geometry geometry) {
  const uint32_t rows = count_lines(slot->word_line_mask, geometry.rows);
  const uint32_t columns = count_lines(slot->column_mask, geometry.columns);
  if (rows == 0u || rows == UINT32_MAX || columns == 0u || columns == UINT32_MAX) {
    return false;
  }
  const bool from_rows = slot->direction == NEURRAM_CORE_SLOT_MODE_DIRECTION_FORWARD ||
                         slot->direction == NEURRAM_CORE_SLOT_MODE_DIRECTION_RECURRENT_BIT_LINE;
  const uint32_t input_lines = from_rows ? rows : columns;
  return slot->pairing == NEURRAM_CORE_SLOT_MODE_PAIRING_SINGLE || input_lines % 2u == 0u;
}

static bool mode_is_valid(const struct neurram_slot* slot) {
  return (uint32_t)slot->direction <= NEURRAM_CORE_SLOT_MODE_DIRECTION_RECURRENT_SOURCE_LINE &&
         (uint32_t)slot->pairing <= NEURRAM_CORE_SLOT_MODE_PAIRING_DIFFERENTIAL &&
         (uint32_t)slot->signedness <= NEURRAM_CORE_SLOT_MODE_SIGNEDNESS_SIGNED &&
         (uint32_t)slot->input_scheme <= NEURRAM_CORE_SLOT_MODE_INPUT_SCHEME_BIPOLAR &&
         (uint32_t)slot->conversion <= NEURRAM_CORE_SLOT_MODE_CONVERSION_UNARY &&
         (uint32_t)slot->activation <= NEURRAM_CORE_SLOT_MODE_ACTIVATION_STOCHASTIC;
}

static bool is_within(uint32_t value, uint32_t low, uint32_t high) {
  return value >= low && value <= high;
}

static bool numbers_are_valid(const struct neurram_slot* slot) {
  const bool is_signed = slot->signedness == NEURRAM_CORE_SLOT_MODE_SIGNEDNESS_SIGNED;
  return is_within(slot->input_bits, 1, is_signed ? 8 : 7) && is_within(slot->output_bits, 1, 10) &&
         is_within(slot->pulse_multiplier, 1, 32) && is_within(slot->step_limit, 1, 127) &&
         slot->rail_set < NEURRAM_RAIL_SETS;
}

static bool activation_is_valid(const struct neurram_slot* slot) {
  const bool counts = slot->activation == NEURRAM_CORE_SLOT_MODE_ACTIVATION_SIGMOID ||
                      slot->activation == NEURRAM_CORE_SLOT_MODE_ACTIVATION_TANH;
  return !counts || is_within(slot->activation_step, 1, 10000000);
}

static uint32_t mode_word(const struct neurram_slot* slot) {
  return NEURRAM_PUT(NEURRAM_CORE_SLOT_MODE_DIRECTION, slot->direction) |
         NEURRAM_PUT(NEURRAM_CORE_SLOT_MODE_PAIRING, slot->pairing) |
         NEURRAM_PUT(NEURRAM_CORE_SLOT_MODE_SIGNEDNESS, slot->signedness) |
         NEURRAM_PUT(NEURRAM_CORE_SLOT_MODE_INPUT_SCHEME, slot->input_scheme) |
         NEURRAM_PUT(NEURRAM_CORE_SLOT_MODE_CONVERSION, slot->conversion) |
         NEURRAM_PUT(NEURRAM_CORE_SLOT_MODE_ACTIVATION, slot->activation);
}

static enum neurram_error write_operation_id(struct neurram_chip* chip, uint32_t core,
                                             uint32_t slot, uint64_t id) {
  TRY(core_write(chip, core, NEURRAM_CORE_SLOT_OPERATION_ID_LOW(slot), (uint32_t)id));
  return core_write(chip, core, NEURRAM_CORE_SLOT_OPERATION_ID_HIGH(slot), (uint32_t)(id >> 32));
}

static enum neurram_error write_masks(struct neurram_chip* chip, uint32_t core, uint32_t slot,
                                      const struct neurram_slot* settings) {
  for (uint32_t word = 0; word < NEURRAM_MASK_WORDS; ++word) {
    TRY(core_write(chip, core, NEURRAM_CORE_SLOT_WORD_LINE_MASK(slot, word),
                   settings->word_line_mask[word]));
    TRY(core_write(chip, core, NEURRAM_CORE_SLOT_COLUMN_MASK(slot, word),
                   settings->column_mask[word]));
  }
  return NEURRAM_OK;
}

static enum neurram_error write_slot(struct neurram_chip* chip, uint32_t core, uint32_t slot,
                                     const struct neurram_slot* settings) {
  const uint32_t bits = NEURRAM_PUT(NEURRAM_CORE_SLOT_BITS_INPUT, settings->input_bits) |
                        NEURRAM_PUT(NEURRAM_CORE_SLOT_BITS_OUTPUT, settings->output_bits);
  TRY(write_operation_id(chip, core, slot, settings->operation_id));
  TRY(core_write(chip, core, NEURRAM_CORE_SLOT_MODE(slot), mode_word(settings)));
  TRY(core_write(chip, core, NEURRAM_CORE_SLOT_BITS(slot), bits));
  TRY(core_write(chip, core, NEURRAM_CORE_SLOT_PULSE_MULTIPLIER(slot), settings->pulse_multiplier));
  TRY(core_write(chip, core, NEURRAM_CORE_SLOT_STEP_LIMIT(slot), settings->step_limit));
  TRY(core_write(chip, core, NEURRAM_CORE_SLOT_RAIL_SET(slot), settings->rail_set));
  TRY(core_write(chip, core, NEURRAM_CORE_SLOT_ACTIVATION_STEP(slot), settings->activation_step));
  return write_masks(chip, core, slot, settings);
}

enum neurram_error neurram_configure_slot(struct neurram_chip* chip, uint32_t core, uint32_t slot,
                                          const struct neurram_slot* settings) {
  REQUIRE(core_exists(chip, core) && slot < NEURRAM_SLOTS);
  REQUIRE(mode_is_valid(settings) && numbers_are_valid(settings) && activation_is_valid(settings));
  REQUIRE(masks_are_valid(settings, chip->geometry[core]));
  return neurram_explain(chip, core, write_slot(chip, core, slot, settings));
}

enum neurram_error neurram_set_operation_id(struct neurram_chip* chip, uint32_t core, uint32_t slot,
                                            uint64_t operation_id) {
  REQUIRE(core_exists(chip, core) && slot < NEURRAM_SLOTS);
  return neurram_explain(chip, core, write_operation_id(chip, core, slot, operation_id));
}
