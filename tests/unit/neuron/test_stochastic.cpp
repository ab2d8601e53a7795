// Stochastic neurons: bit for bit by hand, and their firing rates.
#include <rapidcheck.h>
#include <catch2/catch.hpp>
#include <random>

#include "batch.h"
#include "models/neuron/stochastic.h"
#include "tests/unit/targets.h"

using namespace neurram;
using namespace neurram::neuron;

namespace {

constexpr std::uint32_t kStream = 0x30006;

struct Sampler : Batch {
  using Batch::Batch;

  void sample(std::uint64_t first_id, bool from_floats = false) {
    codes.assign(vectors * columns + kSpare, kCanary);
    steps.assign(vectors + 1, 0xABCD);
    const ConvertVectors v{vectors, scale.data(), weight.data()};
    const auto convert = [&](const auto* from) {
      stochastic_convert(parameters, injection, constants, v, stream(first_id), from, noise.data(),
                         lfsr, codes.data(), steps.data());
    };
    from_floats ? convert(float_sums.data()) : convert(sums.data());
  }

  Injection injection{8, 1, 2.0f, false, kStream, {}};
  Lfsr lfsr;
};

double sigmoid(double x) {
  return 1 / (1 + std::exp(-x));
}
double normal_cdf(double x) {
  return 0.5 * std::erfc(-x / std::sqrt(2.0));
}

/// Chance of a 1 with pulses and Gaussian noise.
double chance(double distance, int pulses, double amplitude, double sigma) {
  double p = 0;
  for (int n = 0; n <= pulses; ++n) {
    const double log_term = std::lgamma(pulses + 1.0) - std::lgamma(n + 1.0) -
                            std::lgamma(pulses - n + 1.0) - pulses * std::log(2.0);
    const double lifted = distance + amplitude * (2 * n - pulses);
    p += std::exp(log_term) * (sigma > 0 ? normal_cdf(lifted / sigma) : (lifted >= 0 ? 1.0 : 0.0));
  }
  return std::fmin(p, 1.0);
}

}  // namespace

TEST_CASE("a sample is one comparison of f and the bits of the neuron's stage") {
  CHECK(rc::check("any shape, noise, pulses and instruction set", [] {
    Sampler b(*rc::gen::inRange<std::size_t>(1, 257), *rc::gen::inRange<std::size_t>(1, 10));
    b.parameters.clip = *rc::gen::element(1e6f, 5.0f);
    b.parameters.noisy = *rc::gen::arbitrary<bool>();
    b.parameters.noise_floor = 2.0f;
    b.parameters.sign_threshold = *rc::gen::element(0.0f, 0.65f, -3.0f);
    b.injection.pulses = *rc::gen::element(0, 1, 4, 8, 100);
    b.injection.shift_cycles = *rc::gen::element(1, 7, 64, 200);
    b.injection.free_running = *rc::gen::arbitrary<bool>();
    std::mt19937 random(*rc::gen::arbitrary<unsigned>());
    for (auto& s : b.sums) s = static_cast<std::int32_t>(random() % 20000) - 10000;
    for (auto& s : b.float_sums) s = static_cast<float>(random() % 20000) - 10000.5f;
    if (*rc::gen::arbitrary<bool>()) {
      for (std::size_t j = 0; j < b.columns; ++j)
        b.injection.neurons.push_back(static_cast<std::uint8_t>(random()));
    }
    const std::uint64_t id = *rc::gen::element<std::uint64_t>(0, 0xFFFFFFFE, 1ull << 63);
    for_each_instruction_set([&](const char*) {
      for (const bool from_floats : {false, true}) {
        Lfsr lfsr = b.lfsr;
        b.sample(id, from_floats);
        for (std::size_t v = 0; v < b.vectors; ++v) {
          if (!b.injection.free_running) lfsr.reload(b.stream().key, id + v, kStream);
          std::array<int, 256> sum{};
          for (int k = 0; k < b.injection.pulses; ++k) {
            lfsr.shift(b.injection.shift_cycles);
            const Lfsr::Stages bits = lfsr.bits();
            for (std::size_t n = 0; n < 256; ++n) sum[n] += (bits[n / 64] >> (n % 64) & 1) ? 1 : -1;
          }
          for (std::size_t j = 0; j < b.columns; ++j) {
            const std::size_t n = b.injection.neurons.empty() ? j : b.injection.neurons[j];
            const float g = std::fma(static_cast<float>(sum[n]), b.injection.amplitude,
                                     b.steps_of(v, j, id, from_floats));
            RC_ASSERT(b.code(v, j) == (g >= b.parameters.sign_threshold ? 1 : 0));
          }
          RC_ASSERT(b.steps[v] == 1);
        }
        RC_ASSERT(b.codes[b.vectors * b.columns] == Batch::kCanary);
        RC_ASSERT(b.steps.back() == 0xABCD);
        RC_ASSERT(lfsr.bits() == b.lfsr.bits());
      }
    });
  }));
}

