#pragma once

#include <systemc>

#include "models/core/binder.h"
#include "models/core/controller.h"
#include "models/core/neuron_bank.h"
#include "models/core/register_window.h"
#include "models/core/rram_array.h"

namespace neurram::core {

/// One of the chip's compute-in-memory cores: 256 x 256 RRAM cells and 256 neurons behind a window
/// of registers and banks.
///
///            host
///              │
///         Registers ──cells──► RramArray
///              │                  ▲
///         Controller ──array──────┘
///              └───────neurons──► NeuronBank
class Core : public sc_core::sc_module {
 public:
  Core(const sc_core::sc_module_name& name, const CoreParameters& parameters, std::uint32_t index,
       const Seeds& seeds, ChipServices& chip, const Binder& bind = bind_directly);

  Registers registers;
  Controller controller;
  RramArray array;
  NeuronBank neurons;
};

}  // namespace neurram::core
