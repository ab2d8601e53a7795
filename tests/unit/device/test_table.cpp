// The table cell against its CSV files, and what is said of files that are wrong.
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "models/base/error.h"
#include "models/device/table.h"
#include "tests/unit/temporary_folder.h"

using namespace neurram;
using namespace neurram::device;

namespace {

constexpr double kMicro = 1e-6;

DeviceParameters example() {
  DeviceParameters p;
  p.kind = "table";
  p.table.states = NEURRAM_DEVICE_DIR "/example_states.csv";
  p.table.pulses = NEURRAM_DEVICE_DIR "/example_pulses.csv";
  return p;
}

/// A file that lives as long as the test.
class Temporary {
 public:
  explicit Temporary(const std::string& text) : path_(folder_.write("table.csv", text)) {}
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  TemporaryFolder folder_;
  std::filesystem::path path_;
};

const char* const kStates =
    "target_us,time_s,mean_us,sigma_us\n"
    "10,1,10,1\n10,100,11,2\n"
    "20,1,20,3\n20,100,22,4\n";
const char* const kPulses =
    "# a comment\n"
    "pulse,conductance_us,amplitude_v,mean_dg_us,sigma_dg_us\n"
    "set,0,1,2,0.5\nset,0,2,4,0.5\nset,40,1,0,0\nset,40,2,1,0\n"
    "\n"
    "reset, 0, 1, 0, 0\r\n"
    "reset,40,1,-8,1\n";

/// What is said of these two files.
std::string message(const std::string& states, const std::string& pulses) {
  const Temporary s(states), p(pulses);
  DeviceParameters parameters;
  parameters.kind = "table";
  parameters.table = {s.path(), p.path()};
  try {
    static_cast<void>(make_device(parameters));
  } catch (const FileError& error) {
    std::string text = error.what();
    for (const auto& [file, name] : {std::pair{s.path(), "S"}, {p.path(), "P"}}) {
      const std::size_t at = text.find(file);
      if (at != std::string::npos) text.replace(at, file.size(), name);
    }
    return text;
  }
  return "";
}

}  // namespace

TEST_CASE("at its points a table says what its file says, between them the line") {
  const Temporary states(kStates), pulses(kPulses);
  DeviceParameters p;
  p.table = {states.path(), pulses.path()};
  const TableDevice device(p);
  const auto moved_us = [&](Polarity polarity, double g_us, double v, double z) {
    return device.after({polarity, v, 1e-6, 3}, g_us * kMicro, {}, z) / kMicro - g_us;
  };
  CHECK(moved_us(Polarity::kSet, 0, 1, 0) == Approx(2));
  CHECK(moved_us(Polarity::kSet, 0, 2, 2) == Approx(5));
  CHECK(moved_us(Polarity::kSet, 0, 1.5, 0) == Approx(3));
  CHECK(moved_us(Polarity::kSet, 20, 1.5, 0) == Approx(1.75));
  CHECK(moved_us(Polarity::kSet, 20, 1.5, 1) == Approx(2.0));
  CHECK(moved_us(Polarity::kSet, 90, 9, 0) == Approx(1));  // constant outside
  CHECK(moved_us(Polarity::kReset, 10, 3, 0) == Approx(-2));
  CHECK(moved_us(Polarity::kReset, 40, 1, 1) == Approx(-7));
  CHECK(device.after({Polarity::kReset, 1, 1e-6, 5}, 1 * kMicro, {}, -60) == Approx(p.g_floor_s));
  const Drift drift = device.drift(15 * kMicro, 10);  // half way, also in the logarithm of time
  CHECK(drift.mean_s == Approx(0.75 * kMicro));
  CHECK(drift.sigma_s == Approx(2.5 * kMicro));
  CHECK(device.drift(70 * kMicro, 1e6).mean_s == Approx(2 * kMicro));
}

