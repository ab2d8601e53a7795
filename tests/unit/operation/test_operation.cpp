// Operations planned from slots against the published latencies and energies, and against volts
// computed line by line in double precision.
#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>
#include <random>

#include "models/core/operation.h"

using namespace neurram;
using namespace neurram::core;

namespace {

CoreParameters without_noise() {
  CoreParameters p;
  p.device.read_noise = false;
  p.neuron.ktc_noise = p.neuron.offset = p.neuron.gain_spread = p.neuron.comparator_noise = false;
  p.neuron.range_clipping = false;
  p.array = p.array.ideal();
  p.array.settling = true;
  return p;
}

SlotSettings full_array(int bits_in, int bits_out) {
  SlotSettings s;
  for (int i = 0; i < 256; ++i) {
    s.rows.push_back(i);
    s.columns.push_back(i);
  }
  s.is_signed = true;
  s.bits_in = bits_in;
  s.bits_out = bits_out;
  return s;
}

/// A crossbar with random cells, and a plan of `settings` on it.
struct Bench {
  Bench(const SlotSettings& settings, const RailSet& rails_, const CoreParameters& p)
      : parameters(p), rails(rails_), crossbar(p.array, nullptr, 0, 0) {
    std::mt19937 random(11);
    for (int r = 0; r < p.array.rows; ++r) {
      for (int c = 0; c < p.array.columns; ++c)
        crossbar.set_conductance(r, c, static_cast<float>(1e-6 + 1e-9 * (random() % 39000)));
    }
    auto transfer = std::make_shared<array::Transfer>(crossbar, selection_of(settings, rails),
                                                      largest_drive(settings, rails));
    plan = plan_operation(settings, rails, transfer,
                          NeuronMismatch(p.neuron, p.array.columns, 0, 1), p);
  }

  /// Codes of one vector by the three functions.
  std::vector<std::int16_t> run(std::vector<std::uint8_t> codes) {
    const std::size_t outputs = plan.outputs();
    codes.resize(codes.size() + array::kDriveBlock);
    AlignedVector<std::int16_t> drives(plan.transfer->drive_stride() + array::kDriveBlock);
    AlignedVector<std::int32_t> sums(array::padded_columns(outputs));
    std::vector<float> noise(neuron::noise_scratch_floats(1, outputs));
    std::vector<std::int16_t> total(outputs, 0);
    const float scale = 1;
    for (const PhasePlan& phase : plan.phases) {
      std::uint32_t weight = 0;
      std::uint16_t steps = 0;
      std::vector<std::int16_t> part(outputs);
      array::encode(phase.encoding, codes.data(), plan.inputs(), 1, drives.data(),
                    plan.transfer->drive_stride(), &weight);
      array::multiply(plan.transfer->packed(), drives.data(), 1, sums.data());
      neuron::convert(phase.convert, phase.columns, {1, &scale, &weight}, {}, sums.data(),
                      noise.data(), part.data(), &steps);
      for (std::size_t j = 0; j < outputs; ++j)
        total[j] = static_cast<std::int16_t>(total[j] + neuron::half_steps(part[j]));
    }
    return total;  // in half steps
  }

