#include "neurram_bus_mmio.h"

static volatile uint32_t* word_at(uint64_t address) {
  return (volatile uint32_t*)(uintptr_t)address;
}

static volatile uint8_t* byte_at(uint64_t address) {
  return (volatile uint8_t*)(uintptr_t)address;
}

static enum neurram_error read32(void* user, uint64_t address, uint32_t* value) {
  (void)user;
  *value = *word_at(address);
  return NEURRAM_OK;
}

static enum neurram_error write32(void* user, uint64_t address, uint32_t value) {
  (void)user;
  *word_at(address) = value;
  return NEURRAM_OK;
}

/// Writes words, then the bytes that are left. `data` may lie at any address, `address` is aligned.
static enum neurram_error write_burst(void* user, uint64_t address, const void* data,
                                      size_t bytes) {
  (void)user;
  const uint8_t* from = data;
  size_t i = 0;
  for (; i + 4u <= bytes; i += 4u) {
    *word_at(address + i) = (uint32_t)from[i] | (uint32_t)from[i + 1u] << 8 |
                            (uint32_t)from[i + 2u] << 16 | (uint32_t)from[i + 3u] << 24;
  }
  for (; i < bytes; ++i) {
    *byte_at(address + i) = from[i];
  }
  return NEURRAM_OK;
}

/// Reads words, then the bytes that are left. `data` may lie at any address, `address` is aligned.
static enum neurram_error read_burst(void* user, uint64_t address, void* data, size_t bytes) {
  (void)user;
  uint8_t* to = data;
  size_t i = 0;
  for (; i + 4u <= bytes; i += 4u) {
    const uint32_t word = *word_at(address + i);
    to[i] = (uint8_t)word;
    to[i + 1u] = (uint8_t)(word >> 8);
    to[i + 2u] = (uint8_t)(word >> 16);
    to[i + 3u] = (uint8_t)(word >> 24);
  }
  for (; i < bytes; ++i) {
    to[i] = *byte_at(address + i);
  }
  return NEURRAM_OK;
}

static enum neurram_error fence(void* user) {
  (void)user;
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
  return NEURRAM_OK;
}

const struct neurram_bus neurram_bus_mmio = {
    .user = NULL,
    .read32 = read32,
    .write32 = write32,
    .write_burst = write_burst,
    .read_burst = read_burst,
    .fence = fence,
    .wait_interrupt = NULL,
};
