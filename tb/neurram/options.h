#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "models/session/config.h"

namespace neurram::tool {

/// Accepts whole numbers from `low` to `high`.
[[nodiscard]] CLI::Validator whole_number(std::uint64_t low, std::uint64_t high = INT32_MAX);

/// Options that every command has.
struct CommonOptions {
  std::string chip = "neurram";
  std::vector<std::string> config_files;
  std::vector<std::string> assignments;
  std::string seed;
  std::string out;
  bool json = false;
  bool quiet = false;

  void add_to(CLI::App& command);
  /// The configuration for an app ("" for none), --seed and --level included.
  [[nodiscard]] session::Config config(const std::string& app, const std::string& level = "") const;
};

/// Folder of a run that names none: runs/mnist-20260131-174500, relative to where the user is.
[[nodiscard]] std::string default_folder(const std::string& name);

/// What to run: an app that ships, or a network and data of the user's.
struct Workload {
  std::string app;
  std::string onnx;
  std::string data;

  void add_to(CLI::App& command);
  /// Throws UsageError unless exactly one of the two is given.
  void check() const;
};

/// One command: its options, and what it does. Returns the exit code.
class Command {
 public:
  virtual ~Command() = default;
  [[nodiscard]] virtual CLI::App& app() = 0;
  virtual int run() = 0;
};

/// Makes every command and adds it to the tool.
[[nodiscard]] std::vector<std::unique_ptr<Command>> make_commands(CLI::App& tool);

std::unique_ptr<Command> make_run_command(CLI::App& tool);
std::unique_ptr<Command> make_compile_command(CLI::App& tool);
std::unique_ptr<Command> make_map_command(CLI::App& tool);
std::unique_ptr<Command> make_crossbar_command(CLI::App& tool);
std::unique_ptr<Command> make_program_command(CLI::App& tool);
std::unique_ptr<Command> make_characterize_command(CLI::App& tool);
std::unique_ptr<Command> make_equiv_command(CLI::App& tool);
std::unique_ptr<Command> make_trace_command(CLI::App& tool);
std::unique_ptr<Command> make_info_command(CLI::App& tool);
std::unique_ptr<Command> make_config_command(CLI::App& tool);

}  // namespace neurram::tool
