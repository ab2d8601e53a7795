#include <thread>

#include <fmt/format.h>
#include <hwy/targets.h>
#include <nlohmann/json.hpp>

#include "models/core/walk_rtl.h"
#include "models/ledger/fst_writer.h"
#include "models/session/compile.h"
#include "tb/neurram/options.h"

namespace neurram::tool {
namespace {

class InfoCommand : public Command {
 public:
  explicit InfoCommand(CLI::App& tool)
      : app_(
            *tool.add_subcommand("info", "show the chip, the build, and the apps and data found")) {
    common_.add_to(app_);
    app_.footer("Example:\n  neurram info --json");
  }

  CLI::App& app() override { return app_; }

  int run() override {
    const nlohmann::ordered_json info = collect();
    if (common_.json) {
      fmt::print("{}\n", info.dump(2));
      return 0;
    }
    for (const auto& [section, fields] : info.items()) {
      fmt::print("{}\n", section);
      for (const auto& [name, value] : fields.items()) {
        fmt::print("  {:<20} {}\n", name,
                   value.is_string() ? value.get<std::string>() : value.dump());
      }
    }
    return 0;
  }

 private:
  /// Levels of abstraction that this program has.
  [[nodiscard]] static std::string levels() {
    const bool has_blocks = !core::block_registry().names(core::CoreController::In::kSlot).empty();
    return has_blocks ? "functional, phased, rtl" : "functional, phased";
  }

  nlohmann::ordered_json collect() const {
    const session::Config config = common_.config("");
    nlohmann::ordered_json info;
    info["chip"] = {
        {"name", config.chip.name},
        {"cores", config.chip.core_count},
        {"grid", fmt::format("{} x {}", config.chip.grid_rows, config.chip.grid_columns)},
        {"array",
         fmt::format("{} x {}", config.chip.core.array.rows, config.chip.core.array.columns)},
        {"cells", std::int64_t{config.chip.core_count} * config.chip.core.array.rows *
                      config.chip.core.array.columns},
        {"area_mm2", config.chip.core_area_m2 * 1e6 * config.chip.core_count}};
    info["build"] = {
        {"version", NEURRAM_VERSION},
        {"compiler", NEURRAM_COMPILER},
        {"instruction_set", hwy::TargetName(hwy::SupportedTargets() & -hwy::SupportedTargets())},
        {"levels", levels()},
        {"waves", ledger::FstWriter::available() ? "fst, vcd" : "vcd"},
        {"machine_cores", std::thread::hardware_concurrency()}};
    info["folders"] = {{"home", session::home().string()},
                       {"cache", session::cache_folder().string()}};
    info["apps"] = nlohmann::ordered_json::object();
    for (const std::string& name : session::app_names()) {
      const session::Config app = common_.config(name);
      const session::AppFiles files = session::app_files(app);
      const bool complete = std::filesystem::exists(files.network) &&
                            std::filesystem::exists(files.images) &&
                            std::filesystem::exists(files.calibration);
      info["apps"][name] = app.app.title + (complete ? "" : " (network or data missing)");
    }
    return info;
  }

  CLI::App& app_;
  CommonOptions common_;
};

}  // namespace

std::unique_ptr<Command> make_info_command(CLI::App& tool) {
  return std::make_unique<InfoCommand>(tool);
}

}  // namespace neurram::tool
