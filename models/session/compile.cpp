#include "models/session/compile.h"

#include <cstdlib>
#include <vector>

#include "models/array/crossbar.h"
#include "models/base/error.h"
#include "models/config/config.h"
#include "models/mapper/onnx_reader.h"
#include "models/session/idx.h"
#include "models/session/session.h"
#include "models/session/worker.h"

namespace neurram::session {
namespace {

/// The first of `names`, plain or gzipped, that lies in `folder`; empty if none does.
std::filesystem::path find_file(const std::filesystem::path& folder,
                                const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    for (const char* suffix : {"", ".gz"}) {
      const std::filesystem::path path = folder / (name + suffix);
      if (std::filesystem::exists(path)) return path;
    }
  }
  return {};
}

mapper::ChipGeometry geometry_of(const chip::ChipParameters& chip) {
  mapper::ChipGeometry geometry;
  geometry.cores = chip.core_count;
  geometry.grid_rows = chip.grid_rows;
  geometry.grid_columns = chip.grid_columns;
  geometry.array_rows = chip.core.array.rows;
  geometry.array_columns = chip.core.array.columns;
  return geometry;
}

bool operator==(const mapper::ChipGeometry& a, const mapper::ChipGeometry& b) {
  return a.cores == b.cores && a.grid_rows == b.grid_rows && a.grid_columns == b.grid_columns &&
         a.array_rows == b.array_rows && a.array_columns == b.array_columns;
}

/// "48 cores (8 x 6) of 256 x 256 cells"
std::string text_of(const mapper::ChipGeometry& chip) {
  const auto product = [](int a, int b) { return std::to_string(a) + " x " + std::to_string(b); };
  return std::to_string(chip.cores) + " cores (" + product(chip.grid_rows, chip.grid_columns) +
         ") of " + product(chip.array_rows, chip.array_columns) + " cells";
}

enum Message : std::uint32_t { kProgress };

}  // namespace

AppFiles app_files(const Config& config) {
  const std::filesystem::path folder = app_folder(config.app.name);
  return {folder / config.app.network, folder / config.app.images, folder / config.app.labels,
          folder / config.app.calibration_images};
}

AppFiles user_files(const std::filesystem::path& network, const std::filesystem::path& data) {
  (void)mapper::read_onnx(network.string());  // a network that cannot be read is told first
  if (!std::filesystem::is_directory(data)) throw FileError(data.string() + ": no such folder");
  AppFiles files;
  files.network = network;
  files.images = find_file(data, {"t10k-images-idx3-ubyte"});
  files.labels = find_file(data, {"t10k-labels-idx1-ubyte"});
  files.calibration = find_file(data, {"calibration-images-idx3-ubyte", "train-images-idx3-ubyte"});
  if (files.images.empty())
    throw FileError(data.string() + ": holds no t10k-images-idx3-ubyte or .gz");
  if (files.calibration.empty()) {
    throw FileError(data.string() +
                    ": holds no calibration-images-idx3-ubyte or train-images-idx3-ubyte (or .gz)");
  }
  return files;
}

namespace {

/// Rows of a core with cells that do not form or are stuck, as forming the whole array tells.
std::vector<int> bad_rows(const Config& config, int core) {
  const core::CoreParameters& p = config.chip.of_core(core);
  const std::shared_ptr<const device::Device> device = device::make_device(p.device);
  if (!device->schedule().needs_forming) return {};
  array::Crossbar crossbar(p.array, device, static_cast<std::uint32_t>(core), config.seed.device);
  crossbar.form({0, 0, p.array.rows, p.array.columns});
  std::vector<int> rows;
  for (int row = 0; row < p.array.rows; ++row) {
    if (crossbar.unusable(row) > 0) rows.push_back(row);
  }
  return rows;
}

}  // namespace

mapper::Deployment map_network(const Config& config, const std::filesystem::path& network) {
  mapper::Graph graph = mapper::read_onnx(network.string());
  mapper::Deployment deployment;
  try {
    deployment = map_graph(config, std::move(graph));
  } catch (const NetworkError& e) {
    throw NetworkError("'" + network.string() + "': " + e.what());
  }
  deployment.network_sha256 = config::sha256_file(network);
  return deployment;
}

mapper::Deployment map_graph(const Config& config, mapper::Graph graph) {
  mapper::ChipGeometry geometry = geometry_of(config.chip);
  geometry.bad_rows = [&config](int core) { return bad_rows(config, core); };
  mapper::Deployment deployment =
      mapper::deploy(std::move(graph), config.mapper, conductance_range(config), geometry);
  deployment.chip.bad_rows = nullptr;  // has said what it had to
  deployment.seed_device = config.seed.device;
  deployment.tool_version = NEURRAM_VERSION;
  return deployment;
}

mapper::ConductanceRange conductance_range(const Config& config) {
  return {config.chip.core.device.g_min_s, config.chip.core.device.g_max_s};
}

