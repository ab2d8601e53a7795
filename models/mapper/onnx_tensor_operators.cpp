#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>

#include "models/mapper/onnx_builder.h"

namespace neurram::mapper {
namespace {

/// Values of an attribute with one number for height and one for width.
std::array<int, 2> pair_of(const OnnxNode& node, const std::string& attribute, int otherwise) {
  const std::vector<int> values = node.integers(attribute, {otherwise, otherwise});
  if (values.size() != 2) node.refuse("attribute '" + attribute + "' must hold two numbers");
  return {values[0], values[1]};
}

/// Padding that keeps ceil(input / stride) outputs; {before, after}.
std::array<int, 2> same_padding(int input, int kernel, int stride, bool extra_at_end) {
  const int outputs = (input + stride - 1) / stride;
  const int total = std::max(0, (outputs - 1) * stride + kernel - input);
  const int less = total / 2;
  return extra_at_end ? std::array<int, 2>{less, total - less}
                      : std::array<int, 2>{total - less, less};
}

/// Rows that a last, incomplete window of a pool reaches beyond its padded input.
int overhang(int padded_input, int kernel, int stride) {
  const int rest = (padded_input - kernel) % stride;
  return rest == 0 ? 0 : stride - rest;
}

/// Keeps the sums of window and image sizes inside an int.
void require_window_range(const OnnxNode& node, std::initializer_list<int> values, int least) {
  for (int value : values) {
    if (value < least || value > 65536) {
      node.refuse("kernel and strides must be 1 to 65536, padding 0 to 65536");
    }
  }
}

void set_pads(const OnnxNode& node, const Shape& input, Window& w) {
  const std::string automatic = node.text("auto_pad", "NOTSET");
  if (automatic == "VALID") return;
  if (automatic == "SAME_UPPER" || automatic == "SAME_LOWER") {
    const bool at_end = automatic == "SAME_UPPER";
    const auto vertical = same_padding(input.height, w.kernel_h, w.stride_h, at_end);
    const auto horizontal = same_padding(input.width, w.kernel_w, w.stride_w, at_end);
    w.pad_top = vertical[0];
    w.pad_bottom = vertical[1];
    w.pad_left = horizontal[0];
    w.pad_right = horizontal[1];
    return;
  }
  if (automatic != "NOTSET") node.refuse("auto_pad '" + printable(automatic) + "' is not known");
  const std::vector<int> pads = node.integers("pads", {0, 0, 0, 0});
  if (pads.size() != 4) node.refuse("attribute 'pads' must hold four numbers");
  w.pad_top = pads[0];
  w.pad_left = pads[1];
  w.pad_bottom = pads[2];
  w.pad_right = pads[3];
}

}  // namespace

Window OnnxBuilder::window(const OnnxNode& node, const Shape& input, int kernel_h,
                           int kernel_w) const {
  const auto kernel = pair_of(node, "kernel_shape", 0);
  if (node.has("kernel_shape") && (kernel[0] != kernel_h || kernel[1] != kernel_w)) {
    node.refuse("attribute 'kernel_shape' contradicts the weights");
  }
  if (pair_of(node, "dilations", 1) != std::array<int, 2>{1, 1}) {
    node.refuse("dilated windows are not supported");
  }
  const auto stride = pair_of(node, "strides", 1);
  Window result;
  result.kernel_h = kernel_h;
  result.kernel_w = kernel_w;
  result.stride_h = stride[0];
  result.stride_w = stride[1];
  require_window_range(node, {kernel_h, kernel_w, stride[0], stride[1]}, 1);
  set_pads(node, input, result);
  require_window_range(node, {result.pad_top, result.pad_left, result.pad_bottom, result.pad_right},
                       0);
  return result;
}

void OnnxBuilder::pad_for_ceil_mode(const OnnxNode& node, const Shape& input, Window& w) const {
  if (node.integer("ceil_mode", 0) == 0) return;
  const int down = overhang(input.height + w.pad_top + w.pad_bottom, w.kernel_h, w.stride_h);
  const int right = overhang(input.width + w.pad_left + w.pad_right, w.kernel_w, w.stride_w);
  if (down + right != 0 && node.integer("count_include_pad", 0) != 0) {
    node.refuse("ceil_mode together with count_include_pad is not supported");
  }
  // A window that would start in the padding is no window.
  if (w.pad_bottom + down < w.kernel_h) w.pad_bottom += down;
  if (w.pad_right + right < w.kernel_w) w.pad_right += right;
}

void OnnxBuilder::add_pool(const OnnxNode& node, const OnnxTensor& input, NodeKind kind,
                           const Window& pool_window) {
  const Shape image = shape(input);
  OnnxTensor result = input;
  result.unflattened = window_shape(image, pool_window, image.channels, node.name());
  result.node = append(node, kind, {input.node}, result.unflattened);
  graph_node(result.node).window = pool_window;
  if (kind == NodeKind::kMaxPool) {
    graph_node(result.node).post.quantizer = graph_node(input.node).post.quantizer;
  } else {
    graph_node(result.node).count_padding = node.integer("count_include_pad", 0) != 0;
    result.low = std::min(result.low, 0.0);
    result.high = std::max(result.high, 0.0);
  }
  produce(node, result);
}

void OnnxBuilder::max_pool(const OnnxNode& node) {
  const OnnxTensor& input = tensor(node, 0, true);
  if (input.rank != 4) node.refuse("it needs an image");
  const auto kernel = pair_of(node, "kernel_shape", 1);
  Window pool = window(node, shape(input), kernel[0], kernel[1]);
  pad_for_ceil_mode(node, shape(input), pool);
  add_pool(node, input, NodeKind::kMaxPool, pool);
}

void OnnxBuilder::average_pool(const OnnxNode& node) {
  const OnnxTensor& input = tensor(node, 0);
  if (input.rank != 4) node.refuse("it needs an image");
  const auto kernel = pair_of(node, "kernel_shape", 1);
  Window pool = window(node, shape(input), kernel[0], kernel[1]);
  pad_for_ceil_mode(node, shape(input), pool);
  add_pool(node, input, NodeKind::kAveragePool, pool);
}

void OnnxBuilder::global_average_pool(const OnnxNode& node) {
  const OnnxTensor& input = tensor(node, 0);
  if (input.rank != 4) node.refuse("it needs an image");
  Window pool;
  pool.kernel_h = shape(input).height;
  pool.kernel_w = shape(input).width;
  add_pool(node, input, NodeKind::kAveragePool, pool);
}

void OnnxBuilder::add_flatten(const OnnxNode& node, const OnnxTensor& input) {
  OnnxTensor result = input;
  if (input.rank == 4) {
    const Shape image = shape(input);
    result.node =
        append(node, NodeKind::kFlatten, {input.node}, {1, 1, static_cast<int>(image.size())});
    graph_node(result.node).post.quantizer = graph_node(input.node).post.quantizer;
    result.rank = 2;
    result.unflattened = image;
  }
  produce(node, result);
}

void OnnxBuilder::flatten(const OnnxNode& node) {
  const int axis = node.integer("axis", 1);
  const OnnxTensor& input = tensor(node, 0, true);
  if (axis != 1 && axis != 1 - input.rank) node.refuse("only axis 1 is supported");
  add_flatten(node, input);
}

void OnnxBuilder::reshape(const OnnxNode& node) {
  const OnnxTensor& input = tensor(node, 0, true);
  const Constant target = constant_input(node, 1);
  const auto size = static_cast<double>(shape(input).size());
  if (target.data.size() != 2 || (target.data[1] != -1.0 && target.data[1] != size)) {
    node.refuse("only a reshape of everything but the batch to one vector, [N, -1], is supported");
  }
  add_flatten(node, input);
}

void OnnxBuilder::require_class_axis(const OnnxNode& node, const OnnxTensor& input,
                                     int otherwise) const {
  const int axis = node.integer("axis", otherwise);
  const bool is_plain = input.unflattened.height == 1 && input.unflattened.width == 1;
  if (input.rank != 2 || !is_plain || (axis != 1 && axis != -1)) {
    node.refuse("it needs vectors [N, K] of a dense layer and axis 1 or -1");
  }
}

void OnnxBuilder::softmax(const OnnxNode& node) {
  OnnxTensor result = tensor(node, 0);
  require_class_axis(node, result, opset_ < 13 ? 1 : -1);
  result.node = append(node, NodeKind::kSoftmax, {result.node}, shape(result));
  result.low = 0.0;
  result.high = 1.0;
  produce(node, result);
}

void OnnxBuilder::argmax(const OnnxNode& node) {
  OnnxTensor result = tensor(node, 0);
  require_class_axis(node, result, 0);
  if (node.integer("select_last_index", 0) != 0) node.refuse("select_last_index is not supported");
  result.low = 0.0;
  result.high = shape(result).channels - 1.0;
  result.node = append(node, NodeKind::kArgmax, {result.node}, Shape{});
  result.unflattened = Shape{};
  produce(node, result);
}

void OnnxBuilder::identity(const OnnxNode& node) {
  if (auto folded = find_constant(node.input(0))) {
    folded_[node.output()] = std::move(*folded);
    return;
  }
  produce(node, tensor(node, 0, true));
}

void OnnxBuilder::constant(const OnnxNode& node) {
  Constant value;
  if (const auto* found = node.find("value")) {
    value = read_constant(found->t());
  } else if (node.has("value_float")) {
    value.data = {node.number("value_float", 0.0)};
  } else if (node.has("value_int")) {
    value.data = {static_cast<double>(node.integer("value_int", 0))};
  } else if (const auto* floats = node.find("value_floats")) {
    value.data.assign(floats->floats().begin(), floats->floats().end());
    value.dims = {floats->floats_size()};
  } else if (node.has("value_ints")) {
    const std::vector<int> values = node.integers("value_ints", {});
    value.data.assign(values.begin(), values.end());
    value.dims = {static_cast<std::int64_t>(values.size())};
  } else {
    node.refuse("it holds no tensor or number");
  }
  folded_[node.output()] = std::move(value);
}

}  // namespace neurram::mapper
