#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <random>

#include "evaluate.h"
#include "models/mapper/onnx_reader.h"
#include "network_writer.h"

/// What a graph computes is what the ONNX operators compute by their own definitions.
namespace neurram::mapper::test {
namespace {

/// Random numbers that repeat from run to run.
class Numbers {
 public:
  explicit Numbers(unsigned seed) : engine_(seed) {}

  std::vector<float> normal(std::size_t count, float spread = 1.0F) {
    std::normal_distribution<float> distribution(0.0F, spread);
    std::vector<float> numbers(count);
    for (float& x : numbers) x = distribution(engine_);
    return numbers;
  }
  std::vector<float> uniform(std::size_t count, float low, float high) {
    std::uniform_real_distribution<float> distribution(low, high);
    std::vector<float> numbers(count);
    for (float& x : numbers) x = distribution(engine_);
    return numbers;
  }
  std::vector<double> image(std::size_t count) {
    const std::vector<float> numbers = uniform(count, -0.2F, 1.2F);
    return {numbers.begin(), numbers.end()};
  }

 private:
  std::mt19937 engine_;
};

void check_close(const std::vector<double>& a, const std::vector<double>& b) {
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    CAPTURE(i);
    REQUIRE(a[i] == Approx(b[i]).margin(1e-5));
  }
}

void add_in_place(std::vector<double>& x, const std::vector<float>& bias, std::size_t positions) {
  for (std::size_t i = 0; i < x.size(); ++i) x[i] += bias[i / positions];
}

}  // namespace

TEST_CASE("A convolution with bias keeps its values through the change of layout") {
  CHECK(rc::check("conv", [] {
    const int channels = *rc::gen::inRange(1, 5), out = *rc::gen::inRange(1, 6);
    const int kernel = *rc::gen::inRange(1, 4), stride = *rc::gen::inRange(1, 4);
    const int pad = *rc::gen::inRange(0, kernel);
    const Shape shape{*rc::gen::inRange(3, 9), *rc::gen::inRange(3, 9), channels};
    Numbers numbers(*rc::gen::arbitrary<unsigned>());
    const auto weights = numbers.normal(static_cast<std::size_t>(out * channels * kernel * kernel));
    const auto bias = numbers.normal(static_cast<std::size_t>(out));
    const auto image = numbers.image(shape.size());

    NetworkWriter net({channels, shape.height, shape.width});
    const std::string w = net.constant("w", {out, channels, kernel, kernel}, weights);
    const std::string b = net.constant("b", {out}, bias);
    const std::string y = net.add("Conv", "conv", {net.quantize("x", 1.0, 7), w, b},
                                  {{"strides", {stride, stride}}, {"pads", {pad, pad, pad, pad}}});
    const Graph graph = parse_onnx(net.bytes(y), "t");

    auto expected = convolve(quantized(image, 1.0, 7), shape, weights, out, kernel, stride, pad);
    const Shape result = graph.nodes.back().shape;
    add_in_place(expected, bias, static_cast<std::size_t>(result.height * result.width));
    check_close(evaluate(graph, to_nhwc(image, shape)), to_nhwc(expected, result));
  }));
}

TEST_CASE("Batch normalisation folded into weights and bias changes no value") {
  const Shape shape{6, 5, 3};
  Numbers numbers(7);
  const auto weights = numbers.normal(4 * 27);
  const auto bias = numbers.normal(4), gamma = numbers.normal(4), beta = numbers.normal(4);
  const auto mean = numbers.normal(4), variance = numbers.uniform(4, 0.1F, 3.0F);
  const auto image = numbers.image(shape.size());
  const bool has_bias = GENERATE(true, false);

  NetworkWriter net({3, 6, 5});
  std::vector<std::string> inputs{net.quantize("x", 1.0, 7),
                                  net.constant("w", {4, 3, 3, 3}, weights)};
  if (has_bias) inputs.push_back(net.constant("b", {4}, bias));
  const std::string c = net.add("Conv", "conv", inputs, {{"pads", {1, 1, 1, 1}}});
  const std::string y =
      net.add("BatchNormalization", "bn",
              {c, net.constant("gamma", {4}, gamma), net.constant("beta", {4}, beta),
               net.constant("mean", {4}, mean), net.constant("variance", {4}, variance)},
              {{"epsilon", 1e-3}});
  const Graph graph = parse_onnx(net.bytes(y), "t");
  REQUIRE(graph.nodes.size() == 2);

  auto expected = convolve(quantized(image, 1.0, 7), shape, weights, 4, 3, 1, 1);
  if (has_bias) add_in_place(expected, bias, 30);
  expected = normalize(expected, 30, gamma, beta, mean, variance, 1e-3);
  check_close(evaluate(graph, to_nhwc(image, shape)), to_nhwc(expected, {6, 5, 4}));
}

TEST_CASE("The rows of a dense layer follow Flatten and Reshape into our order") {
  const bool by_reshape = GENERATE(true, false);
  const Shape shape{3, 2, 4};
  Numbers numbers(11);
  const auto weights = numbers.normal(24 * 5);
  const auto image = numbers.image(24);
  NetworkWriter net({4, 3, 2});
  const std::string codes = net.quantize("x", 1.0, 7);
  auto* target = net.model.mutable_graph()->add_initializer();
  target->set_name("target");
  target->set_data_type(onnx::TensorProto::INT64);
  target->add_dims(2);
  target->add_int64_data(0);
  target->add_int64_data(-1);
  const std::string flat = by_reshape ? net.add("Reshape", "reshape", {codes, "target"})
                                      : net.add("Flatten", "flatten", {codes});
  const std::string y = net.add("MatMul", "fc", {flat, net.constant("w", {24, 5}, weights)});
  const Graph graph = parse_onnx(net.bytes(y), "t");
  check_close(evaluate(graph, to_nhwc(image, shape)),
              multiply(quantized(image, 1.0, 7), weights, 5));
}

