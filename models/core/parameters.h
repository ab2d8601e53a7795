#pragma once

#include <cstdint>
#include <string>

#include "models/array/parameters.h"
#include "models/core/energy.h"
#include "models/device/cell.h"
#include "models/neuron/parameters.h"
#include "models/neuron/timing.h"

namespace neurram::core {

/// Abstraction level of a core: how an operation is walked, never what comes out.
enum class Level : std::uint8_t {
  kFunctional,  ///< all at once, for one delay (loosely timed)
  kPhased,      ///< every state of the neurons' state machine is an event
  kRtl,         ///< the digital control is clocked SystemVerilog
};
inline constexpr std::size_t kLevels = 3;

/// The level's name in a configuration.
[[nodiscard]] std::string name(Level level);
/// The level of that name. Throws UsageError.
[[nodiscard]] Level level_of(const std::string& name);

/// Which blocks fill the slots of a core at level rtl: names, by slot.
struct RtlParameters {
  std::string core_controller = "rtl";
  std::string input_sequencer = "rtl";
  std::string step_counter = "rtl";
  std::string search_register = "rtl";
  std::string lfsr_pair = "rtl";
  std::string folder;

  void describe(FieldVisitor& v);
};

/// One core: its cells, lines, neurons, clock and energy.
struct CoreParameters {
  Level level = Level::kFunctional;
  int two_phase_above = 3;
  device::DeviceParameters device;
  array::ArrayParameters array;
  neuron::NeuronParameters neuron;
  neuron::TimingParameters timing;
  EnergyParameters energy;
  RtlParameters rtl;

  void describe(FieldVisitor& v);
};

/// Seeds of every random draw.
struct Seeds {
  std::uint64_t device = 1;  ///< programming and mismatch
  std::uint64_t run = 1;     ///< everything else
};

}  // namespace neurram::core
