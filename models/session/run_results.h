#pragma once

#include "models/session/run_folder.h"
#include "models/session/shards.h"
#include "models/session/summary.h"

/// What a run leaves in its folder, whoever asked for it.
namespace neurram::session {

/// Writes run.toml, summary.json, ledger.sqlite, log.txt and, of a complete run, waves of the
/// first `traced_images` images; then keeps the folder. Throws FileError.
void keep_results(RunFolder& folder, const RunRequest& request, const RunResult& result,
                  const Summary& summary, std::size_t traced_images);

}  // namespace neurram::session
