#include "access.h"

const char* neurram_error_text(enum neurram_error error) {
  switch (error) {
    case NEURRAM_OK:
      return "no error";
    case NEURRAM_ERROR_BUS:
      return "the bus answered an error";
    case NEURRAM_ERROR_ARGUMENT:
      return "an argument is out of its range";
    case NEURRAM_ERROR_NOT_A_CHIP:
      return "there is no NeuRRAM chip at this address";
    case NEURRAM_ERROR_VERSION:
      return "the chip has another version of the register map";
    case NEURRAM_ERROR_TIMEOUT:
      return "a status register did not change in time";
    case NEURRAM_ERROR_BUSY:
      return "the core runs a command";
    case NEURRAM_ERROR_NOT_STARTED:
      return "a core did not carry out its command";
    case NEURRAM_ERROR_CHIP:
      return "the chip reported an error";
    case NEURRAM_ERROR_CORE:
      return "a core reported an error";
  }
  return "unknown error";
}

/// Reads ERROR and ERROR_ADDRESS of a window and clears what was read.
static enum neurram_error take(const struct neurram_chip* chip, uint64_t error, uint64_t address,
                               struct neurram_fault* fault) {
  const struct neurram_bus* bus = &chip->bus;
  TRY(bus->read32(bus->user, error, &fault->bits));
  if (fault->bits == 0u) {
    fault->address = 0;
    return NEURRAM_OK;
  }
  TRY(bus->read32(bus->user, address, &fault->address));
  return bus->write32(bus->user, error, fault->bits);
}

enum neurram_error neurram_take_fault(struct neurram_chip* chip, uint32_t core,
                                      struct neurram_fault* fault) {
  REQUIRE(core == NEURRAM_NO_CORE || core_exists(chip, core));
  fault->core = core;
  if (core == NEURRAM_NO_CORE) {
    return take(chip, chip->base + NEURRAM_CHIP_ERROR, chip->base + NEURRAM_CHIP_ERROR_ADDRESS,
                fault);
  }
  return take(chip, core_address(chip, core, NEURRAM_CORE_ERROR),
              core_address(chip, core, NEURRAM_CORE_ERROR_ADDRESS), fault);
}

enum neurram_error neurram_explain(struct neurram_chip* chip, uint32_t core,
                                   enum neurram_error error) {
  struct neurram_fault fault;
  if (error == NEURRAM_OK || neurram_take_fault(chip, core, &fault) != NEURRAM_OK ||
      fault.bits == 0u) {
    return error;
  }
  chip->fault = fault;
  return NEURRAM_ERROR_CORE;
}

enum neurram_error neurram_check_chip(struct neurram_chip* chip, enum neurram_error otherwise) {
  struct neurram_fault fault;
  TRY(neurram_take_fault(chip, NEURRAM_NO_CORE, &fault));
  if (fault.bits == 0u) {
    return otherwise;
  }
  chip->fault = fault;
  return NEURRAM_ERROR_CHIP;
}
