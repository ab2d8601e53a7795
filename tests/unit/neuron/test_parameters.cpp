// Capacitors and kT/C against the physics.
#include <catch2/catch.hpp>

#include "models/neuron/parameters.h"

using namespace neurram::neuron;

TEST_CASE("charge moves by the ratio of the capacitors") {
  CHECK(NeuronParameters{}.sample_gain() == Approx(17.0 / 104).epsilon(1e-12));
}

TEST_CASE("kT/C of the sampling capacitor is 0.49 mV, 4.5 mV on the 7 nm projection's") {
  NeuronParameters p;  // 17 fF at 25 degrees Celsius
  CHECK(p.sigma_ktc_v() / p.sample_gain() == Approx(0.49e-3).epsilon(0.01));
  p.c_sample_f = 0.2e-15;
  CHECK(p.sigma_ktc_v() / p.sample_gain() == Approx(4.5e-3).epsilon(0.02));
  p.temperature_k *= 4;
  CHECK(p.sigma_ktc_v() / p.sample_gain() == Approx(9.1e-3).epsilon(0.02));
}

TEST_CASE("an amplifier of finite gain leaves a part of the charge behind, if it is switched on") {
  NeuronParameters p;
  const double ideal = p.sample_gain();
  p.amplifier_gain = 50;
  CHECK(p.sample_gain() == ideal);
  p.finite_gain = true;
  // Charge balance: C_s (v - x) goes to C_i (x + out) while the amplifier holds out = A x.
  const double v = 0.1, out = p.sample_gain() * v, x = out / 50;
  CHECK(p.c_sample_f * (v - x) == Approx(p.c_integrate_f * (x + out)).epsilon(1e-12));
}
