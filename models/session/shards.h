#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "models/ledger/ledger.h"
#include "models/mapper/deployment.h"
#include "models/runtime/network.h"
#include "models/session/config.h"

namespace neurram::session {

struct RunRequest {
  const Config* config = nullptr;
  const mapper::Deployment* deployment = nullptr;
  const runtime::Images* images = nullptr;
  const std::vector<std::uint8_t>* labels = nullptr;  ///< null: none
  std::size_t count = 0;                              ///< images to run, from the first
  int jobs = 1;
  bool keep_records = true;
  /// Called as images are done: images, correct ones.
  std::function<void(std::size_t, std::size_t)> progress;
};

struct RunResult {
  std::size_t images = 0;
  std::size_t correct = 0;
  bool complete = true;
  std::vector<float> outputs;            ///< [count x outputs]; zeros where not done
  std::vector<std::uint8_t> done;        ///< [count]
  std::vector<ledger::Totals> layers;    ///< by node, then `digital`
  std::vector<std::int64_t> powered_ps;  ///< by core
  std::int64_t simulated_ps = 0;
  std::int64_t latency_ps = 0;          ///< one image alone
  std::vector<ledger::Record> records;  ///< in order of image and time
};

/// Runs a deployed network over images, sharded over `jobs` processes at multiples of the batch.
/// Codes, energies and times do not depend on their number. On Ctrl-C what was done is kept.
[[nodiscard]] RunResult run_shards(const RunRequest& request);

}  // namespace neurram::session
