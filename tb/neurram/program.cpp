#include <unistd.h>

#include <chrono>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "models/base/error.h"
#include "models/mapper/file.h"
#include "models/session/compile.h"
#include "models/session/npz.h"
#include "models/session/programming_summary.h"
#include "tb/neurram/options.h"
#include "tb/neurram/progress.h"

namespace neurram::tool {
namespace {

constexpr int kExitInterrupted = 130;

class ProgramCommand : public Command {
 public:
  explicit ProgramCommand(CLI::App& tool)
      : app_(*tool.add_subcommand("program",
                                  "program cells by write-verify, and tell what became of them")) {
    app_.add_option("app", workload_.app, "app whose network to program (default: one core)")
        ->type_name("APP");
    app_.add_option("--onnx", workload_.onnx, "network of your own instead of an app")
        ->type_name("FILE");
    common_.add_to(app_);
    app_.add_option("--core", core_, "without a network: the core")
        ->type_name("N")
        ->check(whole_number(0))
        ->capture_default_str();
    app_.add_option("--targets", targets_,
                    "without a network: uniform (evenly from g_min to g_max), levels (eight), or a "
                    "NumPy file of conductances [rows x columns] in siemens")
        ->type_name("WHICH")
        ->capture_default_str();
    app_.add_option("--cells", cells_, "without a network: first rows and columns (default: all)")
        ->type_name("RxC");
    app_.add_option("--out", common_.out, "folder of the run (default runs/program-DATE-TIME)")
        ->type_name("DIR");
    app_.add_flag("--force", force_, "replace the run that --out holds");
    app_.footer(
        "Examples:\n"
        "  neurram program\n"
        "  neurram program --targets levels --cells 64x256 --set "
        "chip.core.device.programming_passes=1\n"
        "  neurram program mnist --out runs/mnist-cells");
  }

  CLI::App& app() override { return app_; }

  int run() override {
    check();
    const auto start = std::chrono::steady_clock::now();
    config_ = common_.config(workload_.app);
    const std::vector<session::TargetWindow> windows = find_windows();
    session::RunFolder folder(common_.out.empty() ? default_folder("program") : common_.out,
                              force_);
    const session::ProgrammingResult result = program(windows);
    const double wall_s =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const session::ProgrammingSummary summary =
        session::summarize(config_, what_, windows, result, wall_s);
    session::write_folder(folder, config_, summary, result);
    report(summary, folder);
    return result.complete ? 0 : kExitInterrupted;
  }

 private:
  [[nodiscard]] bool of_network() const {
    return !workload_.app.empty() || !workload_.onnx.empty();
  }

  void check() const {
    if (!workload_.app.empty() && !workload_.onnx.empty())
      throw UsageError("give an app or --onnx FILE, not both");
    if (!of_network()) return;
    for (const char* option : {"--core", "--targets", "--cells"}) {
      if (app_.count(option) > 0)
        throw UsageError(std::string(option) + " is for programming without a network");
    }
  }

  std::vector<session::TargetWindow> find_windows() {
    if (!of_network()) return {core_window()};
    std::filesystem::path network = workload_.onnx;
    if (workload_.app.empty()) {
      config_.app.name = network.stem().string();
    } else {
      network = session::app_files(config_).network;
    }
    what_ = "of " + config_.app.name;
    return session::target_windows(session::map_network(config_, network));
  }

