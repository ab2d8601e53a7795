/// The driver's bus on bare metal: the chip is memory-mapped, at the base that neurram_discover is
/// given. Bus errors are traps there, so no access answers one. Polls; firmware with an interrupt
/// controller sets `wait_interrupt` itself.
#pragma once

#include "neurram_driver.h"

#ifdef __cplusplus
extern "C" {
#endif

extern const struct neurram_bus neurram_bus_mmio;

#ifdef __cplusplus
}
#endif
