#include <array>
#include <memory>

#include <pybind11/stl.h>

#include "models/python/arguments.h"
#include "models/python/bindings.h"
#include "models/python/chip_handle.h"
#include "models/session/bench_layers.h"
#include "models/session/conversion.h"

/// What neurram.torch stands on; it checks its users' arguments itself.
namespace neurram::python {
namespace {

using session::BenchLayers;
using session::LayerSpec;
using Floats = py::array_t<float, py::array::c_style | py::array::forcecast>;
using Pair = std::array<int, 2>;

constexpr float kPicosiemens = 1e-12f;

LayerSpec spec_of(const std::string& name, const std::array<int, 3>& input, const Pair& kernel,
                  const Pair& stride, const Pair& padding, double scale, int bits, bool is_signed,
                  const Floats& weights, const Floats& bias) {
  if (weights.ndim() != 2 || bias.ndim() != 1 || bias.size() != weights.shape(1)) {
    fail_value("weights", "shape " + shape_of(weights) + " with a bias of " + shape_of(bias),
               "[rows, columns] and [columns]");
  }
  LayerSpec spec;
  spec.name = name;
  spec.input = {input[0], input[1], input[2]};
  spec.window = {kernel[0],  kernel[1],  stride[0],  stride[1],
                 padding[0], padding[1], padding[0], padding[1]};
  spec.quantizer = {scale, bits, is_signed};
  spec.matrix.rows = static_cast<int>(weights.shape(0));
  spec.matrix.columns = static_cast<int>(weights.shape(1));
  spec.matrix.weights.assign(weights.data(), weights.data() + weights.size());
  spec.matrix.bias.assign(bias.data(), bias.data() + bias.size());
  return spec;
}

std::vector<py::ssize_t> shape_with(py::ssize_t images, const mapper::Shape& shape) {
  return {images, shape.height, shape.width, shape.channels};
}

std::size_t layer_in(const BenchLayers& layers, int layer) {
  return static_cast<std::size_t>(
      index_in("layer", layer, 0, static_cast<int>(layers.layers()) - 1));
}

std::size_t images_in(const BenchLayers& layers, std::size_t layer, const Floats& x) {
  const py::ssize_t images = x.ndim() == 4 ? x.shape(0) : 0;
  const std::vector<py::ssize_t> wanted = shape_with(images, layers.input(layer).shape);
  if (images < 1 || !std::equal(wanted.begin(), wanted.end(), x.shape()))
    fail_value("x", "shape " + shape_of(x), "[images, height, width, channels] of the layer");
  return static_cast<std::size_t>(images);
}

py::array run(BenchLayers& layers, int index, const Floats& x, std::uint64_t first_image,
              bool calibration) {
  const std::size_t layer = layer_in(layers, index);
  const std::size_t images = images_in(layers, layer, x);
  py::array_t<float> results(
      shape_with(static_cast<py::ssize_t>(images), layers.output(layer).shape));
  const float* from = x.data();
  float* to = results.mutable_data();
  const py::gil_scoped_release release;
  layers.run(layer, from, images, first_image, calibration, to);
  return std::move(results);
}

void calibrate(BenchLayers& layers, int index, const Floats& x) {
  const std::size_t layer = layer_in(layers, index);
  const std::size_t images = images_in(layers, layer, x);
  const float* from = x.data();
  const py::gil_scoped_release release;
  layers.calibrate(layer, from, images);
}

py::list segments(const session::Config& config, const LayerSpec& spec) {
  py::list all;
  for (const mapper::Segment& s : session::segments_of(config, spec)) {
    py::array_t<float> targets({s.logical_rows(), 2, s.columns});
    std::transform(s.target_ps.begin(), s.target_ps.end(), targets.mutable_data(),
                   [](std::uint32_t ps) { return kPicosiemens * static_cast<float>(ps); });
    py::dict segment;
    segment["first_row"] = s.first_row;
    segment["rows"] = s.rows;
    segment["first_column"] = s.first_column;
    segment["columns"] = s.columns;
    segment["w_max"] = s.w_max;
    segment["targets_siemens"] = std::move(targets);
    all.append(std::move(segment));
  }
  return all;
}

py::dict conversion(const session::Config& config, int input_bits, bool is_signed, double swing) {
  const session::Conversion c = session::conversion_of(config, input_bits, is_signed, swing);
  py::dict all;
  all["largest_count"] = c.largest_count;
  all["pulse_multiplier"] = c.pulse_multiplier;
  all["code_gain"] = c.code_gain;
  all["noise_floor"] = c.noise_floor;
  all["read_noise_siemens2"] = c.read_noise_s2;
  return all;
}

}  // namespace

void bind_layers(py::module_& m) {
  py::class_<LayerSpec>(m, "_LayerSpec")
      .def(py::init(&spec_of), py::kw_only(), py::arg("name"), py::arg("input"), py::arg("kernel"),
           py::arg("stride"), py::arg("padding"), py::arg("scale"), py::arg("bits"),
           py::arg("signed"), py::arg("weights"), py::arg("bias"));
  py::class_<BenchLayers>(m, "_Layers")
      .def(py::init([](const ChipHandle& chip, const std::vector<LayerSpec>& specs) {
             return std::make_unique<BenchLayers>(chip.chip, specs);
           }),
           py::arg("chip"), py::arg("specs"), py::call_guard<py::gil_scoped_release>())
      .def("set", &BenchLayers::set, py::arg("specs"), py::call_guard<py::gil_scoped_release>())
      .def("program", &BenchLayers::program, py::call_guard<py::gil_scoped_release>())
      .def("calibrate", &calibrate, py::arg("layer"), py::arg("x"))
      .def("run", &run, py::arg("layer"), py::arg("x"), py::arg("first_image"),
           py::arg("calibration"))
      .def("deployment", [](const BenchLayers& layers) {
        return std::make_shared<mapper::Deployment>(layers.deployment());
      });
  m.def("_segments", &segments, py::arg("config"), py::arg("spec"));
  m.def("_conversion", &conversion, py::arg("config"), py::arg("input_bits"), py::arg("signed"),
        py::arg("swing"));
}

}  // namespace neurram::python