  CoreParameters parameters;
  RailSet rails;
  array::Crossbar crossbar;
  OperationPlan plan;
};

/// Volts on the integrator [V], line by line: every pulse of every plane, samples and all.
std::vector<double> volts_by_line(const Bench& b, const std::vector<std::uint8_t>& codes) {
  const SlotSettings& s = b.plan.settings;
  const auto planes = s.magnitude_bits();
  std::vector<double> result;
  for (const int column : s.columns) {
    double total = 0;
    for (const int r : s.rows) total += b.crossbar.conductance(r, column);
    const double settled =
        1 - std::exp(-b.parameters.array.t_settle_s * total / b.parameters.array.c_line_f);
    double volts = 0;
    for (int bit = 0; bit < planes; ++bit) {
      for (int pass = 0; pass < (s.input_scheme == InputScheme::kBipolar ? 2 : 1); ++pass) {
        double line = 0;
        for (std::size_t i = 0; i < s.rows.size(); ++i) {
          const std::uint8_t byte = codes[s.differential ? i / 2 : i];
          const int x = s.is_signed ? static_cast<std::int8_t>(byte) : byte;
          int level = (std::abs(x) >> bit & 1) * (x < 0 ? -1 : 1);
          if (s.input_scheme == InputScheme::kBipolar && level == 0)
            level = pass == 0 ? -1 : 1;  // cancels over the passes
          if (s.differential && i % 2 == 1) level = -level;
          const double v = level > 0   ? b.rails.v_read_plus_v
                           : level < 0 ? -b.rails.v_read_minus_v
                                       : 0.0;
          line += v * b.crossbar.conductance(s.rows[i], column);
        }
        volts += (1 << bit) * s.pulse_multiplier * line / total * settled;
      }
    }
    result.push_back(volts * b.parameters.neuron.sample_gain());
  }
  return result;
}

std::vector<std::uint8_t> random_codes(const SlotSettings& s, unsigned seed) {
  std::mt19937 random(seed);
  const int most = (1 << s.magnitude_bits()) - 1;
  std::vector<std::uint8_t> codes;
  for (std::size_t i = 0; i < s.inputs(); ++i) {
    const int magnitude = static_cast<int>(random() % static_cast<unsigned>(most + 1));
    codes.push_back(
        static_cast<std::uint8_t>(s.is_signed && random() % 2 != 0 ? -magnitude : magnitude));
  }
  return codes;
}

struct Published {
  int bits_in, bits_out, phases;
  double latency_us;
};

}  // namespace

TEST_CASE("the state list lies within 6 % of all ten published latencies") {
  // Nature 608, Extended Data Fig. 12d as throughput of 48 cores, converted to one core.
  for (const Published& row : {Published{1, 3, 1, 1.48},
                               {2, 4, 1, 1.75},
                               {3, 5, 1, 2.70},
                               {4, 6, 1, 4.23},
                               {5, 7, 1, 6.97},
                               {5, 7, 2, 5.99},
                               {6, 8, 1, 12.06},
                               {6, 8, 2, 7.53},
                               {7, 9, 2, 9.15},
                               {8, 10, 2, 11.92}}) {
    CoreParameters p = without_noise();
    p.two_phase_above = row.phases == 2 ? 3 : 8;
    Bench b(full_array(row.bits_in, row.bits_out), {}, p);
    CHECK(static_cast<int>(b.plan.phases.size()) == row.phases);
    const std::uint16_t steps[2] = {1, 1};
    auto visits = b.plan.fixed_visits;
    visits[static_cast<std::size_t>(neuron::State::kConvert)] = comparisons(b.plan, steps, 1);
    const auto cycles = neuron::operation_cycles(p.timing, visits);
    const double latency_us =
        0.01 * static_cast<double>(std::accumulate(cycles.begin(), cycles.end(), std::int64_t{0}));
    INFO(row.bits_in << "/" << row.bits_out << " bits, " << row.phases << " phases: " << latency_us
                     << " us");
    CHECK(std::fabs(latency_us / row.latency_us - 1) < 0.06);
  }
}

TEST_CASE("energy of a full array follows the coefficients fitted to the published breakdown") {
  // m pulses, I integrations, A comparisons: m (0.483 + 0.251) nJ + 256 (0.98 m + 0.20 I + 0.50 A)
  // pJ.
  struct Row {
    int bits_in, bits_out, phases, m, integrations, comparisons;
  };
  for (const Row& row : {Row{1, 3, 1, 1, 1, 3},
                         {2, 4, 1, 1, 1, 4},
                         {3, 5, 1, 2, 3, 5},
                         {4, 6, 1, 3, 7, 6},
                         {6, 8, 2, 5, 10, 13},
                         {8, 10, 2, 7, 22, 16}}) {
    CoreParameters p = without_noise();
    Bench b(full_array(row.bits_in, row.bits_out), {}, p);
    const std::uint16_t steps[2] = {1, 1};
    const int n = comparisons(b.plan, steps, 1);
    CHECK(n == row.comparisons);
    Femtojoules energy = b.plan.conversion_energy[static_cast<std::size_t>(n)];
    for (const Femtojoules e : b.plan.fixed_energy) energy += e;
    const double fit_nj = row.m * (0.483 + 0.251) +
                          0.256 * (0.98 * row.m + 0.20 * row.integrations + 0.50 * row.comparisons);
    CHECK(energy.joules() * 1e9 == Approx(fit_nj).epsilon(0.01));
  }
}

