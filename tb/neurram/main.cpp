#include <cstdio>
#include <exception>
#include <iostream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "models/base/error.h"
#include "tb/neurram/options.h"
#if NEURRAM_RTL
#include "models/core/walk_rtl.h"
#include "rtl/wrappers/blocks.h"
#endif

namespace {

constexpr int kExitUser = 2;
constexpr int kExitInterrupted = 130;

/// The sentence about a command line that does not parse. Of a command that does not exist, the
/// parser says only that one is missing.
std::string complaint(const CLI::App& tool, const CLI::ParseError& error, int argc, char** argv) {
  const bool no_command =
      dynamic_cast<const CLI::RequiredError*>(&error) != nullptr && tool.get_subcommands().empty();
  if (!no_command) return error.what();
  std::vector<std::string> known;
  for (const CLI::App* command : tool.get_subcommands(nullptr))
    known.push_back(command->get_name());
  const std::string problem =
      argc < 2 ? "give a command" : fmt::format("there is no command '{}'", argv[1]);
  return fmt::format("{}; there are {}", problem, fmt::join(known, ", "));
}

/// Standard output may be a file on a full disk.
void flush_output() {
  std::cout.flush();
  if (std::fflush(stdout) != 0 || !std::cout)
    throw neurram::FileError("standard output cannot be written");
}

}  // namespace

int main(int argc, char** argv) {
  using namespace neurram;
#if NEURRAM_RTL
  rtl::add_blocks(core::block_registry());
#endif
  CLI::App tool{"NeuRRAM-VP: a virtual platform of the NeuRRAM compute-in-memory chip"};
  tool.set_version_flag("--version", std::string("neurram ") + NEURRAM_VERSION);
  tool.require_subcommand(1);
  tool.footer(
      "Examples:\n"
      "  neurram run mnist\n"
      "  neurram map mnist\n"
      "  neurram COMMAND --help");
  const auto commands = tool::make_commands(tool);
  try {
    tool.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == 0) return tool.exit(e);
    fmt::print(stderr, "neurram: {} (try --help)\n", complaint(tool, e, argc, argv));
    return kExitUser;
  }
  try {
    for (const auto& command : commands) {
      if (!command->app().parsed()) continue;
      const int code = command->run();
      flush_output();
      return code;
    }
  } catch (const Interrupted&) {
    fmt::print(stderr, "neurram: interrupted\n");
    return kExitInterrupted;
  } catch (const Error& e) {
    fmt::print(stderr, "neurram: {}\n", e.what());
    return kExitUser;
  } catch (const std::exception& e) {
    fmt::print(stderr, "neurram: this should not happen: {}\n", e.what());
    return 3;
  }
  return 0;
}
