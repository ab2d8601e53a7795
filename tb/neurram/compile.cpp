#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "models/base/error.h"
#include "models/base/units.h"
#include "models/session/compile.h"
#include "tb/neurram/options.h"
#include "tb/neurram/progress.h"

namespace neurram::tool {
namespace {

class CompileCommand : public Command {
 public:
  explicit CompileCommand(CLI::App& tool)
      : app_(*tool.add_subcommand(
            "compile", "program and calibrate a network on a simulated chip, into one file")) {
    workload_.add_to(app_);
    common_.add_to(app_);
    app_.add_option("--out", common_.out, "file to write (default APP.deployment)")
        ->type_name("FILE");
    app_.footer(
        "Examples:\n"
        "  neurram compile mnist --out mnist.deployment\n"
        "  neurram run mnist --deployment mnist.deployment");
  }

  CLI::App& app() override { return app_; }

  int run() override {
    workload_.check();
    session::Config config = common_.config(workload_.app);
    if (workload_.app.empty()) {
      if (workload_.data.empty())
        throw UsageError("--onnx needs --data DIR, the folder with its data");
      config.app.name = std::filesystem::path(workload_.onnx).stem().string();
    }
    const session::AppFiles files = workload_.app.empty()
                                        ? session::user_files(workload_.onnx, workload_.data)
                                        : session::app_files(config);
    const std::filesystem::path path =
        common_.out.empty() ? config.app.name + ".deployment" : common_.out;
    {
      Progress progress("compiling   ", !common_.quiet && !common_.json);
      session::compile_to(config, files, path, [&progress](int done, int total) {
        progress.show(static_cast<std::size_t>(done), static_cast<std::size_t>(total), "layers");
      });
    }
    const mapper::Deployment deployment = mapper::load(path.string());
    const double energy_j = Femtojoules(deployment.setup.energy_fj).joules();
    const double time_s = Picoseconds(deployment.setup.time_ps).seconds();
    if (common_.json) {
      fmt::print("{}\n", nlohmann::ordered_json{{"file", path.string()},
                                                {"segments", deployment.segments.size()},
                                                {"setup",
                                                 {{"energy_j", energy_j},
                                                  {"simulated_s", time_s},
                                                  {"wall_s", deployment.setup.wall_s}}}}
                             .dump(2));
    } else if (!common_.quiet) {
      fmt::print(
          "{}: {} segments; programming and calibration took {:.3g} J and {:.3g} s of the chip's, "
          "{:.2f} s here\n",
          path.string(), deployment.segments.size(), energy_j, time_s, deployment.setup.wall_s);
    }
    return 0;
  }

 private:
  CLI::App& app_;
  CommonOptions common_;
  Workload workload_;
};

}  // namespace

std::unique_ptr<Command> make_compile_command(CLI::App& tool) {
  return std::make_unique<CompileCommand>(tool);
}

}  // namespace neurram::tool