TEST_CASE("batches in pieces fire alike with reloads, and free-running chains carry on") {
  for (const bool free_running : {false, true}) {
    Sampler whole(100, 12);
    whole.injection.free_running = free_running;
    whole.sample(500);
    Lfsr carried;
    for (std::size_t first = 0; first < 12; first += 3) {
      Sampler part(100, 3);
      part.injection.free_running = free_running;
      part.lfsr = free_running ? carried : Lfsr();
      part.sample(500 + first);
      carried = part.lfsr;
      for (std::size_t v = 0; v < 3; ++v) {
        for (std::size_t j = 0; j < 100; ++j) CHECK(part.code(v, j) == whole.code(first + v, j));
      }
    }
  }
}

TEST_CASE("firing rates are binomial distribution functions of f, blurred by Gaussian noise") {
  constexpr std::size_t kColumns = 256, kVectors = 4000;
  for (const int pulses : {1, 4, 8}) {
    for (const float sigma : {0.0f, 1.5f}) {
      for (const bool free_running : {false, true}) {
        Sampler b(kColumns, kVectors);
        b.injection.pulses = pulses;
        b.injection.free_running = free_running;
        b.lfsr.reload(philox_key(8), 0, kStream);
        b.parameters.sign_threshold = 0.65f;
        b.parameters.noisy = sigma > 0;
        b.parameters.noise_floor = sigma * sigma;
        for (std::size_t j = 0; j < kColumns; ++j)
          b.constants.offset[j] = (static_cast<float>(j) - 127.7f) * 0.15f;
        b.sample(1000);
        for (std::size_t j = 0; j < kColumns; ++j) {
          double fired = 0;
          for (std::size_t v = 0; v < kVectors; ++v) fired += b.code(v, j);
          const double distance = b.constants.offset[j] - 0.65f;
          const double p = chance(distance, pulses, 2.0, sigma);
          INFO(pulses << " pulses, sigma " << sigma << ", distance " << distance);
          CHECK(std::fabs(fired - p * kVectors) <= 5 * std::sqrt(kVectors * p * (1 - p)) + 1);
          if (sigma == 0)
            CHECK(firing_probability(distance, pulses, 2.0) == Approx(p).margin(1e-9));
        }
      }
    }
  }
}

TEST_CASE("pulses stand for the stated sigmoid, and amplitudes for a wanted one are found") {
  const struct {
    int pulses;
    double anywhere, middles;
  } stated[] = {{4, 0.188, 0.014}, {8, 0.137, 0.012}, {16, 0.103, 0.011}};
  for (const auto& s : stated) {
    const double amplitude = pulse_amplitude(s.pulses, 1.0);
    CHECK(sigmoid_scale(s.pulses, amplitude) == Approx(1).epsilon(1e-12));
    double anywhere = 0, middles = 0;
    for (int i = -8000; i <= 8000; ++i) {
      const double x = i / 1000.0;
      anywhere =
          std::fmax(anywhere, std::fabs(firing_probability(x, s.pulses, amplitude) - sigmoid(x)));
    }
    for (int n = -1; n <= s.pulses; ++n) {
      const double x = amplitude * (2 * n + 1 - s.pulses);
      middles =
          std::fmax(middles, std::fabs(firing_probability(x, s.pulses, amplitude) - sigmoid(x)));
    }
    INFO(s.pulses << " pulses: " << anywhere << " anywhere, " << middles << " at middles");
    CHECK(anywhere <= s.anywhere);
    CHECK(middles <= s.middles);
  }
  // Gaussian noise takes a part; with as much again of it the staircase is gone.
  const double sigma = 1.2, amplitude = pulse_amplitude(8, 1.0, sigma);
  CHECK(sigmoid_scale(8, amplitude, sigma) == Approx(1).epsilon(1e-12));
  for (int i = -80; i <= 80; ++i)
    CHECK(std::fabs(chance(i / 10.0, 8, amplitude, sigma) - sigmoid(i / 10.0)) < 0.015);
  CHECK(pulse_amplitude(8, 1.0, 2.0) == 0);
}
