#include "models/neuron/parameters.h"

#include <cmath>

namespace neurram::neuron {

void NeuronParameters::describe(FieldVisitor& v) {
  constexpr auto kDeployment = Affects::kDeployment;
  v.number({"c_sample_f", "F", "sampling capacitor (Nature 608, Methods, technology projection)",
            kDeployment},
           c_sample_f, {1e-17, 1e-11});
  v.number({"c_integrate_f", "F",
            "integration capacitor (Nature 608, Methods, technology projection)", kDeployment},
           c_integrate_f, {1e-17, 1e-11});
  v.number({"temperature_k", "K", "temperature of the kT/C noise (assumption: 25 degrees Celsius)",
            kDeployment},
           temperature_k, {1, 500});
  v.number({"v_clip_v", "V", "largest integrator swing about V_ref (assumption: 1.8 V amplifier)",
            kDeployment},
           v_clip_v, {1e-3, 10});
  v.number({"sigma_offset_v", "V",
            "spread of the amplifier offset before its cancelling (assumption)", kDeployment},
           sigma_offset_v, {0, 1});
  v.number({"offset_residue", "1",
            "share of the offset that correlated double sampling leaves (assumption)", kDeployment},
           offset_residue, {0, 1});
  v.number({"sigma_gain", "1",
            "relative spread of C_sample / C_integrate between neurons (assumption)", kDeployment},
           sigma_gain, {0, 1});
  v.number({"sigma_comparator_v", "V", "comparator noise at C_integrate (assumption: 1 to 2 mV)",
            kDeployment},
           sigma_comparator_v, {0, 1});
  v.number({"sign_threshold_v", "V",
            "threshold of the sign comparison above that of the step comparisons, at C_integrate "
            "(chip team's public repository, Neurram_48core: about 0.65 steps, 8 to 13 mV)",
            kDeployment},
           sign_threshold_v, {-1, 1});
  v.number({"amplifier_gain", "1", "open-loop gain of the amplifier (assumption)", kDeployment},
           amplifier_gain, {1, 1e9});
  v.number({"v_virtual_ground_v", "V",
            "the neurons' virtual ground above V_ref, in every sample and decrement (chip team's "
            "public repository, Neurram_48core: its rails imply 0.045 V)",
            kDeployment},
           v_virtual_ground_v, {-1, 1});
  v.number(
      {"sigma_virtual_ground_v", "V",
       "spread of the virtual ground between neurons, in every sample (assumption)", kDeployment},
      sigma_virtual_ground_v, {0, 1});
  v.integer({"lfsr_pulses", "1",
             "pulses of random charge before a stochastic comparison (chip team's public "
             "repository, Neurram_48core: 4 and 8 in its software twin)",
             kDeployment},
            lfsr_pulses, {0, 255});
  v.integer(
      {"lfsr_shift_cycles", "1",
       "clocks of the LFSR before each pulse (assumption: one gives all neurons new, pairwise "
       "independent bits)",
       Affects::kRun},
      lfsr_shift_cycles, {1, 511});
  v.choice({"lfsr", "", "start of a stochastic operation's random bits", Affects::kRun}, lfsr,
           {"reload", "free_running"});
  v.group("counting", "piecewise-linear counting of tanh and sigmoid", counting);
  v.flag({"finite_gain", "", "switch: the amplifier's finite gain", kDeployment}, finite_gain);
  v.flag({"ktc_noise", "", "switch: kT/C noise of every sample", kDeployment}, ktc_noise);
  v.flag({"offset", "", "switch: amplifier offset left by correlated double sampling", kDeployment},
         offset);
  v.flag({"gain_spread", "", "switch: capacitor mismatch between neurons", kDeployment},
         gain_spread);
  v.flag({"comparator_noise", "", "switch: comparator noise", kDeployment}, comparator_noise);
  v.flag({"range_clipping", "", "switch: integrator clips at v_clip_v", kDeployment},
         range_clipping);
  v.flag({"silicon_saturation", "",
          "a unary column that never flips reports 0, as the chip's read-out did, instead of the "
          "step limit",
          kDeployment},
         silicon_saturation);
}

double NeuronParameters::sample_gain() const {
  const double ratio = c_sample_f / c_integrate_f;
  return finite_gain ? ratio / (1 + (1 + ratio) / amplifier_gain) : ratio;
}

double NeuronParameters::sigma_ktc_v() const {
  constexpr double kBoltzmann = 1.380649e-23;  // J/K, exact by definition of the kelvin
  return std::sqrt(kBoltzmann * temperature_k / c_sample_f) * sample_gain();
}

}  // namespace neurram::neuron
