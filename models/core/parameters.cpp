#include "models/core/parameters.h"

#include <array>

#include "models/base/error.h"

namespace neurram::core {

namespace {

constexpr std::array<const char*, kLevels> kLevelNames = {"functional", "phased", "rtl"};

}  // namespace

std::string name(Level level) {
  return kLevelNames.at(static_cast<std::size_t>(level));
}

Level level_of(const std::string& name) {
  std::string known;
  for (std::size_t i = 0; i < kLevels; ++i) {
    if (name == kLevelNames[i]) return static_cast<Level>(i);
    known += i == 0 ? "" : ", ";
    known += kLevelNames[i];
  }
  throw UsageError("there is no level '" + name + "'; there are " + known);
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
