#include <unistd.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>

#include "models/base/error.h"
#include "models/mapper/onnx_reader.h"
#include "network_writer.h"
#include "tests/unit/temporary_folder.h"

/// Everything that the reader refuses, by the words that tell the user what to do.
namespace neurram::mapper::test {
namespace {

using Catch::Contains;

std::string message(const std::string& bytes) {
  try {
    (void)parse_onnx(bytes, "net.onnx");
  } catch (const Error& e) {
    return e.what();
  }
  return "accepted";
}

/// A sound network: 1x6x6 image → 3x3 convolution 'conv' to 2 channels; weights 'w', bias 'b'.
NetworkWriter sound() {
  NetworkWriter net({1, 6, 6});
  net.constant("w", {2, 1, 3, 3}, std::vector<float>(18, 0.5F));
  net.constant("b", {2}, {0.0F, 1.0F});
  net.add("Conv", "conv", {net.quantize("x", 1.0, 7), "w", "b"});
  return net;
}

onnx::NodeProto& conv(NetworkWriter& net) {
  return *net.model.mutable_graph()->mutable_node(net.model.graph().node_size() - 1);
}

onnx::TensorProto& weights(NetworkWriter& net) {
  return *net.model.mutable_graph()->mutable_initializer(0);
}

std::string refusal(const std::function<void(NetworkWriter&)>& damage) {
  NetworkWriter net = sound();
  damage(net);
  return message(net.bytes("conv_out"));
}

std::string with_attribute(const Attribute& attribute) {
  return refusal([&](NetworkWriter& net) { *conv(net).add_attribute() = attribute.proto; });
}

/// The operator after the convolution.
std::string followed_by(const std::string& operation, const std::vector<std::string>& more = {},
                        const std::vector<Attribute>& attributes = {}) {
  NetworkWriter net = sound();
  std::vector<std::string> inputs{"conv_out"};
  inputs.insert(inputs.end(), more.begin(), more.end());
  return message(net.bytes(net.add(operation, "last", inputs, attributes)));
}

}  // namespace

TEST_CASE("The sound network is accepted") {
  CHECK(message(sound().bytes("conv_out")) == "accepted");
}

TEST_CASE("Files that are no network are refused as files") {
  namespace fs = std::filesystem;
  CHECK_THROWS_AS(read_onnx("/nonexistent/net.onnx"), FileError);
  CHECK_THROWS_WITH(read_onnx("/nonexistent/net.onnx"), Contains("/nonexistent/net.onnx"));
  CHECK_THROWS_AS(read_onnx(fs::temp_directory_path().string()), FileError);
  CHECK_THAT(message(""), Contains("net.onnx") && Contains("empty"));
  CHECK_THAT(message("GIF89a, not a network"), Contains("not an ONNX file"));
  CHECK_THAT(message(std::string(1000, '\0')), Contains("not an ONNX file"));
  const std::string whole = sound().bytes("conv_out");
  CHECK_THAT(message(whole.substr(0, whole.size() / 2)), Contains("cut short"));

  const TemporaryFolder folder;
  CHECK(read_onnx(folder.write("whole.onnx", whole).string()).nodes.size() == 2);
}

TEST_CASE("Every truncation of a network is refused or read, never worse") {
  const std::string whole = sound().bytes("conv_out");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CHECK(message(whole.substr(0, size)) != "");
  }
}

TEST_CASE("An unsupported operator is named with its node and what is supported") {
  CHECK_THAT(followed_by("LSTM"),
             Contains("LSTM 'last'") && Contains("Supported are: Add, ArgMax"));
  CHECK_THAT(refusal([](NetworkWriter& net) { conv(net).set_domain("com.example"); }),
             Contains("Conv 'conv'") && Contains("not supported"));
}

TEST_CASE("Convolutions that the array does not do are refused") {
  CHECK_THAT(with_attribute({"group", std::int64_t{2}}), Contains("'conv'") && Contains("group"));
  CHECK_THAT(with_attribute({"dilations", {2, 2}}), Contains("dilated"));
  CHECK_THAT(with_attribute({"kernel_shape", {5, 5}}), Contains("contradicts"));
  CHECK_THAT(with_attribute({"strides", {0, 1}}), Contains("strides"));
  CHECK_THAT(with_attribute({"strides", std::vector<std::int64_t>{1}}), Contains("two numbers"));
  CHECK_THAT(with_attribute({"pads", {1, 1}}), Contains("four numbers"));
  CHECK_THAT(with_attribute({"pads", {-1, 0, 0, 0}}), Contains("padding"));
  CHECK_THAT(with_attribute({"pads", {1L << 40, 0, 0, 0}}), Contains("too large"));
  CHECK_THAT(with_attribute({"auto_pad", "SIDEWAYS"}), Contains("SIDEWAYS"));
}

