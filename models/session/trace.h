#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "models/core/parameters.h"
#include "models/session/shards.h"

namespace neurram::session {

/// What part of a run to look at, and how closely.
struct TraceWindow {
  std::size_t first_image = 0;
  std::size_t images = 1;
  std::vector<int> cores;           ///< empty: all that the deployment uses
  std::vector<std::string> layers;  ///< names; empty: all
  double from_s = 0;                ///< as the waves count it: from the first command on
  double to_s = 1e9;
  int neurons = 8;  ///< integrators, input lines and codes shown of each core, 0 … 256
  core::Level level = core::Level::kPhased;  ///< of the cores looked at
};

/// Name of a waveform in a run's folder: wave.fst, or .vcd where this program cannot write FST.
[[nodiscard]] std::string wave_file_name();

/// What a trace came to.
struct TraceResult {
  std::size_t vectors = 0;        ///< shown state by state
  std::int64_t simulated_ps = 0;  ///< of all images
  std::vector<ledger::Record> records;
};

/// Runs the window's images of a request again, one at a time, with the cores looked at walking
/// state by state, and writes their waves to `file` (.fst or .vcd):
///
///   chip, chip.fabric, chip.core_C          as operation_waves.h has them
///   chip.core_C.phase                       exact: "sample bit 2", "integrate bit 2", "sign", …
///   chip.core_C.operation                   id of the vector at work
///   chip.core_C.lines.input_I_v             voltage of an input's line about V_ref
///   chip.core_C.neurons.n_N_v               integrator of neuron N about V_ref: the staircase
///   chip.core_C.neurons.n_N_code            its last code
///   chip.core_C.rtl.BLOCK.PORT              level rtl: ports of the blocks
///
/// A result depends on no batch and no level, so they are the images of the run. Throws UsageError
/// for a layer or core that is none of the deployment's, FileError.
TraceResult trace_window(const RunRequest& request, const TraceWindow& window,
                         const std::filesystem::path& file);

}  // namespace neurram::session