TEST_CASE("codes are the volts of every line, pulse and sample, to the last step") {
  RailSet equal;
  equal.v_read_plus_v = equal.v_read_minus_v = 0.4;
  equal.v_decrement_plus_v = equal.v_decrement_minus_v = 0.02;
  RailSet unequal = equal;
  unequal.v_read_plus_v = 0.47;
  unequal.v_read_minus_v = 0.40;
  for (const RailSet& rails : {equal, unequal}) {
    for (const InputScheme scheme : {InputScheme::kTernary, InputScheme::kBipolar}) {
      for (const bool differential : {true, false}) {
        for (const bool is_signed : {true, false}) {
          SlotSettings s;
          for (int r = 4; r < 64; ++r) s.rows.push_back(r);
          for (int c = 3; c < 40; c += 2) s.columns.push_back(c);
          s.input_scheme = scheme;
          s.differential = differential;
          s.is_signed = is_signed;
          s.bits_in = 4;
          s.bits_out = 10;
          s.pulse_multiplier = 2;
          CoreParameters p = without_noise();
          p.two_phase_above = 8;
          Bench b(s, rails, p);
          const auto codes = random_codes(s, 21);
          const auto halves = b.run(codes);
          const auto volts = volts_by_line(b, codes);
          const double step_v = p.neuron.sample_gain() * rails.v_decrement_minus_v;
          for (std::size_t j = 0; j < halves.size(); ++j) {
            const double steps = std::clamp(volts[j] / step_v, -511.5, 511.5);
            INFO("column " << j << ", " << steps << " steps");
            // Half a step of the count, and what 16-bit weights and table drives round.
            CHECK(std::fabs(halves[j] / 2.0 - steps) < 0.5 + 0.12);
          }
        }
      }
    }
  }
}

TEST_CASE("the codes of two phases add up to the volts of all bits") {
  RailSet rails;
  rails.v_decrement_plus_v = rails.v_decrement_minus_v = 0.01;
  SlotSettings s;
  for (int r = 0; r < 100; ++r) s.rows.push_back(r);
  for (int c = 0; c < 30; ++c) s.columns.push_back(c);
  s.is_signed = true;
  s.bits_in = 7;  // six magnitude bits: 3 high, 3 low
  s.bits_out = 10;
  Bench b(s, rails, without_noise());
  REQUIRE(b.plan.phases.size() == 2);
  const auto codes = random_codes(s, 5);
  const auto halves = b.run(codes);
  const auto volts = volts_by_line(b, codes);
  const double step_v = b.parameters.neuron.sample_gain() * 0.01 * 8;  // 2^3 times the high phase's
  for (std::size_t j = 0; j < halves.size(); ++j)
    CHECK(std::fabs(halves[j] / 2.0 - volts[j] / step_v) < 1.01);
}

TEST_CASE("slots that a core cannot carry out are refused with a reason") {
  const CoreParameters p;
  SlotSettings good = full_array(4, 6);
  CHECK(refusal(good, p).empty());
  const auto says = [&](auto change, const std::string& word) {
    SlotSettings s = good;
    change(s);
    INFO(word);
    CHECK(refusal(s, p).find(word) != std::string::npos);
  };
  says([](SlotSettings& s) { s.rows.clear(); }, "word-line mask");
  says([](SlotSettings& s) { s.columns.clear(); }, "column mask");
  says([](SlotSettings& s) { s.rows.pop_back(); }, "odd");
  says([](SlotSettings& s) { s.rows.back() = 256; }, "leaves the array");
  says(
      [](SlotSettings& s) {
        s.activation = SlotActivation::kTanh;
        s.bits_in = 6;
      },
      "one phase");
  says(
      [](SlotSettings& s) {
        s.activation = SlotActivation::kSigmoid;
        s.activation_step = 0;
      },
      "activation step");
  says([](SlotSettings& s) { s.bits_in = 9; }, "input bits");
  says(
      [](SlotSettings& s) {
        s.is_signed = false;
        s.bits_in = 8;
      },
      "input bits");
  says([](SlotSettings& s) { s.bits_out = 11; }, "output bits");
  says(
      [](SlotSettings& s) {
        s.bits_in = 8;
        s.bits_out = 4;
      },
      "two-phase");
  says([](SlotSettings& s) { s.pulse_multiplier = 0; }, "multiplier");
  says([](SlotSettings& s) { s.step_limit = 128; }, "step limit");
  says([](SlotSettings& s) { s.rail_set = 16; }, "rail set");
}

