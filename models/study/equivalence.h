#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "models/core/parameters.h"
#include "models/ledger/record.h"
#include "models/study/random_program.h"

/// Do two levels of abstraction do the same? Random programs through both; every answer of the chip
/// and every record of its ledger must agree: codes, errors, energy to the femtojoule, time to the
/// picosecond.
namespace neurram::study {

/// What a program came to.
struct Transcript {
  /// One entry per action: the bytes that were read, and whether the chip answered an error.
  struct Answer {
    bool refused = false;
    std::vector<std::uint8_t> data;
  };
  std::vector<Answer> answers;
  std::vector<ledger::Record> records;  ///< in order of time and core
};

/// The level of every core: one for all, or two in turns; and the blocks of those at level rtl.
struct Levels {
  core::Level even = core::Level::kFunctional;
  core::Level odd = core::Level::kFunctional;
  core::RtlParameters rtl;
};

/// Plays a program on a chip of its own.
[[nodiscard]] Transcript play(const Program& program, const Levels& levels);

/// The first difference of two transcripts, in a sentence; nothing if there is none.
[[nodiscard]] std::optional<std::string> first_difference(const Program& program,
                                                          const Transcript& a, const Transcript& b);

struct EquivalenceRequest {
  core::Level a = core::Level::kFunctional;
  core::Level b = core::Level::kPhased;
  core::RtlParameters rtl;  ///< blocks of level rtl
  std::uint64_t seed = 1;
  std::uint64_t first = 0;
  std::uint64_t programs = 200;
  std::function<void(std::uint64_t)> progress;  ///< programs done
  std::function<bool()> interrupted;
};

struct EquivalenceResult {
  std::uint64_t programs = 0;
  std::uint64_t operations = 0;  ///< commands that ran on level a
  std::uint64_t vectors = 0;
  std::uint64_t refusals = 0;  ///< accesses that were answered by an error
  bool complete = true;
  /// Of the first program that differs.
  std::uint64_t number = 0;
  std::optional<std::string> difference;
};

/// Every other program has all cores of the second chip at level b, the rest alternate a and b.
/// Stops at the first difference.
[[nodiscard]] EquivalenceResult compare_levels(const EquivalenceRequest& request);

}  // namespace neurram::study
