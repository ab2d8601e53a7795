#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "models/base/error.h"
#include "models/mapper/file.h"
#include "models/session/crossbar_file.h"
#include "tb/neurram/options.h"

namespace neurram::tool {
namespace {

namespace fs = std::filesystem;

class CrossbarCommand : public Command {
 public:
  explicit CrossbarCommand(CLI::App& tool)
      : app_(*tool.add_subcommand("crossbar", "solve a crossbar with resistive wires, exactly")) {
    app_.add_option("file", in_, "NumPy file of the crossbar, see below")
        ->type_name("IN.npz")
        ->required();
    common_.add_to(app_);
    app_.add_option("--out", common_.out, "NumPy .npy file to write: volt or ampere of each column")
        ->type_name("OUT.npy")
        ->required();
    app_.add_option("--precision", precision_,
                    "double (error about 1e-11 of the largest output) or single (1e-6)")
        ->type_name("PRECISION")
        ->check(CLI::IsMember({"double", "single"}))
        ->capture_default_str();
    app_.footer(
        "IN.npz holds\n"
        "  g_siemens [rows x columns]   conductances of the cells\n"
        "  drive_volt [rows]            voltages of the rows; [vectors x rows] for several at "
        "once\n"
        "  r_row_ohm, r_col_ohm         wire between two cells of a row, of a column\n"
        "  r_driver_ohm                 in front of every row\n"
        "  mode                         voltage (columns float) or current (columns held at 0 V)\n"
        "and, where wanted,\n"
        "  tap_row [columns]            row at which a column's voltage is read (default: the "
        "last)\n"
        "  tap                          the same in a word, bottom or tnsa (at the chip's "
        "neurons)\n"
        "  r_sense_ohm                  in current mode: between a column and what holds it\n"
        "  out                          a result to compare with\n"
        "\n"
        "Example:\n"
        "  python3 -c \"import numpy; numpy.savez('array.npz', g_siemens=numpy.full((64, 64), "
        "1e-5),\n"
        "    drive_volt=numpy.linspace(-.5, .5, 64), r_row_ohm=1., r_col_ohm=1., "
        "r_driver_ohm=50.,\n"
        "    mode='voltage')\"\n"
        "  neurram crossbar array.npz --out volts.npy");
  }

  CLI::App& app() override { return app_; }

  int run() override {
    (void)common_.config("");  // has no say here, but its mistakes are told
    check_out();
    const session::CrossbarProblem problem = session::read_crossbar(in_);
    const auto precision =
        precision_ == "single" ? session::Precision::kSingle : session::Precision::kDouble;
    const session::CrossbarSolution solution = solve(problem, precision);
    mapper::write_file_whole(common_.out, session::solution_npy(problem, solution, precision));
    warn(solution);
    report(problem, solution);
    return 0;
  }

 private:
  /// What is there already is replaced, if it is a file and not the input.
  void check_out() const {
    std::error_code ignored;
    if (!fs::exists(common_.out, ignored)) return;
    if (!fs::is_regular_file(common_.out, ignored))
      throw FileError(common_.out + ": exists and is no file; give another --out");
    if (fs::equivalent(common_.out, in_, ignored))
      throw UsageError("--out " + common_.out + " is the input file");
  }

  [[nodiscard]] session::CrossbarSolution solve(const session::CrossbarProblem& problem,
                                                session::Precision precision) const {
    try {
      return session::solve_crossbar(problem, precision);
    } catch (const FileError&) {
      throw;
    } catch (const Error& e) {
      throw FileError(in_ + ": " + e.what());
    }
  }

  void warn(const session::CrossbarSolution& solution) const {
    const auto& lines = solution.undetermined;
    if (lines.empty() || common_.quiet) return;
    constexpr std::size_t kShown = 8;
    const std::vector<std::size_t> first(
        lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(std::min(kShown, lines.size())));
    fmt::print(
        stderr,
        "neurram: {}: column{} {}{} {} no conductance at all: nothing determines the voltage, "
        "0 is written\n",
        in_, lines.size() > 1 ? "s" : "", fmt::join(first, ", "),
        lines.size() > kShown ? fmt::format(" and {} more", lines.size() - kShown) : "",
        lines.size() > 1 ? "have" : "has");
  }

  void report(const session::CrossbarProblem& problem,
              const session::CrossbarSolution& solution) const {
    const array::Grid& grid = problem.grid;
    const bool current = grid.sensing == array::Sensing::kCurrent;
    const bool compared = !problem.expected.empty();
    const double difference =
        compared ? session::relative_difference(solution.out, problem.expected) : 0;
    double largest = 0;
    for (const double v : solution.out) largest = std::max(largest, std::abs(v));
    if (common_.json) {
      nlohmann::ordered_json document = {{"file", in_},
                                         {"out", common_.out},
                                         {"rows", grid.inputs},
                                         {"columns", grid.outputs},
                                         {"vectors", problem.vectors},
                                         {"mode", current ? "current" : "voltage"},
                                         {"precision", precision_},
                                         {"unit", current ? "A" : "V"},
                                         {"largest", largest},
                                         {"relative_difference", nullptr},
                                         {"undetermined_columns", solution.undetermined},
                                         {"set_up_s", solution.set_up_s},
                                         {"product_s", solution.product_s}};
      if (compared) document["relative_difference"] = difference;
      fmt::print("{}\n", document.dump(2));
      return;
    }
    if (common_.quiet) return;
    fmt::print("{}: {} x {} cells, {} mode, {} precision\n", in_, grid.inputs, grid.outputs,
               current ? "current" : "voltage", precision_);
    fmt::print("  transfer matrix in {:.3g} ms, {} in {:.3g} ms\n", solution.set_up_s * 1e3,
               problem.vectors == 1 ? "one vector" : fmt::format("{} vectors", problem.vectors),
               solution.product_s * 1e3);
    fmt::print("  largest output {:.4g} {}, written to {}\n", largest, current ? "A" : "V",
               common_.out);
    if (compared) fmt::print("  largest difference from `out`: {:.2g} of max|out|\n", difference);
  }

  CLI::App& app_;
  CommonOptions common_;
  std::string in_;
  std::string precision_ = "double";
};

}  // namespace

std::unique_ptr<Command> make_crossbar_command(CLI::App& tool) {
  return std::make_unique<CrossbarCommand>(tool);
}

}  // namespace neurram::tool
