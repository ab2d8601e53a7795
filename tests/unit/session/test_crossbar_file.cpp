// Crossbar files: results against an independent solver's where they are at hand, drives of one and
// several vectors, and every mistake in a file.
#include <catch2/catch.hpp>
#include <cstdlib>

#include "models/base/error.h"
#include "models/session/crossbar_file.h"

using namespace neurram;
using namespace neurram::session;

namespace {

NpyArray array_of(const std::vector<std::size_t>& shape, const std::vector<double>& numbers) {
  return {"<f8", shape, numbers, {}};
}
NpyArray text(const std::string& value) {
  return {"<U7", {}, {}, {value}};
}

/// Two rows, three columns.
NpyArrays small() {
  return {{"g_siemens", array_of({2, 3}, {1e-6, 2e-6, 3e-6, 3e-6, 2e-6, 1e-6})},
          {"drive_volt", array_of({2}, {0.5, -0.5})},
          {"r_row_ohm", array_of({}, {0})},
          {"r_col_ohm", array_of({}, {0})},
          {"r_driver_ohm", array_of({}, {0})},
          {"mode", text("voltage")}};
}

NpyArrays with(const std::string& key, const NpyArray& array) {
  NpyArrays arrays = small();
  arrays[key] = array;
  return arrays;
}

void says(const NpyArrays& arrays, const std::string& what) {
  CHECK_THROWS_WITH(crossbar_problem(arrays, "in.npz"),
                    Catch::StartsWith("in.npz: ") && Catch::Contains(what));
}

}  // namespace

TEST_CASE("golden crossbars are met to 1e-6 in double and 1e-4 in single precision") {
  const char* folder = std::getenv("NEURRAM_GOLDEN_DIR");
  if (folder == nullptr || !std::filesystem::is_directory(folder)) {
    WARN("skipped: NEURRAM_GOLDEN_DIR names no folder with solved crossbars (.npz with `out`)");
    return;
  }
  int files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".npz") continue;
    ++files;
    const CrossbarProblem problem = read_crossbar(entry.path());
    REQUIRE_FALSE(problem.expected.empty());
    CAPTURE(entry.path().filename());
    CHECK(relative_difference(solve_crossbar(problem).out, problem.expected) < 1e-6);
    CHECK(relative_difference(solve_crossbar(problem, Precision::kSingle).out, problem.expected) <
          1e-4);
  }
  CHECK(files > 0);
}

TEST_CASE("ideal wires divide the drives by conductance, one vector or several") {
  const CrossbarSolution one = solve_crossbar(crossbar_problem(small(), "x"));
  REQUIRE(one.out.size() == 3);
  CHECK(one.out[0] == Approx(-0.25));
  CHECK(std::abs(one.out[1]) < 1e-15);
  CHECK(one.out[2] == Approx(0.25));
  CHECK(one.undetermined.empty());

  const CrossbarProblem two =
      crossbar_problem(with("drive_volt", array_of({2, 2}, {0.5, -0.5, 1, 1})), "x");
  for (const Precision precision : {Precision::kDouble, Precision::kSingle}) {
    const CrossbarSolution solution = solve_crossbar(two, precision);
    REQUIRE(solution.out.size() == 6);
    CHECK(solution.out[0] == Approx(one.out[0]));
    CHECK(solution.out[5] == Approx(1));
    const NpyArray written = parse_npy(solution_npy(two, solution, precision), "x");
    CHECK(written.shape == std::vector<std::size_t>{2, 3});
    CHECK(written.type == (precision == Precision::kDouble ? "<f8" : "<f4"));
    CHECK(written.numbers == solution.out);
  }
  const CrossbarProblem single = crossbar_problem(small(), "x");
  CHECK(parse_npy(solution_npy(single, one, Precision::kDouble), "x").shape ==
        std::vector<std::size_t>{3});
}

TEST_CASE("current mode adds currents") {
  NpyArrays arrays = with("mode", text("current"));
  says(arrays, "there is no array 'r_sense_ohm'; there are drive_volt, g_siemens, mode");
  arrays["r_sense_ohm"] = array_of({}, {0});
  const CrossbarSolution solution = solve_crossbar(crossbar_problem(arrays, "x"));
  CHECK(solution.out[0] == Approx(-1e-6));
  CHECK(solution.out[2] == Approx(1e-6));
}

TEST_CASE("a column without conductance is 0 and said so, in voltage mode") {
  NpyArrays arrays = with("g_siemens", array_of({2, 3}, {1e-6, 0, 3e-6, 3e-6, 0, 1e-6}));
  CrossbarSolution solution = solve_crossbar(crossbar_problem(arrays, "x"));
  CHECK(solution.undetermined == std::vector<std::size_t>{1});
  CHECK(solution.out[1] == 0);
  arrays["mode"] = text("current");
  arrays["r_sense_ohm"] = array_of({}, {10});
  solution = solve_crossbar(crossbar_problem(arrays, "x"));
  CHECK(solution.undetermined.empty());
  CHECK(solution.out[1] == 0);
}

