#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>

#include "models/mapper/onnx_reader.h"
#include "network_writer.h"

/// The structure of the graph that a network becomes: what is folded, shapes, quantisers, rows.
namespace neurram::mapper::test {
namespace {

std::vector<float> ramp(std::size_t count) {
  std::vector<float> numbers(count);
  for (std::size_t i = 0; i < count; ++i) numbers[i] = 0.125F * static_cast<float>(i % 17) - 1.0F;
  return numbers;
}

std::vector<NodeKind> kinds(const Graph& graph) {
  std::vector<NodeKind> kinds;
  for (const Node& node : graph.nodes) kinds.push_back(node.kind);
  return kinds;
}

using Kinds = std::vector<NodeKind>;
constexpr auto kInput = NodeKind::kInput;
constexpr auto kMatrix = NodeKind::kMatrix;
constexpr auto kElementwise = NodeKind::kElementwise;

/// Image → codes → 3x3 convolution with the given attributes.
Graph convolved(const std::vector<std::int64_t>& image, const std::vector<Attribute>& attributes) {
  NetworkWriter net(image);
  const auto channels = static_cast<std::size_t>(image[0]);
  const std::string w = net.constant("w", {2, image[0], 3, 3}, ramp(18 * channels));
  const std::string y = net.add("Conv", "conv", {net.quantize("x", 1.0, 7), w}, attributes);
  return parse_onnx(net.bytes(y), "test");
}

/// Dense layer on 4 codes, then whatever `rest` adds; it gets the layer's result.
template <class Rest>
Graph dense(Rest rest) {
  NetworkWriter net({4});
  const std::string w = net.constant("w", {4, 3}, ramp(12));
  return parse_onnx(net.bytes(rest(net, net.add("MatMul", "fc", {net.quantize("x", 1.0, 7), w}))),
                    "test");
}

}  // namespace

TEST_CASE("Clip, QuantizeLinear and DequantizeLinear fold into the node before them") {
  const Graph graph = convolved({1, 8, 8}, {{"pads", {1, 1, 1, 1}}});
  REQUIRE(kinds(graph) == Kinds{kInput, kMatrix});
  const Node& image = graph.nodes[0];
  CHECK(image.name == "x");
  CHECK(image.shape == Shape{8, 8, 1});
  REQUIRE(image.post.quantizer);
  CHECK(image.post.quantizer->bits == 3);
  CHECK_FALSE(image.post.quantizer->is_signed);
  CHECK(image.post.quantizer->scale == static_cast<double>(1.0F / 7.0F));
  CHECK(image.post.clip_high == 1.0);
  CHECK(image.post.activation == Activation::kNone);
  CHECK(graph.nodes[1].name == "conv");
  CHECK(graph.nodes[1].shape == Shape{8, 8, 2});
  CHECK_FALSE(graph.nodes[1].post.quantizer);
}

TEST_CASE("Bits follow from the largest code that passes the clip") {
  struct Case {
    double low, high;
    int levels, type, bits;
    bool is_signed;
  };
  const int u8 = onnx::TensorProto::UINT8, i8 = onnx::TensorProto::INT8;
  for (const Case& c :
       {Case{0, 3, 1, u8, 1, false}, Case{0, 3, 7, u8, 3, false}, Case{0, 0.95, 15, u8, 4, false},
        Case{0, 3, 6, u8, 3, false}, Case{0, 3, 8, u8, 4, false}, Case{0, 3, 127, i8, 7, false},
        Case{-3, 3, 7, i8, 4, true}, Case{-3, 3, 7, u8, 3, false}, Case{-3, 3, 127, i8, 8, true},
        Case{-1, 3, 1, i8, 2, false}}) {
    NetworkWriter net({4});
    const Quantizer q =
        *parse_onnx(net.bytes(net.quantize("x", c.high, c.levels, c.low, c.type)), "t")
             .nodes[0]
             .post.quantizer;
    CAPTURE(c.low, c.high, c.levels, c.type, q.bits, q.is_signed);
    if (c.low == -1) continue;  // one third of a step below zero: rounds to code 0
    CHECK(q.bits == c.bits);
    CHECK(q.is_signed == c.is_signed);
  }
}

TEST_CASE("A relu and a clip after a product become its activation and bound") {
  const Graph graph = dense([](NetworkWriter& net, const std::string& y) {
    return net.quantize(net.add("Relu", "relu", {y}), 3.0, 7);
  });
  REQUIRE(kinds(graph) == Kinds{kInput, kMatrix});
  CHECK(graph.nodes[1].post.activation == Activation::kRelu);
  CHECK(graph.nodes[1].post.clip_high == 3.0);
  CHECK(std::isinf(graph.nodes[1].post.clip_low));
  CHECK(graph.nodes[1].post.quantizer->bits == 3);
}

TEST_CASE("Clip takes its bounds as attributes before opset 11") {
  NetworkWriter net({4}, 10);
  const std::string y = net.add("Clip", "clip", {"x"}, {{"min", 0.0}, {"max", 6.0}});
  const std::string step = net.constant("step", {}, {6.0F / 15});
  const std::string q = net.add("QuantizeLinear", "q", {y, step, net.zero("zero")});
  const Graph graph =
      parse_onnx(net.bytes(net.add("DequantizeLinear", "dq", {q, step, "zero"})), "t");
  CHECK(graph.nodes[0].post.clip_high == 6.0);
  CHECK(graph.nodes[0].post.quantizer->bits == 4);
}

TEST_CASE("What several operators read is not folded into") {
  const Graph graph = dense([](NetworkWriter& net, const std::string& y) {
    const std::string a = net.add("Relu", "relu", {y});
    return net.add("Add", "sum", {a, y});
  });
  REQUIRE(kinds(graph) == Kinds{kInput, kMatrix, kElementwise, NodeKind::kAdd});
  CHECK(graph.nodes[1].post.activation == Activation::kNone);
  CHECK(graph.nodes[2].post.activation == Activation::kRelu);
  CHECK(graph.nodes[3].inputs == std::vector<int>{2, 1});
}

TEST_CASE("The same quantiser twice is one, another one is a node") {
  for (int levels : {7, 3}) {
    const Graph graph = dense([&](NetworkWriter& net, const std::string& y) {
      return net.quantize(net.quantize(y, 3.0, 7), 3.0, levels);
    });
    CHECK(graph.nodes.size() == (levels == 7 ? 2 : 3));
    CHECK(graph.nodes.back().post.quantizer->bits == (levels == 7 ? 3 : 2));
  }
}

TEST_CASE("Strides, padding and automatic padding give ONNX's output sizes") {
  const auto shape = [](std::vector<Attribute> attributes) {
    return convolved({1, 7, 8}, attributes).nodes[1].shape;
  };
  CHECK(shape({}) == Shape{5, 6, 2});
  CHECK(shape({{"strides", {2, 2}}}) == Shape{3, 3, 2});
  CHECK(shape({{"pads", {0, 1, 2, 0}}}) == Shape{7, 7, 2});
  CHECK(shape({{"auto_pad", "VALID"}}) == Shape{5, 6, 2});
  CHECK(shape({{"auto_pad", "SAME_UPPER"}, {"strides", {2, 2}}}) == Shape{4, 4, 2});
  const Window upper =
      convolved({1, 8, 8}, {{"auto_pad", "SAME_UPPER"}, {"strides", {2, 2}}}).nodes[1].window;
  CHECK(upper == Window{3, 3, 2, 2, 0, 0, 1, 1});
  const Window lower =
      convolved({1, 8, 8}, {{"auto_pad", "SAME_LOWER"}, {"strides", {2, 2}}}).nodes[1].window;
  CHECK(lower == Window{3, 3, 2, 2, 1, 1, 0, 0});
}

TEST_CASE("A pool keeps the codes, rounds its size up where asked, and may be padded") {
  const auto pool = [](const char* operation, std::vector<Attribute> attributes) {
    NetworkWriter net({1, 7, 7});
    attributes.emplace_back("kernel_shape", std::vector<std::int64_t>{2, 2});
    attributes.emplace_back("strides", std::vector<std::int64_t>{2, 2});
    const std::string y = net.add(operation, "pool", {net.quantize("x", 1.0, 7)}, attributes);
    return parse_onnx(net.bytes(y), "t").nodes[1];
  };
  CHECK(pool("MaxPool", {}).shape == Shape{3, 3, 1});
  CHECK(pool("MaxPool", {}).post.quantizer->bits == 3);
  CHECK(pool("MaxPool", {{"pads", {0, 0, 1, 1}}}).shape == Shape{4, 4, 1});
  CHECK(pool("MaxPool", {{"ceil_mode", std::int64_t{1}}}).shape == Shape{4, 4, 1});
  CHECK_FALSE(pool("AveragePool", {}).post.quantizer);
  CHECK(pool("AveragePool", {{"count_include_pad", std::int64_t{1}}}).count_padding);
}

TEST_CASE("A pool between QuantizeLinear and DequantizeLinear works on codes") {
  NetworkWriter net({1, 4, 4});
  const std::string step = net.constant("step", {}, {0.25F});
  const std::string zero = net.zero("zero");
  const std::string q = net.add("QuantizeLinear", "q", {"x", step, zero});
  const std::string p = net.add("MaxPool", "pool", {q}, {{"kernel_shape", {2, 2}}});
  const std::string y = net.add("DequantizeLinear", "dq", {p, step, zero});
  const Graph graph = parse_onnx(net.bytes(y), "t");
  CHECK(graph.nodes[0].post.quantizer->bits == 8);
  CHECK(graph.nodes.back().shape == Shape{3, 3, 1});
}

TEST_CASE("Identity, Dropout and Constant leave no node") {
  NetworkWriter net({4});
  auto* node = net.model.mutable_graph()->add_node();
  node->set_op_type("Constant");
  node->add_output("w");
  auto* value = node->add_attribute();
  value->set_name("value");
  value->mutable_t()->set_data_type(onnx::TensorProto::FLOAT);
  value->mutable_t()->add_dims(4);
  value->mutable_t()->add_dims(2);
  for (float w : ramp(8)) value->mutable_t()->add_float_data(w);
  const std::string x = net.add("Dropout", "drop", {net.quantize("x", 1.0, 7)});
  const std::string w = net.add("Identity", "same", {"w"});
  const std::string y = net.add("MatMul", "fc", {net.add("Identity", "id", {x}), w});
  const Graph graph = parse_onnx(net.bytes(y), "t");
  CHECK(kinds(graph) == Kinds{kInput, kMatrix});
  CHECK(graph.matrices[0].weights == ramp(8));
}

TEST_CASE("Operators may come in any order, those that the output does not need are ignored") {
  NetworkWriter net({4});
  const std::string w = net.constant("w", {4, 2}, ramp(8));
  net.add("NonMaxSuppression", "unused", {"x"});
  net.add("Relu", "last", {"fc_out"});
  net.add("MatMul", "fc", {net.quantize("x", 1.0, 7), w});
  const Graph graph = parse_onnx(net.bytes("last_out"), "t");
  CHECK(kinds(graph) == Kinds{kInput, kMatrix});
}

TEST_CASE("Names are unique and printable") {
  NetworkWriter net({4});
  const std::string w = net.constant("w", {4, 4}, ramp(16));
  const std::string h = net.add("MatMul", "fc", {net.quantize("x", 1.0, 7), w});
  const std::string y = net.add("MatMul", "fc2", {net.quantize(h, 1.0, 7), w});
  for (auto& node : *net.model.mutable_graph()->mutable_node()) {
    if (node.op_type() == "MatMul") node.set_name("a\nb");
  }
  const Graph graph = parse_onnx(net.bytes(y), "t");
  CHECK(graph.nodes[1].name == "a?b");
  CHECK(graph.nodes[2].name != graph.nodes[1].name);
}

TEST_CASE("Weights may be of any real type, and raw") {
  const std::vector<float> weights{0.5F, -1.0F, 2.0F, 0.0F, 1.5F, -0.25F, 65504.0F, 0.125F};
  const std::vector<std::uint16_t> half{0x3800, 0xBC00, 0x4000, 0x0000,
                                        0x3E00, 0xB400, 0x7BFF, 0x3000};
  const auto read = [&](int type, const std::string& raw) {
    NetworkWriter net({4});
    const std::string w = net.constant("w", {4, 2}, {});
    auto* tensor = net.model.mutable_graph()->mutable_initializer(0);
    tensor->set_data_type(type);
    tensor->set_raw_data(raw);
    return parse_onnx(net.bytes(net.add("MatMul", "fc", {net.quantize("x", 1.0, 7), w})), "t")
        .matrices[0]
        .weights;
  };
  const auto raw = [](const auto& numbers) {
    return std::string(reinterpret_cast<const char*>(numbers.data()),
                       numbers.size() * sizeof(numbers[0]));
  };
  CHECK(read(onnx::TensorProto::FLOAT, raw(weights)) == weights);
  CHECK(read(onnx::TensorProto::DOUBLE, raw(std::vector<double>(weights.begin(), weights.end()))) ==
        weights);
  CHECK(read(onnx::TensorProto::FLOAT16, raw(half)) == weights);
  const std::vector<std::int8_t> small{1, -2, 3, -4, 5, -6, 7, -128};
  CHECK(read(onnx::TensorProto::INT8, raw(small)) ==
        std::vector<float>(small.begin(), small.end()));
}

TEST_CASE("Softmax and ArgMax end a classifier") {
  const Graph graph = dense([](NetworkWriter& net, const std::string& y) {
    const std::string p = net.add("Softmax", "softmax", {y}, {{"axis", std::int64_t{-1}}});
    return net.add("ArgMax", "argmax", {p}, {{"axis", std::int64_t{1}}});
  });
  CHECK(kinds(graph) == Kinds{kInput, kMatrix, NodeKind::kSoftmax, NodeKind::kArgmax});
  CHECK(graph.nodes.back().shape == Shape{1, 1, 1});
}

}  // namespace neurram::mapper::test
