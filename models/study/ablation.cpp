#include "models/study/ablation.h"

namespace neurram::study {
namespace {

using chip::ChipParameters;

}  // namespace

const std::vector<NonIdeality>& non_idealities() {
  static const std::vector<NonIdeality> all = {
      {"supply.drop", "(i) drop of the read rails, one core next to the supply",
       [](ChipParameters& c, bool on) { c.supply.drop = on; }},
      {"array.drivers", "(ii) resistance of the array drivers",
       [](ChipParameters& c, bool on) { c.core.array.drivers = on; }},
      {"array.wires", "(iii) resistance of bit lines and source lines",
       [](ChipParameters& c, bool on) { c.core.array.wires = on; }},
      {"device.programming_spread", "(iv) write-verify within its tolerance",
       [](ChipParameters& c, bool on) { c.core.device.programming_spread = on; }},
      {"device.relaxation", "(v) conductance relaxation",
       [](ChipParameters& c, bool on) { c.core.device.relaxation = on; }},
      {"array.coupling", "(vi) coupling of switching lines, and settling",
       [](ChipParameters& c, bool on) {
         // Only lines that have not settled keep what was coupled into them.
         c.core.array.coupling = c.core.array.settling = on;
       }},
      {"neuron.range_clipping", "(vii) range of the integrator",
       [](ChipParameters& c, bool on) { c.core.neuron.range_clipping = on; }},
      {"neuron.offset", "(vii) amplifier offset",
       [](ChipParameters& c, bool on) { c.core.neuron.offset = on; }},
      {"neuron.gain_spread", "(vii) capacitor mismatch",
       [](ChipParameters& c, bool on) { c.core.neuron.gain_spread = on; }},
      {"neuron.comparator_noise", "(vii) comparator noise",
       [](ChipParameters& c, bool on) { c.core.neuron.comparator_noise = on; }},
      {"neuron.finite_gain", "(vii) finite gain of the amplifier",
       [](ChipParameters& c, bool on) { c.core.neuron.finite_gain = on; }},
      {"neuron.ktc_noise", "kT/C noise of the samples",
       [](ChipParameters& c, bool on) { c.core.neuron.ktc_noise = on; }},
      {"device.read_noise", "read noise of the cells",
       [](ChipParameters& c, bool on) { c.core.device.read_noise = on; }},
      {"array.settling", "settling of the output lines",
       [](ChipParameters& c, bool on) { c.core.array.settling = on; }},
  };
  return all;
}

ChipParameters ideal_chip(ChipParameters chip) {
  for (const NonIdeality& one : non_idealities()) one.set(chip, false);
  chip.core.neuron.sign_threshold_v = 0;
  chip.core.array.r_access_ohm = 0;
  chip.core.device.forming.yield = 1;
  chip.core.device.forming.stuck_share = 0;
  chip.core_overrides.clear();
  return chip;
}

}  // namespace neurram::study