TEST_CASE("recurrent results return to the registers of the neurons' other lines") {
  // Corelet (i, j): bit line 16 i + j, source line 16 j + i.
  SlotSettings s = full_array(4, 6);
  s.columns = {0, 1, 2, 16, 17, 33, 255};
  CHECK(output_lines(s) == s.columns);
  s.direction = Direction::kRecurrentBitLine;
  // Source lines 0, 1, 2, 16, 17, 33, 255 sit at bit lines 0, 16, 32, 1, 17, 18, 255.
  CHECK(output_lines(s) == std::vector<int>{0, 16, 1, 17, 33, 2, 255});
  for (int i = 0; i < 16; ++i) {
    for (int j = 0; j < 16; ++j) {
      s.direction = Direction::kForward;
      CHECK(neuron_of(s, 16 * j + i) == 16 * j + i);
      s.direction = Direction::kBackward;
      CHECK(neuron_of(s, 16 * i + j) == 16 * j + i);
    }
  }
}

TEST_CASE("a backward operation gives the volts of the transposed matrix") {
  SlotSettings s;
  for (int r = 5; r < 60; r += 2) s.rows.push_back(r);
  for (int c = 0; c < 40; ++c) s.columns.push_back(c + 100);
  s.direction = Direction::kBackward;
  s.is_signed = true;
  s.bits_in = 4;
  s.bits_out = 8;
  CoreParameters p = without_noise();
  p.array.rows = 256;
  RailSet rails;
  rails.v_decrement_plus_v = rails.v_decrement_minus_v = 0.02;
  Bench b(s, rails, p);
  REQUIRE(b.plan.inputs() == 20);
  REQUIRE(b.plan.outputs() == s.rows.size());
  const auto codes = random_codes(s, 3);
  const auto halves = b.run(codes);
  const double step_v = p.neuron.sample_gain() * 0.02;
  for (std::size_t j = 0; j < s.rows.size(); ++j) {
    double current = 0, total = 0;
    for (std::size_t i = 0; i < s.columns.size(); ++i) {
      const double g = b.crossbar.conductance(s.rows[j], s.columns[i]);
      current += g * static_cast<std::int8_t>(codes[i / 2]) * (i % 2 == 0 ? 0.5 : -0.5);
      total += g;
    }
    const double settled = 1 - std::exp(-p.array.t_settle_s * total / p.array.c_line_f);
    const double steps = p.neuron.sample_gain() * current / total * settled / step_v;
    CHECK(std::fabs(halves[j] / 2.0 - steps) < 0.51);
  }
}

TEST_CASE("a vector loads the supply with its codes' share of the lines' conductance") {
  SlotSettings s = full_array(4, 6);
  CoreParameters p = without_noise();
  Bench b(s, {}, p);
  const auto codes = random_codes(s, 8);
  std::vector<std::uint8_t> readable = codes;
  readable.resize(codes.size() + array::kDriveBlock, 99);  // what lies behind must not count
  float load = 0;
  array::drive_loads(b.plan.load, readable.data(), codes.size(), 1, &load);
  double expected = 0;
  for (std::size_t i = 0; i < codes.size(); ++i) {
    double pair = 0;
    for (const int c : s.columns)
      pair +=
          b.crossbar.conductance(s.rows[2 * i], c) + b.crossbar.conductance(s.rows[2 * i + 1], c);
    expected += 0.5 * pair * std::abs(static_cast<std::int8_t>(codes[i])) / 7;
  }
  CHECK(load == Approx(expected).epsilon(1e-4));
  // Bipolar pulses hold every line at one of the rails.
  s.input_scheme = InputScheme::kBipolar;
  Bench all(s, {}, p);
  float constant = 0;
  array::drive_loads(all.plan.load, readable.data(), codes.size(), 1, &constant);
  double half = 0;
  for (const int r : s.rows) {
    for (const int c : s.columns) half += 0.5 * all.crossbar.conductance(r, c);
  }
  CHECK(constant == Approx(half).epsilon(1e-4));
}

