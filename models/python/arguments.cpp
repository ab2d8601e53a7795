#include "models/python/arguments.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>

namespace neurram::python {
namespace {

constexpr double kPicosiemens = 1e-12;

std::string text_of(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

std::string place(const char* argument, py::ssize_t row, py::ssize_t column) {
  return std::string(argument) + "[" + std::to_string(row) + ", " + std::to_string(column) + "]";
}

std::string type_of(const py::object& object) {
  return py::str(py::type::of(object).attr("__name__"));
}

/// The object as an array; TypeError where NumPy makes none of it, or one of objects.
py::array array_of(const char* argument, const py::object& object, const char* expected) {
  py::array array = py::array::ensure(object);
  if (!array) {
    PyErr_Clear();
    fail_type(argument, "of type " + type_of(object), expected);
  }
  return array;
}

template <class T>
void check_codes(const char* argument, const py::array& array, int low, int high) {
  const auto* data = static_cast<const T*>(array.data());
  const auto size = static_cast<std::size_t>(array.size());
  int least = 0;
  int most = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const int code = data[i];
    least = code < least ? code : least;
    most = code > most ? code : most;
  }
  if (least >= low && most <= high) return;
  for (std::size_t i = 0; i < size; ++i) {
    if (data[i] >= low && data[i] <= high) continue;
    const auto at = static_cast<py::ssize_t>(i);
    fail_value(place(argument, at / array.shape(1), at % array.shape(1)), std::to_string(data[i]),
               "codes from " + std::to_string(low) + " to " + std::to_string(high));
  }
}

}  // namespace

void fail_value(const std::string& argument, const std::string& value,
                const std::string& expected) {
  throw py::value_error(argument + ": " + value + "; expected " + expected);
}

void fail_type(const std::string& argument, const std::string& value, const std::string& expected) {
  throw py::type_error(argument + ": " + value + "; expected " + expected);
}

int index_in(const char* argument, py::ssize_t value, int low, int high) {
  if (value < low || value > high) {
    throw py::index_error(std::string(argument) + ": " + std::to_string(value) + "; expected " +
                          std::to_string(low) + " to " + std::to_string(high));
  }
  return static_cast<int>(value);
}

std::int64_t number_in(const char* argument, std::int64_t value, std::int64_t low,
                       std::int64_t high) {
  if (value < low || value > high)
    fail_value(argument, std::to_string(value),
               std::to_string(low) + " to " + std::to_string(high));
  return value;
}

std::string shape_of(const py::array& array) {
  return py::str(array.attr("shape"));
}

std::string dtype_of(const py::array& array) {
  return py::str(array.dtype());
}

Cells conductances(const char* argument, const py::object& object, double most_s) {
  const char* expected = "an array of real numbers [rows, columns], in siemens";
  const py::array array = array_of(argument, object, expected);
  if (array.dtype().kind() != 'f' && array.dtype().kind() != 'i' && array.dtype().kind() != 'u')
    fail_type(argument, "dtype " + dtype_of(array), expected);
  if (array.ndim() != 2 || array.size() == 0)
    fail_value(argument, "shape " + shape_of(array), "two dimensions [rows, columns], not empty");
  const auto numbers = py::array_t<double, py::array::c_style | py::array::forcecast>(array);
  constexpr py::ssize_t kMostLines = 1 << 16;
  if (array.shape(0) > kMostLines || array.shape(1) > kMostLines)
    fail_value(argument, "shape " + shape_of(array), "no more rows and columns than the core has");
  Cells cells{static_cast<int>(array.shape(0)), static_cast<int>(array.shape(1)), {}};
  cells.ps.resize(static_cast<std::size_t>(array.size()));
  for (std::size_t i = 0; i < cells.ps.size(); ++i) {
    const double g_s = numbers.data()[i];
    // What rounds to the limit is the limit.
    if (!(g_s >= 0 && g_s <= most_s * (1 + 1e-9))) {
      const auto at = static_cast<py::ssize_t>(i);
      fail_value(place(argument, at / cells.columns, at % cells.columns), text_of(g_s),
                 "siemens from 0 to " + text_of(most_s));
    }
    cells.ps[i] = static_cast<std::uint32_t>(std::llround(g_s / kPicosiemens));
  }
  return cells;
}

std::vector<int> lines(const char* argument, const py::object& object, int count) {
  std::vector<int> all;
  if (object.is_none() || py::isinstance<py::slice>(object)) {
    py::ssize_t start = 0;
    py::ssize_t stop = count;
    py::ssize_t step = 1;
    py::ssize_t length = count;
    if (!object.is_none() &&
        !py::reinterpret_borrow<py::slice>(object).compute(count, &start, &stop, &step, &length))
      throw py::error_already_set();
    for (py::ssize_t i = 0; i < length; ++i) all.push_back(static_cast<int>(start + i * step));
  } else {
    const char* expected = "None, a slice, a mask of booleans or ascending whole numbers";
    const py::array array = array_of(argument, object, expected);
    const char kind = array.dtype().kind();
    if (array.ndim() != 1 || (array.size() > 0 && kind != 'b' && kind != 'i' && kind != 'u')) {
      fail_type(argument, "dtype " + dtype_of(array) + " of shape " + shape_of(array), expected);
    }
    const auto numbers =
        py::array_t<std::int64_t, py::array::c_style | py::array::forcecast>(array);
    if (kind == 'b' && array.size() != count)
      fail_value(argument, "a mask of " + std::to_string(array.size()),
                 "one boolean for each of " + std::to_string(count) + " lines");
    for (py::ssize_t i = 0; i < array.size(); ++i) {
      const std::int64_t number = numbers.data()[i];
      if (kind == 'b') {
        if (number != 0) all.push_back(static_cast<int>(i));
        continue;
      }
      if (number < 0 || number >= count)
        fail_value(argument, "line " + std::to_string(number),
                   "lines from 0 to " + std::to_string(count - 1));
      all.push_back(static_cast<int>(number));
    }
  }
  if (all.empty()) fail_value(argument, "no line", "at least one");
  for (std::size_t i = 1; i < all.size(); ++i) {
    if (all[i] <= all[i - 1])
      fail_value(argument,
                 "line " + std::to_string(all[i]) + " after line " + std::to_string(all[i - 1]),
                 "ascending lines: codes are packed in their order");
  }
  return all;
}

py::array codes(const char* argument, const py::object& object, std::uint32_t inputs, int low,
                int high) {
  const char* expected = "an array of int8 or uint8 codes [vectors, inputs]";
  py::array array = array_of(argument, object, expected);
  const bool is_signed = array.dtype().is(py::dtype::of<std::int8_t>()) ||
                         (array.dtype().kind() == 'i' && array.itemsize() == 1);
  const bool is_unsigned = array.dtype().kind() == 'u' && array.itemsize() == 1;
  if (!is_signed && !is_unsigned) fail_type(argument, "dtype " + dtype_of(array), expected);
  if (array.ndim() != 2 || array.shape(1) != static_cast<py::ssize_t>(inputs) || array.size() == 0)
    fail_value(argument, "shape " + shape_of(array),
               "(vectors, " + std::to_string(inputs) + ") for this slot, vectors 1 or more");
  array = py::array::ensure(array, py::array::c_style);
  if (is_signed) {
    check_codes<std::int8_t>(argument, array, low, high);
  } else {
    check_codes<std::uint8_t>(argument, array, low, high);
  }
  return array;
}

}  // namespace neurram::python
