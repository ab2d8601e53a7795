#include "models/neuron/lfsr.h"

#include <cstddef>
#include <cstring>

namespace neurram::neuron {
namespace {

using Stages = Lfsr::Stages;

/// Feedback of the next 64 clocks, the first in the highest bit: the tapped stages are all further
/// from the entry than 64 clocks, so they hold what they will feed back.
std::uint64_t feedback_up(const Stages& s) {
  const auto stages_before = [&s](int n) { return s[3] << n | s[2] >> (64 - n); };
  return s[3] ^ stages_before(2) ^ stages_before(5) ^ stages_before(10);
}

/// The same from the other end: the first in the lowest bit.
std::uint64_t feedback_down(const Stages& s) {
  const auto stages_behind = [&s](int n) { return s[0] >> n | s[1] << (64 - n); };
  return s[0] ^ stages_behind(2) ^ stages_behind(5) ^ stages_behind(10);
}

void shift_up(Stages& s, int clocks) {  // 1 … 63
  const std::uint64_t in = feedback_up(s);
  for (std::size_t w = 3; w > 0; --w) s[w] = s[w] << clocks | s[w - 1] >> (64 - clocks);
  s[0] = s[0] << clocks | in >> (64 - clocks);
}

void shift_down(Stages& s, int clocks) {
  const std::uint64_t in = feedback_down(s);
  for (std::size_t w = 0; w < 3; ++w) s[w] = s[w] >> clocks | s[w + 1] << (64 - clocks);
  s[3] = s[3] >> clocks | in << (64 - clocks);
}

/// Bits of a byte as eight bytes of 0 or 1, the lowest first in memory (little endian).
std::uint64_t spread(std::uint64_t byte) {
  const std::uint64_t chosen = byte * 0x0101010101010101u & 0x8040201008040201u;
  return (chosen + 0x7F7F7F7F7F7F7F7Fu) >> 7 & 0x0101010101010101u;
}

}  // namespace

void Lfsr::load(const Stages& up, const Stages& down) {
  up_ = up;
  down_ = down;
  for (Stages* chain : {&up_, &down_}) {
    if (*chain == Stages{}) *chain = Lfsr().up_;
  }
}

void Lfsr::reload(PhiloxKey key, std::uint64_t operation_id, std::uint32_t stream) {
  std::array<Stages, 2> chains{};
  for (std::uint32_t block = 0; block < 4; ++block) {
    const PhiloxCounter words = philox({block, static_cast<std::uint32_t>(operation_id),
                                        static_cast<std::uint32_t>(operation_id >> 32), stream},
                                       key);
    for (std::size_t w = 0; w < 4; ++w)
      chains[block / 2][block % 2 * 2 + w / 2] |= std::uint64_t{words[w]} << (w % 2 * 32);
  }
  load(chains[0], chains[1]);
}

void Lfsr::shift(int clocks) {
  for (; clocks >= 64; clocks -= 64) {
    up_ = {feedback_up(up_), up_[0], up_[1], up_[2]};
    down_ = {down_[1], down_[2], down_[3], feedback_down(down_)};
  }
  if (clocks == 0) return;
  shift_up(up_, clocks);
  shift_down(down_, clocks);
}

Lfsr::Stages Lfsr::bits() const {
  Stages bits = up_;
  for (std::size_t w = 0; w < bits.size(); ++w) bits[w] ^= down_[w];
  return bits;
}

void count_ones(Lfsr& lfsr, int pulses, int shift_cycles,
                std::array<std::uint8_t, Lfsr::kStages>& ones) {
  std::array<std::uint64_t, Lfsr::kStages / 8> eights{};
  for (int pulse = 0; pulse < pulses; ++pulse) {
    lfsr.shift(shift_cycles);
    const Stages bits = lfsr.bits();
    for (std::size_t i = 0; i < eights.size(); ++i)
      eights[i] += spread(bits[i / 8] >> (i % 8 * 8) & 0xFF);
  }
  std::memcpy(ones.data(), eights.data(), sizeof eights);
}

}  // namespace neurram::neuron
