#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "models/base/units.h"

/// What a command costs: femtojoules by component and picoseconds by phase, exact integers.
namespace neurram::ledger {

/// Where energy goes.
enum class Component : std::uint8_t {
  kWordLines,    ///< switching the word lines
  kDrive,        ///< charging and driving the input lines
  kNeurons,      ///< sampling and integrating
  kConversion,   ///< comparisons and charge decrements
  kControl,      ///< switch control of the neurons, decoders
  kIo,           ///< shift chains and links
  kProgramming,  ///< SET, RESET and verify pulses
  kDigital,      ///< partial sums, scaling, pooling beside the chip
  kIdle,         ///< leakage of cores that are on
};
inline constexpr std::size_t kComponents = 9;

/// Where the chip's time goes. A record holds the time that its command adds to the chip's own, so
/// that commands which overlap (cores of a group, row chains) are counted once.
enum class Phase : std::uint8_t {
  kRails,       ///< rails settling after a change of set
  kInitialise,  ///< precharge and correlated double sampling
  kSample,      ///< word-line pulse, first sample and integration of a bit plane
  kIntegrate,   ///< further samples and integrations
  kConvert,     ///< comparisons and charge decrements
  kWait,        ///< a core waiting for the slowest of its group
  kIo,          ///< codes moving in and out
  kProgram,     ///< write-verify
  kDigital,     ///< work beside the chip
  kControl,     ///< register traffic and everything else
};
inline constexpr std::size_t kPhases = 10;

[[nodiscard]] std::string_view name(Component component);
[[nodiscard]] std::string_view name(Phase phase);

struct Cost {
  std::array<Femtojoules, kComponents> energy{};
  std::array<Picoseconds, kPhases> time{};

  [[nodiscard]] Femtojoules& operator[](Component c) { return energy[static_cast<std::size_t>(c)]; }
  [[nodiscard]] Femtojoules operator[](Component c) const {
    return energy[static_cast<std::size_t>(c)];
  }
  [[nodiscard]] Picoseconds& operator[](Phase p) { return time[static_cast<std::size_t>(p)]; }
  [[nodiscard]] Picoseconds operator[](Phase p) const { return time[static_cast<std::size_t>(p)]; }

  [[nodiscard]] Femtojoules total_energy() const;
  [[nodiscard]] Picoseconds total_time() const;
  Cost& operator+=(const Cost& other);
};

}  // namespace neurram::ledger
