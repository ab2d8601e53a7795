// The LFSR's words against chains of single stages, its polynomial, and its statistics.
#include <rapidcheck.h>
#include <algorithm>
#include <bitset>
#include <catch2/catch.hpp>
#include <cmath>
#include <random>
#include <vector>

#include "models/neuron/lfsr.h"

using namespace neurram;
using namespace neurram::neuron;

namespace {

bool stage(const Lfsr::Stages& s, std::size_t j) {
  return (s[j / 64] >> (j % 64) & 1) != 0;
}

Lfsr random_lfsr(unsigned seed) {
  std::mt19937_64 random(seed);
  Lfsr::Stages up, down;
  for (auto& w : up) w = random();
  for (auto& w : down) w = random();
  Lfsr lfsr;
  lfsr.load(up, down);
  return lfsr;
}

/// A chain of flip-flops from its entry on; feedback from stages 256, 254, 251 and 246, counted
/// from one.
struct Chain {
  std::vector<bool> flop = std::vector<bool>(256);

  void clock() {
    const bool in = flop[256 - 1] ^ flop[254 - 1] ^ flop[251 - 1] ^ flop[246 - 1];
    std::rotate(flop.rbegin(), flop.rbegin() + 1, flop.rend());
    flop[0] = in;
  }
};

/// Residues of polynomials over GF(2) modulo x^256 + x^254 + x^251 + x^246 + 1.
using Residue = std::bitset<256>;

Residue times_x(Residue a) {
  const bool carry = a[255];
  a <<= 1;
  if (carry) {
    for (const std::size_t power : {254, 251, 246, 0}) a.flip(power);
  }
  return a;
}

Residue times(const Residue& a, const Residue& b) {
  Residue product;
  for (int power = 255; power >= 0; --power) {
    product = times_x(product);
    if (b[static_cast<std::size_t>(power)]) product ^= a;
  }
  return product;
}

/// A prime factor of 2^256 - 1, as high · 10^12 + low.
struct Factor {
  std::uint64_t high, low;
};

Residue power(const Residue& a, Factor exponent) {
  constexpr std::uint64_t kTrillion = 1000000000000;
  const auto raised = [](const Residue& base, std::uint64_t n) {
    Residue result(1);
    for (int bit = 63; bit >= 0; --bit) {
      result = times(result, result);
      if ((n >> bit & 1) != 0) result = times(result, base);
    }
    return result;
  };
  return times(raised(raised(a, kTrillion), exponent.high), raised(a, exponent.low));
}

}  // namespace

TEST_CASE("words shift as chains of single stages do, in both directions") {
  CHECK(rc::check("through thousands of clocks, any number at a time", [] {
    Lfsr lfsr = random_lfsr(*rc::gen::arbitrary<unsigned>());
    Chain up, down;
    for (std::size_t j = 0; j < 256; ++j) {
      up.flop[j] = stage(lfsr.up(), j);
      down.flop[255 - j] = stage(lfsr.down(), j);
    }
    for (int done = 0; done < 2000;) {
      const int clocks = *rc::gen::inRange(0, 512);
      lfsr.shift(clocks);
      for (int i = 0; i < clocks; ++i) {
        up.clock();
        down.clock();
      }
      const Lfsr::Stages bits = lfsr.bits();
      for (std::size_t j = 0; j < 256; ++j) {
        RC_ASSERT(stage(lfsr.up(), j) == up.flop[j]);
        RC_ASSERT(stage(lfsr.down(), j) == down.flop[255 - j]);
        RC_ASSERT(stage(bits, j) == (up.flop[j] != down.flop[255 - j]));
      }
      done += clocks + 1;
    }
  }));
}

