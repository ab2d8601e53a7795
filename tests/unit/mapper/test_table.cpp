#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "dense_network.h"
#include "models/mapper/table.h"

namespace neurram::mapper::test {

TEST_CASE("The table names every part with its place, then the totals") {
  const Deployment deployment = deploy(dense_network({{144, 16}}), {}, {}, {});
  const std::string text = map_text(deployment);
  CHECK(std::count(text.begin(), text.end(), '\n') == 5);
  CHECK_THAT(text, Catch::Contains("fc0    144     1/2     73       16     0"));
  CHECK_THAT(text, Catch::Contains("2 segments on 2 of 48 cores, 4672 cells, 3.56 %"));
}

TEST_CASE("Tab-separated values have a header and nothing else beside the lines") {
  const std::string text = map_tsv(deploy(dense_network({{144, 16}}), {}, {}, {}));
  CHECK(text.substr(0, text.find('\n')) ==
        "layer\tkernel\tpart\trows\tcolumns\tcore\tgrid row\tgrid column\tslot\tgroup\tcells");
  CHECK(std::count(text.begin(), text.end(), '\n') == 3);
  CHECK_THAT(text, Catch::Contains("fc0\t144\t2/2\t73\t16\t6\t1\t0\t0\t0\t2336\n"));
}

TEST_CASE("A convolution shows its kernel") {
  const auto deployment = deploy(parallel_convolutions(1, 8, 3, 4, 8), {}, {}, {});
  CHECK_THAT(map_tsv(deployment), Catch::Contains("conv0\t3x3x4\t1/1\t37\t8\t"));
}

TEST_CASE("JSON holds the same numbers") {
  const nlohmann::json json = map_json(deploy(dense_network({{144, 16}}), {}, {}, {}));
  CHECK(json["schema"] == 1);
  CHECK(json["segments"].size() == 2);
  CHECK(json["segments"][1]["row_part"] == 1);
  CHECK(json["segments"][1]["grid_row"] == 1);
  CHECK(json["totals"]["cells"] == 4672);
  CHECK(json["totals"]["cores_used"] == 2);
  CHECK(json["totals"]["utilisation_percent"].get<double>() == Approx(100.0 * 4672 / 131072));
}

}  // namespace neurram::mapper::test
