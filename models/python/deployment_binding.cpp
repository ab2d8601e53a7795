#include <memory>
#include <optional>

#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>

#include "models/base/error.h"
#include "models/mapper/deployment.h"
#include "models/python/arguments.h"
#include "models/python/bindings.h"
#include "models/python/chip_handle.h"
#include "models/session/compile.h"
#include "models/session/kernel.h"

namespace neurram::python {
namespace {

using Shared = std::shared_ptr<mapper::Deployment>;
using Path = std::filesystem::path;

/// Part of a deployment, which it keeps alive.
struct SegmentOf {
  Shared deployment;
  std::size_t index;
  [[nodiscard]] mapper::Segment& get() const { return deployment->segments[index]; }
};
struct OperationOf {
  Shared deployment;
  std::size_t index;
  [[nodiscard]] mapper::Operation& get() const { return deployment->operations[index]; }
};

py::capsule keep(const Shared& deployment) {
  return py::capsule(new Shared(deployment), [](void* p) { delete static_cast<Shared*>(p); });
}

py::array cells_of(const SegmentOf& s, std::vector<std::uint32_t>& cells, bool writable) {
  if (cells.empty()) throw Error("the deployment holds no programmed conductances: compile it");
  return view(cells.data(), {s.get().physical_rows(), s.get().columns}, keep(s.deployment),
              writable);
}

py::array column_of(const OperationOf& o, std::vector<double>& values) {
  if (values.empty()) throw Error("the operation is not calibrated: compile the deployment");
  return view(values.data(), {static_cast<py::ssize_t>(values.size())}, keep(o.deployment), true);
}

session::AppFiles files_of(const session::Config& config, const std::optional<Path>& network,
                           const std::optional<Path>& folder) {
  if (network.has_value() != folder.has_value())
    throw UsageError(network ? "network needs data, the folder with its data"
                             : "data needs network, an ONNX file");
  if (network) return session::user_files(*network, *folder);
  if (config.app.name.empty())
    throw UsageError(
        "the configuration names no app: Config.load(app=…), or give network and data");
  return session::app_files(config);
}

Shared compile(const session::Config& config, const std::optional<Path>& network,
               const std::optional<Path>& folder, const py::object& progress) {
  bool fresh = false;
  const std::function<void(int, int)> show = [&progress](int done, int total) {
    const py::gil_scoped_acquire gil;
    if (!progress.is_none()) progress(done, total);
  };
  const py::gil_scoped_release release;
  const session::Kernel::Still still;
  return std::make_shared<mapper::Deployment>(
      session::cached_deployment(config, files_of(config, network, folder), fresh, show));
}

Shared read(const Path& path) {
  const py::gil_scoped_release release;
  return std::make_shared<mapper::Deployment>(mapper::load(path.string()));
}

std::vector<int> lines_of(const mapper::LineMask& mask) {
  return mask.lines();
}

py::dict setup_of(const mapper::Deployment& d) {
  py::dict setup;
  setup["energy_fj"] = d.setup.energy_fj;
  setup["time_ps"] = d.setup.time_ps;
  setup["wall_s"] = d.setup.wall_s;
  setup["failed_cells"] = d.setup.failed_cells;
  return setup;
}

void bind_parts(py::module_& m) {
  py::class_<SegmentOf>(m, "Segment", "The cells of one core that hold a piece of a matrix.")
      .def_property_readonly("core", [](const SegmentOf& s) { return s.get().core; })
      .def_property_readonly("matrix", [](const SegmentOf& s) { return s.get().matrix; })
      .def_property_readonly(
          "rows", [](const SegmentOf& s) { return lines_of(s.get().row_mask); },
          "Rows of the core, in the order of the arrays.")
      .def_property_readonly(
          "columns", [](const SegmentOf& s) { return lines_of(s.get().column_mask); },
          "Columns of the core, in the order of the arrays.")
      .def_property_readonly(
          "w_max", [](const SegmentOf& s) { return s.get().w_max; },
          "Weight that g_max stands for.")
      .def_property_readonly(
          "targets_ps", [](const SegmentOf& s) { return cells_of(s, s.get().target_ps, false); },
          "Targets [rows, columns], uint32, picosiemens; a read-only view. Rows come in pairs, "
          "the\n"
          "positive cell first.")
      .def_property_readonly(
          "conductances_ps",
          [](const SegmentOf& s) { return cells_of(s, s.get().conductance_ps, true); },
          "What the cells became [rows, columns], uint32, picosiemens; a view that writes "
          "through.\n"
          "Error: not compiled.");
  py::class_<OperationOf>(m, "Operation", "One layer's use of one segment: a slot of its core.")
      .def_property_readonly(
          "layer",
          [](const OperationOf& o) {
            return o.deployment->graph.nodes[static_cast<std::size_t>(o.get().node)].name;
          })
      .def_property_readonly(
          "segment", [](const OperationOf& o) { return o.get().segment; },
          "Index in Deployment.segments.")
      .def_property_readonly("slot", [](const OperationOf& o) { return o.get().slot; })
      .def_property_readonly(
          "group", [](const OperationOf& o) { return o.get().group; },
          "Operations of one group start together.")
      .def_property_readonly("input_bits", [](const OperationOf& o) { return o.get().input_bits; })
      .def_property_readonly("signed", [](const OperationOf& o) { return o.get().input_signed; })
      .def_property_readonly("output_bits",
                             [](const OperationOf& o) { return o.get().output_bits; })
      .def_property_readonly("pulse_multiplier",
                             [](const OperationOf& o) { return o.get().pulse_multiplier; })
      .def_property_readonly("rail_set", [](const OperationOf& o) { return o.get().rail_set; })
      .def_property_readonly(
          "slope", [](const OperationOf& o) { return column_of(o, o.get().slope); },
          "Calibration [columns], float64: code = slope * expected + intercept; a view that "
          "writes\n"
          "through. Error: not calibrated.")
      .def_property_readonly(
          "intercept", [](const OperationOf& o) { return column_of(o, o.get().intercept); },
          "Calibration [columns], float64; a view that writes through.");
}

}  // namespace

void bind_deployment(py::module_& m) {
  bind_parts(m);
  py::class_<mapper::Deployment, Shared>(
      m, "Deployment", "A network on a chip: cells, rails, slots, calibration. One SQLite file.")
      .def_static(
          "compile", &compile, py::arg("config"), py::arg("network") = py::none(),
          py::arg("data") = py::none(), py::arg("progress") = py::none(),
          "Maps, programs and calibrates the app that `config` names, or `network` (ONNX) on the\n"
          "data of folder `data`; from the cache where it was done before. `progress(layers\n"
          "done, layers)` is called. NetworkError, FileError, ConfigError; Ctrl-C stops it.")
      .def_static("read", &read, py::arg("path"),
                  "Reads a file that `save` or `neurram compile` wrote. FileError.")
      .def(
          "save",
          [](const mapper::Deployment& d, const Path& path) { mapper::save(d, path.string()); },
          py::arg("path"), "Writes the file, or leaves what was there. FileError.")
      .def(
          "copy",
          [](const mapper::Deployment& d) { return std::make_shared<mapper::Deployment>(d); },
          "A deployment of its own, to change without this one.")
      .def_property_readonly("network", [](const mapper::Deployment& d) { return d.network_name; })
      .def_property_readonly(
          "seed", [](const mapper::Deployment& d) { return d.seed_device; },
          "seed.device of the chip that it was made on.")
      .def_property_readonly("setup", &setup_of,
                             "What programming and calibration cost: energy_fj, time_ps, wall_s,\n"
                             "failed_cells.")
      .def_property_readonly("layers",
                             [](const mapper::Deployment& d) {
                               std::vector<std::string> names;
                               for (const mapper::Node& node : d.graph.nodes)
                                 names.push_back(node.name);
                               return names;
                             })
      .def_property_readonly("segments",
                             [](const Shared& d) {
                               std::vector<SegmentOf> parts;
                               for (std::size_t i = 0; i < d->segments.size(); ++i)
                                 parts.push_back({d, i});
                               return parts;
                             })
      .def_property_readonly("operations",
                             [](const Shared& d) {
                               std::vector<OperationOf> parts;
                               for (std::size_t i = 0; i < d->operations.size(); ++i)
                                 parts.push_back({d, i});
                               return parts;
                             })
      .def("_check",
           [](const mapper::Deployment& d, const session::Config& config,
              const std::optional<Path>& network, const std::optional<Path>& folder) {
             session::expect_deployment(config, d, "deployment of '" + d.network_name + "'",
                                        files_of(config, network, folder));
           })
      .def(
          "_load_on",
          [](const mapper::Deployment& d, const ChipHandle& h) {
            session::expect_chip(h.chip->config(), d, "deployment of '" + d.network_name + "'");
            h.chip->load(d);
          },
          py::call_guard<py::gil_scoped_release>());
}

}  // namespace neurram::python
