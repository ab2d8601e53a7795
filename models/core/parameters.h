#pragma once

#include <cstdint>

#include "models/array/parameters.h"
#include "models/core/energy.h"
#include "models/device/cell.h"
#include "models/neuron/parameters.h"
#include "models/neuron/timing.h"

namespace neurram::core {

/// Abstraction level of a core.
enum class Level { kFunctional };

/// One core: its cells, lines, neurons, clock and energy.
struct CoreParameters {
  Level level = Level::kFunctional;
  int two_phase_above = 3;
  device::DeviceParameters device;
  array::ArrayParameters array;
  neuron::NeuronParameters neuron;
  neuron::TimingParameters timing;
  EnergyParameters energy;

  void describe(FieldVisitor& v);
};

/// Seeds of every random draw.
struct Seeds {
  std::uint64_t device = 1;  ///< programming and mismatch
  std::uint64_t run = 1;     ///< everything else
};

}  // namespace neurram::core
