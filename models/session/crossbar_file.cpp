#include "models/session/crossbar_file.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "models/base/error.h"

namespace neurram::session {
namespace {

using Shape = std::vector<std::size_t>;

/// The arrays of a file, taken out one by one.
class Reader {
 public:
  Reader(const NpyArrays& arrays, const std::string& name) : arrays_(arrays), name_(name) {}

  [[nodiscard]] bool has(const std::string& key) const { return arrays_.count(key) > 0; }

  [[nodiscard]] const NpyArray& numbers(const std::string& key) const {
    const NpyArray& array = find(key);
    if (array.is_text()) throw error(key, "holds text; numbers are expected");
    return array;
  }

  [[nodiscard]] std::string text(const std::string& key) const {
    const NpyArray& array = find(key);
    if (array.texts.size() != 1) throw error(key, "is no text");
    return array.texts.front();
  }

  /// Every element is finite, and not negative where that means nothing.
  void check(const std::string& key, bool may_be_negative) const {
    const NpyArray& array = numbers(key);
    for (std::size_t i = 0; i < array.numbers.size(); ++i) {
      const double value = array.numbers[i];
      const std::string element = key + index_text(array.shape, i);
      if (std::isnan(value)) throw error(element, "is NaN; a finite number is expected");
      if (std::isinf(value)) throw error(element, "is infinite; a finite number is expected");
      if (value < 0 && !may_be_negative)
        throw error(element, fmt::format("is negative ({}); 0 or more is expected", value));
    }
  }

  /// A resistance of every segment: one number, or one for each of `count`.
  [[nodiscard]] std::vector<double> segments(const std::string& key, std::size_t count) const {
    const NpyArray& array = numbers(key);
    check(key, false);
    if (array.numbers.size() == 1) return std::vector<double>(count, array.numbers.front());
    if (array.shape != Shape{count}) throw wrong_shape(key, "() or " + shape_text({count}));
    return array.numbers;
  }

  [[nodiscard]] double resistance(const std::string& key) const {
    const NpyArray& array = numbers(key);
    if (array.numbers.size() != 1) throw wrong_shape(key, "()");
    check(key, false);
    return array.numbers.front();
  }

  [[nodiscard]] FileError error(const std::string& element, const std::string& problem) const {
    return FileError(name_ + ": " + element + " " + problem);
  }
  [[nodiscard]] FileError wrong_shape(const std::string& key, const std::string& expected) const {
    return error(key,
                 "has the shape " + shape_text(find(key).shape) + "; " + expected + " is expected");
  }

 private:
  [[nodiscard]] const NpyArray& find(const std::string& key) const {
    const auto found = arrays_.find(key);
    if (found != arrays_.end()) return found->second;
    std::string there;
    for (const auto& [other, array] : arrays_) there += (there.empty() ? "" : ", ") + other;
    throw FileError(name_ + ": there is no array '" + key + "'; there are " +
                    (there.empty() ? "none" : there));
  }

  /// "[2, 5]": where element `i` of an array is.
  static std::string index_text(const Shape& shape, std::size_t i) {
    std::string text;
    for (std::size_t d = shape.size(); d-- > 0;) {
      text = std::to_string(i % shape[d]) + (text.empty() ? "" : ", ") + text;
      i /= shape[d];
    }
    return text.empty() ? "" : "[" + text + "]";
  }

