#include <csignal>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "models/base/error.h"
#include "models/study/equivalence.h"
#include "tb/neurram/options.h"
#include "tb/neurram/progress.h"

namespace neurram::tool {
namespace {

constexpr int kExitDifferent = 1;
constexpr int kExitInterrupted = 130;

volatile std::sig_atomic_t interrupted = 0;

/// The first Ctrl-C ends the work after the program at hand; a second one ends the tool.
void on_interrupt(int signal) {
  interrupted = 1;
  std::signal(signal, SIG_DFL);
}

class EquivCommand : public Command {
 public:
  explicit EquivCommand(CLI::App& tool)
      : app_(*tool.add_subcommand("equiv", "do two levels of abstraction do the same?")) {
    app_.add_option("--programs", programs_, "random programs")
        ->type_name("N")
        ->check(whole_number(1))
        ->capture_default_str();
    app_.add_option("--seed", seed_, "seed of the programs")
        ->type_name("S")
        ->check(whole_number(0))
        ->capture_default_str();
    app_.add_option("--first", first_, "number of the first program")
        ->type_name("K")
        ->check(whole_number(0))
        ->capture_default_str();
    app_.add_option("--levels", levels_, "the two levels, separated by a comma")
        ->type_name("A,B")
        ->capture_default_str();
    app_.add_option("--block", blocks_,
                    "block of a slot at level rtl (rtl/README.md), instead of ours")
        ->type_name("SLOT=NAME");
    app_.add_option("--folder", folder_, "where blocks of one's own are, NAME.so")
        ->type_name("DIR");
    app_.add_flag("--show", show_, "print what the first program does, and compare nothing");
    app_.add_flag("--json", json_, "print the result as JSON");
    app_.add_flag("--quiet", quiet_, "print nothing but a difference");
    app_.footer(
        "A program is a chip of random size and settings and what a host does to it, mistakes\n"
        "included. Every answer and every record of the ledger must be equal: codes, errors,\n"
        "femtojoules, picoseconds. Exit code 1: a difference was found.\n"
        "\n"
        "Examples:\n"
        "  neurram equiv\n"
        "  neurram equiv --programs 10000 --seed 7 --levels functional,phased\n"
        "  neurram equiv --seed 7 --first 4711 --programs 1\n"
        "  neurram equiv --levels functional,rtl --block step_counter=mine --folder build/release");
  }

  CLI::App& app() override { return app_; }

  int run() override {
    study::EquivalenceRequest request;
    parse_levels(request);
    request.rtl = blocks();
    request.seed = seed_;
    request.first = first_;
    request.programs = programs_;
    if (show_) {
      for (const study::Action& action : study::random_program(seed_, first_).actions)
        fmt::print("{}\n", action.text());
      return 0;
    }
    Progress progress("comparing   ", !quiet_ && !json_);
    request.progress = [&](std::uint64_t done) { progress.show(done, programs_, "programs", ""); };
    request.interrupted = [] { return interrupted != 0; };
    std::signal(SIGINT, on_interrupt);
    const study::EquivalenceResult result = study::compare_levels(request);
    progress.clear();
    report(result);
    if (result.difference) return kExitDifferent;
    return result.complete ? 0 : kExitInterrupted;
  }

 private:
  void parse_levels(study::EquivalenceRequest& request) const {
    const auto comma = levels_.find(',');
    if (comma == std::string::npos)
      throw UsageError("--levels " + levels_ + ": expected two, such as functional,phased");
    request.a = core::level_of(levels_.substr(0, comma));
    request.b = core::level_of(levels_.substr(comma + 1));
  }

  /// The blocks are fields of a chip's configuration, which knows their names.
  [[nodiscard]] core::RtlParameters blocks() const {
    session::ConfigSources sources;
    for (const std::string& block : blocks_)
      sources.assignments.push_back("chip.core.rtl." + block);
    core::RtlParameters rtl = session::load_config(sources).chip.core.rtl;
    rtl.folder = folder_;
    return rtl;
  }

  [[nodiscard]] std::string command(std::uint64_t number) const {
    std::string text = fmt::format("neurram equiv --levels {} --seed {} --first {} --programs 1",
                                   levels_, seed_, number);
    for (const std::string& block : blocks_) text += " --block " + block;
    return folder_.empty() ? text : text + " --folder " + folder_;
  }

  void report(const study::EquivalenceResult& result) const {
    if (json_) {
      nlohmann::ordered_json json = {
          {"levels", levels_},           {"seed", seed_},
          {"programs", result.programs}, {"operations", result.operations},
          {"vectors", result.vectors},   {"refusals", result.refusals},
          {"complete", result.complete}, {"difference", nullptr}};
      if (result.difference) {
        json["difference"] = {{"program", result.number},
                              {"what", *result.difference},
                              {"command", command(result.number)}};
      }
      fmt::print("{}\n", json.dump(2));
      return;
    }
    if (result.difference) {
      fmt::print("  program {} differs, {}\n  to repeat it: {}\n", result.number,
                 *result.difference, command(result.number));
    } else if (!quiet_) {
      fmt::print("  {} programs, {} operations of {} vectors, {} refused accesses: all equal\n",
                 result.programs, result.operations, result.vectors, result.refusals);
    }
  }

  CLI::App& app_;
  std::uint64_t programs_ = 200;
  std::uint64_t seed_ = 1;
  std::uint64_t first_ = 0;
  std::string levels_ = "functional,phased";
  std::vector<std::string> blocks_;
  std::string folder_;
  bool show_ = false;
  bool json_ = false;
  bool quiet_ = false;
};

}  // namespace

std::unique_ptr<Command> make_equiv_command(CLI::App& tool) {
  return std::make_unique<EquivCommand>(tool);
}

}  // namespace neurram::tool
