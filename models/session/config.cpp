#include "models/session/config.h"

#include <algorithm>

#include "models/base/error.h"
#include "models/config/config.h"

namespace neurram::session {

void AppParameters::describe(FieldVisitor& v) {
  constexpr auto kDeployment = Affects::kDeployment;
  v.text({"name", "", "name of the application", Affects::kRun}, name);
  v.text({"title", "", "one line about it", Affects::kRun}, title);
  v.text({"network", "", "ONNX file, relative to the app's folder", kDeployment}, network);
  v.text({"images", "", "IDX file of the images to classify", Affects::kRun}, images);
  v.text({"labels", "", "IDX file of their labels", Affects::kRun}, labels);
  v.text({"calibration_images", "", "IDX file of training images for calibration", kDeployment},
         calibration_images);
  v.number({"pixel_scale", "1", "value of one step of a pixel", kDeployment}, pixel_scale,
           {1e-9, 1e9});
}

void SchemeParameters::describe(FieldVisitor& v) {
  v.choice({"input_scheme", "",
            "ternary: one pulse per bit (Nature 608); bipolar: two, every line driven (the chip "
            "team's demonstrations)",
            Affects::kDeployment},
           input_scheme, {"ternary", "bipolar"});
  v.choice({"conversion", "",
            "binary_search: halving steps (Nature 608); unary: counted steps (the chip team's "
            "demonstrations)",
            Affects::kDeployment},
           conversion, {"binary_search", "unary"});
}

namespace {

/// Seeds, described here because they are the run's, not a core's.
struct SeedFields {
  core::Seeds& seeds;
  void describe(FieldVisitor& v) {
    v.integer({"device", "1", "seed of programming and mismatch", Affects::kDeployment},
              seeds.device, {0, 9.2e18});
    v.integer({"run", "1", "seed of all other noise", Affects::kRun}, seeds.run, {0, 9.2e18});
  }
};

}  // namespace

void Config::describe(FieldVisitor& v) {
  SeedFields seeds{seed};
  v.group("seed", "seeds of every random draw; --seed sets both", seeds);
  v.group("app", "network and data", app);
  v.group("chip", "the NeuRRAM chip", chip);
  v.group("scheme", "how cores are driven and read", scheme);
  v.group("mapper", "how matrices become cells", mapper);
  v.group("calibration", "how each layer's rails and read-out are set", calibration);
  v.group("run", "how the runtime drives the chip", run);
  v.group("digital", "arithmetic beside the chip", digital);
}

std::vector<std::string> app_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(home() / "tb" / "apps")) {
    if (std::filesystem::exists(entry.path() / "app.toml"))
      names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::filesystem::path app_folder(const std::string& name) {
  const std::vector<std::string> known = app_names();
  if (std::find(known.begin(), known.end(), name) != known.end())
    return home() / "tb" / "apps" / name;
  std::string list;
  for (const std::string& app : known) list += (list.empty() ? "" : ", ") + app;
  throw UsageError("there is no app '" + name + "'; known: " + list +
                   " (or give --onnx FILE --data DIR)");
}

Config load_config(const ConfigSources& sources) {
  Config config;
  const std::filesystem::path chip_file = home() / "models" / "chip" / (sources.chip + ".toml");
  config::read_toml_file(
      std::filesystem::exists(chip_file) ? chip_file : std::filesystem::path(sources.chip), config);
  if (!sources.app.empty()) config::read_toml_file(app_folder(sources.app) / "app.toml", config);
  const AppParameters app = config.app;
  for (const auto& file : sources.files) config::read_toml_file(file, config);
  // `neurram config --dump` without an app writes its fields empty: laid over an app, they mean
  // nothing.
  if (config.app.name.empty()) config.app = app;
  for (const std::string& assignment : sources.assignments) config::set_field(config, assignment);
  return config;
}

runtime::OperatingScheme operating_scheme(const Config& config) {
  const neuron::NeuronParameters& n = config.chip.core.neuron;
  runtime::OperatingScheme scheme;
  scheme.input_scheme = config.scheme.input_scheme;
  scheme.conversion = config.scheme.conversion;
  scheme.sigma_comparator_v = n.comparator_noise ? n.sigma_comparator_v : 0.0;
  scheme.sample_gain = n.sample_gain();
  scheme.v_clip_v = n.v_clip_v;
  scheme.v_virtual_ground_v = n.v_virtual_ground_v;
  scheme.two_phase_above = config.chip.core.two_phase_above;
  return scheme;
}

}  // namespace neurram::session