TEST_CASE("Gemm honours transB, alpha and beta; MatMul takes its bias from an Add") {
  Numbers numbers(13);
  const auto weights = numbers.normal(6 * 4);  // [in][out]
  const auto bias = numbers.normal(4);
  const auto image = numbers.image(6);
  std::vector<float> transposed(24);
  for (std::size_t i = 0; i < 24; ++i) transposed[i % 4 * 6 + i / 4] = weights[i];
  const auto base = multiply(quantized(image, 1.0, 7), weights, 4);

  SECTION("Gemm") {
    const bool is_transposed = GENERATE(true, false);
    NetworkWriter net({6});
    const std::string x = net.quantize("x", 1.0, 7);
    const std::string w =
        is_transposed ? net.constant("w", {4, 6}, transposed) : net.constant("w", {6, 4}, weights);
    const std::string y =
        net.add("Gemm", "fc", {x, w, net.constant("b", {4}, bias)},
                {{"transB", std::int64_t{is_transposed ? 1 : 0}}, {"alpha", 0.5}, {"beta", 2.0}});
    auto expected = base;
    for (std::size_t j = 0; j < 4; ++j) expected[j] = 0.5 * base[j] + 2.0 * bias[j];
    check_close(evaluate(parse_onnx(net.bytes(y), "t"), image), expected);
  }
  SECTION("MatMul and Add, either way round") {
    const bool bias_first = GENERATE(true, false);
    NetworkWriter net({6});
    const std::string x = net.quantize("x", 1.0, 7);
    const std::string p = net.add("MatMul", "fc", {x, net.constant("w", {6, 4}, weights)});
    const std::string b = net.constant("b", {1, 4}, bias);
    const std::string y =
        bias_first ? net.add("Add", "sum", {b, p}) : net.add("Add", "sum", {p, b});
    auto expected = base;
    add_in_place(expected, bias, 1);
    const Graph graph = parse_onnx(net.bytes(y), "t");
    CHECK(graph.nodes.size() == 2);
    check_close(evaluate(graph, image), expected);
  }
}

TEST_CASE("Weights that are stored as codes are read with their scale") {
  NetworkWriter net({2});
  auto* codes = net.model.mutable_graph()->add_initializer();
  codes->set_name("codes");
  codes->set_data_type(onnx::TensorProto::INT8);
  codes->add_dims(2);
  codes->add_dims(1);
  codes->add_int32_data(100);
  codes->add_int32_data(-50);
  const std::string step = net.constant("step", {}, {0.01F});
  const std::string zero = net.zero("zero8", onnx::TensorProto::INT8);
  const std::string stored = net.add("DequantizeLinear", "dq", {"codes", step, zero});
  const std::string again = net.add("QuantizeLinear", "q2", {stored, step, zero});
  const std::string w = net.add("DequantizeLinear", "dq2", {again, step, zero});
  const std::string y = net.add("MatMul", "fc", {net.quantize("x", 1.0, 1), w});
  check_close(evaluate(parse_onnx(net.bytes(y), "t"), {1.0, 1.0}), {0.5});
}

TEST_CASE("A residual block adds values, not codes") {
  const Shape shape{4, 4, 2};
  Numbers numbers(17);
  const auto weights = numbers.normal(2 * 2 * 9, 0.3F);
  const auto image = numbers.image(shape.size());
  NetworkWriter net({2, 4, 4});
  const std::string x = net.quantize("x", 1.0, 15);
  const std::string c = net.add("Conv", "conv", {x, net.constant("w", {2, 2, 3, 3}, weights)},
                                {{"pads", {1, 1, 1, 1}}});
  const std::string y = net.quantize(net.add("Relu", "r", {net.add("Add", "sum", {c, x})}), 2.0, 7);
  const Graph graph = parse_onnx(net.bytes(y), "t");
  REQUIRE(graph.nodes.size() == 3);
  CHECK(graph.nodes[2].post.quantizer->bits == 3);
  const auto codes = quantized(image, 1.0, 15);
  auto expected = convolve(codes, shape, weights, 2, 3, 1, 1);
  for (std::size_t i = 0; i < expected.size(); ++i) expected[i] += codes[i];
  check_close(evaluate(graph, to_nhwc(image, shape)), to_nhwc(quantized(expected, 2.0, 7), shape));
}

TEST_CASE("Average pools divide by what they cover; a signed quantiser keeps the sign") {
  NetworkWriter net({1, 3, 3});
  const std::string x = net.quantize("x", 1.0, 7, -1.0, onnx::TensorProto::INT8);
  const std::string y =
      net.add("AveragePool", "pool", {x},
              {{"kernel_shape", {2, 2}}, {"strides", {2, 2}}, {"pads", {0, 0, 1, 1}}});
  const std::vector<double> image{1, -1, 1, 0, 0, 0, -1, -1, 1};
  check_close(evaluate(parse_onnx(net.bytes(y), "t"), image), {0.0, 0.5, -1.0, 1.0});
  const std::string z = net.add("GlobalAveragePool", "all", {x});
  check_close(evaluate(parse_onnx(net.bytes(z), "t"), image), {0.0});
}

}  // namespace neurram::mapper::test