std::string cache_key(const Config& config, const AppFiles& files) {
  // Set-up has its own energy and time, so all that prices them counts too; what concerns a run
  // alone does not.
  Config priced = config;
  priced.seed.run = 0;
  priced.run = {};
  priced.app.name = priced.app.title = priced.app.images = priced.app.labels = "";
  return config::sha256_hex(deployment_key(config, files) + config::fingerprint(priced));
}

std::string deployment_key(const Config& config, const AppFiles& files) {
  Config copy = config;
  return config::sha256_hex(config::sha256_file(files.network) +
                            config::sha256_file(files.calibration) +
                            config::fingerprint(copy, Affects::kDeployment) + NEURRAM_VERSION +
                            std::to_string(mapper::kDeploymentSchema));
}

void compile_to(const Config& config, const AppFiles& files, const std::filesystem::path& path,
                const std::function<void(int, int)>& progress) {
  bool interrupted = false;
  const auto work = [&](int /*index*/, WorkerLink& link) {
    mapper::Deployment deployment = map_network(config, files.network);
    const runtime::Images images = read_idx_images(files.calibration, config.app.pixel_scale);
    expect_shape(images, files.calibration, deployment.graph);
    // What a deployment holds is the chip's, so its noise follows the chip's seed: a cached one
    // does not depend on the run that happened to make it.
    Config chip_config = config;
    chip_config.seed.run = config.seed.device;
    // Nor does it depend on the level, so the fastest will do.
    chip_config.chip.core.level = core::Level::kFunctional;
    for (auto& [index, core] : chip_config.chip.core_overrides)
      core.level = core::Level::kFunctional;
    Session session(chip_config);
    session.on_interrupt_check([] {
      if (WorkerLink::stop_requested()) throw Interrupted();
    });
    session.compile(deployment, images, [&link](int done, int total) {
      const int numbers[2] = {done, total};
      link.send(kProgress, numbers, sizeof numbers);
    });
    deployment.fingerprints["key"] = deployment_key(config, files);
    mapper::save(deployment, path.string());
  };
  run_workers(
      1, work,
      [&](int, std::uint32_t, const std::vector<char>& data) {
        const int* numbers = reinterpret_cast<const int*>(data.data());
        progress(numbers[0], numbers[1]);
      },
      interrupted);
  if (interrupted) throw Interrupted();
}

std::filesystem::path cache_folder() {
  if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache != nullptr && *cache != '\0') {
    return std::filesystem::path(cache) / "neurram";
  }
  const char* user = std::getenv("HOME");
  return (user != nullptr && *user != '\0' ? std::filesystem::path(user) / ".cache"
                                           : std::filesystem::temp_directory_path()) /
         "neurram";
}

mapper::Deployment cached_deployment(const Config& config, const AppFiles& files, bool& fresh,
                                     const std::function<void(int, int)>& progress) {
  fresh = false;
  const std::filesystem::path path = cache_folder() / (cache_key(config, files) + ".deployment");
  if (std::filesystem::exists(path)) {
    try {
      return mapper::load(path.string());
    } catch (const FileError&) {
      std::filesystem::remove(path);  // a damaged copy is only a copy
    }
  }
  fresh = true;
  std::error_code code;
  std::filesystem::create_directories(path.parent_path(), code);
  if (code) {
    throw FileError(path.parent_path().string() + ": the cache of deployments cannot be made: " +
                    code.message() + "; name another folder in XDG_CACHE_HOME");
  }
  compile_to(config, files, path, progress);
  return mapper::load(path.string());
}

mapper::Deployment load_deployment(const Config& config, const std::filesystem::path& path,
                                   const AppFiles& files) {
  mapper::Deployment deployment = mapper::load(path.string());
  expect_deployment(config, deployment, path.string(), files);
  return deployment;
}

void expect_chip(const Config& config, const mapper::Deployment& deployment,
                 const std::string& name) {
  if (const mapper::ChipGeometry chip = geometry_of(config.chip); !(deployment.chip == chip)) {
    throw FileError(name + ": was made for a chip of " + text_of(deployment.chip) +
                    "; this one has " + text_of(chip));
  }
  for (const mapper::Segment& segment : deployment.segments) {
    if (segment.conductance_ps.empty())
      throw FileError(name + ": holds no programmed conductances");
  }
}

void expect_deployment(const Config& config, const mapper::Deployment& deployment,
                       const std::string& name, const AppFiles& files) {
  if (deployment.network_sha256 != config::sha256_file(files.network)) {
    throw FileError(name + ": was compiled from another network than " + files.network.string());
  }
  expect_chip(config, deployment, name);
  if (deployment.seed_device != config.seed.device) {
    throw FileError(name +
                    ": was compiled with seed.device = " + std::to_string(deployment.seed_device) +
                    "; this run has " + std::to_string(config.seed.device));
  }
  if (const auto key = deployment.fingerprints.find("key");
      key != deployment.fingerprints.end() && key->second != deployment_key(config, files)) {
    throw FileError(
        name + ": was compiled with other calibration images or under another configuration; " +
        "compile again, or run with the same --chip, --config and --set");
  }
}

}  // namespace neurram::session
