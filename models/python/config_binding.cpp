#include <sstream>

#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>
#include <nlohmann/json.hpp>

#include "models/config/config.h"
#include "models/python/bindings.h"

namespace neurram::python {
namespace {

namespace py = pybind11;
using session::Config;

std::string toml_of(const Config& config, bool comments) {
  Config copy = config;
  std::ostringstream text;
  config::dump_toml(copy, text, comments);
  return text.str();
}

/// All fields as JSON, which Python reads with its own parser.
std::string fields_of(const Config& config) {
  Config copy = config;
  return config::dump_json(copy).dump();
}

}  // namespace

void bind_config(py::module_& m) {
  py::class_<Config>(
      m, "Config",
      "Everything that a chip and a run depend on: the fields of `neurram config --dump`.")
      .def(py::init<const Config&>(), py::arg("other"))
      .def_static("_load",
                  [](const std::string& chip, const std::string& app,
                     const std::vector<std::filesystem::path>& files,
                     const std::vector<std::string>& assignments) {
                    return session::load_config({chip, app, files, assignments});
                  })
      .def("_with",
           [](const Config& config, const std::vector<std::string>& assignments) {
             Config changed = config;
             for (const std::string& a : assignments) config::set_field(changed, a);
             return changed;
           })
      .def("_fields", &fields_of)
      .def("to_toml", &toml_of, py::arg("comments") = true,
           "All fields as TOML, which Config.load(files=[…]) reads back to the same values.")
      .def_property_readonly(
          "fingerprint",
          [](const Config& config) {
            Config copy = config;
            return config::fingerprint(copy);
          },
          "SHA-256 over all fields, as `config_sha256` in a summary.")
      .def_property_readonly(
          "read_noise_siemens",
          [](const Config& config) { return config.chip.core.device.sigma_read_s(); },
          "Standard deviation of one cell's read noise in one word-line pulse, in siemens.")
      .def_property_readonly(
          "app", [](const Config& config) { return config.app.name; },
          "Name of the application, or \"\".");
  m.def("app_names", &session::app_names, "Applications that ship.");
  m.def("home", &session::home, "Folder with `tb/apps` and `models/chip`.");
}

}  // namespace neurram::python