  session::TargetWindow core_window() {
    const core::CoreParameters& p = config_.chip.core;
    if (core_ >= static_cast<std::uint32_t>(config_.chip.core_count)) {
      throw UsageError(
          fmt::format("--core {}: the chip has cores 0 to {}", core_, config_.chip.core_count - 1));
    }
    const bool uniform = targets_ == "uniform";
    if (!uniform && targets_ != "levels") return file_window(p);
    int rows = p.array.rows;
    int columns = p.array.columns;
    if (!cells_.empty()) {
      char rest = 0;
      if (std::sscanf(cells_.c_str(), "%dx%d%c", &rows, &columns, &rest) != 2 || rows < 1 ||
          columns < 1 || rows > p.array.rows || columns > p.array.columns) {
        throw UsageError(fmt::format("--cells {}: expected ROWSxCOLUMNS up to {}x{}", cells_,
                                     p.array.rows, p.array.columns));
      }
    }
    what_ = fmt::format(
        uniform ? "evenly from {:.3g} to {:.3g} uS" : "at eight levels from {:.3g} to {:.3g} uS",
        p.device.g_min_s * 1e6, p.device.g_max_s * 1e6);
    return session::pattern_window(
        uniform ? session::TargetPattern::kUniform : session::TargetPattern::kLevels, core_, rows,
        columns, p.device);
  }

  session::TargetWindow file_window(const core::CoreParameters& p) {
    if (!cells_.empty()) throw UsageError("--cells: the file of --targets says how many");
    const session::NpyArray array = session::parse_npy(mapper::read_file(targets_), targets_);
    if (array.is_text() || array.shape.size() != 2 || array.numbers.empty()) {
      throw FileError(targets_ + ": expected numbers [rows x columns], found shape " +
                      session::shape_text(array.shape));
    }
    if (array.shape[0] > static_cast<std::size_t>(p.array.rows) ||
        array.shape[1] > static_cast<std::size_t>(p.array.columns)) {
      throw FileError(fmt::format("{}: shape {} is larger than the array, {} x {}", targets_,
                                  session::shape_text(array.shape), p.array.rows, p.array.columns));
    }
    session::TargetWindow window{
        core_, {0, 0, static_cast<int>(array.shape[0]), static_cast<int>(array.shape[1])}, {}};
    // Twice g_max is the most that the chip takes.
    const double limit_s = 2 * p.device.g_max_s;
    for (std::size_t i = 0; i < array.numbers.size(); ++i) {
      const double g_s = array.numbers[i];
      if (!(g_s >= 0 && g_s <= limit_s)) {
        throw FileError(fmt::format("{}: [{}, {}] is {:.6g} S: expected 0 to {:.3g} S", targets_,
                                    i / array.shape[1], i % array.shape[1], g_s, limit_s));
      }
      window.targets_ps.push_back(static_cast<std::uint32_t>(std::lround(g_s * 1e12)));
    }
    what_ = "from " + std::filesystem::path(targets_).filename().string();
    return window;
  }

  session::ProgrammingResult program(const std::vector<session::TargetWindow>& windows) {
    Progress progress("programming ", !common_.quiet && !common_.json);
    session::ProgrammingRequest request;
    request.config = &config_;
    request.windows = &windows;
    request.progress = [&progress](std::size_t done, std::size_t total, std::int64_t pulses) {
      progress.show(done, total, "rows",
                    fmt::format("{:.3g} M pulses", static_cast<double>(pulses) * 1e-6));
    };
    return session::run_programming(request);
  }

  void report(const session::ProgrammingSummary& summary, const session::RunFolder& folder) const {
    if (common_.json) {
      fmt::print("{}\n", session::to_json(summary).dump(2));
    } else if (!common_.quiet) {
      if (!summary.complete) fmt::print("\n  interrupted after {} cells\n", summary.cells);
      fmt::print("{}  kept in {}\n\n", session::to_text(summary, terminal_colours(STDOUT_FILENO)),
                 std::filesystem::relative(folder.path()).string());
    }
  }

  CLI::App& app_;
  CommonOptions common_;
  Workload workload_;
  std::uint32_t core_ = 0;
  std::string targets_ = "uniform";
  std::string cells_;
  bool force_ = false;

  session::Config config_;
  std::string what_;  ///< the targets, in words
};

}  // namespace

std::unique_ptr<Command> make_program_command(CLI::App& tool) {
  return std::make_unique<ProgramCommand>(tool);
}

}  // namespace neurram::tool
