#pragma once

#include <array>
#include <cstdint>

#include "models/base/philox.h"

/// The core's random bits: two linear feedback shift registers of 256 stages beside the columns,
/// one bit per neuron (Nature 608, Methods; chip team's public repository, Neurram_48core).
namespace neurram::neuron {

/// Two chains that shift in opposite directions, XORed stage by stage: a single chain would hand
/// each bit to the next neuron one clock later; of two, no two neurons ever see the same pair.
///
///   up:    stage 0 -> 255, enters at 0:    up'[0]     = up[255] ^ up[253] ^ up[250] ^ up[245]
///   down:  stage 255 -> 0, enters at 255:  down'[255] = down[0] ^ down[2] ^ down[5] ^ down[10]
///
/// Both are Fibonacci registers of x^256 + x^254 + x^251 + x^246 + 1, which is primitive: period
/// 2^256 - 1 (assumption: the silicon's polynomial is not published, and any primitive one is
/// statistically the same).
class Lfsr {
 public:
  static constexpr int kStages = 256;
  /// Stage j is bit j % 64 of word j / 64.
  using Stages = std::array<std::uint64_t, kStages / 64>;

  /// Loads both chains; an empty one, which would stay so, gets a one in its last stage.
  void load(const Stages& up, const Stages& down);
  /// Loads what Philox gives for an operation: counter (block, id low, id high, stream), word w of
  /// block b is bits 32 (4 (b % 2) + w) and up of the up chain (b = 0, 1) or the down chain (2, 3).
  /// `stream` is draw_stream(core, 0, DrawKind::kLfsrSeed).
  void reload(PhiloxKey key, std::uint64_t operation_id, std::uint32_t stream);
  /// Clocks both chains.
  void shift(int clocks);

  [[nodiscard]] const Stages& up() const { return up_; }
  [[nodiscard]] const Stages& down() const { return down_; }
  /// The neurons' bits.
  [[nodiscard]] Stages bits() const;

 private:
  Stages up_{0, 0, 0, std::uint64_t{1} << 63};
  Stages down_{0, 0, 0, std::uint64_t{1} << 63};
};

/// Ones that each neuron sees in `pulses` (0 … 255) pulses, each after `shift_cycles` clocks.
void count_ones(Lfsr& lfsr, int pulses, int shift_cycles,
                std::array<std::uint8_t, Lfsr::kStages>& ones);

}  // namespace neurram::neuron
