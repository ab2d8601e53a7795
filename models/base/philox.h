#pragma once

#include <array>
#include <cstdint>

/// Philox4x32-10, the counter-based generator of Salmon et al., "Parallel random numbers: as easy
/// as 1, 2, 3" (SC 2011), as defined by Random123. A draw is a pure function of key and counter, so
/// that a result never depends on batching, order or process, and any one draw can be made alone.
namespace neurram {

using PhiloxCounter = std::array<std::uint32_t, 4>;
using PhiloxKey = std::array<std::uint32_t, 2>;

inline constexpr std::uint32_t kPhiloxMultiplier0 = 0xD2511F53u;
inline constexpr std::uint32_t kPhiloxMultiplier1 = 0xCD9E8D57u;
inline constexpr std::uint32_t kPhiloxWeyl0 = 0x9E3779B9u;
inline constexpr std::uint32_t kPhiloxWeyl1 = 0xBB67AE85u;
inline constexpr int kPhiloxRounds = 10;

/// Four random words of one counter.
[[nodiscard]] constexpr PhiloxCounter philox(PhiloxCounter counter, PhiloxKey key) {
  for (int round = 0; round < kPhiloxRounds; ++round) {
    const std::uint64_t product0 = std::uint64_t{kPhiloxMultiplier0} * counter[0];
    const std::uint64_t product1 = std::uint64_t{kPhiloxMultiplier1} * counter[2];
    counter = {static_cast<std::uint32_t>(product1 >> 32) ^ counter[1] ^ key[0],
               static_cast<std::uint32_t>(product1),
               static_cast<std::uint32_t>(product0 >> 32) ^ counter[3] ^ key[1],
               static_cast<std::uint32_t>(product0)};
    key[0] += kPhiloxWeyl0;
    key[1] += kPhiloxWeyl1;
  }
  return counter;
}

/// The key of a 64-bit seed.
[[nodiscard]] constexpr PhiloxKey philox_key(std::uint64_t seed) {
  return {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)};
}

/// What a stream of draws is for: the low byte of the counter's last word. Values are part of the
/// definition of every result, so they are never renumbered.
enum class DrawKind : std::uint8_t {
  kReadNoise = 0,       ///< the Gaussian of a conversion, first input phase
  kReadNoiseLow = 1,    ///< the same, low input phase of a two-phase operation
  kProgramming = 2,     ///< where a cell ends inside the write-verify tolerance
  kRelaxation = 3,      ///< how far a cell relaxes
  kNeuronOffset = 4,    ///< amplifier offset of a neuron
  kNeuronGain = 5,      ///< capacitor mismatch of a neuron
  kLfsrSeed = 6,        ///< both LFSR chains, per vector
  kPulse = 7,           ///< programming pulses and verify reads of one cell in one pass
  kCellTraits = 8,      ///< what sets a cell apart from the next
  kForming = 9,         ///< how a cell forms
  kVirtualGround = 10,  ///< virtual ground of a neuron
};

/// Last counter word of a stream: core · 2^16 + slot · 2^8 + kind (slot 0..255, core 0..65535).
[[nodiscard]] constexpr std::uint32_t draw_stream(std::uint32_t core, std::uint32_t slot,
                                                  DrawKind kind) {
  return core << 16 | slot << 8 | static_cast<std::uint32_t>(kind);
}

}  // namespace neurram
