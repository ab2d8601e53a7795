#include "models/core/operation.h"

#include <algorithm>
#include <cmath>

#include "models/base/gaussian.h"

namespace neurram::core {
namespace {

/// One normal per neuron: operation id 0 of the mismatch streams.
double mismatch_normal(std::uint64_t seed, std::uint32_t core, int neuron, DrawKind kind) {
  return normal(philox_key(seed), static_cast<std::uint32_t>(neuron), 0,
                draw_stream(core, 0, kind));
}

struct PhaseSplit {
  int high_planes;
  int low_planes;  ///< 0: one phase
};

PhaseSplit split_phases(const SlotSettings& s, const CoreParameters& p) {
  const int planes = s.magnitude_bits();
  if (planes <= p.two_phase_above) return {planes, 0};
  return {(planes + 1) / 2, planes / 2};
}

int passes(const SlotSettings& s) {
  return s.input_scheme == InputScheme::kBipolar ? 2 : 1;
}

/// Samples of one phase: each plane b is sampled 2^b times per unit of the multiplier.
int samples(const SlotSettings& s, int planes) {
  return passes(s) * s.pulse_multiplier * ((1 << planes) - 1);
}

/// States of a vector in one phase: least significant plane first, each sampled as often as it
/// weighs. `random_pulses`: of stochastic neurons, integrated after all planes.
std::vector<Visit> visits_of(const SlotSettings& s, int planes, int random_pulses) {
  using neuron::State;
  std::vector<Visit> visits = {Visit{}};
  for (int plane = 0; plane < planes; ++plane) {
    for (int pass = 0; pass < passes(s); ++pass) {
      for (int sample = 0; sample < s.pulse_multiplier << plane; ++sample) {
        visits.push_back({sample == 0 ? State::kSample : State::kIntegrate,
                          static_cast<std::int8_t>(plane), static_cast<std::int8_t>(pass),
                          static_cast<std::int16_t>(sample)});
      }
    }
  }
  if (s.activation != SlotActivation::kStochastic) return visits;
  for (int pulse = 0; pulse < random_pulses; ++pulse)
    visits.push_back({State::kIntegrate, -1, 0, static_cast<std::int16_t>(pulse)});
  return visits;
}

/// Lines need drives of their own where the +1 level is not opposite to the -1 level.
bool needs_table(const SlotSettings& s, const RailSet& rails) {
  return s.input_scheme == InputScheme::kTernary && rails.v_read_plus_v != rails.v_read_minus_v;
}

/// Drive of one unit of the larger rail in a table: the largest code stays below kMaxDrive.
constexpr int kTableUnit = array::kMaxDrive / 127;

array::DriveEncoding make_encoding(const SlotSettings& s, const RailSet& rails, int shift,
                                   int planes) {
  array::DriveEncoding encoding;
  encoding.is_signed = s.is_signed;
  encoding.shift = shift;
  encoding.mask = (1 << planes) - 1;
  if (s.input_scheme == InputScheme::kBipolar) {
    const auto per_input =
        static_cast<std::uint32_t>(passes(s) * (((1 << 2 * planes) - 1) / 3));  // Σ_b 4^b
    encoding.constant_pulse_weight = per_input * static_cast<std::uint32_t>(s.inputs());
  }
  if (!needs_table(s, rails)) return encoding;
  encoding.table_lines = s.differential ? 2 : 1;
  const double unit = kTableUnit / std::max(rails.v_read_plus_v, rails.v_read_minus_v);
  for (int byte = 0; byte < 256; ++byte) {
    const int x = s.is_signed ? static_cast<std::int8_t>(byte) : byte;
    const int magnitude = (std::abs(x) >> shift) & encoding.mask;
    const auto plus =
        static_cast<std::int16_t>(std::lround(magnitude * unit * rails.v_read_plus_v));
    const auto minus =
        static_cast<std::int16_t>(-std::lround(magnitude * unit * rails.v_read_minus_v));
    encoding.table[0][static_cast<std::size_t>(byte)] = x >= 0 ? plus : minus;
    encoding.table[1][static_cast<std::size_t>(byte)] = x >= 0 ? minus : plus;
  }
  return encoding;
}

double mean_read_v(const RailSet& rails) {
  return 0.5 * (rails.v_read_plus_v + rails.v_read_minus_v);
}

/// Volts on a pair of lines, times samples, that one unit of an input code stands for.
double code_unit_v(const SlotSettings& s, const RailSet& rails) {
  const double passes = s.input_scheme == InputScheme::kBipolar ? 2 : 1;
  return passes * s.pulse_multiplier * mean_read_v(rails);
}

/// Volts on a line, times samples, that one unit of its drive stands for.
double drive_unit_v(const SlotSettings& s, const RailSet& rails) {
  if (!needs_table(s, rails)) return code_unit_v(s, rails);
  return s.pulse_multiplier * std::max(rails.v_read_plus_v, rails.v_read_minus_v) / kTableUnit;
}

/// Volts, times samples, that a bipolar drive puts on every line whatever its code: v+ - v- in each
/// pass pair.
double common_mode_v(const SlotSettings& s, const RailSet& rails, int planes) {
  if (s.input_scheme != InputScheme::kBipolar) return 0;
  return s.pulse_multiplier * ((1 << planes) - 1) * (rails.v_read_plus_v - rails.v_read_minus_v);
}

/// Decrement voltages on C_sample as the neuron sees them: its virtual ground lies above V_ref.
struct Decrements {
  double positive_v;  ///< unit step of positive results
  double negative_v;
};

Decrements decrements(const SlotSettings& s, const RailSet& rails,
                      const neuron::NeuronParameters& n) {
  // A binary search halves the rails, not the virtual ground: its steps are listed in
  // search_steps().
  const bool unary = s.conversion == Conversion::kUnary;
  const double ground = unary ? n.v_virtual_ground_v : 0;
  return {rails.v_decrement_minus_v + ground, rails.v_decrement_plus_v - ground};
}

std::optional<neuron::SearchSteps> search_steps(const SlotSettings& s, const RailSet& rails,
                                                const neuron::NeuronParameters& n, int bits) {
  const double ground = n.v_virtual_ground_v;
  const bool halved = ground == 0 && rails.v_decrement_plus_v == rails.v_decrement_minus_v;
  if (s.conversion == Conversion::kUnary || halved) return std::nullopt;
  neuron::SearchSteps steps;
  steps.bits_out = bits;
  // Every comparison picks the rail that moves charge towards zero, whatever the first one said.
  steps.search = neuron::Search::kAlternate;
  for (int b = 0; b + 1 < bits; ++b) {
    const double unit = rails.v_decrement_minus_v;
    const auto k = static_cast<std::size_t>(b);
    steps.positive[k] = static_cast<float>((std::ldexp(unit, b) + ground) / unit);
    steps.negative[k] =
        static_cast<float>((std::ldexp(rails.v_decrement_plus_v, b) - ground) / unit);
  }
  return steps;
}

/// Count range and activation of a phase.
neuron::ConvertParameters make_convert(const SlotSettings& s, const RailSet& rails,
                                       const CoreParameters& p, PhaseSplit split, bool low) {
  neuron::ConvertParameters c;
  const bool unary = s.conversion == Conversion::kUnary;
  const int bits = low ? s.bits_out - split.high_planes : s.bits_out;
  c.columns = s.outputs();
  c.max_count = unary ? s.step_limit : 1 << (bits - 1);
  c.saturated_count = unary && p.neuron.silicon_saturation ? 0 : c.max_count;
  const Decrements step = decrements(s, rails, p.neuron);
  c.negative_step_ratio = static_cast<float>(step.positive_v / step.negative_v);
  // ReLU of a two-phase result is taken after its parts are added.
  const bool relu = s.activation == SlotActivation::kRelu && split.low_planes == 0;
  c.activation = relu ? neuron::Activation::kRelu : neuron::Activation::kNone;
  if (s.activation == SlotActivation::kSigmoid) c.activation = neuron::Activation::kSigmoid;
  if (s.activation == SlotActivation::kTanh) c.activation = neuron::Activation::kTanh;
  if (s.activation == SlotActivation::kSigmoid || s.activation == SlotActivation::kTanh) {
    c.table = std::make_shared<neuron::ActivationTable>(c.activation, c.max_count,
                                                        s.activation_step, p.neuron.counting);
  }
  return c;
}

/// Variance [V^2 on C_integrate] that every conversion of the phase has, whatever its codes.
double noise_floor_v2(const neuron::NeuronParameters& n, int sample_count) {
  const double ktc = n.ktc_noise ? sample_count * n.sigma_ktc_v() * n.sigma_ktc_v() : 0.0;
  const double comparator = n.comparator_noise ? n.sigma_comparator_v * n.sigma_comparator_v : 0.0;
  return ktc + comparator;
}

/// One line in one pulse moves a column's C_integrate by this over ΣG [V S].
double line_noise_v_s(const SlotSettings& s, const RailSet& rails, const CoreParameters& p) {
  return p.neuron.sample_gain() * s.pulse_multiplier * mean_read_v(rails) * p.device.sigma_read_s();
}

/// Scales, offsets and noise of a phase, in its own decrement steps of `step_v` on C_integrate.
void scale_phase(PhasePlan& phase, const SlotSettings& s, const RailSet& rails,
                 const array::Transfer& transfer, const NeuronMismatch& mismatch,
                 const CoreParameters& p, double step_v) {
  const neuron::NeuronParameters& n = p.neuron;
  phase.step_v = step_v;
  const double unit_v = n.sample_gain() * drive_unit_v(s, rails);
  const double common_v = n.sample_gain() * common_mode_v(s, rails, phase.planes);
  const double line_v = line_noise_v_s(s, rails, p);
  const double lines = s.differential ? 2 : 1;  // a pair has two lines
  phase.columns.resize(array::padded_columns(s.outputs()));
  const std::vector<int> lines_read = output_lines(s);
  for (std::size_t j = 0; j < s.outputs(); ++j) {
    const auto neuron = static_cast<std::size_t>(neuron_of(s, lines_read[j]));
    const double gain = mismatch.gain[neuron];
    const double weight_unit = p.array.integer_product ? transfer.packed().column_scale()[j] : 1.0;
    phase.columns.scale[j] = static_cast<float>(weight_unit * unit_v * gain / step_v);
    const double ground_v =
        n.sample_gain() * samples(s, phase.planes) * mismatch.virtual_ground_v[neuron];
    const double offset_v = (common_v * transfer.common_gain()[j] - ground_v) * gain +
                            mismatch.offset_v[neuron] - rails.v_comparator_v;
    phase.columns.offset[j] = static_cast<float>(offset_v / step_v);
    const double sigma = line_v * transfer.deviation_gain()[j] * gain / step_v;
    phase.columns.read_noise[j] = static_cast<float>(lines * sigma * sigma);
  }
  const int random_pulses = s.activation == SlotActivation::kStochastic ? p.neuron.lfsr_pulses : 0;
  const double floor_v2 = noise_floor_v2(n, samples(s, phase.planes) + random_pulses);
  phase.convert.sign_threshold = static_cast<float>(n.sign_threshold_v / step_v);
  phase.convert.noise_floor = static_cast<float>(floor_v2 / (step_v * step_v));
  phase.convert.noisy = floor_v2 > 0 || p.device.sigma_read_s() > 0;
  phase.convert.clip = n.range_clipping ? static_cast<float>(n.v_clip_v / step_v) : 1e6f;
}

/// What current-mode sensing adds to one pulse [J]: current through the array, at half the activity
/// of a full one, and the sense amplifiers of the read lines.
double sensing_j(const SlotSettings& s, const RailSet& rails, const array::Transfer& transfer,
                 const array::ArrayParameters& p) {
  const double t_s = p.t_settle_s + p.t_sense_s;
  double g_s = 0;
  for (const double sum : transfer.conductance_sum()) g_s += sum;
  const double conducted_w = 0.5 * g_s * rails.v_read_plus_v * rails.v_read_minus_v;
  return t_s * (conducted_w + static_cast<double>(s.outputs()) * p.sense_amplifier_w);
}

/// Energy of one vector that does not depend on its codes, rounded once per component.
std::array<Femtojoules, ledger::kComponents> fixed_energy(const SlotSettings& s,
                                                          const RailSet& rails,
                                                          const array::Transfer& transfer,
                                                          const CoreParameters& p, int pulses,
                                                          int sample_count) {
  const EnergyParameters& e = p.energy;
  const double word_lines = static_cast<double>(s.rows.size());
  const double lines = static_cast<double>(s.input_lines().size());
  const double neurons = e.neuron_gating ? static_cast<double>(s.outputs()) : kNeurons;
  double drive_j = lines * 0.5 * (e.drive_j(rails.v_read_plus_v) + e.drive_j(rails.v_read_minus_v));
  if (p.array.sensing == array::Sensing::kCurrent)
    drive_j += sensing_j(s, rails, transfer, p.array);
  std::array<Femtojoules, ledger::kComponents> energy{};
  const auto book = [&energy](ledger::Component c, double joules) {
    energy[static_cast<std::size_t>(c)] = Femtojoules::from_joules(joules);
  };
  book(ledger::Component::kWordLines, word_lines * pulses * e.word_line_j());
  book(ledger::Component::kDrive, pulses * drive_j);
  const int random_pulses = s.activation == SlotActivation::kStochastic ? p.neuron.lfsr_pulses : 0;
  book(ledger::Component::kNeurons, neurons * (pulses * e.sample_j + sample_count * e.integrate_j +
                                               random_pulses * e.random_pulse_j));
  book(ledger::Component::kControl, neurons * pulses * e.control_j);
  return energy;
}

neuron::Injection make_injection(const SlotSettings& s, const RailSet& rails,
                                 const neuron::NeuronParameters& n, double step_v) {
  neuron::Injection injection;
  injection.pulses = n.lfsr_pulses;
  injection.shift_cycles = n.lfsr_shift_cycles;
  injection.amplitude = static_cast<float>(n.sample_gain() * rails.v_lfsr_v / step_v);
  injection.free_running = n.lfsr == neuron::LfsrMode::kFreeRunning;
  for (const int line : output_lines(s))
    injection.neurons.push_back(static_cast<std::uint8_t>(neuron_of(s, line)));
  return injection;
}

/// A bipolar drive holds every line at a rail all the time, half of them at each.
array::DriveLoad make_load(const SlotSettings& s, const array::Transfer& transfer) {
  array::DriveLoad load;
  load.is_signed = s.is_signed;
  if (s.input_scheme == InputScheme::kTernary) {
    load.set_inputs(transfer.input_load(), (1 << s.magnitude_bits()) - 1);
    return load;
  }
  double total = 0;
  for (const double g : transfer.input_load()) total += g;
  load.constant_s = static_cast<float>(s.differential ? total : 0.5 * total);
  return load;
}

}  // namespace

NeuronMismatch::NeuronMismatch(const neuron::NeuronParameters& parameters, int neurons,
                               std::uint32_t core, std::uint64_t device_seed) {
  offset_v.assign(static_cast<std::size_t>(neurons), 0.0);
  gain.assign(static_cast<std::size_t>(neurons), 1.0);
  virtual_ground_v.assign(static_cast<std::size_t>(neurons), parameters.v_virtual_ground_v);
  for (int i = 0; i < neurons; ++i) {
    if (parameters.offset) {
      offset_v[static_cast<std::size_t>(i)] =
          parameters.sigma_offset_v * parameters.offset_residue *
          mismatch_normal(device_seed, core, i, DrawKind::kNeuronOffset);
    }
    if (parameters.offset) {
      virtual_ground_v[static_cast<std::size_t>(i)] +=
          parameters.sigma_virtual_ground_v *
          mismatch_normal(device_seed, core, i, DrawKind::kVirtualGround);
    }
    if (parameters.gain_spread) {
      gain[static_cast<std::size_t>(i)] =
          1 + parameters.sigma_gain * mismatch_normal(device_seed, core, i, DrawKind::kNeuronGain);
    }
  }
}

std::string refusal(const SlotSettings& s, const CoreParameters& p) {
  // Fields of a register can hold more than they have names for.
  if (s.input_scheme > InputScheme::kBipolar) return "there is no such input scheme";
  if (s.conversion > Conversion::kUnary) return "there is no such conversion";
  if (s.activation > SlotActivation::kStochastic) return "there is no such activation";
  const PhaseSplit split = split_phases(s, p);
  if (s.rows.empty()) return "the word-line mask is empty";
  if (s.columns.empty()) return "the column mask is empty";
  if (s.rows.back() >= p.array.rows) return "the word-line mask leaves the array";
  if (s.columns.back() >= p.array.columns) return "the column mask leaves the array";
  if (s.differential && s.input_lines().size() % 2 != 0)
    return "an odd number of input lines cannot form differential pairs";
  const bool counts_or_samples =
      s.activation != SlotActivation::kNone && s.activation != SlotActivation::kRelu;
  if (counts_or_samples && split.low_planes > 0)
    return "sigmoid, tanh and stochastic neurons take inputs of one phase only";
  const bool counts =
      s.activation == SlotActivation::kSigmoid || s.activation == SlotActivation::kTanh;
  if (counts && !(s.activation_step > 0 && s.activation_step <= 10))
    return "the activation step is out of range";
  if (s.bits_in < 1 || s.bits_in > (s.is_signed ? 8 : 7)) return "input bits are out of range";
  if (s.bits_out < 1 || s.bits_out > 10) return "output bits are out of range";
  if (split.low_planes > 0 && s.conversion == Conversion::kBinarySearch &&
      s.bits_out <= split.high_planes) {
    return "too few output bits for a two-phase input";
  }
  if (s.pulse_multiplier < 1 || s.pulse_multiplier > 32)
    return "the pulse multiplier is out of range";
  if (s.step_limit < 1 || s.step_limit > 127) return "the step limit is out of range";
  if (s.rail_set < 0 || s.rail_set > 15) return "there is no such rail set";
  return "";
}

std::string rails_refusal(const RailSet& rails, const CoreParameters& p) {
  // Decrements go towards zero only while their rails lie on either side of the virtual ground.
  const double ground = p.neuron.v_virtual_ground_v;
  if (rails.v_decrement_plus_v - ground <= 0) return "V_decrement+ is below the virtual ground";
  if (rails.v_decrement_minus_v + ground <= 0) return "V_decrement- is above the virtual ground";
  return "";
}

std::vector<int> output_lines(const SlotSettings& s) {
  std::vector<int> lines = s.read_lines();
  const bool returns_elsewhere =
      s.direction == Direction::kRecurrentBitLine || s.direction == Direction::kRecurrentSourceLine;
  if (returns_elsewhere) {
    // Both ways, the neuron's other line is corelet_tap() of this one.
    std::sort(lines.begin(), lines.end(),
              [](int a, int b) { return array::corelet_tap(a) < array::corelet_tap(b); });
  }
  return lines;
}

int neuron_of(const SlotSettings& s, int line) {
  return s.drives_bit_lines() ? line : array::corelet_tap(line);
}

neuron::TimingParameters timing_of(const CoreParameters& p) {
  neuron::TimingParameters timing = p.timing;
  if (p.array.sensing == array::Sensing::kCurrent)
    timing.t_sample += static_cast<int>(std::ceil(p.array.t_sense_s / timing.t_clock_s));
  return timing;
}

array::Selection selection_of(const SlotSettings& settings, const RailSet& rails) {
  array::Selection selection;
  selection.input_lines = settings.input_lines();
  selection.output_lines = output_lines(settings);
  selection.drives_bit_lines = settings.drives_bit_lines();
  selection.differential = settings.differential;
  selection.fold = !needs_table(settings, rails);
  return selection;
}

int largest_drive(const SlotSettings& settings, const RailSet& rails) {
  return needs_table(settings, rails) ? array::kMaxDrive
                                      : 127;  // a linear drive has 7 magnitude bits
}

int line_level(const SlotSettings& settings, int code, int bit, int pass) {
  const int value = (std::abs(code) >> bit & 1) * (code < 0 ? -1 : 1);
  if (settings.input_scheme == InputScheme::kTernary) return value;
  return (pass == 0 ? value > 0 : value >= 0) ? 1 : -1;
}

OperationPlan plan_operation(const SlotSettings& settings, const RailSet& rails,
                             std::shared_ptr<const array::Transfer> transfer,
                             const NeuronMismatch& mismatch, const CoreParameters& p) {
  OperationPlan plan;
  plan.settings = settings;
  plan.rails = rails;
  plan.transfer = std::move(transfer);
  const PhaseSplit split = split_phases(settings, p);
  const double step_v = p.neuron.sample_gain() * decrements(settings, rails, p.neuron).positive_v;
  int all_pulses = 0;
  int all_samples = 0;
  for (const bool low : {false, true}) {
    const int planes = low ? split.low_planes : split.high_planes;
    if (planes == 0) continue;
    PhasePlan& phase = plan.phases.emplace_back();
    phase.planes = planes;
    phase.draw = low ? DrawKind::kReadNoiseLow : DrawKind::kReadNoise;
    phase.encoding = make_encoding(settings, rails, low ? 0 : split.low_planes, planes);
    phase.convert = make_convert(settings, rails, p, split, low);
    // The low phase's steps are larger by the weight of the high phase, so that the codes just add.
    scale_phase(phase, settings, rails, *plan.transfer, mismatch, p,
                low ? std::ldexp(step_v, split.low_planes) : step_v);
    phase.search = search_steps(settings, rails, p.neuron,
                                low ? settings.bits_out - split.high_planes : settings.bits_out);
    if (settings.activation == SlotActivation::kStochastic)
      phase.injection = make_injection(settings, rails, p.neuron, step_v);
    all_pulses += passes(settings) * planes;
    all_samples += samples(settings, planes);
    phase.visits = visits_of(settings, planes, p.neuron.lfsr_pulses);
    for (const Visit& visit : phase.visits)
      ++plan.fixed_visits[static_cast<std::size_t>(visit.state)];
  }
  plan.integer_product = p.array.integer_product;
  plan.load = make_load(settings, *plan.transfer);
  plan.fixed_energy = fixed_energy(settings, rails, *plan.transfer, p, all_pulses, all_samples);
  const double neurons =
      p.energy.neuron_gating ? static_cast<double>(settings.outputs()) : kNeurons;
  for (int n = 0; n <= kMaxComparisons; ++n) {
    plan.conversion_energy.push_back(Femtojoules::from_joules(neurons * n * p.energy.compare_j));
  }
  const std::size_t row_bytes = array::padded_columns(settings.outputs()) * sizeof(std::int32_t);
  const std::size_t fitting = std::max<std::size_t>(1, kTileBytes / row_bytes);
  plan.tile_vectors = fitting > 6 ? fitting / 6 * 6 : fitting;  // whole blocks of the product
  return plan;
}

ResultNoise result_noise(const SlotSettings& s, const RailSet& rails, const CoreParameters& p) {
  const PhaseSplit split = split_phases(s, p);
  const double gain = p.neuron.sample_gain();
  const double step_v = gain * decrements(s, rails, p.neuron).positive_v;
  ResultNoise noise;
  noise.code_gain = gain * code_unit_v(s, rails) / std::ldexp(step_v, split.low_planes);
  noise.read_s2.assign(std::size_t{1} << s.magnitude_bits(), 0.0);
  const double line = line_noise_v_s(s, rails, p);
  const double lines = s.differential ? 2 : 1;
  for (const bool low : {false, true}) {
    const int planes = low ? split.low_planes : split.high_planes;
    if (planes == 0) continue;
    const double phase_step_v = low ? std::ldexp(step_v, split.low_planes) : step_v;
    noise.floor += noise_floor_v2(p.neuron, samples(s, planes)) / (phase_step_v * phase_step_v);
    array::DriveEncoding encoding = make_encoding(s, rails, low ? 0 : split.low_planes, planes);
    encoding.constant_pulse_weight /= static_cast<std::uint32_t>(s.inputs());  // one input's share
    const double line_steps = line / phase_step_v;
    for (std::size_t code = 0; code < noise.read_s2.size(); ++code) {
      std::array<std::uint8_t, 1 + array::kDriveBlock> codes{};
      std::array<std::int16_t, 2 + array::kDriveBlock> drives{};
      codes[0] = static_cast<std::uint8_t>(code);
      std::uint32_t pulse_weight = 0;
      array::encode(encoding, codes.data(), 1, 1, drives.data(), 2, &pulse_weight);
      noise.read_s2[code] += lines * line_steps * line_steps * pulse_weight;
    }
  }
  return noise;
}

int comparisons(const OperationPlan& plan, std::size_t phase, int steps) {
  if (plan.settings.activation == SlotActivation::kStochastic) return 1;
  if (plan.settings.conversion == Conversion::kUnary) return 1 + steps;
  const auto most = static_cast<unsigned>(plan.phases[phase].convert.max_count);
  return 1 + (31 - __builtin_clz(most));  // sign, then one per halving
}

int comparisons(const OperationPlan& plan, const std::uint16_t* steps, std::size_t phase_stride) {
  int total = 0;
  for (std::size_t phase = 0; phase < plan.phases.size(); ++phase)
    total += comparisons(plan, phase, steps[phase * phase_stride]);
  return total;
}

}  // namespace neurram::core
