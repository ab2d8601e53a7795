#include "tests/unit/config/sample.h"

#include <catch2/catch.hpp>

#include <stdexcept>

namespace neurram::config {
namespace {

using Catch::Contains;
using sample::Level;
using sample::read;
using sample::Root;

TEST_CASE("One part may differ, in either spelling") {
  Root root;
  read(root, R"(
[chip."core[12]"]
level = "rtl"
[chip."core[12]".neuron]
bits_out = 3
[chip.core.7]
noise = false
)");
  set_field(root, "chip.core[9].level=phased");
  CHECK(root.chip.core_at(12).level == Level::kRtl);
  CHECK(root.chip.core_at(12).neuron.bits_out == 3);
  CHECK_FALSE(root.chip.core_at(7).noise);
  CHECK(root.chip.core_at(9).level == Level::kPhased);
  CHECK(root.chip.core_at(0).level == Level::kFunctional);
  CHECK(root.chip.core_overrides.size() == 3);
}

TEST_CASE("A part follows its base, whatever the order") {
  const std::string base = "[chip.core]\nnoise = false\nneuron.bits_out = 2\n";
  const std::string part = "[chip.'core[12]']\nlevel = 'rtl'\n";
  for (const std::string& text : {base + part, part + base}) {
    Root root;
    read(root, text);
    CHECK_FALSE(root.chip.core_at(12).noise);
    CHECK(root.chip.core_at(12).neuron.bits_out == 2);
    CHECK(root.chip.core_at(12).level == Level::kRtl);
  }
  Root root;
  read(root, part);
  read(root, base);
  CHECK_FALSE(root.chip.core_at(12).noise);
  CHECK(root.chip.core_at(12).level == Level::kRtl);
}

TEST_CASE("An index outside the chip names its parts") {
  CHECK(sample::error_of("[chip.'core[48]']\nnoise = false") ==
        "chip.toml:1:7: chip.core[48]: no such part; expected chip.core[0] to chip.core[47]");
  CHECK(
      sample::error_of("chip.core.48.noise = false") ==
      "chip.toml:1:14: chip.core[48].noise: no such part; expected chip.core[0] to chip.core[47]");
  CHECK_THAT(sample::error_of("[chip.'core[48]']"), Contains("no such part"));
  CHECK_THAT(sample::set_error_of("chip.core[-1].noise=false"),
             Contains("chip.core[-1].noise") && Contains("no such part"));
  CHECK_THAT(sample::set_error_of("chip.core[99999999999].noise=false"), Contains("no such part"));
  CHECK_THAT(sample::set_error_of("chip.core[x].noise=false"), Contains("unknown name"));
  CHECK_THAT(sample::set_error_of("chip[0].cores=3"), Contains("did you mean chip.cores?"));
}

TEST_CASE("The number of parts may be read with them") {
  Root root;
  read(root, "[chip.'core[60]']\nnoise = false\n[chip]\ncores = 96\n");
  CHECK_FALSE(root.chip.core_at(60).noise);
  CHECK_THAT(sample::set_error_of("chip.cores=48", root),
             Contains("chip.core[60].noise: no such part"));
}

TEST_CASE("A dump shows of a part only what differs from the base") {
  Root root;
  root.chip.core_overrides[3];  // equal to the base
  root.chip.core_overrides[5].neuron.bits_out = 4;
  const std::string text = sample::dump(root);
  CHECK_THAT(text, !Contains("core[3]"));
  CHECK_THAT(text, Contains("[chip.\"core[5]\".neuron]\nbits_out = 4"));
  Root copy;
  read(copy, text);
  CHECK(copy.chip.core_at(5).neuron.bits_out == 4);
  CHECK(copy.chip.core_overrides.size() == 1);
}

struct Inner {
  sample::Neuron base;
  std::map<int, sample::Neuron> parts;
  void describe(FieldVisitor& v) { v.indexed("neuron", "a neuron", 4, base, parts); }
};
struct Outer {
  Inner base;
  std::map<int, Inner> parts;
  void describe(FieldVisitor& v) { v.indexed("core", "a core", 4, base, parts); }
};

TEST_CASE("Indexed groups do not nest") {
  Outer outer;
  CHECK_THROWS_AS(list_fields(outer), std::logic_error);
}

}  // namespace
}  // namespace neurram::config
