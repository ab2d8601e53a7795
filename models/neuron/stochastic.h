#pragma once

#include <cstdint>
#include <vector>

#include "models/neuron/convert.h"
#include "models/neuron/lfsr.h"

/// Stochastic neurons: before one comparison, random bits inject k pulses of charge,
///
///   g = f + amplitude · (b_1 + … + b_k),  b = ±1,   code = 1 if g >= sign_threshold else 0,
///
/// f as in convert(), clipped before the injection. A pulse samples ±(V_lfsr - V_ref) on C_sample,
/// so its amplitude on C_integrate is (V_lfsr - V_ref) C_sample / C_integrate (chip team's public
/// repository, Neurram_48core). The chance of a 1 is a binomial distribution function of f, which
/// stands for sigma((f - sign_threshold) / scale).
namespace neurram::neuron {

/// The pulses of a conversion.
struct Injection {
  int pulses = 0;        ///< k, 0 … 255
  int shift_cycles = 1;  ///< clocks of the LFSR before each pulse
  float amplitude = 0;   ///< steps per pulse
  /// Both chains are loaded for every vector from Philox(key of the noise, the vector's operation
  /// id, stream), so a result depends on nothing else; free-running ones carry on, as on silicon.
  bool free_running = false;
  std::uint32_t stream = 0;           ///< draw_stream(core, 0, DrawKind::kLfsrSeed)
  std::vector<std::uint8_t> neurons;  ///< the neuron, and so the stage, of each output; empty: j
};

/// Samples sums[v · padded_columns + j] into codes[v · columns + j] = 0 or 1; steps[v] = 1, the one
/// comparison. Of `parameters`, max_count, activation and table are unused. The same bits on every
/// instruction set and, unless free-running, batch and tile.
void stochastic_convert(const ConvertParameters& parameters, const Injection& injection,
                        const ConvertColumns& columns, const ConvertVectors& vectors,
                        const NoiseStream& noise, const std::int32_t* sums, float* noise_scratch,
                        Lfsr& lfsr, std::int16_t* codes, std::uint16_t* steps);

/// The same from float sums.
void stochastic_convert(const ConvertParameters& parameters, const Injection& injection,
                        const ConvertColumns& columns, const ConvertVectors& vectors,
                        const NoiseStream& noise, const float* sums, float* noise_scratch,
                        Lfsr& lfsr, std::int16_t* codes, std::uint16_t* steps);

/// Chance that `pulses` pulses lift a result at `distance` = f - sign_threshold to a 1, without
/// Gaussian noise: P(amplitude · sum of bits >= -distance).
[[nodiscard]] double firing_probability(double distance, int pulses, double amplitude);

/// Scale s of the sigmoid sigma(x / s) that the pulses stand for, together with Gaussian noise of
/// standard deviation `sigma`, in the unit of both: a normal distribution function of standard
/// deviation 1.702 s is nowhere further than 0.0095 from it. The pulses alone are a staircase with
/// treads 2 · amplitude wide: k = 4, 8 and 16 stay within 0.188, 0.137 and 0.103 of the sigmoid,
/// and within 0.014, 0.012 and 0.011 at the middles of the treads.
[[nodiscard]] double sigmoid_scale(int pulses, double amplitude, double sigma = 0);

/// The amplitude that pulses need to stand for sigma(x / scale), or 0 where Gaussian noise alone is
/// as much.
[[nodiscard]] double pulse_amplitude(int pulses, double scale, double sigma = 0);

}  // namespace neurram::neuron
