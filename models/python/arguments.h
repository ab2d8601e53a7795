#pragma once

#include <string>
#include <vector>

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

/// Arguments from Python: checked, or an exception that names argument, value and what was
/// expected.
namespace neurram::python {

namespace py = pybind11;

/// Throws ValueError "argument value: expected what".
[[noreturn]] void fail_value(const std::string& argument, const std::string& value,
                             const std::string& expected);
/// Throws TypeError, the same.
[[noreturn]] void fail_type(const std::string& argument, const std::string& value,
                            const std::string& expected);

/// `value` if it lies in [low, high], or IndexError.
int index_in(const char* argument, py::ssize_t value, int low, int high);
/// The same, or ValueError.
std::int64_t number_in(const char* argument, std::int64_t value, std::int64_t low,
                       std::int64_t high);

/// "(256, 64)"
[[nodiscard]] std::string shape_of(const py::array& array);
[[nodiscard]] std::string dtype_of(const py::array& array);

/// Conductances in siemens as picosiemens: two dimensions, numbers, none of them NaN, none below 0
/// or above `most_s`.
struct Cells {
  int rows;
  int columns;
  std::vector<std::uint32_t> ps;
};
[[nodiscard]] Cells conductances(const char* argument, const py::object& object, double most_s);

/// Lines of an array of `count`: None (all), a slice, a mask of booleans, or ascending indices.
[[nodiscard]] std::vector<int> lines(const char* argument, const py::object& object, int count);

/// Input codes: [vectors x inputs], int8 or uint8, all in [low, high].
[[nodiscard]] py::array codes(const char* argument, const py::object& object, std::uint32_t inputs,
                              int low, int high);

/// An array on memory that `owner` keeps, without a copy.
template <class T>
py::array view(const T* data, std::vector<py::ssize_t> shape, const py::object& owner,
               bool writable) {
  py::array array(py::dtype::of<T>(), std::move(shape), data, owner);
  if (!writable) array.attr("setflags")(py::arg("write") = false);
  return array;
}

}  // namespace neurram::python