TEST_CASE("Initialisers that are missing, wrong or elsewhere are named") {
  CHECK_THAT(refusal([](NetworkWriter& net) { conv(net).set_input(1, "w9"); }),
             Contains("'w9'") && Contains("'conv'"));
  CHECK_THAT(refusal([](NetworkWriter& net) { conv(net).set_input(1, ""); }), Contains("missing"));
  CHECK_THAT(refusal([](NetworkWriter& net) { weights(net).set_float_data(3, std::nanf("")); }),
             Contains("'conv'") && Contains("finite"));
  CHECK_THAT(refusal([](NetworkWriter& net) { weights(net).set_dims(1, 2); }),
             Contains("'w'") && Contains("36"));
  CHECK_THAT(refusal([](NetworkWriter& net) { weights(net).set_dims(0, -1); }), Contains("-1"));
  CHECK_THAT(refusal([](NetworkWriter& net) { weights(net).set_dims(0, 1L << 40); }),
             Contains("range"));
  CHECK_THAT(refusal([](NetworkWriter& net) {
               for (int i = 0; i < 4; ++i) weights(net).set_dims(i, 1 << 20);
             }),
             Contains("2^28"));
  CHECK_THAT(refusal([](NetworkWriter& net) { weights(net).set_data_type(8); }),
             Contains("type 8"));
  CHECK_THAT(refusal([](NetworkWriter& net) {
               weights(net).set_data_location(onnx::TensorProto::EXTERNAL);
             }),
             Contains("another file"));
  CHECK_THAT(refusal([](NetworkWriter& net) {
               net.model.mutable_graph()->mutable_initializer(1)->set_dims(0, 3);
               net.model.mutable_graph()->mutable_initializer(1)->add_float_data(1.0F);
             }),
             Contains("3 numbers") && Contains("2 channels"));
}

TEST_CASE("Inputs of unknown or impossible shape are refused") {
  const auto dim = [](int axis, auto change) {
    return refusal([&](NetworkWriter& net) {
      change(net.model.mutable_graph()
                 ->mutable_input(0)
                 ->mutable_type()
                 ->mutable_tensor_type()
                 ->mutable_shape()
                 ->mutable_dim(axis));
    });
  };
  CHECK_THAT(dim(2, [](auto* d) { d->set_dim_param("H"); }),
             Contains("'x'") && Contains("dynamic"));
  CHECK_THAT(dim(3, [](auto* d) { d->set_dim_value(0); }), Contains("dimension 3"));
  CHECK_THAT(dim(1, [](auto* d) { d->set_dim_value(2); }),
             Contains("'conv'") && Contains("channels"));
  CHECK_THAT(dim(2, [](auto* d) { d->set_dim_value(2); }), Contains("does not fit"));
  CHECK_THAT(message(NetworkWriter({1, 2}).bytes("x")), Contains("3 dimensions"));
}

TEST_CASE("A network has one input and one output, and the one depends on the other") {
  CHECK_THAT(refusal([](NetworkWriter& net) { net.model.mutable_graph()->clear_input(); }),
             Contains("'x'"));
  CHECK_THAT(refusal([](NetworkWriter& net) {
               *net.model.mutable_graph()->add_input() = net.model.graph().input(0);
             }),
             Contains("several inputs"));
  NetworkWriter net = sound();
  (void)net.bytes("conv_out");
  net.model.mutable_graph()->add_output()->set_name("x");
  CHECK_THAT(message(net.model.SerializeAsString()), Contains("2 outputs"));
  CHECK_THAT(message(sound().bytes("w")), Contains("does not depend"));
  CHECK_THAT(message(sound().bytes("nowhere")), Contains("'nowhere'"));
  CHECK_THAT(refusal([](NetworkWriter& n) { n.model.clear_opset_import(); }),
             Contains("operator set"));
  CHECK_THAT(refusal([](NetworkWriter& n) { n.model.mutable_opset_import(0)->set_version(6); }),
             Contains("operator set 6"));
}

