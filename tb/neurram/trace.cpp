#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "models/base/error.h"
#include "models/ledger/timeline.h"
#include "models/session/compile.h"
#include "models/session/idx.h"
#include "models/session/session.h"
#include "models/session/trace.h"
#include "tb/neurram/options.h"
#include "tb/neurram/progress.h"

namespace neurram::tool {
namespace {

class TraceCommand : public Command {
 public:
  explicit TraceCommand(CLI::App& tool)
      : app_(*tool.add_subcommand("trace", "look into a window of a finished run")) {
    app_.add_option("run", run_, "folder of the run")->type_name("RUN")->required();
    app_.add_option("--out", out_, "waveform, .fst or .vcd (default RUN/wave.fst)")
        ->type_name("FILE");
    app_.add_option("--timeline", timeline_, "commands as a trace for Perfetto's viewer, .json")
        ->type_name("FILE");
    app_.add_option("--image", window_.first_image, "first image, from 0")
        ->type_name("N")
        ->check(whole_number(0))
        ->capture_default_str();
    app_.add_option("--images", window_.images, "images")
        ->type_name("N")
        ->check(whole_number(1))
        ->capture_default_str();
    app_.add_option("--core", window_.cores, "cores to look at (default: all in use)")
        ->type_name("C,...")
        ->delimiter(',');
    app_.add_option("--layer", window_.layers, "layers to look at (default: all)")
        ->type_name("NAME,...")
        ->delimiter(',');
    app_.add_option("--from", window_.from_s, "seconds of simulated time to start at")
        ->type_name("S");
    app_.add_option("--to", window_.to_s, "seconds of simulated time to stop at")->type_name("S");
    app_.add_option("--neurons", window_.neurons, "neurons and input lines shown of each core")
        ->type_name("N")
        ->check(whole_number(0, 256))
        ->capture_default_str();
    app_.add_option("--level", level_, "level of the cores looked at: functional, phased, rtl")
        ->type_name("LEVEL")
        ->capture_default_str();
    app_.add_option("--onnx", workload_.onnx, "the run's network, where it is no app's")
        ->type_name("FILE");
    app_.add_option("--data", workload_.data, "folder with its data")->type_name("DIR");
    app_.add_flag("--json", json_, "print the result as JSON");
    app_.add_flag("--quiet", quiet_, "print nothing");
    app_.footer(
        "The images run again with waves on, which changes no bit. Cores looked at walk their\n"
        "operations state by state; the others stay as they were.\n"
        "\n"
        "Examples:\n"
        "  neurram trace runs/mine\n"
        "  neurram trace runs/mine --image 7 --layer conv0 --core 0 --neurons 16 --out conv0.fst\n"
        "  neurram trace runs/mine --core 0 --level rtl --to 0.05 --out rtl.fst\n"
        "  neurram trace runs/mine --timeline run.json");
  }

  CLI::App& app() override { return app_; }

  int run() override {
    const std::filesystem::path folder = run_;
    const std::filesystem::path toml = folder / "run.toml";
    if (!std::filesystem::exists(toml))
      throw FileError(toml.string() + ": is missing; expected the folder of a run");
    session::ConfigSources sources;
    sources.files = {toml};
    session::Config config = session::load_config(sources);
    window_.level = core::level_of(level_);
    const session::AppFiles files = workload_.onnx.empty()
                                        ? session::app_files(config)
                                        : session::user_files(workload_.onnx, workload_.data);
    const runtime::Images images = session::read_idx_images(files.images, config.app.pixel_scale);
    if (window_.first_image + window_.images > images.count)
      throw UsageError(fmt::format("images {} to {}: the data hold {}", window_.first_image,
                                   window_.first_image + window_.images - 1, images.count));
    bool fresh = false;
    const mapper::Deployment deployment = session::cached_deployment(config, files, fresh, {});
    const std::filesystem::path out =
        out_.empty() ? folder / session::wave_file_name() : std::filesystem::path(out_);
    Progress progress("tracing     ", !quiet_ && !json_);
    session::RunRequest request;
    request.config = &config;
    request.deployment = &deployment;
    request.images = &images;
    request.progress = [&](std::size_t done, std::size_t) {
      progress.show(done, window_.images, "images", "");
    };
    const session::TraceResult result = session::trace_window(request, window_, out);
    progress.clear();
    if (!timeline_.empty())
      ledger::write_timeline(result.records, session::Session::layer_names(deployment.graph),
                             timeline_);
    report(result, out);
    return 0;
  }

 private:
  void report(const session::TraceResult& result, const std::filesystem::path& out) const {
    const double simulated_s = static_cast<double>(result.simulated_ps) * 1e-12;
    const auto bytes = std::filesystem::file_size(out);
    if (json_) {
      nlohmann::ordered_json json = {{"wave", out.string()},
                                     {"bytes", bytes},
                                     {"vectors", result.vectors},
                                     {"commands", result.records.size()},
                                     {"simulated_s", simulated_s}};
      if (!timeline_.empty()) json["timeline"] = timeline_;
      fmt::print("{}\n", json.dump(2));
    } else if (!quiet_) {
      fmt::print("  {} vectors state by state, {} commands, {:.3g} s simulated\n  {} ({:.2f} MB)\n",
                 result.vectors, result.records.size(), simulated_s, out.string(),
                 static_cast<double>(bytes) * 1e-6);
      if (!timeline_.empty()) fmt::print("  {}: open it with ui.perfetto.dev\n", timeline_);
    }
  }

  CLI::App& app_;
  Workload workload_;
  session::TraceWindow window_;
  std::string run_, out_, timeline_;
  std::string level_ = "phased";
  bool json_ = false;
  bool quiet_ = false;
};

}  // namespace

std::unique_ptr<Command> make_trace_command(CLI::App& tool) {
  return std::make_unique<TraceCommand>(tool);
}

}  // namespace neurram::tool
