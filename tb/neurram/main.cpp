#include <cstdio>
#include <exception>

#include <fmt/format.h>

#include "models/base/error.h"
#include "tb/neurram/options.h"

namespace {

constexpr int kExitUser = 2;
constexpr int kExitInterrupted = 130;

}  // namespace

int main(int argc, char** argv) {
  using namespace neurram;
  CLI::App tool{"NeuRRAM-VP: a virtual platform of the NeuRRAM compute-in-memory chip"};
  tool.set_version_flag("--version", std::string("neurram ") + NEURRAM_VERSION);
  tool.require_subcommand(1);
  tool.footer("Examples:\n"
              "  neurram run mnist\n"
              "  neurram map mnist\n"
              "  neurram COMMAND --help");
  const auto commands = tool::make_commands(tool);
  try {
    tool.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == 0) return tool.exit(e);
    fmt::print(stderr, "neurram: {} (try --help)\n", e.what());
    return kExitUser;
  }
  try {
    for (const auto& command : commands) {
      if (command->app().parsed()) return command->run();
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
