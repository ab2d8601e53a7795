#include "access.h"

static enum neurram_error check_version(struct neurram_chip* chip) {
  uint32_t id = 0;
  uint32_t version = 0;
  TRY(chip_read(chip, NEURRAM_CHIP_ID, &id));
  TRY(chip_read(chip, NEURRAM_CHIP_VERSION, &version));
  if (id != NEURRAM_CHIP_ID_RESET_VALUE) {
    return NEURRAM_ERROR_NOT_A_CHIP;
  }
  return version == NEURRAM_MAP_VERSION ? NEURRAM_OK : NEURRAM_ERROR_VERSION;
}

static enum neurram_error read_grid(struct neurram_chip* chip) {
  uint32_t place = 0;
  TRY(chip_read(chip, NEURRAM_CHIP_CORE_COUNT, &chip->core_count));
  TRY(chip_read(chip, NEURRAM_CHIP_PLACE, &place));
  chip->grid_rows = NEURRAM_GET(NEURRAM_CHIP_PLACE_GRID_ROWS, place);
  chip->grid_columns = NEURRAM_GET(NEURRAM_CHIP_PLACE_GRID_COLUMNS, place);
  const bool possible = chip->core_count >= 1u && chip->core_count <= NEURRAM_MAX_CORES;
  return possible ? NEURRAM_OK : NEURRAM_ERROR_NOT_A_CHIP;
}

static bool is_array_side(uint32_t lines) {
  return lines >= 1u && lines <= 256u;
}

static enum neurram_error read_core(struct neurram_chip* chip, uint32_t core) {
  uint32_t id = 0;
  uint32_t index = 0;
  uint32_t geometry = 0;
  TRY(core_read(chip, core, NEURRAM_CORE_ID, &id));
  TRY(core_read(chip, core, NEURRAM_CORE_INDEX, &index));
  TRY(core_read(chip, core, NEURRAM_CORE_GEOMETRY, &geometry));
  const uint32_t rows = NEURRAM_GET(NEURRAM_CORE_GEOMETRY_ROWS, geometry);
  const uint32_t columns = NEURRAM_GET(NEURRAM_CORE_GEOMETRY_COLUMNS, geometry);
  chip->geometry[core] = (struct neurram_geometry){(uint16_t)rows, (uint16_t)columns};
  const bool identified = id == NEURRAM_CORE_ID_RESET_VALUE && index == core;
  return identified && is_array_side(rows) && is_array_side(columns) ? NEURRAM_OK
                                                                     : NEURRAM_ERROR_NOT_A_CHIP;
}

enum neurram_error neurram_discover(struct neurram_chip* chip, const struct neurram_bus* bus,
                                    uint64_t base) {
  chip->bus = *bus;
  chip->base = base;
  chip->poll_limit = 0;
  chip->fault = (struct neurram_fault){NEURRAM_NO_CORE, 0, 0};
  TRY(check_version(chip));
  TRY(read_grid(chip));
  for (uint32_t core = 0; core < chip->core_count; ++core) {
    TRY(read_core(chip, core));
  }
  if (bus->wait_interrupt == NULL) {
    return NEURRAM_OK;
  }
  return chip_write(chip, NEURRAM_CHIP_INTERRUPT_ENABLE,
                    NEURRAM_PUT(NEURRAM_CHIP_INTERRUPT_ENABLE_LINE, 1));
}

enum neurram_error neurram_power_on(struct neurram_chip* chip, uint32_t core) {
  REQUIRE(core_exists(chip, core));
  TRY(core_write(chip, core, NEURRAM_CORE_POWER, NEURRAM_PUT(NEURRAM_CORE_POWER_ON, 1)));
  return neurram_await_powered(chip, core);
}

enum neurram_error neurram_power_off(struct neurram_chip* chip, uint32_t core) {
  REQUIRE(core_exists(chip, core));
  uint32_t status = 0;
  TRY(core_read(chip, core, NEURRAM_CORE_STATUS, &status));
  if (NEURRAM_GET(NEURRAM_CORE_STATUS_BUSY, status)) {
    return NEURRAM_ERROR_BUSY;
  }
  return core_write(chip, core, NEURRAM_CORE_POWER, 0);
}

enum neurram_error neurram_reset(struct neurram_chip* chip, uint32_t core) {
  REQUIRE(core_exists(chip, core));
  return neurram_explain(
      chip, core,
      core_write(chip, core, NEURRAM_CORE_CONTROL, NEURRAM_PUT(NEURRAM_CORE_CONTROL_RESET, 1)));
}

static bool is_rail(uint32_t low_uv, uint32_t v_uv) {
  return v_uv >= low_uv && v_uv <= 900000u;
}

enum neurram_error neurram_configure_rails(struct neurram_chip* chip, uint32_t set,
                                           const struct neurram_rails* rails) {
  REQUIRE(set < NEURRAM_RAIL_SETS);
  REQUIRE(is_rail(0, rails->v_read_plus_uv) && is_rail(0, rails->v_read_minus_uv));
  REQUIRE(is_rail(1, rails->v_decrement_plus_uv) && is_rail(1, rails->v_decrement_minus_uv));
  REQUIRE(rails->v_comparator_uv >= -100000 && rails->v_comparator_uv <= 100000);
  REQUIRE(is_rail(0, rails->v_lfsr_uv));
  TRY(chip_write(chip, NEURRAM_CHIP_RAIL_V_READ_PLUS(set), rails->v_read_plus_uv));
  TRY(chip_write(chip, NEURRAM_CHIP_RAIL_V_READ_MINUS(set), rails->v_read_minus_uv));
  TRY(chip_write(chip, NEURRAM_CHIP_RAIL_V_DECREMENT_PLUS(set), rails->v_decrement_plus_uv));
  TRY(chip_write(chip, NEURRAM_CHIP_RAIL_V_DECREMENT_MINUS(set), rails->v_decrement_minus_uv));
  TRY(chip_write(chip, NEURRAM_CHIP_RAIL_V_COMPARATOR(set), (uint32_t)rails->v_comparator_uv));
  return chip_write(chip, NEURRAM_CHIP_RAIL_V_LFSR(set), rails->v_lfsr_uv);
}

static enum neurram_error write_rail_select(struct neurram_chip* chip, uint32_t set) {
  return neurram_check_chip(chip, chip_write(chip, NEURRAM_CHIP_RAIL_SELECT,
                                             NEURRAM_PUT(NEURRAM_CHIP_RAIL_SELECT_SET, set)));
}

enum neurram_error neurram_select_rails(struct neurram_chip* chip, uint32_t set) {
  REQUIRE(set < NEURRAM_RAIL_SETS);
  return write_rail_select(chip, set);
}

enum neurram_error neurram_park_rails(struct neurram_chip* chip) {
  return write_rail_select(chip, NEURRAM_CHIP_RAIL_SELECT_RESET_VALUE);
}
