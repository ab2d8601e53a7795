#pragma once

#include <string>
#include <vector>

#include "models/ledger/record.h"
#include "models/ledger/wave_book.h"

namespace neurram::ledger {

/// Where the commands of a trace happened.
struct WaveScene {
  std::vector<std::string> layers;  ///< names by layer index
  std::vector<int> cores;           ///< cores that are on; signals are written for these
  std::vector<int> rows;            ///< row of the grid, by position in `cores`
  /// By position in `cores`: its states are in the book already, exact; empty: none's are.
  std::vector<bool> exact;
};

/// Turns the ledger's records into waveforms. Annotated delays never pass through the kernel's
/// signals, so the waves are made from what was recorded:
///
///   chip.layer                    what the chip works on, with its codes' way in and out
///   chip.rails_settling, chip.group, chip.energy_uj
///   chip.fabric.row_R             codes moving on row chain R: "in 3", "out 3" (core)
///   chip.core_C.power, .busy, .layer, .phase, .energy_uj
///
/// Within an operation every vector shows its states in order, each as long as in the mean of the
/// operation, unless the core's are known exactly; operations of more than kMaxPhasedVectors
/// vectors show their name alone. Energies are cumulated, in microjoules, and step at the end of
/// each command. Time 0 is the first record's start.
void write_waves(std::vector<Record> records, const WaveScene& scene, WaveBook& book,
                 WaveWriter& writer);

inline constexpr std::int64_t kMaxPhasedVectors = 4096;

}  // namespace neurram::ledger
