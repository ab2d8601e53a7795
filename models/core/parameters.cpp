#include "models/core/parameters.h"

#include <array>

namespace neurram::core {

namespace {

constexpr std::array<const char*, kLevels> kLevelNames = {"functional", "phased"};

}  // namespace

std::string name(Level level) {
  return kLevelNames.at(static_cast<std::size_t>(level));
}

void CoreParameters::describe(FieldVisitor& v) {
  v.choice({"level", "", "abstraction level of the core", Affects::kRun}, level,
           {kLevelNames.begin(), kLevelNames.end()});
  v.integer({"two_phase_above", "1",
             "inputs with more magnitude bits than this are converted in two phases (Nature 608, "
             "Fig. 3f: 3; 8 for never)",
             Affects::kDeployment},
            two_phase_above, {1, 8});
  v.group("device", "RRAM cell", device);
  v.group("array", "crossbar", array);
  v.group("neuron", "voltage-mode neuron ADC", neuron);
  v.group("timing", "state machine of the neurons", timing);
  v.group("energy", "energy and power", energy);
}

}  // namespace neurram::core
