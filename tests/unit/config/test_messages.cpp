#include "tests/unit/config/sample.h"

#include <catch2/catch.hpp>

namespace neurram::config {
namespace {

using Catch::Contains;
using Catch::StartsWith;
using sample::error_of;
using sample::set_error_of;

TEST_CASE("An unknown name: place, full name, value, nearest name") {
  CHECK(error_of("title = 'x'\n\n[chip]\n  v_raed_v = 0.3\n") ==
        "chip.toml:4:3: chip.v_raed_v = 0.3: unknown name; did you mean chip.v_read_v?");
  CHECK(error_of("v_read_v = 1") ==
        "chip.toml:1:1: v_read_v = 1: unknown name; did you mean chip.v_read_v?");
  CHECK(
      error_of("[chip.core.neurone]\nbits_out = 3") ==
      "chip.toml:1:12: chip.core.neurone = a table: unknown name; did you mean chip.core.neuron?");
  CHECK(error_of("chip.core.neurone.bits_out = 3") ==
        "chip.toml:1:19: chip.core.neurone.bits_out = 3: unknown name; did you mean "
        "chip.core.neuron.bits_out?");
}

TEST_CASE("The nearest name keeps the part it is about") {
  CHECK_THAT(error_of("[chip.'core[3]'.neuron]\nbits_uot = 3"),
             Contains("chip.core[3].neuron.bits_uot = 3") &&
                 Contains("did you mean chip.core[3].neuron.bits_out?"));
}

TEST_CASE("A wrong type: place of the value, what was expected") {
  CHECK(error_of("[chip]\nv_read_v = true") ==
        "chip.toml:2:12: chip.v_read_v = true: expected a number from -1.5 to 1.5 V");
  CHECK(error_of("[chip]\ncores = 3.0") ==
        "chip.toml:2:9: chip.cores = 3.0: expected an integer from 1 to 100000");
  CHECK(error_of("chip.core.noise = 1") ==
        "chip.toml:1:19: chip.core.noise = 1: expected true or false");
  CHECK(error_of("title = 3") == "chip.toml:1:9: title = 3: expected a text in quotes");
  CHECK(error_of("seed = '3'") ==
        "chip.toml:1:8: seed = \"3\": expected an integer from 0 to 9223372036854775807");
  CHECK_THAT(error_of("seed = [1, 2]"),
             StartsWith("chip.toml:1:8: seed = an array: expected an integer"));
  CHECK_THAT(error_of("seed = 2022-08-17"), Contains("a date or time: expected an integer"));
}

TEST_CASE("A table for a field, a value for a group") {
  CHECK_THAT(error_of("[chip.cores]"),
             StartsWith("chip.toml:1:7: chip.cores = a table: expected an integer"));
  CHECK_THAT(error_of("chip = 3"), StartsWith("chip.toml:1:1: chip = 3: a group of fields"));
  CHECK_THAT(error_of("[[chip.core]]\nnoise = true"), Contains("chip.core = an array: a group"));
}

TEST_CASE("Out of range: the range with its unit") {
  CHECK(error_of("[chip]\nv_read_v = 1.6") ==
        "chip.toml:2:12: chip.v_read_v = 1.6: expected a number from -1.5 to 1.5 V");
  CHECK_THAT(error_of("[chip]\nv_read_v = -2"), Contains("chip.v_read_v = -2: expected"));
  CHECK_THAT(error_of("[chip]\nv_read_v = nan"), Contains("nan: expected a number"));
  CHECK_THAT(error_of("[chip]\nv_read_v = inf"), Contains("inf: expected a number"));
  CHECK_THAT(error_of("limit = nan"), Contains("nan: expected a number"));
  CHECK_THAT(error_of("seed = -1"), Contains("seed = -1: expected"));
}

TEST_CASE("An unknown choice: the choices and the nearest") {
  CHECK(error_of("chip.core.level = 'phasde'") ==
        "chip.toml:1:19: chip.core.level = \"phasde\": expected one of functional, phased, rtl; "
        "did you mean phased?");
}

TEST_CASE("A syntax error: place and reason in one line") {
  CHECK_THAT(error_of("[chip]\nv_read_v = \n"), StartsWith("chip.toml:2:12: not valid TOML: "));
  CHECK_THAT(error_of("title = 'a'\ntitle = 'b'"), StartsWith("chip.toml:2:9: not valid TOML: "));
  CHECK_THAT(error_of("title = \"\xff\""), StartsWith("chip.toml:1:"));
  CHECK_THAT(error_of("seed = 9223372036854775808"), StartsWith("chip.toml:1:"));
}

TEST_CASE("Names nested without end are refused, not followed") {
  std::string deep = "[a";
  for (int i = 0; i < 500000; ++i) deep += ".a";
  CHECK_THAT(error_of("# fine: " + std::string(100, '.') + "\n" + deep + "]"),
             StartsWith("chip.toml:2:1: more than 64 dots"));
  CHECK_THAT(set_error_of("seed={a" + deep.substr(2) + "=1}"), Contains("expected an integer"));
}

TEST_CASE("A field in two spellings is refused") {
  CHECK(error_of("[chip.'core[3]']\nnoise = false\n[chip.core.3]\nnoise = true") ==
        "chip.toml:4:1: chip.core[3].noise: already given at line 2");
}

TEST_CASE("The first mistake in the file is reported") {
  CHECK_THAT(error_of("[chip]\nzzz = 1\naaa = 1\n"), StartsWith("chip.toml:2:1: chip.zzz"));
}

TEST_CASE("A character outside ASCII stands in quotes or comments only") {
  CHECK_THAT(error_of("title = 'µ' # µ\nchip.v_µ = 1"),
             StartsWith("chip.toml:2:8: not valid TOML: "));
  CHECK_THAT(error_of("title = 'µ' µ"), StartsWith("chip.toml:1:13: not valid TOML: "));
  CHECK_THAT(error_of("chip.\"v_µ\" = 1"), Contains("chip.v_µ = 1: unknown name"));
  CHECK_THAT(set_error_of("seed=µ"), StartsWith("--set: seed = µ: expected an integer"));
}

TEST_CASE("A long value is cut") {
  CHECK(error_of("seed = '" + std::string(100000, 'x') + "'").size() < 400);
}

TEST_CASE("--set stands where the file would") {
  CHECK(set_error_of("chip.v_raed_v=1") ==
        "--set: chip.v_raed_v = 1: unknown name; did you mean chip.v_read_v?");
  CHECK(set_error_of("chip.v_read_v=volts") ==
        "--set: chip.v_read_v = volts: expected a number from -1.5 to 1.5 V");
  CHECK(set_error_of("chip.core.level=phasd") ==
        "--set: chip.core.level = phasd: expected one of functional, phased, rtl; did you mean "
        "phased?");
  CHECK_THAT(set_error_of("chip.cores"), StartsWith("--set: chip.cores: expected name=value"));
  CHECK_THAT(set_error_of("=3"), StartsWith("--set: =3: expected name=value"));
  CHECK_THAT(set_error_of("seed="), StartsWith("--set: seed = : expected an integer"));
  CHECK_THAT(set_error_of("title=\xff"), Contains("expected a text"));
}

TEST_CASE("--set sets one field and nothing else") {
  CHECK_THAT(set_error_of("seed=1\ntitle='x'"), StartsWith("--set: seed = "));
  CHECK_THAT(set_error_of("chip={cores=3}"), StartsWith("--set: chip = "));
}

}  // namespace
}  // namespace neurram::config
