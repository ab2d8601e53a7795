#include "tests/unit/config/sample.h"

#include <rapidcheck.h>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <cmath>
#include <cstring>
#include <limits>
#include <sstream>

namespace neurram::config {
namespace {

using sample::dump;
using sample::read;
using sample::Root;

/// Any finite double, subnormals and negative zero included.
rc::Gen<double> any_double() {
  return rc::gen::map(
      rc::gen::suchThat(rc::gen::arbitrary<std::uint64_t>(),
                        [](std::uint64_t bits) { return (bits >> 52 & 0x7FF) != 0x7FF; }),
      [](std::uint64_t bits) {
        double value = 0;
        std::memcpy(&value, &bits, sizeof value);
        return value;
      });
}

/// Any text of ASCII characters, control characters included, short enough for 64 dots.
rc::Gen<std::string> any_text() {
  const auto character =
      rc::gen::map(rc::gen::inRange(0, 128), [](int c) { return static_cast<char>(c); });
  return rc::gen::resize(60, rc::gen::container<std::string>(character));
}

bool same_bits(double a, double b) {
  return std::memcmp(&a, &b, sizeof a) == 0;
}

Root read_back(const std::string& text) {
  Root root;
  read(root, text);
  return root;
}

TEST_CASE("Every field line of a dump carries its text, unit and range") {
  Root root;
  root.chip.v_read_v = 0.25;
  const std::string text = dump(root);
  CHECK_THAT(text, Catch::Contains("\n# the chip\n[chip]\n"));
  CHECK_THAT(text,
             Catch::Contains("v_read_v = 0.25  # [V] -1.5 to 1.5, default 0.5: read voltage\n"));
  CHECK_THAT(text, Catch::Contains(
                       "level = \"functional\"  # one of functional, phased, rtl: fidelity\n"));
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    INFO(line);
    if (line.find(" = ") != std::string::npos) CHECK(line.find("  # ") != std::string::npos);
  }
}

TEST_CASE("A dump without comments has none") {
  Root root;
  CHECK(dump(root, false).find('#') == std::string::npos);
}

TEST_CASE("A dump reads back to the same dump") {
  Root root;
  root.title = "quotes \" and \\ and \n and µ";
  root.seed = 1234567890123456789u;
  root.limit = std::numeric_limits<double>::infinity();
  root.chip.core.neuron.offset_v = 1.7e-15;
  root.chip.core_overrides[47].noise = false;
  for (const bool with_comments : {true, false}) {
    Root copy = read_back(dump(root, with_comments));
    CHECK(copy.title == root.title);
    CHECK(dump(copy) == dump(root));
  }
}

TEST_CASE("Numbers keep every bit") {
  for (const double value :
       {0.0, -0.0, 1e-15, 0.1, 5.0, 1e22, 1e300, 5e-324, 1.7976931348623157e308, 1.0 / 3}) {
    Root root;
    root.limit = value;
    CHECK(same_bits(read_back(dump(root)).limit, value));
  }
  CHECK(rc::check("random numbers", [] {
    Root root;
    root.limit = *any_double();
    RC_ASSERT(same_bits(read_back(dump(root)).limit, root.limit));
  }));
}

TEST_CASE("Random configurations read back to the same dump") {
  CHECK(rc::check("random fields", [] {
    Root root;
    root.title = *any_text();
    root.seed = *rc::gen::inRange<std::uint64_t>(0, 1ull << 62);
    root.limit = *any_double();
    root.chip.cores = *rc::gen::inRange(1, 100000);
    root.chip.core.noise = *rc::gen::arbitrary<bool>();
    root.chip.core.level = *rc::gen::element(sample::Level::kFunctional, sample::Level::kRtl);
    const int parts = *rc::gen::inRange(0, 4);
    for (int i = 0; i < parts; ++i) {
      auto& part = root.chip.core_overrides[*rc::gen::inRange(0, root.chip.cores)];
      part.neuron.bits_out = *rc::gen::inRange(1, 9);
      part.noise = *rc::gen::arbitrary<bool>();
    }
    Root copy = read_back(dump(root));
    RC_ASSERT(copy.title == root.title);
    RC_ASSERT(dump(copy) == dump(root));
    RC_ASSERT(fingerprint(copy) == fingerprint(root));
  }));
}

TEST_CASE("A text set without quotes arrives as it is") {
  CHECK(rc::check("random texts", [] {
    const std::string text = *any_text();
    RC_PRE(text.find_first_of("\"' \t") == std::string::npos);
    Root root;
    set_field(root, "title=" + text);
    RC_ASSERT(root.title == text);
  }));
}

TEST_CASE("JSON says all about a field") {
  Root root;
  root.chip.v_read_v = 0.25;
  root.chip.core_overrides[5].noise = false;
  const auto json = dump_json(root);
  CHECK(json.front()["text"] == "name of the run");
  const auto& field = json.at("chip.v_read_v");
  CHECK(field["kind"] == "number");
  CHECK(field["value"] == 0.25);
  CHECK(field["default"] == 0.5);
  CHECK(field["unit"] == "V");
  CHECK(field["low"] == -1.5);
  CHECK(field["high"] == 1.5);
  CHECK(field["affects"] == "deployment");
  CHECK(json.at("chip.core.level")["choices"].size() == 3);
  CHECK(json.at("chip.core.level")["value"] == "functional");
  CHECK(json.at("chip.core.noise")["low"].is_null());
  CHECK(json.at("seed")["high"] == 9223372036854775807);
  CHECK(json.at("chip.core[5].noise")["value"] == false);
}

}  // namespace
}  // namespace neurram::config
