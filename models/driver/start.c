#include "access.h"

static enum neurram_error await_status(struct neurram_chip* chip, uint32_t core, uint32_t mask,
                                       uint32_t expected, bool sleep, uint32_t* status) {
  uint32_t looks_left = chip->poll_limit;
  for (;;) {
    TRY(core_read(chip, core, NEURRAM_CORE_STATUS, status));
    if ((*status & mask) == expected) {
      return NEURRAM_OK;
    }
    if (chip->poll_limit != 0u && --looks_left == 0u) {
      return NEURRAM_ERROR_TIMEOUT;
    }
    if (sleep) {
      TRY(chip->bus.wait_interrupt(chip->bus.user));
    }
  }
}

enum neurram_error neurram_await_powered(struct neurram_chip* chip, uint32_t core) {
  const uint32_t powered = NEURRAM_CORE_STATUS_POWERED_MASK;
  uint32_t status = 0;
  return await_status(chip, core, powered, powered, false, &status);
}

/// Waits until a core is idle and returns its last STATUS. Its interrupt is enabled only while the
/// driver sleeps, so a core of the group that has ended earlier does not hold the line up.
static enum neurram_error await_idle(struct neurram_chip* chip, uint32_t core, uint32_t* status) {
  const uint32_t busy = NEURRAM_CORE_STATUS_BUSY_MASK;
  if (chip->bus.wait_interrupt == NULL) {
    return await_status(chip, core, busy, 0, false, status);
  }
  TRY(core_read(chip, core, NEURRAM_CORE_STATUS, status));
  if ((*status & busy) == 0u) {
    return NEURRAM_OK;
  }
  TRY(core_write(chip, core, NEURRAM_CORE_INTERRUPT_ENABLE,
                 NEURRAM_CORE_INTERRUPT_ENABLE_DONE_MASK));
  const enum neurram_error error = await_status(chip, core, busy, 0, true, status);
  TRY(core_write(chip, core, NEURRAM_CORE_INTERRUPT_ENABLE, 0));
  return error;
}

static bool ended_well(uint32_t status) {
  return NEURRAM_GET(NEURRAM_CORE_STATUS_DONE, status) != 0u &&
         NEURRAM_GET(NEURRAM_CORE_STATUS_ERROR, status) == 0u;
}

/// Number of cores in a set; 0 where it names one that does not exist.
static uint32_t count_cores(const struct neurram_chip* chip, const struct neurram_core_set* cores) {
  uint32_t count = 0;
  for (uint32_t core = next_core(cores, 0); core < NEURRAM_MAX_CORES;
       core = next_core(cores, core + 1u)) {
    if (!core_exists(chip, core)) {
      return 0;
    }
    ++count;
  }
  return count;
}

static enum neurram_error fire_group(struct neurram_chip* chip,
                                     const struct neurram_core_set* cores) {
  for (uint32_t word = 0; 32u * word < chip->core_count; ++word) {
    TRY(chip_write(chip, NEURRAM_CHIP_START_MASK(word), cores->words[word]));
  }
  return chip_write(chip, NEURRAM_CHIP_START, NEURRAM_PUT(NEURRAM_CHIP_START_GO, 1));
}

/// Clears DONE of the cores, so that neurram_wait sees that of this command, and fires.
static enum neurram_error fire(struct neurram_chip* chip, const struct neurram_core_set* cores,
                               uint32_t count) {
  uint32_t last = 0;
  for (uint32_t core = next_core(cores, 0); core < NEURRAM_MAX_CORES;
       core = next_core(cores, core + 1u)) {
    TRY(core_write(chip, core, NEURRAM_CORE_INTERRUPT_STATUS,
                   NEURRAM_CORE_INTERRUPT_STATUS_DONE_MASK));
    last = core;
  }
  if (count == 1u) {
    return core_write(chip, last, NEURRAM_CORE_CONTROL, NEURRAM_PUT(NEURRAM_CORE_CONTROL_START, 1));
  }
  return fire_group(chip, cores);
}

/// Clears the errors of a group and the chip; the first core's stays in `fault`, or the chip's
/// where no core has one. NEURRAM_OK where nobody has.
static enum neurram_error take_group_fault(struct neurram_chip* chip,
                                           const struct neurram_core_set* cores) {
  enum neurram_error result = neurram_check_chip(chip, NEURRAM_OK);
  for (uint32_t core = chip->core_count; core-- > 0u;) {
    if (neurram_core_set_has(cores, core)) {
      struct neurram_fault fault;
      TRY(neurram_take_fault(chip, core, &fault));
      if (fault.bits != 0u) {
        chip->fault = fault;
        result = NEURRAM_ERROR_CORE;
      }
    }
  }
  return result;
}

enum neurram_error neurram_start(struct neurram_chip* chip, const struct neurram_core_set* cores) {
  const uint32_t count = count_cores(chip, cores);
  REQUIRE(count >= 1u);
  TRY(neurram_fence(chip));
  const enum neurram_error error = fire(chip, cores, count);
  if (error == NEURRAM_OK) {
    return NEURRAM_OK;
  }
  const enum neurram_error fault = take_group_fault(chip, cores);
  return fault == NEURRAM_OK ? error : fault;
}

enum neurram_error neurram_wait(struct neurram_chip* chip, const struct neurram_core_set* cores) {
  REQUIRE(count_cores(chip, cores) >= 1u);
  bool all_done = true;
  for (uint32_t core = next_core(cores, 0); core < NEURRAM_MAX_CORES;
       core = next_core(cores, core + 1u)) {
    uint32_t status = 0;
    TRY(await_idle(chip, core, &status));
    all_done = all_done && ended_well(status);
  }
  if (all_done) {
    return NEURRAM_OK;
  }
  const enum neurram_error fault = take_group_fault(chip, cores);
  return fault == NEURRAM_OK ? NEURRAM_ERROR_NOT_STARTED : fault;
}
