/// Register access for the driver's own files.
#pragma once

#include "neurram_driver.h"

/// Leaves the function with the error of `call`, if it has one.
#define TRY(call)                             \
  do {                                        \
    const enum neurram_error error_ = (call); \
    if (error_ != NEURRAM_OK) {               \
      return error_;                          \
    }                                         \
  } while (0)

/// Leaves the function with NEURRAM_ERROR_ARGUMENT unless `condition` holds.
#define REQUIRE(condition)           \
  do {                               \
    if (!(condition)) {              \
      return NEURRAM_ERROR_ARGUMENT; \
    }                                \
  } while (0)

/// The first core of a set from `core` up, NEURRAM_MAX_CORES where there is none. Empty words are
/// skipped: a group is a few cores of many.
static inline uint32_t next_core(const struct neurram_core_set* cores, uint32_t core) {
  while (core < NEURRAM_MAX_CORES) {
    uint32_t rest = cores->words[core / 32u] >> core % 32u;
    if (rest == 0u) {
      core = (core / 32u + 1u) * 32u;
      continue;
    }
    for (; (rest & 1u) == 0u; rest >>= 1) {
      ++core;
    }
    return core;
  }
  return NEURRAM_MAX_CORES;
}

static inline bool core_exists(const struct neurram_chip* chip, uint32_t core) {
  return core < chip->core_count;
}

static inline uint64_t core_address(const struct neurram_chip* chip, uint32_t core,
                                    uint32_t offset) {
  return chip->base + NEURRAM_CORE_WINDOW(core) + offset;
}

static inline enum neurram_error chip_read(const struct neurram_chip* chip, uint32_t offset,
                                           uint32_t* value) {
  return chip->bus.read32(chip->bus.user, chip->base + offset, value);
}

static inline enum neurram_error chip_write(const struct neurram_chip* chip, uint32_t offset,
                                            uint32_t value) {
  return chip->bus.write32(chip->bus.user, chip->base + offset, value);
}

static inline enum neurram_error core_read(const struct neurram_chip* chip, uint32_t core,
                                           uint32_t offset, uint32_t* value) {
  return chip->bus.read32(chip->bus.user, core_address(chip, core, offset), value);
}

static inline enum neurram_error core_write(const struct neurram_chip* chip, uint32_t core,
                                            uint32_t offset, uint32_t value) {
  return chip->bus.write32(chip->bus.user, core_address(chip, core, offset), value);
}

/// Polls until a core is awake.
enum neurram_error neurram_await_powered(struct neurram_chip* chip, uint32_t core);

/// After an access to a core answered `error`: NEURRAM_ERROR_CORE where the core's sticky error
/// says why, else `error`.
enum neurram_error neurram_explain(struct neurram_chip* chip, uint32_t core,
                                   enum neurram_error error);

/// NEURRAM_ERROR_CHIP where the chip's sticky error is set, else `otherwise`.
enum neurram_error neurram_check_chip(struct neurram_chip* chip, enum neurram_error otherwise);
