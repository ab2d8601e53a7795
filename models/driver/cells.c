#include "access.h"

/// Cells between one row and the next in the conductance memory, whatever the array's size.
enum { ROW_PITCH = 256, CELL_BYTES = 4, REPORT_BYTES = 2 };

static bool window_is_valid(const struct neurram_window* window, struct neurram_geometry geometry) {
  return window->rows >= 1u && window->columns >= 1u && window->row < geometry.rows &&
         window->column < geometry.columns && window->rows <= geometry.rows - window->row &&
         window->columns <= geometry.columns - window->column;
}

static uint64_t row_address(const struct neurram_chip* chip, uint32_t core,
                            const struct neurram_window* window, uint32_t row) {
  const uint32_t cell = ROW_PITCH * (window->row + row) + window->column;
  return core_address(chip, core, NEURRAM_CORE_CONDUCTANCE + CELL_BYTES * cell);
}

static enum neurram_error write_targets(struct neurram_chip* chip, uint32_t core,
                                        const struct neurram_window* window,
                                        const uint32_t* targets_ps) {
  for (uint32_t row = 0; row < window->rows; ++row) {
    TRY(chip->bus.write_burst(chip->bus.user, row_address(chip, core, window, row),
                              targets_ps + (size_t)row * window->columns,
                              (size_t)CELL_BYTES * window->columns));
  }
  return neurram_fence(chip);
}

static enum neurram_error read_rows(struct neurram_chip* chip, uint32_t core,
                                    const struct neurram_window* window,
                                    uint32_t* conductances_ps) {
  for (uint32_t row = 0; row < window->rows; ++row) {
    TRY(chip->bus.read_burst(chip->bus.user, row_address(chip, core, window, row),
                             conductances_ps + (size_t)row * window->columns,
                             (size_t)CELL_BYTES * window->columns));
  }
  return neurram_fence(chip);
}

static enum neurram_error start_on_window(struct neurram_chip* chip, uint32_t core,
                                          const struct neurram_window* window, uint32_t command) {
  TRY(core_write(chip, core, NEURRAM_CORE_PROGRAM_ORIGIN,
                 NEURRAM_PUT(NEURRAM_CORE_PROGRAM_ORIGIN_ROW, window->row) |
                     NEURRAM_PUT(NEURRAM_CORE_PROGRAM_ORIGIN_COLUMN, window->column)));
  TRY(core_write(chip, core, NEURRAM_CORE_PROGRAM_SIZE,
                 NEURRAM_PUT(NEURRAM_CORE_PROGRAM_SIZE_ROWS, window->rows) |
                     NEURRAM_PUT(NEURRAM_CORE_PROGRAM_SIZE_COLUMNS, window->columns)));
  TRY(core_write(chip, core, NEURRAM_CORE_INTERRUPT_STATUS,
                 NEURRAM_CORE_INTERRUPT_STATUS_DONE_MASK));
  return core_write(chip, core, NEURRAM_CORE_CONTROL, command);
}

/// Waits for a command on a window and reads the cells that it could not bring where they belong.
static enum neurram_error finish_on_window(struct neurram_chip* chip, uint32_t core,
                                           uint32_t* bad_cells) {
  struct neurram_core_set only = {{0}};
  neurram_core_set_add(&only, core);
  TRY(neurram_wait(chip, &only));
  return core_read(chip, core, NEURRAM_CORE_PROGRAM_FAILED, bad_cells);
}

enum neurram_error neurram_start_program(struct neurram_chip* chip, uint32_t core,
                                         const struct neurram_window* window) {
  REQUIRE(core_exists(chip, core) && window_is_valid(window, chip->geometry[core]));
  return neurram_explain(
      chip, core,
      start_on_window(chip, core, window, NEURRAM_PUT(NEURRAM_CORE_CONTROL_PROGRAM, 1)));
}

enum neurram_error neurram_abort(struct neurram_chip* chip, uint32_t core) {
  REQUIRE(core_exists(chip, core));
  return core_write(chip, core, NEURRAM_CORE_CONTROL, NEURRAM_PUT(NEURRAM_CORE_CONTROL_ABORT, 1));
}

enum neurram_error neurram_read_program_progress(struct neurram_chip* chip, uint32_t core,
                                                 struct neurram_program_progress* progress) {
  REQUIRE(core_exists(chip, core));
  uint32_t status = 0;
  uint32_t at = 0;
  TRY(core_read(chip, core, NEURRAM_CORE_STATUS, &status));
  TRY(core_read(chip, core, NEURRAM_CORE_PROGRAM_PROGRESS, &at));
  TRY(core_read(chip, core, NEURRAM_CORE_PROGRAM_PULSES, &progress->pulses));
  progress->row = NEURRAM_GET(NEURRAM_CORE_PROGRAM_PROGRESS_ROW, at);
  progress->pass = NEURRAM_GET(NEURRAM_CORE_PROGRAM_PROGRESS_PASS, at);
  progress->busy = NEURRAM_GET(NEURRAM_CORE_STATUS_BUSY, status) != 0u;
  progress->aborted = NEURRAM_GET(NEURRAM_CORE_STATUS_ABORTED, status) != 0u;
  return NEURRAM_OK;
}

enum neurram_error neurram_program(struct neurram_chip* chip, uint32_t core,
                                   const struct neurram_window* window, const uint32_t* targets_ps,
                                   uint32_t* failed_cells) {
  REQUIRE(core_exists(chip, core) && window_is_valid(window, chip->geometry[core]));
  TRY(neurram_explain(chip, core, write_targets(chip, core, window, targets_ps)));
  TRY(neurram_start_program(chip, core, window));
  return finish_on_window(chip, core, failed_cells);
}

enum neurram_error neurram_form(struct neurram_chip* chip, uint32_t core,
                                const struct neurram_window* window, uint32_t* unusable_cells) {
  REQUIRE(core_exists(chip, core) && window_is_valid(window, chip->geometry[core]));
  TRY(neurram_explain(
      chip, core, start_on_window(chip, core, window, NEURRAM_PUT(NEURRAM_CORE_CONTROL_FORM, 1))));
  return finish_on_window(chip, core, unusable_cells);
}

static enum neurram_error read_reports(struct neurram_chip* chip, uint32_t core,
                                       const struct neurram_window* window, uint16_t* reports) {
  for (uint32_t row = 0; row < window->rows; ++row) {
    const uint32_t cell = ROW_PITCH * (window->row + row) + window->column;
    TRY(chip->bus.read_burst(
        chip->bus.user, core_address(chip, core, NEURRAM_CORE_CELL_REPORT + REPORT_BYTES * cell),
        reports + (size_t)row * window->columns, (size_t)REPORT_BYTES * window->columns));
  }
  return neurram_fence(chip);
}

enum neurram_error neurram_read_cell_reports(struct neurram_chip* chip, uint32_t core,
                                             const struct neurram_window* window,
                                             uint16_t* reports) {
  REQUIRE(core_exists(chip, core) && window_is_valid(window, chip->geometry[core]));
  return neurram_explain(chip, core, read_reports(chip, core, window, reports));
}

enum neurram_error neurram_read_conductances(struct neurram_chip* chip, uint32_t core,
                                             const struct neurram_window* window,
                                             uint32_t* conductances_ps) {
  REQUIRE(core_exists(chip, core) && window_is_valid(window, chip->geometry[core]));
  return neurram_explain(chip, core, read_rows(chip, core, window, conductances_ps));
}
