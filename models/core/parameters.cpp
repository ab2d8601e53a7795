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

void RtlParameters::describe(FieldVisitor& v) {
  const auto slot = [&v](const char* name, const char* text, std::string& block) {
    v.text({name, "", text, Affects::kRun}, block);
  };
  slot("core_controller", "block that walks an operation's states", core_controller);
  slot("input_sequencer", "block that drives the input lines bit by bit", input_sequencer);
  slot("step_counter", "block that counts the steps of unary conversions", step_counter);
  slot("search_register", "block that keeps the bits of binary searches", search_register);
  slot("lfsr_pair", "block that makes the random bits of stochastic neurons", lfsr_pair);
  slot("folder", "where blocks of other names are: shared libraries NAME.so", folder);
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
  v.group("rtl", "blocks of a core at level rtl, by name", rtl);
}

}  // namespace neurram::core