TEST_CASE("rails on one side of the virtual ground are refused") {
  CoreParameters p;
  p.neuron.v_virtual_ground_v = 0.045;
  RailSet rails;
  rails.v_decrement_plus_v = 0.12;
  rails.v_decrement_minus_v = 0.03;
  CHECK(rails_refusal(rails, p).empty());
  rails.v_decrement_plus_v = 0.045;
  CHECK_FALSE(rails_refusal(rails, p).empty());
  p.neuron.v_virtual_ground_v = -0.03;
  CHECK_FALSE(rails_refusal(rails, p).empty());
}

TEST_CASE("the chip team's rails make equal steps and cancel the virtual ground") {
  // vpos - vneg = vreset+ - vreset-, twice the virtual ground: offsets are zero in the mean.
  CoreParameters p = without_noise();
  p.neuron.v_virtual_ground_v = 0.045;
  p.array.settling = false;
  SlotSettings s = full_array(4, 6);
  s.is_signed = false;
  s.bits_in = 3;
  s.input_scheme = InputScheme::kBipolar;
  s.conversion = Conversion::kUnary;
  s.pulse_multiplier = 6;
  const RailSet rails{0.79, 0.70, 0.12, 0.03, 0, 0.1};
  Bench b(s, rails, p);
  const PhasePlan& phase = b.plan.phases.front();
  CHECK(phase.convert.negative_step_ratio == Approx(1));
  for (std::size_t j = 0; j < s.outputs(); ++j) CHECK(std::fabs(phase.columns.offset[j]) < 1e-3);
}

TEST_CASE("the noise of a result by design is that of its plan") {
  for (const auto scheme : {InputScheme::kTernary, InputScheme::kBipolar}) {
    for (const int bits : {4, 7}) {  // one phase, and two
      SlotSettings settings = full_array(bits, 10);
      settings.input_scheme = scheme;
      settings.pulse_multiplier = 3;
      CoreParameters p;
      p.neuron.offset = p.neuron.gain_spread = false;
      p.array = p.array.ideal();
      const RailSet rails;
      const Bench b(settings, rails, p);
      const ResultNoise noise = result_noise(settings, rails, p);
      const int code = (1 << (bits - 1)) - 2;
      constexpr std::size_t kColumn = 17;
      const double sum_s = b.plan.transfer->conductance_sum()[kColumn];
      const double unit = b.plan.transfer->packed().column_scale()[kColumn];
      double floor = 0;
      double read = 0;
      double gain = 0;
      std::vector<std::uint8_t> codes(b.plan.inputs() + array::kDriveBlock);
      AlignedVector<std::int16_t> drives(b.plan.transfer->drive_stride() + array::kDriveBlock);
      for (std::size_t i = 0; i < b.plan.inputs(); ++i) codes[i] = static_cast<std::uint8_t>(code);
      for (const PhasePlan& phase : b.plan.phases) {
        std::uint32_t weight = 0;
        array::encode(phase.encoding, codes.data(), b.plan.inputs(), 1, drives.data(),
                      b.plan.transfer->drive_stride(), &weight);
        floor += static_cast<double>(phase.convert.noise_floor);
        read += static_cast<double>(phase.columns.read_noise[kColumn]) * weight;
        gain += static_cast<double>(phase.columns.scale[kColumn]) / unit * drives[0];
      }
      CHECK(noise.floor == Approx(floor));
      CHECK(noise.read_s2.size() == std::size_t{1} << (bits - 1));
      CHECK(noise.read_s2[static_cast<std::size_t>(code)] * static_cast<double>(b.plan.inputs()) ==
            Approx(read * sum_s * sum_s));
      CHECK(noise.code_gain * code == Approx(gain));
    }
  }
}