TEST_CASE("the polynomial is primitive, so the period is 2^256 - 1") {
  // 2^256 - 1 is the product of the Fermat numbers F0 … F7
  const std::vector<Factor> primes = {{0, 3},
                                      {0, 5},
                                      {0, 17},
                                      {0, 257},
                                      {0, 641},
                                      {0, 65537},
                                      {0, 274177},
                                      {0, 6700417},
                                      {67, 280421310721},
                                      {59649, 589127497217},
                                      {5704689200, 685129054721}};
  const Residue x(2);
  for (std::size_t skipped = 0; skipped <= primes.size(); ++skipped) {
    Residue order = x;
    for (std::size_t i = 0; i < primes.size(); ++i) {
      if (i != skipped) order = power(order, primes[i]);
    }
    CHECK((order == Residue(1)) == (skipped == primes.size()));
  }
}

TEST_CASE("no state comes back soon, and an empty chain does not stay empty") {
  Lfsr lfsr = random_lfsr(3);
  const Lfsr::Stages up = lfsr.up(), down = lfsr.down();
  int back = 0;
  for (int clock = 1; clock <= 300000; ++clock) {
    lfsr.shift(1);
    back += lfsr.up() == up;
    back += lfsr.down() == down;
  }
  CHECK(back == 0);

  for (const bool loaded : {false, true}) {
    Lfsr empty;
    if (loaded) empty.load({}, {});
    empty.shift(256);
    CHECK(empty.up() != Lfsr::Stages{});
    CHECK(empty.down() != Lfsr::Stages{});
  }
}

TEST_CASE("free-running bits are balanced, and neighbours' bits are unrelated") {
  Lfsr lfsr = random_lfsr(5);
  constexpr int kPulses = 20000;
  int ones = 0, largest = 0;
  std::array<int, 256> of_neuron{}, as_neighbour{}, as_before{};
  Lfsr::Stages before{};
  for (int i = 0; i < kPulses; ++i) {
    lfsr.shift(1);
    const Lfsr::Stages bits = lfsr.bits();
    for (std::size_t j = 0; j < 256; ++j) {
      of_neuron[j] += stage(bits, j);
      as_neighbour[j] += stage(bits, j) == stage(bits, (j + 1) % 256);
      as_before[j] += stage(bits, j) == stage(before, (j + 255) % 256);
    }
    before = bits;
  }
  for (const auto* counts : {&of_neuron, &as_neighbour, &as_before}) {
    for (const int n : *counts) largest = std::max(largest, std::abs(n - kPulses / 2));
  }
  for (const int n : of_neuron) ones += n;
  CHECK(largest < 5 * std::sqrt(kPulses / 4.0));
  CHECK(std::abs(ones - 128 * kPulses) < 5 * std::sqrt(64.0 * kPulses));
}

TEST_CASE("a reload is Philox of key, operation and stream") {
  Lfsr lfsr;
  const PhiloxKey key = philox_key(11);
  const std::uint64_t id = 0x123456789ABCull;
  lfsr.reload(key, id, 6);
  for (std::uint32_t word = 0; word < 16; ++word) {
    const std::uint32_t drawn = philox({word / 4, 0x56789ABC, 0x1234, 6}, key)[word % 4];
    const Lfsr::Stages& chain = word < 8 ? lfsr.up() : lfsr.down();
    CHECK(static_cast<std::uint32_t>(chain[word % 8 / 2] >> (word % 2 * 32)) == drawn);
  }
}

TEST_CASE("ones are counted pulse by pulse") {
  CHECK(rc::check("for any pulses and clocks", [] {
    Lfsr lfsr = random_lfsr(*rc::gen::arbitrary<unsigned>());
    Lfsr again = lfsr;
    const int pulses = *rc::gen::element(0, 1, 4, 8, 255);
    const int clocks = *rc::gen::inRange(1, 512);
    std::array<std::uint8_t, 256> ones;
    count_ones(lfsr, pulses, clocks, ones);
    std::array<int, 256> expected{};
    for (int i = 0; i < pulses; ++i) {
      again.shift(clocks);
      for (std::size_t j = 0; j < 256; ++j) expected[j] += stage(again.bits(), j);
    }
    RC_ASSERT(std::equal(ones.begin(), ones.end(), expected.begin()));
    RC_ASSERT(lfsr.up() == again.up());
  }));
}
