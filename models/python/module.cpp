#include <Python.h>

#include "models/base/error.h"
#include "models/python/bindings.h"

namespace neurram::python {
namespace {

namespace py = pybind11;

/// Exceptions of Python for those of base/error.h, with the same sentences.
void bind_errors(py::module_& m) {
  static py::exception<Error> error(m, "Error");
  static py::exception<ConfigError> config_error(m, "ConfigError", error.ptr());
  static py::exception<FileError> file_error(m, "FileError", error.ptr());
  static py::exception<NetworkError> network_error(m, "NetworkError", error.ptr());
  static py::exception<UsageError> usage_error(m, "UsageError", error.ptr());
  error.doc() =
      "A mistake, or the world around the program: one sentence that says what and where.";
  config_error.doc() =
      "A configuration field that is unknown, of the wrong type or out of its range.";
  file_error.doc() =
      "A file that is missing, cut short, damaged, of another kind, or cannot be written.";
  network_error.doc() = "A network that the mapper cannot read or the chip cannot hold.";
  usage_error.doc() = "A request that cannot be carried out.";
  py::register_exception_translator([](std::exception_ptr thrown) {
    try {
      if (thrown) std::rethrow_exception(thrown);
    } catch (const ConfigError& e) {
      config_error(e.what());
    } catch (const FileError& e) {
      file_error(e.what());
    } catch (const NetworkError& e) {
      network_error(e.what());
    } catch (const UsageError& e) {
      usage_error(e.what());
    } catch (const Error& e) {
      error(e.what());
    } catch (const Interrupted&) {
      PyErr_SetNone(PyExc_KeyboardInterrupt);
    }
  });
}

}  // namespace

void check_signals() {
  const py::gil_scoped_acquire gil;
  if (PyErr_CheckSignals() != 0) throw py::error_already_set();
}

}  // namespace neurram::python

PYBIND11_MODULE(_neurram, m) {
  m.doc() = "NeuRRAM-VP: a virtual platform of the NeuRRAM compute-in-memory chip.";
  m.attr("__version__") = NEURRAM_VERSION;
  neurram::python::bind_errors(m);
  neurram::python::bind_config(m);
  neurram::python::bind_chip(m);
  neurram::python::bind_deployment(m);
  neurram::python::bind_run(m);
  neurram::python::bind_layers(m);
}
