#pragma once

#include "models/chip/chip.h"
#include "models/session/chip_host.h"

namespace neurram::session {

/// A chip, the host beside it, and the wires between them; in the current kernel.
struct HostedChip {
  HostedChip(const chip::ChipParameters& parameters, const core::Seeds& seeds,
             const runtime::DigitalParameters& digital, ledger::Ledger& ledger)
      : chip("chip", parameters, seeds, ledger), host("host", digital, ledger) {
    host.socket.bind(chip.host());
    host.interrupt.bind(interrupt);
    chip.interrupt().bind(interrupt);
  }

  sc_core::sc_signal<bool> interrupt{"interrupt"};
  chip::Chip chip;
  ChipHost host;
};

}  // namespace neurram::session
