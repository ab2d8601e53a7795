#include "models/session/run_results.h"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "models/config/config.h"
#include "models/ledger/sqlite_store.h"
#include "models/session/session.h"
#include "models/session/trace.h"

namespace neurram::session {

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
  if (traced_images > 0 && result.complete) {
    TraceWindow window;
    window.images = std::min(traced_images, request.count);
    RunRequest quiet = request;
    quiet.progress = nullptr;
    trace_window(quiet, window, folder.file(wave_file_name()));
  }
  folder.keep();
}

}  // namespace neurram::session
