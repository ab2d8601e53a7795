#include "neurram_bus_mmio.h"

/// A firmware that uses every function of the driver once: what it links is what any firmware can.
enum { CHIP_BASE = 0x40000000 };

static struct neurram_chip chip;

static enum neurram_error set_up(void) {
  const uint32_t targets_ps[4] = {1000000, 2000000, 3000000, 4000000};
  const struct neurram_window window = {0, 0, 2, 2};
  const struct neurram_rails rails = {500000, 500000, 100000, 100000, 0, 100000};
  uint32_t cells_ps[4];
  uint16_t reports[4];
  struct neurram_program_progress progress;
  uint32_t failed = 0;
  enum neurram_error error = neurram_discover(&chip, &neurram_bus_mmio, CHIP_BASE);
  error = error ? error : neurram_power_on(&chip, 0);
  error = error ? error : neurram_reset(&chip, 0);
  error = error ? error : neurram_configure_rails(&chip, 0, &rails);
  error = error ? error : neurram_select_rails(&chip, 0);
  error = error ? error : neurram_form(&chip, 0, &window, &failed);
  error = error ? error : neurram_program(&chip, 0, &window, targets_ps, &failed);
  error = error ? error : neurram_start_program(&chip, 0, &window);
  error = error ? error : neurram_read_program_progress(&chip, 0, &progress);
  error = error ? error : neurram_abort(&chip, 0);
  error = error ? error : neurram_read_cell_reports(&chip, 0, &window, reports);
  return error ? error : neurram_read_conductances(&chip, 0, &window, cells_ps);
}

static enum neurram_error run(int16_t codes[2]) {
  const struct neurram_slot slot = {
      .word_line_mask = {3},
      .column_mask = {3},
      .pairing = NEURRAM_CORE_SLOT_MODE_PAIRING_DIFFERENTIAL,
      .signedness = NEURRAM_CORE_SLOT_MODE_SIGNEDNESS_SIGNED,
      .input_bits = 4,
      .output_bits = 6,
      .pulse_multiplier = 1,
      .step_limit = 100,
  };
  const struct neurram_command command = {.vectors = neurram_max_vectors(1, 2)};
  const int8_t input = 7;
  struct neurram_core_set cores = {{0}};
  neurram_core_set_add(&cores, 0);
  enum neurram_error error = neurram_configure_slot(&chip, 0, 0, &slot);
  error = error ? error : neurram_set_operation_id(&chip, 0, 0, 1);
  error = error ? error : neurram_load_inputs(&chip, 0, 0, &input, 1);
  error = error ? error : neurram_arm(&chip, 0, &command);
  error = error ? error : neurram_start(&chip, &cores);
  error = error ? error : neurram_wait(&chip, &cores);
  error = error ? error : neurram_read_outputs(&chip, 0, 0, codes, 2);
  return error ? error : neurram_fence(&chip);
}

int main(void) {
  int16_t codes[2] = {0, 0};
  struct neurram_counters counters;
  struct neurram_fault fault;
  enum neurram_error error = set_up();
  error = error ? error : run(codes);
  error = error ? error : neurram_read_counters(&chip, 0, &counters);
  error = error ? error : neurram_take_fault(&chip, NEURRAM_NO_CORE, &fault);
  error = error ? error : neurram_park_rails(&chip);
  error = error ? error : neurram_power_off(&chip, 0);
  return neurram_half_steps(codes[0], false) + neurram_error_text(error)[0];
}