TEST_CASE("Cycles and tensors made twice are refused") {
  NetworkWriter net = sound();
  net.add("Add", "a", {"conv_out", "b_out"});
  net.add("Relu", "b", {"a_out"});
  const std::string after = net.add("Relu", "after", {"b_out"});
  CHECK_THAT(message(net.bytes(after)),
             Contains("cycle") && Contains("own result") && !Contains("'after'"));
  CHECK_THAT(refusal([](NetworkWriter& n) {
               *n.model.mutable_graph()->add_node() = n.model.graph().node(0);
             }),
             Contains("more than once"));
}

TEST_CASE("A product that reads real numbers is told to quantise them") {
  NetworkWriter net({1, 6, 6});
  net.constant("w", {2, 1, 3, 3}, std::vector<float>(18, 0.5F));
  CHECK_THAT(message(net.bytes(net.add("Conv", "conv", {"x", "w"}))),
             Contains("'conv'") && Contains("QuantizeLinear"));
}

TEST_CASE("Quantisers that the chip has no codes for are refused") {
  const auto quantized = [](float step, float zero_point, bool undo, float other_step = 0.0F) {
    NetworkWriter net({4});
    net.constant("step", {}, {step});
    net.constant("other", {}, {other_step});
    auto* zero = net.model.mutable_graph()->add_initializer();
    zero->set_name("zero");
    zero->set_data_type(onnx::TensorProto::UINT8);
    zero->add_int32_data(static_cast<int>(zero_point));
    const std::string q = net.add("QuantizeLinear", "q", {"x", "step", "zero"});
    if (!undo) return message(net.bytes(net.add("Relu", "relu", {q})));
    return message(net.bytes(
        net.add("DequantizeLinear", "dq", {q, other_step == 0 ? "step" : "other", "zero"})));
  };
  CHECK(quantized(0.1F, 0, true) == "accepted");
  CHECK_THAT(quantized(0.1F, 128, true), Contains("zero point must be 0"));
  CHECK_THAT(quantized(0.0F, 0, true), Contains("scale"));
  CHECK_THAT(quantized(std::nanf(""), 0, true), Contains("scale"));
  CHECK_THAT(quantized(0.1F, 0, false), Contains("'relu'") && Contains("DequantizeLinear"));
  CHECK_THAT(quantized(0.1F, 0, true, 0.2F), Contains("same scale"));
  NetworkWriter net({4});
  CHECK_THAT(message(net.bytes(net.quantize("x", 1e-3, 1, -1.0))), Contains("accepted"));
  NetworkWriter flat({4});
  flat.constant("one", {}, {1.0F});
  flat.constant("tiny", {}, {0.01F});
  const std::string clipped = flat.add("Clip", "clip", {"x", "", "tiny"});
  CHECK_THAT(message(flat.bytes(flat.add("QuantizeLinear", "q", {clipped, "one"}))),
             Contains("'q'") && Contains("code 0"));
}

TEST_CASE("Operators in the wrong place say where they belong") {
  CHECK_THAT(followed_by("Gemm", {"w"}), Contains("'last'"));
  CHECK_THAT(followed_by("Softmax"), Contains("dense layer"));
  CHECK_THAT(followed_by("ArgMax"), Contains("axis"));
  CHECK_THAT(followed_by("Flatten", {}, {{"axis", std::int64_t{2}}}), Contains("axis 1"));
  CHECK_THAT(followed_by("Add", {"x"}), Contains("different shapes"));
  CHECK_THAT(followed_by("Add", {"b"}), Contains("one number per channel"));
  CHECK_THAT(followed_by("MaxPool", {}, {{"kernel_shape", {9, 9}}}), Contains("does not fit"));
  CHECK_THAT(followed_by("MaxPool", {}, {{"kernel_shape", {2, 2}}, {"pads", {2, 2, 2, 2}}}),
             Contains("padding"));
  CHECK_THAT(followed_by("Clip", {"b"}), Contains("one number"));
  CHECK_THAT(followed_by("Constant"), Contains("Constant"));
  NetworkWriter net({4});
  const std::vector<std::string> ones(4, net.constant("one", {}, {1.0F}));
  std::vector<std::string> inputs{net.quantize("x", 1.0, 7)};
  inputs.insert(inputs.end(), ones.begin(), ones.end());
  CHECK_THAT(message(net.bytes(net.add("BatchNormalization", "bn", inputs))),
             Contains("'bn'") && Contains("must follow a Conv"));
}

}  // namespace neurram::mapper::test
