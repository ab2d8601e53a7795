#include <catch2/catch.hpp>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>

#include "models/base/error.h"
#include "models/mapper/graph.h"

namespace neurram::mapper {
namespace {

/// 4x4 image of 3-bit codes → 3x3 convolution to 2 channels → pool → flatten → dense to 3 →
/// softmax.
Graph sample() {
  Graph graph;
  graph.name = "sample";
  graph.matrices = {{9, 2, std::vector<float>(18, 0.5F), {0.1F, -0.1F}},
                    {8, 3, std::vector<float>(24, -0.25F), {0, 0, 1}}};
  const Quantizer codes{0.125, 3, false};
  graph.nodes.resize(6);
  Node* n = graph.nodes.data();
  n[0].name = "image";
  n[0].shape = {4, 4, 1};
  n[0].post.quantizer = codes;
  n[1].name = "conv";
  n[1].kind = NodeKind::kMatrix;
  n[1].inputs = {0};
  n[1].shape = {4, 4, 2};
  n[1].matrix = 0;
  n[1].window = {3, 3, 1, 1, 1, 1, 1, 1};
  n[1].post = {Activation::kRelu, -std::numeric_limits<double>::infinity(), 3.5,
               Quantizer{0.5, 3, false}};
  n[2].name = "pool";
  n[2].kind = NodeKind::kMaxPool;
  n[2].inputs = {1};
  n[2].shape = {2, 2, 2};
  n[2].window = {2, 2, 2, 2, 0, 0, 0, 0};
  n[2].post.quantizer = n[1].post.quantizer;
  n[3].name = "flatten";
  n[3].kind = NodeKind::kFlatten;
  n[3].inputs = {2};
  n[3].shape = {1, 1, 8};
  n[3].post.quantizer = n[1].post.quantizer;
  n[4].name = "dense";
  n[4].kind = NodeKind::kMatrix;
  n[4].inputs = {3};
  n[4].shape = {1, 1, 3};
  n[4].matrix = 1;
  n[5].name = "softmax";
  n[5].kind = NodeKind::kSoftmax;
  n[5].inputs = {4};
  n[5].shape = {1, 1, 3};
  return graph;
}

std::string refusal(const std::function<void(Graph&)>& damage) {
  Graph graph = sample();
  damage(graph);
  try {
    check(graph);
  } catch (const NetworkError& e) {
    return e.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("A quantiser rounds to the nearest code, ties to even, and clamps") {
  const Quantizer plain{0.5, 3, false};
  CHECK(plain.max_code() == 7);
  CHECK(plain.min_code() == 0);
  CHECK(plain.code(0.25) == 0);
  CHECK(plain.code(0.75) == 2);
  CHECK(plain.code(-4.0) == 0);
  CHECK(plain.code(99.0) == 7);
  CHECK(plain.code(std::numeric_limits<double>::infinity()) == 7);
  CHECK(plain.code(std::numeric_limits<double>::quiet_NaN()) == 0);
  CHECK(plain.value(7) == 3.5);
  const Quantizer with_sign{0.5, 4, true};
  CHECK(with_sign.max_code() == 7);
  CHECK(with_sign.code(-99.0) == -7);
}

TEST_CASE("A post-operation rectifies, clips and quantises in that order") {
  PostOperation post;
  CHECK(post.value(-1.25) == -1.25);
  post.activation = Activation::kRelu;
  CHECK(post.value(-1.25) == 0.0);
  post.clip_high = 3.0;
  CHECK(post.value(5.0) == 3.0);
  post.quantizer = Quantizer{0.5, 3, false};
  CHECK(post.value(1.3) == 1.5);
}

TEST_CASE("A sound graph passes its check") {
  CHECK_NOTHROW(check(sample()));
  CHECK(vectors_per_image(sample().nodes[1]) == 16);
  CHECK(input_quantizer(sample(), sample().nodes[4]).scale == 0.5);
}

TEST_CASE("A graph that contradicts itself is refused by the name of the node") {
  using Catch::Contains;
  CHECK_THAT(refusal([](Graph& g) { g.nodes.clear(); }), Contains("no nodes"));
  CHECK_THAT(refusal([](Graph& g) { g.nodes[2].name = "conv"; }), Contains("'conv'"));
  CHECK_THAT(refusal([](Graph& g) { g.nodes[2].inputs = {2}; }), Contains("'pool'"));
  CHECK_THAT(refusal([](Graph& g) { g.nodes[2].inputs = {-1}; }), Contains("'pool'"));
  CHECK_THAT(refusal([](Graph& g) { g.nodes[2].inputs = {}; }), Contains("0 inputs"));
  CHECK_THAT(refusal([](Graph& g) { g.nodes[2].shape.height = 3; }), Contains("output shape"));
  CHECK_THAT(refusal([](Graph& g) { g.nodes[2].window.pad_top = 2; }), Contains("padding"));
  CHECK_THAT(refusal([](Graph& g) { g.nodes[2].window.stride_h = 0; }), Contains("strides"));
  CHECK_THAT(refusal([](Graph& g) { g.nodes[1].window.kernel_h = 9; }), Contains("'conv'"));
  CHECK_THAT(refusal([](Graph& g) { g.nodes[1].matrix = 2; }), Contains("does not exist"));
  CHECK_THAT(refusal([](Graph& g) { g.nodes[1].shape = {0, 4, 2}; }), Contains("empty"));
  CHECK_THAT(refusal([](Graph& g) { g.nodes[1].post.quantizer->bits = 17; }), Contains("17 bits"));
  CHECK_THAT(refusal([](Graph& g) { g.nodes[1].post.quantizer->scale = 0; }), Contains("scale"));
  CHECK_THAT(refusal([](Graph& g) { g.nodes[1].post.clip_low = 9; }), Contains("clip"));
  CHECK_THAT(refusal([](Graph& g) { g.matrices[0].weights.pop_back(); }), Contains("weights"));
  CHECK_THAT(refusal([](Graph& g) { g.matrices[0].rows = 8; }), Contains("8 x 2"));
  CHECK_THAT(refusal([](Graph& g) { g.matrices[1].bias[0] = std::nanf(""); }), Contains("'dense'"));
  CHECK_THAT(refusal([](Graph& g) { g.nodes[3].shape = {1, 1, 9}; }), Contains("1x1x9"));
  CHECK_THAT(refusal([](Graph& g) { g.nodes[5].inputs = {2}; }), Contains("softmax"));
  CHECK_THAT(refusal([](Graph& g) { g.nodes[0].state = 0; }), Contains("0 inputs"));
}

TEST_CASE("A matrix that reads floating point is told what to add") {
  const std::string message = refusal([](Graph& g) { g.nodes[3].post.quantizer.reset(); });
  CHECK_THAT(message, Catch::Contains("'dense'") && Catch::Contains("'flatten'") &&
                          Catch::Contains("QuantizeLinear"));
}

TEST_CASE("A backward product goes through the transposed matrix") {
  Graph graph = sample();
  Node back = graph.nodes[4];
  back.name = "back";
  back.direction = Direction::kBackward;
  back.inputs = {4};
  back.shape = {1, 1, 8};
  graph.nodes[4].post.quantizer = Quantizer{0.5, 1, false};
  graph.nodes[5] = back;
  CHECK_NOTHROW(check(graph));
  graph.nodes[5].shape = {1, 1, 3};
  CHECK_THROWS_AS(check(graph), NetworkError);
}

TEST_CASE("A graph survives JSON unchanged, weights aside") {
  Graph graph = sample();
  graph.nodes[1].state = 4;
  graph.nodes[1].sampling = Sampling::kStochastic;
  graph.nodes[1].post.clip_low = -0.1;
  graph.nodes[2].kind = NodeKind::kAveragePool;
  graph.nodes[2].count_padding = true;
  const nlohmann::json json = to_json(graph);
  const std::string text = json.dump();
  CHECK(text.find("0.25") == std::string::npos);
  const Graph back = graph_from_json(nlohmann::json::parse(text), graph.matrices);
  CHECK(to_json(back) == json);
  CHECK(back.nodes[1].post.quantizer == graph.nodes[1].post.quantizer);
  CHECK(back.nodes[1].post.clip_low == -0.1);
  CHECK(back.nodes[1].window == graph.nodes[1].window);
  CHECK(back.matrices[0].weights == graph.matrices[0].weights);
}

TEST_CASE("JSON that is no graph is refused") {
  const nlohmann::json good = to_json(sample());
  const auto refused = [&](const char* pointer, const nlohmann::json& value) {
    nlohmann::json bad = good;
    bad[nlohmann::json::json_pointer(pointer)] = value;
    CHECK_THROWS_AS(graph_from_json(bad, sample().matrices), NetworkError);
  };
  CHECK_THROWS_AS(graph_from_json(nlohmann::json::array(), {}), NetworkError);
  refused("/name", 3);
  refused("/nodes", "none");
  refused("/nodes/0/kind", "magic");
  refused("/nodes/1/inputs/0", 1.5);
  refused("/nodes/1/inputs/0", 4294967296);
  refused("/nodes/1/window/pad", nlohmann::json::array());
  refused("/nodes/1/post/quantizer/scale", nullptr);
  refused("/nodes/1/direction", "sideways");
}

}  // namespace neurram::mapper
