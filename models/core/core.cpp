#include "models/core/core.h"

namespace neurram::core {

Core::Core(const sc_core::sc_module_name& name, const CoreParameters& parameters,
           std::uint32_t index, const Seeds& seeds, ChipServices& chip, const Binder& bind)
    : sc_module(name),
      registers("registers", parameters, index),
      controller("controller", parameters, index, seeds, registers),
      array("array", parameters, index, seeds.device),
      neurons("neurons", parameters, index, seeds) {
  registers.connect(controller, chip);
  controller.connect(chip);
  bind(registers.cells, array.cells);
  bind(controller.array, array.operations);
  bind(controller.neurons, neurons.operations);
}

}  // namespace neurram::core