  const NpyArrays& arrays_;
  const std::string& name_;
};

std::vector<std::size_t> read_taps(const Reader& file, const array::Grid& grid) {
  const std::size_t last = grid.inputs - 1;
  std::vector<std::size_t> taps(grid.outputs, last);
  if (file.has("tap_row")) {
    const NpyArray& rows = file.numbers("tap_row");
    if (rows.shape != Shape{grid.outputs})
      throw file.wrong_shape("tap_row", shape_text({grid.outputs}));
    for (std::size_t j = 0; j < grid.outputs; ++j) {
      const double row = rows.numbers[j];
      const bool good = row >= 0 && row <= static_cast<double>(last) && row == std::floor(row);
      if (!good) {
        throw file.error(fmt::format("tap_row[{}]", j),
                         fmt::format("is {}; a row's number, 0 to {}, is expected", row, last));
      }
      taps[j] = static_cast<std::size_t>(row);
    }
  } else if (file.has("tap")) {
    const std::string where = file.text("tap");
    if (where != "bottom" && where != "tnsa")
      throw file.error("tap", "is '" + where + "'; bottom or tnsa is expected");
    if (where == "tnsa") {
      for (std::size_t j = 0; j < grid.outputs; ++j) {
        const auto neuron = static_cast<std::size_t>(array::corelet_tap(static_cast<int>(j)));
        taps[j] = neuron % grid.inputs;
      }
    }
  }
  return taps;
}

/// out = T · drives, in the order of the rows.
template <class Real>
void multiply(const std::vector<Real>& transfer, const CrossbarProblem& problem,
              std::vector<double>& out) {
  const std::size_t rows = problem.grid.inputs;
  const std::vector<Real> drives(problem.drive_volt.begin(), problem.drive_volt.end());
  for (std::size_t k = 0; k < problem.vectors; ++k) {
    for (std::size_t j = 0; j < problem.grid.outputs; ++j) {
      Real sum = 0;
      for (std::size_t i = 0; i < rows; ++i)
        sum = std::fma(drives[k * rows + i], transfer[j * rows + i], sum);
      out.push_back(static_cast<double>(sum));
    }
  }
}

template <class Real>
void solve(const CrossbarProblem& problem, CrossbarSolution& solution) {
  using Clock = std::chrono::steady_clock;
  using Seconds = std::chrono::duration<double>;
  const auto start = Clock::now();
  const std::vector<Real> transfer = array::transfer_matrix<Real>(problem.grid);
  const auto set_up = Clock::now();
  multiply(transfer, problem, solution.out);
  solution.set_up_s = Seconds(set_up - start).count();
  solution.product_s = Seconds(Clock::now() - set_up).count();
}

}  // namespace

CrossbarProblem crossbar_problem(const NpyArrays& arrays, const std::string& name) {
  const Reader file(arrays, name);
  const NpyArray& g = file.numbers("g_siemens");
  if (g.shape.size() != 2 || g.numbers.empty())
    throw file.wrong_shape("g_siemens", "(rows, columns), at least (1, 1),");
  file.check("g_siemens", false);
  CrossbarProblem problem;
  problem.grid = array::Grid(g.shape[0], g.shape[1], 0, 0);
  array::Grid& grid = problem.grid;
  grid.g_s = g.numbers;

  const NpyArray& drive = file.numbers("drive_volt");
  problem.single_vector = drive.shape.size() == 1;
  const bool fits = !drive.shape.empty() && drive.shape.size() <= 2 && !drive.numbers.empty() &&
                    drive.shape.back() == grid.inputs;
  if (!fits) {
    throw file.wrong_shape("drive_volt", fmt::format("({0},) or (K, {0}), for the {0} rows of "
                                                     "g_siemens,",
                                                     grid.inputs));
  }
  file.check("drive_volt", true);
  problem.vectors = problem.single_vector ? 1 : drive.shape[0];
  problem.drive_volt = drive.numbers;

  grid.r_input_ohm = file.segments("r_row_ohm", grid.outputs);
  if (file.numbers("r_row_ohm").numbers.size() == 1) grid.r_input_ohm[0] = 0;
  grid.r_output_ohm = file.segments("r_col_ohm", grid.inputs);
  grid.r_driver_ohm = file.resistance("r_driver_ohm");
  const std::string mode = file.text("mode");
  if (mode != "voltage" && mode != "current")
    throw file.error("mode", "is '" + mode + "'; voltage or current is expected");
  if (mode == "current") {
    grid.sensing = array::Sensing::kCurrent;
    grid.r_sense_ohm = file.resistance("r_sense_ohm");
  }
  grid.tap = read_taps(file, grid);

  if (file.has("out")) {
    const NpyArray& out = file.numbers("out");
    const Shape expected =
        problem.single_vector ? Shape{grid.outputs} : Shape{problem.vectors, grid.outputs};
    if (out.shape != expected) throw file.wrong_shape("out", shape_text(expected));
    file.check("out", true);
    problem.expected = out.numbers;
  }
  return problem;
}

CrossbarProblem read_crossbar(const std::filesystem::path& path) {
  return crossbar_problem(read_npz(path), path.string());
}

CrossbarSolution solve_crossbar(const CrossbarProblem& problem, Precision precision) {
  CrossbarSolution solution;
  precision == Precision::kSingle ? solve<float>(problem, solution)
                                  : solve<double>(problem, solution);
  const array::Grid& grid = problem.grid;
  const auto finite = [](double v) { return std::isfinite(v); };
  if (!std::all_of(solution.out.begin(), solution.out.end(), finite)) {
    throw Error(std::string("the solution has no finite value in ") +
                (precision == Precision::kSingle ? "single" : "double") +
                " precision: conductances, resistances or drives are too large or too small");
  }
  if (grid.sensing == array::Sensing::kCurrent) return solution;
  for (std::size_t j = 0; j < grid.outputs; ++j) {
    bool open = true;
    for (std::size_t i = 0; i < grid.inputs; ++i)
      open = open && grid.g_s[i * grid.outputs + j] == 0;
    if (open) solution.undetermined.push_back(j);
  }
  return solution;
}

double relative_difference(const std::vector<double>& a, const std::vector<double>& b) {
  double difference = 0;
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference = std::max(difference, std::fabs(a[i] - b[i]));
    largest = std::max(largest, std::fabs(b[i]));
  }
  if (difference == 0) return 0;
  return largest > 0 ? difference / largest : std::numeric_limits<double>::infinity();
}

std::string solution_npy(const CrossbarProblem& problem, const CrossbarSolution& solution,
                         Precision precision) {
  const std::size_t columns = problem.grid.outputs;
  const Shape shape = problem.single_vector ? Shape{columns} : Shape{problem.vectors, columns};
  if (precision == Precision::kDouble) return npy_bytes(shape, solution.out);
  return npy_bytes(shape, std::vector<float>(solution.out.begin(), solution.out.end()));
}

}  // namespace neurram::session
