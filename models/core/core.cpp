#include "models/core/core.h"

namespace neurram::core {

Core::Core(const sc_core::sc_module_name& name, const CoreParameters& parameters, std::uint32_t index,
           const Seeds& seeds, ChipServices& chip)
    : sc_module(name), registers("registers", parameters, index),
      controller("controller", parameters, index, registers), array("array", parameters, index, seeds.device),
      neurons("neurons", parameters, index, seeds) {
  registers.connect(controller, chip);
  controller.connect(chip);
  registers.cells.bind(array.cells);
  controller.array.bind(array.operations);
  controller.neurons.bind(neurons.operations);
}

}  // namespace neurram::core
