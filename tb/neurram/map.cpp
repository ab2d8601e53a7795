#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "models/mapper/table.h"
#include "models/session/compile.h"
#include "tb/neurram/options.h"

namespace neurram::tool {
namespace {

class MapCommand : public Command {
 public:
  explicit MapCommand(CLI::App& tool)
      : app_(*tool.add_subcommand("map", "show where a network's matrices go")) {
    workload_.add_to(app_);
    common_.add_to(app_);
    app_.add_flag("--tsv", tsv_, "tab-separated values");
    app_.footer(
        "Examples:\n"
        "  neurram map mnist\n"
        "  neurram map --onnx my.onnx --set mapper.rows_per_segment=128");
  }

  CLI::App& app() override { return app_; }

  int run() override {
    workload_.check();
    const session::Config config = common_.config(workload_.app);
    const mapper::Deployment deployment =
        session::map_network(config, workload_.app.empty() ? std::filesystem::path(workload_.onnx)
                                                           : session::app_files(config).network);
    if (common_.json) {
      fmt::print("{}\n", mapper::map_json(deployment).dump(2));
    } else {
      fmt::print("{}", tsv_ ? mapper::map_tsv(deployment) : mapper::map_text(deployment));
    }
    return 0;
  }

 private:
  CLI::App& app_;
  CommonOptions common_;
  Workload workload_;
  bool tsv_ = false;
};

}  // namespace

std::unique_ptr<Command> make_map_command(CLI::App& tool) {
  return std::make_unique<MapCommand>(tool);
}

}  // namespace neurram::tool
