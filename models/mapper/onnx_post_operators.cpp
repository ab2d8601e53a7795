#include <algorithm>
#include <cmath>
#include <utility>

#include "models/mapper/onnx_builder.h"

namespace neurram::mapper {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Least number of magnitude bits that hold `code`.
int bits_for(int code) {
  int bits = 0;
  for (; code != 0; code >>= 1) ++bits;
  return bits;
}

/// Codes of values between `low` and `high`, as ONNX saturates them in `type`.
Quantizer quantizer_for(const OnnxNode& node, double scale, double low, double high, int type) {
  const bool is_int8 = type == onnx::TensorProto::INT8;
  const double type_low = is_int8 ? -127.0 : 0.0;  // a crossbar's signed codes are symmetric
  const double type_high = is_int8 ? 127.0 : 255.0;
  const auto code = [&](double value) {
    return static_cast<int>(std::nearbyint(std::clamp(value / scale, type_low, type_high)));
  };
  const int lowest = code(low);
  const int magnitude = std::max(-lowest, code(high));
  if (magnitude <= 0)
    node.refuse("every value becomes code 0: the scale is too large for the clip");
  const bool is_signed = lowest < 0;
  return {scale, bits_for(magnitude) + (is_signed ? 1 : 0), is_signed};
}

}  // namespace

int OnnxBuilder::open_post(const OnnxNode& node, const OnnxTensor& input) {
  const Node& before = graph_node(input.node);
  const bool takes_more = before.kind != NodeKind::kSoftmax && before.kind != NodeKind::kArgmax;
  if (takes_more && !before.post.quantizer && !is_shared(input)) return input.node;
  return append(node, NodeKind::kElementwise, {input.node}, shape(input));
}

void OnnxBuilder::clip_between(const OnnxNode& node, double low, double high,
                               Activation activation) {
  OnnxTensor result = tensor(node, 0);
  if (result.low < low || result.high > high) {
    result.node = open_post(node, result);
    result.low = std::clamp(result.low, low, high);
    result.high = std::clamp(result.high, low, high);
    PostOperation& post = graph_node(result.node).post;
    post.clip_low = std::clamp(post.clip_low, low, high);
    post.clip_high = std::clamp(post.clip_high, low, high);
    if (activation != Activation::kNone) post.activation = activation;
    if (post.activation == Activation::kRelu && post.clip_low == 0.0) post.clip_low = -kInfinity;
  }
  produce(node, result);
}

void OnnxBuilder::relu(const OnnxNode& node) {
  clip_between(node, 0.0, kInfinity, Activation::kRelu);
}

void OnnxBuilder::clip(const OnnxNode& node) {
  // Bounds are inputs since opset 11, attributes before.
  const double low = node.has_input(1) ? scalar_input(node, 1) : node.number("min", -kInfinity);
  const double high = node.has_input(2) ? scalar_input(node, 2) : node.number("max", kInfinity);
  if (!(low <= high)) node.refuse("its range is empty");
  const bool is_image = graph_node(tensor(node, 0).node).kind == NodeKind::kInput;
  clip_between(node, low, high, low == 0.0 && !is_image ? Activation::kRelu : Activation::kNone);
}

double OnnxBuilder::scale(const OnnxNode& node) const {
  const double value = scalar_input(node, 1);
  if (!(value > 0.0) || !std::isfinite(value)) node.refuse("its scale must be finite and above 0");
  if (node.has_input(2) && scalar_input(node, 2) != 0.0) {
    node.refuse("its zero point must be 0: code 0 is what leaves a line of the array undriven");
  }
  return value;
}

int OnnxBuilder::zero_point_type(const OnnxNode& node) const {
  const int type = node.has_input(2) ? constant_input(node, 2).type : onnx::TensorProto::UINT8;
  if (type != onnx::TensorProto::UINT8 && type != onnx::TensorProto::INT8) {
    node.refuse("its zero point must be uint8 or int8");
  }
  return type;
}

void OnnxBuilder::quantize(const OnnxNode& node) {
  if (auto values = find_constant(node.input(0))) {
    return quantize_constant(node, std::move(*values));
  }
  OnnxTensor result = tensor(node, 0);
  const Quantizer quantizer =
      quantizer_for(node, scale(node), result.low, result.high, zero_point_type(node));
  const auto& present = graph_node(result.node).post.quantizer;
  if (!present || !(*present == quantizer)) {
    result.node = open_post(node, result);
    graph_node(result.node).post.quantizer = quantizer;
  }
  result.low = std::max(result.low, quantizer.value(quantizer.min_code()));
  result.high = std::min(result.high, quantizer.value(quantizer.max_code()));
  result.is_codes = true;
  produce(node, result);
}

void OnnxBuilder::dequantize(const OnnxNode& node) {
  if (auto codes = find_constant(node.input(0))) {
    return dequantize_constant(node, std::move(*codes));
  }
  OnnxTensor result = tensor(node, 0, true);
  const auto& quantizer = graph_node(result.node).post.quantizer;
  if (!result.is_codes || !quantizer || quantizer->scale != scale(node)) {
    node.refuse("it must undo a QuantizeLinear of the same scale");
  }
  result.is_codes = false;
  produce(node, result);
}

void OnnxBuilder::quantize_constant(const OnnxNode& node, Constant values) {
  const double step = scale(node);
  const bool is_int8 = zero_point_type(node) == onnx::TensorProto::INT8;
  for (double& value : values.data) {
    value =
        std::nearbyint(std::clamp(value / step, is_int8 ? -128.0 : 0.0, is_int8 ? 127.0 : 255.0));
  }
  folded_[node.output()] = std::move(values);
}

void OnnxBuilder::dequantize_constant(const OnnxNode& node, Constant codes) {
  const double step = scale(node);
  for (double& value : codes.data) value *= step;
  folded_[node.output()] = std::move(codes);
}

}  // namespace neurram::mapper
