#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "dense_network.h"
#include "models/base/error.h"
#include "models/mapper/placement.h"

namespace neurram::mapper::test {
namespace {

struct Placed {
  Graph graph;
  std::vector<Segment> segments;
  std::vector<Place> places;
};

Placed placed(Graph graph, const ChipGeometry& chip, const MapperParameters& parameters = {}) {
  Placed result;
  check(graph);
  result.segments = split(graph, parameters, chip.array_rows, chip.array_columns);
  result.places = place(graph, result.segments, chip, parameters.spare_rows);
  result.graph = std::move(graph);
  return result;
}

bool overlap(const LineMask& a, const LineMask& b) {
  for (std::size_t i = 0; i < a.words.size(); ++i) {
    if ((a.words[i] & b.words[i]) != 0) return true;
  }
  return false;
}

/// Everything that a chip needs of a placement, whatever its quality.
void require_sound(const Placed& p, const ChipGeometry& chip) {
  for (const Segment& s : p.segments) {
    REQUIRE(s.core >= 0);
    REQUIRE(s.core < chip.cores);
    REQUIRE(s.row_mask.count() == s.physical_rows());
    REQUIRE(s.column_mask.count() == s.columns);
    REQUIRE(s.row_mask.lines().back() < chip.array_rows);
    REQUIRE(s.column_mask.lines().back() < chip.array_columns);
    for (const Segment& other : p.segments) {
      if (&s == &other || s.core != other.core) continue;
      REQUIRE_FALSE(overlap(s.column_mask, other.column_mask));
    }
  }
  std::set<std::pair<int, int>> slots, group_cores;
  for (const Place& at : p.places) {
    const int core = p.segments[static_cast<std::size_t>(at.segment)].core;
    REQUIRE(at.slot >= 0);
    REQUIRE(at.slot < chip.slots);
    REQUIRE(slots.insert({core, at.slot}).second);
    REQUIRE(group_cores.insert({core, at.group}).second);
  }
}

std::string refusal(const Graph& graph, const ChipGeometry& chip) {
  try {
    (void)placed(graph, chip);
  } catch (const NetworkError& e) {
    return e.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("Whatever fits has cells of its own, a slot of its own and groups on different cores") {
  CHECK(rc::check("sound placements", [] {
    ChipGeometry chip;
    chip.cores = *rc::gen::inRange(1, 60);
    std::vector<std::pair<int, int>> layers;
    int rows = *rc::gen::inRange(1, 400);
    for (int i = *rc::gen::inRange(1, 8); i > 0; --i) {
      const int columns = *rc::gen::inRange(1, 300);
      layers.emplace_back(rows, columns);
      rows = columns;
    }
    try {
      require_sound(placed(dense_network(layers), chip), chip);
    } catch (const NetworkError&) {
      RC_TAG("does not fit");
    }
  }));
}

TEST_CASE("Bad rows are skipped, and what no longer fits moves on or is refused") {
  CHECK(rc::check("sound placements on good rows", [] {
    ChipGeometry chip;
    chip.cores = *rc::gen::inRange(1, 12);
    const auto bad = *rc::gen::container<std::vector<std::vector<int>>>(
        static_cast<std::size_t>(chip.cores),
        rc::gen::unique<std::vector<int>>(rc::gen::inRange(0, 256)));
    chip.bad_rows = [&bad](int core) {
      std::vector<int> rows = bad[static_cast<std::size_t>(core)];
      std::sort(rows.begin(), rows.end());
      return rows;
    };
    try {
      const Placed p =
          placed(dense_network({{*rc::gen::inRange(1, 300), *rc::gen::inRange(1, 40)}}), chip);
      require_sound(p, chip);
      for (const Segment& s : p.segments) {
        const std::vector<int> rows = chip.bad_rows(s.core);
        for (const int row : s.row_mask.lines())
          RC_ASSERT_FALSE(std::binary_search(rows.begin(), rows.end(), row));
      }
    } catch (const NetworkError&) {
      RC_TAG("does not fit");
    }
  }));
  // One core of two has room: 200 rows are needed, core 0 has 190.
  ChipGeometry chip;
  chip.cores = 2;
  chip.bad_rows = [](int core) {
    std::vector<int> rows;
    for (int row = 0; row < (core == 0 ? 66 : 0); ++row) rows.push_back(3 * row);
    return rows;
  };
  const Placed p = placed(dense_network({{98, 4}}), chip);
  REQUIRE(p.segments.size() == 1);
  CHECK(p.segments[0].core == 1);
}

TEST_CASE("Segments of one matrix start together, on different cores and grid rows") {
  const ChipGeometry chip;
  const Placed p = placed(dense_network({{512, 10}}), chip);
  REQUIRE(p.places.size() == 6);
  std::set<int> rows;
  for (const Place& at : p.places) {
    CHECK(at.group == 0);
    rows.insert(chip.grid_row(p.segments[static_cast<std::size_t>(at.segment)].core));
  }
  CHECK(rows == std::set<int>{0, 1, 2, 3, 4, 5});
}

TEST_CASE("A chip with cores to spare gives every segment its own, next to the supply first") {
  const ChipGeometry chip;
  const Placed p = placed(parallel_convolutions(6, 8, 3, 4, 8), chip);
  std::set<int> cores;
  for (const Segment& s : p.segments) cores.insert(s.core);
  CHECK(cores == std::set<int>{0, 1, 2, 3, 4, 5});
}

TEST_CASE(
    "Busy layers keep a core to themselves, light ones share, diagonally while there is room") {
  ChipGeometry chip;
  chip.cores = 2;
  Graph graph = parallel_convolutions(3, 8, 3, 4, 8);
  graph.nodes[1].window.kernel_h = graph.nodes[1].window.kernel_w = 3;
  // The first one works on every second pixel only.
  Node& light = graph.nodes[2];
  light.window.stride_h = light.window.stride_w = 2;
  light.shape = {3, 3, 8};
  graph.nodes.pop_back();
  Node& lighter = graph.nodes[3];
  lighter.window.stride_h = lighter.window.stride_w = 4;
  lighter.shape = {2, 2, 8};
  const Placed p = placed(graph, chip);
  require_sound(p, chip);
  CHECK(p.segments[0].core == 0);
  CHECK(p.segments[1].core == 1);
  CHECK(p.segments[2].core == 1);
  CHECK_FALSE(overlap(p.segments[1].row_mask, p.segments[2].row_mask));
  CHECK(p.places[1].group != p.places[2].group);
}

TEST_CASE("Tall segments share a core side by side") {
  ChipGeometry chip;
  chip.cores = 1;
  const Placed p = placed(dense_network({{512, 10}}), chip);
  require_sound(p, chip);
  CHECK(p.segments[0].row_mask.lines().front() == p.segments[1].row_mask.lines().front());
  std::set<int> groups;
  for (const Place& at : p.places) groups.insert(at.group);
  CHECK(groups.size() == 6);
}

TEST_CASE("Spreading that runs out of columns gives way to packing") {
  ChipGeometry chip;
  chip.cores = 2;
  chip.array_columns = 100;
  // 40 and 40 in different cores would leave no room for 60 and 60 beside 40.
  const Placed p = placed(dense_network({{8, 40}, {40, 40}, {40, 60}, {60, 60}}), chip);
  require_sound(p, chip);
}

TEST_CASE("What does not fit says how many cores are missing and which layer is the first") {
  using Catch::Contains;
  ChipGeometry chip;
  chip.cores = 2;
  CHECK_THAT(refusal(dense_network({{90, 512}}), chip), Contains("accepted"));
  const std::string message = refusal(dense_network({{90, 512}, {512, 128}}), chip);
  CHECK_THAT(message, Contains("needs 5 cores, the chip has 2: 3 too many") && Contains("'fc1'") &&
                          Contains("of 131072 cells"));
  chip.cores = 1;
  chip.slots = 4;
  CHECK_THAT(refusal(dense_network({{512, 10}}), chip), Contains("needs 2 cores"));
}

TEST_CASE("A matrix that several nodes read has a slot for each") {
  Graph graph = parallel_convolutions(3, 8, 3, 4, 8);
  for (int i : {1, 2, 3}) graph.nodes[static_cast<std::size_t>(i)].matrix = 0;
  ChipGeometry chip;
  const Placed p = placed(graph, chip);
  require_sound(p, chip);
  CHECK(p.segments.size() == 1);
  CHECK(p.places.size() == 3);
  chip.slots = 2;
  CHECK_THAT(refusal(graph, chip), Catch::Contains("'conv0'") && Catch::Contains("1 too many"));
}

TEST_CASE("Places repeat with every further chip") {
  const ChipGeometry chip;
  CHECK(chip.grid_row(47) == 7);
  CHECK(chip.grid_column(47) == 5);
  CHECK(chip.grid_row(48) == 0);
  CHECK(chip.grid_row(54) == 1);
}

}  // namespace neurram::mapper::test