TEST_CASE("taps are rows, or a word") {
  const auto taps = [](const std::string& key, const NpyArray& array) {
    return crossbar_problem(with(key, array), "x").grid.tap;
  };
  using Rows = std::vector<std::size_t>;
  CHECK(crossbar_problem(small(), "x").grid.tap == Rows{1, 1, 1});
  CHECK(taps("tap_row", array_of({3}, {0, 1, 0})) == Rows{0, 1, 0});
  CHECK(taps("tap", text("bottom")) == Rows{1, 1, 1});
  NpyArrays wide = small();
  wide["g_siemens"] = array_of({32, 20}, std::vector<double>(640, 1e-6));
  wide["drive_volt"] = array_of({32}, std::vector<double>(32, 1));
  wide["tap"] = text("tnsa");
  const Rows tnsa = crossbar_problem(wide, "x").grid.tap;
  CHECK(Rows(tnsa.begin(), tnsa.begin() + 4) == Rows{0, 16, 0, 16});
  CHECK(Rows(tnsa.end() - 4, tnsa.end()) == Rows{1, 17, 1, 17});
  says(with("tap", text("top")), "tap is 'top'; bottom or tnsa");
  says(with("tap_row", array_of({3}, {0, 2, 0})), "tap_row[1] is 2; a row's number, 0 to 1");
  says(with("tap_row", array_of({3}, {0, 1, 0.5})), "tap_row[2] is 0.5");
  says(with("tap_row", array_of({3}, {0, -1, 0})), "tap_row[1] is -1");
  says(with("tap_row", array_of({3}, {0, NAN, 0})), "tap_row[1] is nan");
  says(with("tap_row", array_of({2}, {0, 0})), "tap_row has the shape (2,); (3,) is expected");
}

TEST_CASE("segments may differ") {
  NpyArrays arrays = with("r_row_ohm", array_of({3}, {5, 1, 2}));
  arrays["r_col_ohm"] = array_of({2}, {0, 7});
  const CrossbarProblem problem = crossbar_problem(arrays, "x");
  CHECK(problem.grid.r_input_ohm == std::vector<double>{5, 1, 2});
  CHECK(problem.grid.r_output_ohm == std::vector<double>{0, 7});
  const CrossbarProblem equal = crossbar_problem(with("r_row_ohm", array_of({}, {5})), "x");
  CHECK(equal.grid.r_input_ohm == std::vector<double>{0, 5, 5});
  says(with("r_row_ohm", array_of({2}, {1, 1})), "r_row_ohm has the shape (2,); () or (3,)");
}

TEST_CASE("every mistake in a crossbar file is named with array, element and value") {
  const auto g = [](double value) {
    return array_of({2, 3}, {1e-6, 1e-6, 1e-6, 1e-6, 1e-6, value});
  };
  says(with("g_siemens", g(NAN)), "g_siemens[1, 2] is NaN");
  says(with("g_siemens", g(INFINITY)), "g_siemens[1, 2] is infinite");
  says(with("g_siemens", g(-2e-6)), "g_siemens[1, 2] is negative (-2e-06)");
  says(with("g_siemens", array_of({6}, std::vector<double>(6, 1e-6))),
       "g_siemens has the shape (6,)");
  says(with("g_siemens", array_of({0, 3}, {})), "g_siemens has the shape (0, 3)");
  says(with("g_siemens", text("much")), "g_siemens holds text");
  says(with("drive_volt", array_of({3}, {1, 1, 1})),
       "drive_volt has the shape (3,); (2,) or (K, 2), for the 2 rows of g_siemens, is expected");
  says(with("drive_volt", array_of({0, 2}, {})), "drive_volt has the shape (0, 2)");
  says(with("drive_volt", array_of({}, {1})), "drive_volt has the shape ()");
  says(with("drive_volt", array_of({2}, {1, NAN})), "drive_volt[1] is NaN");
  says(with("r_col_ohm", array_of({}, {-1})), "r_col_ohm is negative (-1)");
  says(with("r_driver_ohm", array_of({}, {NAN})), "r_driver_ohm is NaN");
  says(with("r_driver_ohm", array_of({2}, {1, 1})), "r_driver_ohm has the shape (2,); ()");
  says(with("mode", text("power")), "mode is 'power'; voltage or current is expected");
  says(with("mode", array_of({}, {1})), "mode is no text");
  says(with("out", array_of({2}, {1, 1})), "out has the shape (2,); (3,)");
  for (const char* key :
       {"g_siemens", "drive_volt", "r_row_ohm", "r_col_ohm", "r_driver_ohm", "mode"}) {
    NpyArrays arrays = small();
    arrays.erase(key);
    says(arrays, std::string("there is no array '") + key + "'");
  }
  says({}, "there are none");
}

TEST_CASE("a solution beyond the precision's range is an error, not infinity") {
  const CrossbarProblem problem =
      crossbar_problem(with("drive_volt", array_of({2}, {1e300, 1e300})), "x");
  CHECK_NOTHROW(solve_crossbar(problem));
  CHECK_THROWS_WITH(solve_crossbar(problem, Precision::kSingle), Catch::Contains("single"));
}

TEST_CASE("differences are told as a share of the largest") {
  CHECK(relative_difference({1, -2}, {1, -2}) == 0);
  CHECK(relative_difference({1, -2}, {1.5, -2}) == Approx(0.25));
  CHECK(relative_difference({0}, {0}) == 0);
  CHECK(std::isinf(relative_difference({1}, {0})));
}
