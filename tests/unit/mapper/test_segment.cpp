#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "dense_network.h"
#include "models/base/error.h"
#include "models/mapper/segment.h"

namespace neurram::mapper::test {
namespace {

constexpr int kArray = 256;

/// W x + b of the whole matrix.
std::vector<double> whole(const Matrix& m, const std::vector<int>& codes, double scale) {
  std::vector<double> y(m.bias.begin(), m.bias.end());
  for (std::size_t i = 0; i < m.weights.size(); ++i) {
    const auto columns = static_cast<std::size_t>(m.columns);
    y[i % columns] += scale * codes[i / columns] * m.weights[i];
  }
  return y;
}

/// The same from the segments: each row's code, full code on the bias rows, parts added up.
std::vector<double> added_up(const Matrix& m, const std::vector<Segment>& segments,
                             const std::vector<int>& codes, const Quantizer& input) {
  std::vector<double> y(static_cast<std::size_t>(m.columns), 0.0);
  for (const Segment& s : segments) {
    const std::vector<float> w = segment_weights(s, m, input);
    for (std::size_t i = 0; i < w.size(); ++i) {
      const int row = static_cast<int>(i) / s.columns;
      const int code =
          row < s.rows ? codes[static_cast<std::size_t>(s.first_row + row)] : input.max_code();
      y[static_cast<std::size_t>(s.first_column) + i % static_cast<std::size_t>(s.columns)] +=
          input.scale * code * w[i];
    }
  }
  return y;
}

/// Sizes of the row parts of a matrix of `rows` rows, bias rows left out.
std::vector<int> row_parts(int rows, MapperParameters parameters = {}) {
  std::vector<int> sizes;
  for (const Segment& s : split(dense_network({{rows, 4}}), parameters, kArray, kArray)) {
    sizes.push_back(s.rows);
  }
  return sizes;
}

std::vector<Segment> with_targets(const Graph& graph, const MapperParameters& parameters) {
  std::vector<Segment> segments = split(graph, parameters, kArray, kArray);
  set_targets(graph, parameters, {1e-6, 40e-6}, segments);
  return segments;
}

}  // namespace

TEST_CASE("The parts of any matrix add up to W x + b") {
  CHECK(rc::check("sum of parts", [] {
    MapperParameters parameters;
    parameters.bias_rows = *rc::gen::inRange(1, 4);
    parameters.rows_per_segment = *rc::gen::inRange(parameters.bias_rows + 1, 129);
    parameters.columns_per_segment = *rc::gen::inRange(1, 257);
    const Quantizer input{0.37, *rc::gen::inRange(2, 8), *rc::gen::arbitrary<bool>()};
    const Graph graph = dense_network({{*rc::gen::inRange(1, 400), *rc::gen::inRange(1, 300)}},
                                      input, *rc::gen::arbitrary<unsigned>());
    const Matrix& matrix = graph.matrices[0];
    std::vector<int> codes(static_cast<std::size_t>(matrix.rows));
    for (std::size_t i = 0; i < codes.size(); ++i) {
      codes[i] = static_cast<int>(i * 7 % 11) % (input.max_code() + 1);
      if (input.is_signed && i % 3 == 0) codes[i] = -codes[i];
    }
    const auto segments = split(graph, parameters, kArray, kArray);
    const auto expected = whole(matrix, codes, input.scale);
    const auto sum = added_up(matrix, segments, codes, input);
    for (std::size_t j = 0; j < sum.size(); ++j) {
      REQUIRE(sum[j] == Approx(expected[j]).epsilon(1e-6).margin(1e-5));
    }
    for (const Segment& s : segments) {
      REQUIRE(s.logical_rows() <= parameters.rows_per_segment);
      REQUIRE(s.columns <= parameters.columns_per_segment);
      REQUIRE(s.physical_rows() <= kArray);
    }
  }));
}

TEST_CASE("Matrices are cut as on silicon: at most 100 rows with the bias row") {
  CHECK(row_parts(9) == std::vector<int>{9});
  CHECK(row_parts(99) == std::vector<int>{99});
  CHECK(row_parts(144) == std::vector<int>{72, 72});
  CHECK(row_parts(288) == std::vector<int>{96, 96, 96});
  CHECK(row_parts(512) == std::vector<int>{86, 86, 86, 86, 86, 82});
}

TEST_CASE("Small arrays and spare rows lower the limit") {
  CHECK(split(dense_network({{99, 200}}), {}, 64, 64).size() == 16);  // 4 x 31 rows, 4 x 64 columns
  MapperParameters parameters;
  parameters.spare_rows = 156;
  CHECK(row_parts(98, parameters) == std::vector<int>{49, 49});
  parameters.spare_rows = 254;
  CHECK_THROWS_AS(row_parts(98, parameters), ConfigError);
  parameters = {};
  parameters.bias_rows = 16;
  parameters.rows_per_segment = 16;
  CHECK_THROWS_WITH(row_parts(98, parameters), Catch::Contains("bias_rows"));
}

TEST_CASE("A weight becomes a pair of conductances, never below g_min") {
  Graph graph = dense_network({{3, 2}});
  graph.matrices[0].weights = {2.0F, -1.0F, 0.01F, 0.0F, -2.0F, 0.5F};
  graph.matrices[0].bias = {0.0F, 0.0F};
  const Segment s = with_targets(graph, {}).front();
  CHECK(s.w_max == 2.0);
  const std::vector<std::uint32_t> expected{
      40000000, 1000000,  1000000,  20000000,  // row 0: lines + and -
      1000000,  1000000,  1000000,  1000000,   // row 1: 0.2 uS is below g_min
      1000000,  10000000, 40000000, 1000000,   // row 2
      1000000,  1000000,  1000000,  1000000};  // bias row
  CHECK(s.target_ps == expected);
}

TEST_CASE("A bias row holds its share in units of the full-scale code") {
  const Quantizer input{0.5, 3, false};
  Graph graph = dense_network({{150, 1}}, input);
  graph.matrices[0].bias = {21.0F};
  MapperParameters parameters;
  parameters.bias_rows = 2;
  for (const Segment& s : split(graph, parameters, kArray, kArray)) {
    const auto w = segment_weights(s, graph.matrices[0], input);
    CHECK(w.size() == 77);
    CHECK(w[75] == Approx(21.0 / (0.5 * 7 * 2 * 2)));
    CHECK(w[76] == w[75]);
  }
}

TEST_CASE("A percentile below 100 scales the rest up, to 1.4 g_max at most") {
  Graph graph = dense_network({{99, 1}});
  for (std::size_t i = 0; i < 99; ++i) graph.matrices[0].weights[i] = static_cast<float>(i + 1);
  graph.matrices[0].bias = {0.0F};
  MapperParameters parameters;
  parameters.weight_percentile = 95.0;
  const Segment s = with_targets(graph, parameters).front();
  CHECK(s.w_max == Approx(94.05));  // numpy.percentile(range(100), 95)
  CHECK(s.target_ps[2 * 98] == static_cast<std::uint32_t>(std::llround(40e6 * 99 / 94.05)));
  parameters.weight_percentile = 50.0;
  CHECK(with_targets(graph, parameters).front().target_ps[2 * 98] == 56000000);
}

TEST_CASE("A segment of zeros, or of mostly zeros, still has a scale") {
  Graph graph = dense_network({{4, 2}});
  graph.matrices[0].weights.assign(8, 0.0F);
  graph.matrices[0].bias = {0.0F, 0.0F};
  MapperParameters parameters;
  parameters.weight_percentile = 50.0;
  CHECK(with_targets(graph, parameters).front().w_max == 1.0);
  graph.matrices[0].weights[5] = -3.0F;
  CHECK(with_targets(graph, parameters).front().w_max == 3.0);
}

TEST_CASE("Codes and directions that a core cannot take are refused by layer") {
  using Catch::Contains;
  const auto refuse = [](const Graph& graph) {
    return std::string([&] {
      try {
        (void)split(graph, {}, kArray, kArray);
      } catch (const NetworkError& e) {
        return std::string(e.what());
      }
      return std::string("accepted");
    }());
  };
  CHECK(refuse(dense_network({{4, 4}}, {1.0, 7, false})) == "accepted");
  CHECK(refuse(dense_network({{4, 4}}, {1.0, 8, true})) == "accepted");
  CHECK_THAT(refuse(dense_network({{4, 4}}, {1.0, 8, false})),
             Contains("'fc0'") && Contains("1 too many"));
  CHECK_THAT(refuse(dense_network({{4, 4}}, {1.0, 10, true})), Contains("2 too many"));
  Graph graph = dense_network({{4, 4}});
  graph.nodes[1].sampling = Sampling::kStochastic;
  CHECK_THAT(refuse(graph), Contains("'fc0'") && Contains("forward"));
}

TEST_CASE("A line mask counts and lists its lines") {
  LineMask mask;
  for (int line : {0, 31, 32, 255}) mask.set(line);
  CHECK(mask.count() == 4);
  CHECK(mask.lines() == std::vector<int>{0, 31, 32, 255});
  CHECK(mask.test(31));
  CHECK_FALSE(mask.test(30));
  CHECK(mask.words[7] == 0x80000000u);
}

}  // namespace neurram::mapper::test
