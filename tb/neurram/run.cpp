#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <optional>
#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "models/base/error.h"
#include "models/session/compile.h"
#include "models/session/idx.h"
#include "models/session/run_results.h"
#include "tb/neurram/options.h"
#include "tb/neurram/progress.h"

namespace neurram::tool {
namespace {

constexpr int kExitInterrupted = 130;
constexpr std::uint64_t kMostJobs = 1024;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

class RunCommand : public Command {
 public:
  explicit RunCommand(CLI::App& tool)
      : app_(*tool.add_subcommand("run", "run a network on the chip")) {
    workload_.add_to(app_);
    common_.add_to(app_);
    app_.add_option("--out", common_.out, "folder of the run (default runs/APP-DATE-TIME)")
        ->type_name("DIR");
    app_.add_flag("--force", force_, "replace the run that --out holds");
    app_.add_option("--images", images_, "images to run, from the first (default: all)")
        ->type_name("N")
        ->check(whole_number(1));
    app_.add_option("--level", level_, "abstraction level of all cores: functional, phased, rtl")
        ->type_name("LEVEL");
    app_.add_option("--jobs", jobs_,
                    "processes that share the images (default: the machine's cores)")
        ->type_name("N")
        ->check(whole_number(1, kMostJobs));
    app_.add_option("--deployment", deployment_,
                    "file that `neurram compile` wrote, instead of the cache's")
        ->type_name("FILE");
    app_.add_flag("--trace", trace_, "write wave.fst of the first images into the run's folder");
    app_.add_option("--trace-images", trace_images_, "images to trace")
        ->type_name("N")
        ->check(whole_number(1))
        ->capture_default_str();
    app_.add_flag("--program", program_,
                  "repeat write-verify instead of loading the deployment's cells");
    app_.footer(
        "Examples:\n"
        "  neurram run mnist\n"
        "  neurram run mnist --images 500 --seed 7 --set chip.fabric.kind=ideal --json\n"
        "  neurram run --onnx my.onnx --data my-data --out runs/mine");
  }

  CLI::App& app() override { return app_; }

  int run() override {
    workload_.check();
    const auto start = std::chrono::steady_clock::now();
    config_ = common_.config(workload_.app, level_);
    if (program_) config_.run.program = true;
    const session::AppFiles files = find_files();
    load_data(files);
    session::RunFolder folder(common_.out.empty() ? default_folder(config_.app.name) : common_.out,
                              force_);
    const mapper::Deployment deployment = find_deployment(files);
    session::expect_shape(data_, files.images, deployment.graph);

    session::RunRequest request;
    request.config = &config_;
    request.deployment = &deployment;
    request.images = &data_;
    request.labels = labels_ ? &*labels_ : nullptr;
    request.count = count_;
    request.jobs =
        jobs_ > 0 ? jobs_ : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
    const session::RunResult result = run_images(request);
    const session::Summary summary = session::summarize(request, result, seconds_since(start));
    session::keep_results(folder, request, result, summary, trace_ ? trace_images_ : 0);
    report(summary, folder);
    return result.complete ? 0 : kExitInterrupted;
  }

 private:
  session::AppFiles find_files() {
    if (!workload_.app.empty()) return session::app_files(config_);
    if (workload_.data.empty())
      throw UsageError("--onnx needs --data DIR, the folder with its data");
    config_.app.name = std::filesystem::path(workload_.onnx).stem().string();
    return session::user_files(workload_.onnx, workload_.data);
  }

  void load_data(const session::AppFiles& files) {
    data_ = session::read_idx_images(files.images, config_.app.pixel_scale);
    if (!files.labels.empty()) {
      labels_ = session::read_idx_labels(files.labels);
      if (labels_->size() != data_.count) {
        throw FileError(files.labels.string() + ": holds " + std::to_string(labels_->size()) +
                        " labels for " + std::to_string(data_.count) + " images");
      }
    }
    if (images_ > 0) config_.run.images = static_cast<int>(images_);
    const auto wanted = static_cast<std::size_t>(config_.run.images);
    count_ = wanted == 0 ? data_.count : wanted;
    if (count_ > data_.count) {
      throw UsageError("--images " + std::to_string(wanted) + ": the data hold " +
                       std::to_string(data_.count));
    }
  }

  [[nodiscard]] bool shows() const { return !common_.quiet && !common_.json; }

  mapper::Deployment find_deployment(const session::AppFiles& files) {
    if (!deployment_.empty()) return session::load_deployment(config_, deployment_, files);
    Progress progress("compiling   ", shows());
    bool fresh = false;
    return session::cached_deployment(config_, files, fresh, [&progress](int done, int total) {
      progress.show(static_cast<std::size_t>(done), static_cast<std::size_t>(total), "layers");
    });
  }

  session::RunResult run_images(session::RunRequest& request) {
    Progress progress(fmt::format("{:<12}", config_.app.name), shows());
    request.progress = [&](std::size_t images, std::size_t correct) {
      const std::string note =
          labels_ ? fmt::format("{:.2f} % correct",
                                100.0 * static_cast<double>(correct) / static_cast<double>(images))
                  : "";
      progress.show(images, request.count, "images", note);
    };
    return session::run_shards(request);
  }

  void report(const session::Summary& summary, const session::RunFolder& folder) const {
    if (common_.json) {
      fmt::print("{}\n", session::to_json(summary).dump(2));
    } else if (!common_.quiet) {
      if (!summary.complete) fmt::print("\n  interrupted after {} images\n", summary.images);
      fmt::print("{}  kept in {}\n\n", session::to_text(summary, terminal_colours(STDOUT_FILENO)),
                 std::filesystem::relative(folder.path()).string());
    }
  }

  CLI::App& app_;
  CommonOptions common_;
  Workload workload_;
  std::size_t images_ = 0;
  int jobs_ = 0;
  std::string level_;
  std::string deployment_;
  bool program_ = false;
  bool trace_ = false;
  std::size_t trace_images_ = 1;
  bool force_ = false;

  session::Config config_;
  runtime::Images data_;
  std::optional<std::vector<std::uint8_t>> labels_;
  std::size_t count_ = 0;
};

}  // namespace

std::unique_ptr<Command> make_run_command(CLI::App& tool) {
  return std::make_unique<RunCommand>(tool);
}

}  // namespace neurram::tool
