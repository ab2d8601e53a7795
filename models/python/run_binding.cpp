#include <chrono>
#include <optional>

#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>
#include <nlohmann/json.hpp>

#include "models/base/error.h"
#include "models/python/arguments.h"
#include "models/python/bindings.h"
#include "models/session/compile.h"
#include "models/session/idx.h"
#include "models/session/kernel.h"
#include "models/session/run_results.h"
#include "models/session/session.h"

namespace neurram::python {
namespace {

/// Images and, where there are any, their labels.
struct Data {
  runtime::Images images;
  std::optional<std::vector<std::uint8_t>> labels;
};

void expect_labels(const Data& data, const std::string& name) {
  if (data.labels && data.labels->size() != data.images.count) {
    throw FileError(name + ": holds " + std::to_string(data.labels->size()) + " labels for " +
                    std::to_string(data.images.count) + " images");
  }
}

Data data_of_files(const session::Config& config, const session::AppFiles& files) {
  Data data{session::read_idx_images(files.images, config.app.pixel_scale), {}};
  if (!files.labels.empty()) data.labels = session::read_idx_labels(files.labels);
  expect_labels(data, files.labels.string());
  return data;
}

Data data_of_arrays(const py::object& object, const py::object& labels, double scale) {
  const char* expected =
      "uint8 pixels [images, height, width] or [images, height, width, channels]";
  const py::array given = py::array::ensure(object);
  if (!given) {
    PyErr_Clear();
    fail_type("images", "no array", expected);
  }
  if (given.dtype().kind() != 'u' || given.itemsize() != 1)
    fail_type("images", "dtype " + dtype_of(given), expected);
  if (given.ndim() < 3 || given.ndim() > 4 || given.size() == 0)
    fail_value("images", "shape " + shape_of(given), expected);
  const auto pixels = py::array_t<std::uint8_t, py::array::c_style>::ensure(given);
  Data data;
  data.images.shape.height = static_cast<int>(pixels.shape(1));
  data.images.shape.width = static_cast<int>(pixels.shape(2));
  data.images.shape.channels = pixels.ndim() == 4 ? static_cast<int>(pixels.shape(3)) : 1;
  data.images.count = static_cast<std::size_t>(pixels.shape(0));
  data.images.scale = scale;
  data.images.pixels.assign(pixels.data(), pixels.data() + pixels.size());
  if (labels.is_none()) return data;
  const py::array given_labels = py::array::ensure(labels);
  if (!given_labels || (given_labels.dtype().kind() != 'u' && given_labels.dtype().kind() != 'i'))
    fail_type("labels", given_labels ? "dtype " + dtype_of(given_labels) : "no array",
              "whole numbers [images]");
  if (given_labels.ndim() != 1 || given_labels.shape(0) != pixels.shape(0))
    fail_value("labels", "shape " + shape_of(given_labels),
               "(" + std::to_string(pixels.shape(0)) + ",), one for each image");
  const auto numbers =
      py::array_t<std::int64_t, py::array::c_style | py::array::forcecast>::ensure(given_labels);
  data.labels.emplace();
  constexpr int kMostLabel = 255;
  for (py::ssize_t i = 0; i < numbers.size(); ++i) {
    data.labels->push_back(
        static_cast<std::uint8_t>(number_in("labels", numbers.data()[i], 0, kMostLabel)));
  }
  return data;
}

py::array pixels_of(const py::object& self) {
  const Data& data = self.cast<const Data&>();
  const mapper::Shape& shape = data.images.shape;
  return view(
      data.images.pixels.data(),
      {static_cast<py::ssize_t>(data.images.count), shape.height, shape.width, shape.channels},
      self, false);
}

py::object labels_of(const py::object& self) {
  const Data& data = self.cast<const Data&>();
  if (!data.labels) return py::none();
  return view(data.labels->data(), {static_cast<py::ssize_t>(data.labels->size())}, self, false);
}

/// A vector's memory as an array that owns it.
template <class T>
py::array give(std::vector<T>&& values, std::vector<py::ssize_t> shape) {
  auto* keeper = new std::vector<T>(std::move(values));
  const py::capsule owner(keeper, [](void* p) { delete static_cast<std::vector<T>*>(p); });
  return view(keeper->data(), std::move(shape), owner, true);
}

/// Where a run's folder goes; no path: nowhere.
struct Folder {
  std::filesystem::path path;
  bool replace = false;
  std::size_t traced_images = 0;
};

/// What the request came to, and its summary as JSON; the folder is written, where there is one.
std::string run_images(const session::RunRequest& request, const Folder& place,
                       session::RunResult& result) {
  const auto start = std::chrono::steady_clock::now();
  std::optional<session::RunFolder> folder;
  if (!place.path.empty()) folder.emplace(place.path, place.replace);
  {
    const session::Kernel::Still still;
    result = session::run_shards(request);
  }
  if (!result.complete && !folder) throw Interrupted();
  const double wall_s =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const session::Summary summary = session::summarize(request, result, wall_s);
  if (folder) session::keep_results(*folder, request, result, summary, place.traced_images);
  if (!result.complete) throw Interrupted();
  return session::to_json(summary).dump();
}

py::dict run(session::Config config, const std::shared_ptr<mapper::Deployment>& deployment,
             const Data& data, py::object count, int jobs, const py::object& progress,
             const std::filesystem::path& out, bool force, const py::object& traced_images) {
  if (!count.is_none()) {
    config.run.images = static_cast<int>(number_in("images", count.cast<std::int64_t>(), 1,
                                                   static_cast<std::int64_t>(data.images.count)));
  }
  const auto shape_text = [](const std::string& images, const mapper::Shape& shape) {
    return "(" + images + ", " + std::to_string(shape.height) + ", " + std::to_string(shape.width) +
           ", " + std::to_string(shape.channels) + ")";
  };
  if (const mapper::Shape& input = deployment->graph.nodes.front().shape;
      !(data.images.shape == input)) {
    fail_value("images",
               "shape " + shape_text(std::to_string(data.images.count), data.images.shape),
               shape_text("images", input) + ", the input of '" + deployment->network_name + "'");
  }
  const auto wanted = static_cast<std::size_t>(config.run.images);
  session::RunRequest request;
  request.config = &config;
  request.deployment = deployment.get();
  request.images = &data.images;
  request.labels = data.labels ? &*data.labels : nullptr;
  request.count = wanted == 0 ? data.images.count : wanted;
  if (request.count > data.images.count) {
    throw UsageError("run.images = " + std::to_string(wanted) + ": the data hold " +
                     std::to_string(data.images.count));
  }
  request.jobs = jobs;
  if (!progress.is_none()) {
    request.progress = [&](std::size_t images, std::size_t correct) {
      const py::gil_scoped_acquire gil;
      progress(images, correct);
    };
  }
  Folder folder{out, force, 0};
  if (const auto images = number_in("trace_images", traced_images.cast<std::int64_t>(), 0,
                                    static_cast<std::int64_t>(data.images.count));
      images > 0) {
    if (out.empty()) fail_value("trace_images", std::to_string(images), "out, where the waves go");
    folder.traced_images = static_cast<std::size_t>(images);
  }
  session::RunResult result;
  std::string summary;
  {
    const py::gil_scoped_release release;
    summary = run_images(request, folder, result);
  }
  py::dict answer;
  answer["summary"] = summary;
  answer["columns"] = columns_of(result.records);
  answer["layers"] = session::Session::layer_names(deployment->graph);
  const auto images = static_cast<py::ssize_t>(request.count);
  const auto outputs = static_cast<py::ssize_t>(deployment->graph.nodes.back().shape.size());
  answer["outputs"] = give(std::move(result.outputs), {images, outputs});
  return answer;
}

}  // namespace

py::dict columns_of(const std::vector<ledger::Record>& records) {
  py::dict columns;
  const auto size = static_cast<py::ssize_t>(records.size());
  const auto add = [&](const std::string& name, const auto& value) {
    py::array_t<std::int64_t> column(size);
    std::int64_t* out = column.mutable_data();
    for (const ledger::Record& record : records) *out++ = value(record);
    columns[py::str(name)] = column;
  };
  using ledger::Record;
  add("id", [](const Record& r) { return r.id; });
  add("kind", [](const Record& r) { return static_cast<std::int64_t>(r.kind); });
  add("core", [](const Record& r) { return std::int64_t{r.core}; });
  add("group_start", [](const Record& r) { return std::int64_t{r.group}; });
  add("layer", [](const Record& r) { return std::int64_t{r.layer}; });
  add("vectors", [](const Record& r) { return r.vectors; });
  add("start", [](const Record& r) { return r.start_ps; });
  add("end", [](const Record& r) { return r.end_ps; });
  add("cycles", [](const Record& r) { return r.cycles; });
  add("operation_id", [](const Record& r) { return r.operation_id; });
  for (std::size_t c = 0; c < ledger::kComponents; ++c) {
    add("energy_" + std::string(name(static_cast<ledger::Component>(c))),
        [c](const Record& r) { return r.cost.energy[c].value; });
  }
  for (std::size_t p = 0; p < ledger::kPhases; ++p) {
    add("time_" + std::string(name(static_cast<ledger::Phase>(p))),
        [p](const Record& r) { return r.cost.time[p].value; });
  }
  return columns;
}

void bind_run(py::module_& m) {
  py::class_<Data>(m, "Data", "Images, and labels where there are any.")
      .def_static(
          "of_app",
          [](const session::Config& config) {
            return data_of_files(config, session::app_files(config));
          },
          py::arg("config"), "The data of the application that `config` names.")
      .def_static(
          "of_folder",
          [](const session::Config& config, const std::filesystem::path& network,
             const std::filesystem::path& folder) {
            return data_of_files(config, session::user_files(network, folder));
          },
          py::arg("config"), py::arg("network"), py::arg("folder"),
          "IDX files of a folder, named as MNIST's are.")
      .def_static(
          "of_arrays", &data_of_arrays, py::arg("images"), py::arg("labels") = py::none(),
          py::arg("scale") = 1.0 / 255,
          "uint8 pixels [images, height, width] or [..., channels]; a pixel stands for pixel *\n"
          "scale.")
      .def_property_readonly("images", &pixels_of,
                             "Pixels [images, height, width, channels], uint8, without a copy.")
      .def_property_readonly("labels", &labels_of, "Labels [images], uint8, or None.")
      .def("__len__", [](const Data& d) { return d.images.count; });
  std::vector<std::string> kinds;
  for (std::size_t k = 0; k < ledger::kKinds; ++k)
    kinds.emplace_back(name(static_cast<ledger::Kind>(k)));
  m.attr("_KINDS") = kinds;
  m.def("_run", &run, py::arg("config"), py::arg("deployment"), py::arg("data"), py::arg("count"),
        py::arg("jobs"), py::arg("progress"), py::arg("out"), py::arg("force"),
        py::arg("trace_images"));
}

}  // namespace neurram::python
