#include "models/config/nearest.h"
#include "tests/unit/config/sample.h"

#include <catch2/catch.hpp>

#include <algorithm>

namespace neurram::config {
namespace {

using sample::Root;

TEST_CASE("Fields are listed in order of declaration, with all that is known of them") {
  Root root;
  const auto fields = list_fields(root);
  REQUIRE(fields.size() == 9);
  CHECK(fields.front().name == "title");
  CHECK(fields.back().name == "chip.v_read_v");
  CHECK(fields.back().group == "chip");
  CHECK(fields.back().unit == "V");
  CHECK(fields.back().range.high == 1.5);
  CHECK(to_toml(fields.back().value) == "0.5");
}

TEST_CASE("Defaults are those of a fresh struct") {
  Root root;
  root.title = "changed";
  CHECK(to_toml(list_fields(root).front().default_value) == "\"plain\"");
}

struct Careless {
  double no_unit = 0;
  std::int64_t no_range = 0;
  bool no_text = false;
  sample::Level one_choice = sample::Level::kFunctional;
  double outside = 7;

  void describe(FieldVisitor& v) {
    v.number({"no_unit", "", "text", Affects::kRun}, no_unit, {0, 1});
    v.integer({"no_range", "1", "text", Affects::kRun}, no_range, {});
    v.flag({"no_text", "", "", Affects::kRun}, no_text);
    v.choice({"one_choice", "", "two\nlines", Affects::kRun}, one_choice, {"functional"});
    v.number({"outside", "V", "text", Affects::kRun}, outside, {0, 1});
    v.flag({"outside", "", "text", Affects::kRun}, no_text);
  }
};

TEST_CASE("What a declaration lacks is found") {
  Careless careless;
  CHECK(missing_declarations(careless) ==
        std::vector<std::string>{"no_unit: no unit", "no_range: no range",
                                 "no_text: no line of text", "one_choice: no line of text",
                                 "outside: its value 7.0 is not a number from 0 to 1 V",
                                 "outside: declared twice"});
  sample::Chip complete;
  CHECK(missing_declarations(complete).empty());
}

TEST_CASE("Edit distance") {
  CHECK(edit_distance("", "") == 0);
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("kitten", "sitting") == 3);
  CHECK(edit_distance("rtl", "rtl") == 0);
  CHECK(nearest("x", {}).empty());
  CHECK(nearest("unray", {"binary", "unary"}) == "unary");
  CHECK(nearest_field("rows", {"chip.cores", "chip.array.rows"}) == "chip.array.rows");
}

TEST_CASE("Literals are TOML") {
  CHECK(to_toml(Value(5.0)) == "5.0");
  CHECK(to_toml(Value(-0.0)) == "-0.0");
  CHECK(to_toml(Value(1e-15)) == "1e-15");
  CHECK(to_toml(Value(std::int64_t{5})) == "5");
  CHECK(to_toml(Value(true)) == "true");
  CHECK(to_toml(Value(std::string("a\"\\\n\x7f"))) == R"("a\"\\\u000A\u007F")");
}

TEST_CASE("Names come apart") {
  const PartName part = split_name("chip.core[12].neuron.bits_out");
  CHECK(part.group == "chip.core");
  CHECK(part.index == 12);
  CHECK(part.rest == ".neuron.bits_out");
  CHECK(part.base == "chip.core.neuron.bits_out");
  for (const char* name : {"core", "core[]", "core[x]", "core[", "core]0["}) {
    CHECK(split_name(name).group.empty());
    CHECK(split_name(name).base == name);
  }
}

}  // namespace
}  // namespace neurram::config