TEST_CASE("the example files hold the fits that they say, and program cells") {
  const DeviceParameters p = example();
  const TableDevice device(p);
  for (double g_us = 0; g_us <= 40; g_us += 0.5) {
    for (const double age_s : {1.0, 60.0, 1800.0, 86400.0}) {
      const Drift drift = device.drift(g_us * kMicro, age_s);
      CHECK(drift.mean_s == 0);
      CHECK(drift.sigma_s ==
            Approx(relaxation_sigma_s(g_us * kMicro, age_s)).margin(0.06 * kMicro));
    }
  }
  constexpr std::uint32_t kCells = 20000;
  double pulses = 0, failed = 0;
  for (std::uint32_t i = 0; i < kCells; ++i) {
    const CellAddress address{0, i / 256, i % 256, 0};
    const FormedCell formed = device.form(3, address);
    const auto target_s = static_cast<float>((1 + 39.0 * (i * 7919 % kCells) / kCells) * kMicro);
    const ProgrammedCell cell =
        device.program({target_s, formed.conductance_s, formed.usable, 0}, 3, address);
    pulses += cell.pulses;
    failed += cell.failed;
  }
  CHECK(pulses / kCells == Approx(8.5).epsilon(0.1));
  CHECK(failed / kCells < 0.01);
}

TEST_CASE("what is wrong in a file is named with file, line, column and what was expected") {
  const std::string s = kStates, p = kPulses;
  CHECK(message(s, p).empty());
  CHECK(message("target_us,time,mean_us,sigma_us\n", p) ==
        "S:1:11: \"time\": expected the columns target_us,time_s,mean_us,sigma_us");
  CHECK(message("target_us,time_s,mean_us\n", p) ==
        "S:1:25: end of line: expected the columns target_us,time_s,mean_us,sigma_us");
  CHECK(message("", p) == "S:1:1: \"\": expected the columns target_us,time_s,mean_us,sigma_us");
  CHECK(message("target_us,time_s,mean_us,sigma_us\n", p) ==
        "S: holds no line of numbers; expected one at least");
  CHECK(message(s + "30,1,x,1\n", p) == "S:6:6: \"x\": expected mean_us, a number from 0 to 10000");
  CHECK(message(s + "30,1, 30\n", p) == "S:6:9: end of line: expected sigma_us");
  CHECK(message(s + "30,1,30,1,7\n", p) == "S:6:11: \"7\": expected 4 fields");
  CHECK(message(s + "30,0,30,1\n", p) ==
        "S:6:4: \"0\": expected time_s, a number from 1e-09 to 1e+12");
  CHECK(message(s + "30,1,30,-1\n", p) ==
        "S:6:9: \"-1\": expected sigma_us, a number from 0 to 10000");
  CHECK(message(s + "30,1,30,nan\n", p) ==
        "S:6:9: \"nan\": expected sigma_us, a number from 0 to 10000");
  CHECK(message(s + "30,1,30,1e999\n", p) ==
        "S:6:9: \"1e999\": expected sigma_us, a number from 0 to 10000");
  CHECK(message(s + "20,1,20,3\n", p) ==
        "S:6:1: target_us = 20, time_s = 1: expected each pair once, but line 4 has it too");
  CHECK(
      message(s + "30,1,30,3\n", p) ==
      "S:7:1: end of file: expected a line with target_us = 30, time_s = 100, for each pair needs "
      "one");
  CHECK(message(s, p + "erase,1,1,1,1\n") == "P:10:1: \"erase\": expected pulse, set or reset");
  CHECK(
      message(s, p + "set,80,1,-1,0\nset,80,2,0,0\n") ==
      "P:10:10: mean_dg_us has the wrong sign: expected 0 or more, as SET raises the conductance");
  CHECK(message(s, p + "reset,80,1,1,0\n") ==
        "P:10:12: mean_dg_us has the wrong sign: expected 0 or less, as RESET lowers the "
        "conductance");
  CHECK(message(s, "pulse,conductance_us,amplitude_v,mean_dg_us,sigma_dg_us\nset,1,1,1,1\n") ==
        "P: holds no line of \"reset\"; expected one at least");
}

TEST_CASE("without its files, a table cell says what it wants") {
  DeviceParameters p;
  p.kind = "table";
  CHECK_THROWS_AS(make_device(p), ConfigError);
  CHECK_THROWS_WITH(make_device(p), Catch::Contains("device.table.states"));
  p = example();
  p.table.pulses = "/nowhere/pulses.csv";
  CHECK_THROWS_AS(make_device(p), FileError);
  CHECK_THROWS_WITH(make_device(p), "/nowhere/pulses.csv: cannot be read; expected a CSV file");
}
