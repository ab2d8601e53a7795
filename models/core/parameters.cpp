#include "models/core/parameters.h"

namespace neurram::core {

void CoreParameters::describe(FieldVisitor& v) {
  v.choice({"level", "", "abstraction level of the core", Affects::kRun}, level, {"functional"});
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
