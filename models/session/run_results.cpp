#include "models/session/run_results.h"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "models/config/config.h"
#include "models/ledger/operation_waves.h"
#include "models/ledger/sqlite_store.h"
#include "models/runtime/loader.h"
#include "models/session/session.h"

namespace neurram::session {

namespace {

/// Runs the first images once more, one at a time, and writes their waves. A result depends on no
/// batch, so they are the images of the run.
void write_trace(const RunFolder& folder, const RunRequest& request, std::size_t images) {
  Config config = *request.config;
  config.run.batch = 1;
  RunRequest traced = request;
  traced.config = &config;
  traced.labels = nullptr;
  traced.count = std::min(images, request.count);
  traced.jobs = 1;
  traced.keep_records = true;
  traced.progress = nullptr;
  const RunResult result = run_shards(traced);
  ledger::WaveScene scene;
  scene.layers = Session::layer_names(request.deployment->graph);
  for (const std::uint32_t core : runtime::used_cores(*request.deployment)) {
    scene.cores.push_back(static_cast<int>(core));
    scene.rows.push_back(request.deployment->chip.grid_row(static_cast<int>(core)));
  }
  const auto writer = ledger::open_waves(folder.file("wave.vcd"));
  ledger::write_waves(result.records, scene, *writer);
}

}  // namespace

void keep_results(RunFolder& folder, const RunRequest& request, const RunResult& result,
                  const Summary& summary, std::size_t traced_images) {
  std::ostringstream toml;
  toml << fmt::format(
      "# neurram {}: {} images of {}\n# network sha256 {}\n# configuration sha256 {}\n\n",
      summary.tool_version, summary.images, request.config->app.name,
      request.deployment->network_sha256, summary.config_sha256);
  Config config = *request.config;  // describing fields takes one that may change
  config::dump_toml(config, toml);
  folder.write("run.toml", toml.str());
  folder.write("summary.json", to_json(summary).dump(2) + "\n");
  ledger::SqliteStore store(folder.file("ledger.sqlite"));
  store.write_layers(Session::layer_names(request.deployment->graph));
  store.write(result.records);
  folder.write("log.txt", to_text(summary, false));
  if (traced_images > 0 && result.complete) write_trace(folder, request, traced_images);
  folder.keep();
}

}  // namespace neurram::session
