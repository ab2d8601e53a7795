#include "tb/neurram/options.h"

#include <cerrno>
#include <cstdlib>
#include <ctime>

#include "models/base/error.h"
#include "models/config/config.h"

namespace neurram::tool {

namespace {

constexpr std::uint64_t kLargestSeed = 9'200'000'000'000'000'000;  // as the fields of [seed]

}  // namespace

CLI::Validator whole_number(std::uint64_t low, std::uint64_t high) {
  const auto check = [low, high](const std::string& text) -> std::string {
    const bool digits = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
    errno = 0;
    const std::uint64_t value = std::strtoull(text.c_str(), nullptr, 10);
    if (digits && errno == 0 && value >= low && value <= high) return "";
    return text + " is no whole number from " + std::to_string(low) + " to " + std::to_string(high);
  };
  return CLI::Validator(check, "");
}

void CommonOptions::add_to(CLI::App& command) {
  command
      .add_option("--chip", chip, "chip: neurram (as published), neurram-deployed, or a TOML file")
      ->capture_default_str();
  command
      .add_option("--config", config_files,
                  "TOML file laid over the chip's and the app's; may be repeated")
      ->type_name("FILE")
      ->allow_extra_args(false);
  command
      .add_option("--set", assignments,
                  "one field, e.g. --set chip.core.neuron.offset=false; may be repeated")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  command.add_option("--seed", seed, "seed of every random draw (seed.device and seed.run)")
      ->type_name("N")
      ->check(whole_number(0, kLargestSeed));
  command.add_flag("--json", json, "one JSON document on standard output, nothing else there");
  command.add_flag("--quiet", quiet, "no progress, no report");
}

session::Config CommonOptions::config(const std::string& app, const std::string& level) const {
  session::ConfigSources sources;
  sources.chip = chip;
  sources.app = app;
  sources.files.assign(config_files.begin(), config_files.end());
  sources.assignments = assignments;
  if (!seed.empty()) {
    sources.assignments.push_back("seed.device=" + seed);
    sources.assignments.push_back("seed.run=" + seed);
  }
  if (!level.empty()) sources.assignments.push_back("chip.core.level=" + level);
  return session::load_config(sources);
}

std::string default_folder(const std::string& name) {
  const std::time_t now = std::time(nullptr);
  char stamp[32];
  std::strftime(stamp, sizeof stamp, "%Y%m%d-%H%M%S", std::localtime(&now));
  return "runs/" + name + "-" + stamp;
}

void Workload::add_to(CLI::App& command) {
  command.add_option("app", app, "app that ships (see `neurram info`), e.g. mnist")
      ->type_name("APP");
  command.add_option("--onnx", onnx, "network of your own instead of an app")->type_name("FILE");
  command.add_option("--data", data, "folder with its data as IDX files, named as MNIST's are")
      ->type_name("DIR");
}

void Workload::check() const {
  if (app.empty() == onnx.empty())
    throw UsageError("give an app (such as mnist), or --onnx FILE with --data DIR");
}

std::vector<std::unique_ptr<Command>> make_commands(CLI::App& tool) {
  std::vector<std::unique_ptr<Command>> commands;
  for (const auto make :
       {make_run_command, make_compile_command, make_map_command, make_program_command,
        make_characterize_command, make_crossbar_command, make_equiv_command, make_trace_command,
        make_info_command, make_config_command}) {
    commands.push_back(make(tool));
  }
  return commands;
}

}  // namespace neurram::tool
