#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "models/config/config.h"
#include "tb/neurram/options.h"

namespace neurram::tool {
namespace {

class ConfigCommand : public Command {
 public:
  explicit ConfigCommand(CLI::App& tool)
      : app_(*tool.add_subcommand("config",
                                  "show every field with its default, unit, range and meaning")) {
    app_.add_option("app", workload_, "app whose settings to include")->type_name("APP");
    common_.add_to(app_);
    app_.add_flag("--dump", dump_, "as TOML, which --config reads back (the default)");
    app_.footer(
        "Examples:\n"
        "  neurram config --dump > my.toml\n"
        "  neurram config --json --chip neurram-deployed");
  }

  CLI::App& app() override { return app_; }

  int run() override {
    session::Config config = common_.config(workload_);
    if (common_.json) {
      fmt::print("{}\n", config::dump_json(config).dump(2));
    } else {
      config::dump_toml(config, std::cout);
    }
    return 0;
  }

 private:
  CLI::App& app_;
  CommonOptions common_;
  std::string workload_;
  bool dump_ = false;
};

}  // namespace

std::unique_ptr<Command> make_config_command(CLI::App& tool) {
  return std::make_unique<ConfigCommand>(tool);
}

}  // namespace neurram::tool
