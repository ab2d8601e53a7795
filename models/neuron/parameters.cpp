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

double NeuronParameters::sigma_ktc_v() const {
  constexpr double kBoltzmann = 1.380649e-23;  // J/K, exact by definition of the kelvin
  return std::sqrt(kBoltzmann * temperature_k / c_sample_f) * sample_gain();
}

}  // namespace neurram::neuron
