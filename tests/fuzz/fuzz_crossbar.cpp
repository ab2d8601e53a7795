#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>

#include "models/base/error.h"
#include "models/session/crossbar_file.h"

namespace {

using namespace neurram;

/// Whatever reads as an .npz file, its arrays being right or not, reads as a crossbar or is
/// refused. A small one is solved.
template <class Parse>
void attempt(Parse parse) {
  constexpr std::size_t kMostCells = 4096;
  try {
    const session::CrossbarProblem problem = session::crossbar_problem(parse(), "fuzzed.npz");
    if (problem.drive_volt.size() * problem.grid.outputs > kMostCells ||
        problem.grid.g_s.size() > kMostCells)
      return;
    const auto solution = session::solve_crossbar(problem, session::Precision::kDouble);
    if (solution.out.size() != problem.vectors * problem.grid.outputs) std::abort();
  } catch (const Error&) {
  }
}

}  // namespace

/// Any bytes as an .npz file, as an .npy file, and as the elements of an array of a crossbar.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  attempt([&] { return session::parse_npz(bytes, "fuzzed.npz"); });
  attempt([&] {
    session::NpyArrays arrays;
    const auto number = [](double value) { return session::NpyArray{"<f8", {}, {value}, {}}; };
    arrays["g_siemens"] = {"<f8", {2, 2}, {1e-6, 2e-6, 3e-6, 0}, {}};
    arrays["drive_volt"] = {"<f8", {2}, {0.5, -0.5}, {}};
    arrays["mode"] = {"<U7", {}, {}, {"voltage"}};
    for (const char* key : {"r_row_ohm", "r_col_ohm", "r_driver_ohm"}) arrays[key] = number(1);
    // The first byte says which of them the fuzzer writes.
    constexpr const char* kKeys[] = {"g_siemens", "drive_volt",   "mode", "r_row_ohm",
                                     "r_col_ohm", "r_driver_ohm", "tap",  "tap_row"};
    if (bytes.empty()) return arrays;
    arrays[kKeys[data[0] % 8]] = session::parse_npy(bytes.substr(1), "fuzzed.npy");
    return arrays;
  });
  return 0;
}
