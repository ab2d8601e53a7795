#include <csignal>

#include <unistd.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "models/base/error.h"
#include "models/study/characterize_files.h"
#include "tb/neurram/options.h"
#include "tb/neurram/progress.h"

namespace neurram::tool {
namespace {

constexpr int kExitInterrupted = 130;

volatile std::sig_atomic_t interrupted = 0;

/// The first Ctrl-C ends the work after the experiment at hand; a second one ends the program.
void on_interrupt(int signal) {
  interrupted = 1;
  std::signal(signal, SIG_DFL);
}

class CharacterizeCommand : public Command {
 public:
  explicit CharacterizeCommand(CLI::App& tool)
      : app_(*tool.add_subcommand("characterize",
                                  "error of products on a core, and what costs how much")) {
    common_.add_to(app_);
    app_.add_option("--inputs", inputs_, "inputs: pairs of rows")
        ->type_name("N")
        ->check(whole_number(1, 128))
        ->capture_default_str();
    app_.add_option("--outputs", outputs_, "outputs: columns")
        ->type_name("N")
        ->check(whole_number(1, 256))
        ->capture_default_str();
    app_.add_option("--vectors", vectors_, "random vectors in each experiment")
        ->type_name("N")
        ->check(whole_number(16))
        ->capture_default_str();
    app_.add_option("--out", common_.out, "folder to write (default runs/characterize-DATE-TIME)")
        ->type_name("DIR");
    app_.add_flag("--force", force_, "replace the run that --out holds");
    app_.footer(
        "Weights are Gaussian, input codes uniform; rails are set as calibration sets them.\n"
        "\n"
        "Examples:\n"
        "  neurram characterize\n"
        "  neurram characterize --inputs 73 --outputs 16 --json\n"
        "  neurram characterize --set chip.core.array.r_driver_ohm=200 --out runs/weak-drivers");
  }

  CLI::App& app() override { return app_; }

  int run() override {
    const session::Config config = common_.config("");
    check(config);
    session::RunFolder folder(common_.out.empty() ? default_folder("characterize") : common_.out,
                              force_);
    Progress progress("characterizing", !common_.quiet && !common_.json);
    study::CharacterizeRequest request;
    request.config = &config;
    request.inputs = inputs_;
    request.outputs = outputs_;
    request.vectors = vectors_;
    request.progress = [&progress](std::size_t done, std::size_t total) {
      progress.show(done, total, "experiments", "");
    };
    request.interrupted = [] { return interrupted != 0; };
    std::signal(SIGINT, on_interrupt);
    const study::Characterization result = study::characterize(request);
    progress.clear();
    study::write_folder(folder, config, result);
    if (common_.json) {
      fmt::print("{}\n", study::to_json(result).dump(2));
    } else if (!common_.quiet) {
      fmt::print("{}  kept in {}\n\n", study::to_text(result, terminal_colours(STDOUT_FILENO)),
                 std::filesystem::relative(folder.path()).string());
    }
    return result.complete ? 0 : kExitInterrupted;
  }

 private:
  void check(const session::Config& config) const {
    const array::ArrayParameters& array = config.chip.core.array;
    const std::size_t rows = 2 * inputs_;
    if (rows > static_cast<std::size_t>(array.rows))
      throw UsageError(fmt::format("--inputs {}: the array has {} rows, two for each input",
                                   inputs_, array.rows));
    if (outputs_ > static_cast<std::size_t>(array.columns))
      throw UsageError(
          fmt::format("--outputs {}: the array has {} columns", outputs_, array.columns));
  }

  CLI::App& app_;
  CommonOptions common_;
  std::size_t inputs_ = 128;
  std::size_t outputs_ = 256;
  std::size_t vectors_ = 500;
  bool force_ = false;
};

}  // namespace

std::unique_ptr<Command> make_characterize_command(CLI::App& tool) {
  return std::make_unique<CharacterizeCommand>(tool);
}

}  // namespace neurram::tool
