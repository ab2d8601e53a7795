#include "models/mapper/graph.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "models/base/error.h"

namespace neurram::mapper {
namespace {

/// Bounds that keep every product of sizes inside its integer, whatever a file says.
constexpr int kMaxExtent = 1 << 16;
constexpr std::size_t kMaxElements = std::size_t{1} << 28;

[[noreturn]] void refuse(const Node& node, const std::string& what) {
  throw NetworkError("node '" + node.name + "': " + what);
}

std::string text(const Shape& shape) {
  return std::to_string(shape.height) + "x" + std::to_string(shape.width) + "x" +
         std::to_string(shape.channels);
}

bool is_extent(int value) {
  return value >= 1 && value <= kMaxExtent;
}
bool is_pad(int value) {
  return value >= 0 && value <= kMaxExtent;
}

bool is_vector(const Shape& shape) {
  return shape.height == 1 && shape.width == 1;
}

bool transposed(Direction direction) {
  return direction == Direction::kBackward || direction == Direction::kRecurrentSourceLine;
}

void check_shape(const Node& node) {
  const Shape& shape = node.shape;
  const bool fits = is_extent(shape.height) && is_extent(shape.width) && shape.channels >= 1 &&
                    static_cast<std::size_t>(shape.channels) <= kMaxElements &&
                    shape.size() <= kMaxElements;
  if (!fits) refuse(node, "shape " + text(shape) + " is empty or too large");
}

void check_post(const Node& node) {
  const PostOperation& post = node.post;
  if (!(post.clip_low <= post.clip_high)) refuse(node, "the clip range is empty");
  if (!post.quantizer) return;
  const Quantizer& quantizer = *post.quantizer;
  if (!(quantizer.scale > 0.0) || !std::isfinite(quantizer.scale)) {
    refuse(node, "the scale of the quantiser must be finite and above 0");
  }
  const int least = quantizer.is_signed ? 2 : 1;
  if (quantizer.bits < least || quantizer.bits > 16) {
    refuse(node, "the quantiser has " + std::to_string(quantizer.bits) + " bits; " +
                     std::to_string(least) + " to 16 are possible");
  }
}

void check_window(const Node& node) {
  const Window& w = node.window;
  const bool fits = is_extent(w.kernel_h) && is_extent(w.kernel_w) && is_extent(w.stride_h) &&
                    is_extent(w.stride_w) && is_pad(w.pad_top) && is_pad(w.pad_left) &&
                    is_pad(w.pad_bottom) && is_pad(w.pad_right);
  if (!fits) refuse(node, "kernel and strides must be 1 to 65536, padding 0 to 65536");
}

void check_matrix_numbers(const Matrix& matrix, const Node& node) {
  const auto rows = static_cast<std::size_t>(matrix.rows);
  const auto columns = static_cast<std::size_t>(matrix.columns);
  if (matrix.weights.size() != rows * columns || matrix.bias.size() != columns) {
    refuse(node, "the matrix holds another number of weights than its shape says");
  }
  const auto finite = [](float value) { return std::isfinite(value); };
  if (!std::all_of(matrix.weights.begin(), matrix.weights.end(), finite) ||
      !std::all_of(matrix.bias.begin(), matrix.bias.end(), finite)) {
    refuse(node, "a weight or bias is not a finite number");
  }
}

void check_matrix(const Graph& graph, const Node& node, const Node& input) {
  if (node.matrix < 0 || static_cast<std::size_t>(node.matrix) >= graph.matrices.size()) {
    refuse(node, "matrix " + std::to_string(node.matrix) + " does not exist");
  }
  check_window(node);
  const Matrix& matrix = graph.matrices[static_cast<std::size_t>(node.matrix)];
  const bool back = transposed(node.direction);
  const long long fan_in = 1LL * node.window.kernel_h * node.window.kernel_w * input.shape.channels;
  if ((back ? matrix.columns : matrix.rows) != fan_in ||
      (back ? matrix.rows : matrix.columns) != node.shape.channels) {
    refuse(node, "a matrix of " + std::to_string(matrix.rows) + " x " +
                     std::to_string(matrix.columns) + " does not map " + std::to_string(fan_in) +
                     " inputs to " + std::to_string(node.shape.channels) + " outputs");
  }
  check_matrix_numbers(matrix, node);
  if (!(window_shape(input.shape, node.window, node.shape.channels, node.name) == node.shape)) {
    refuse(node, "the output shape is not that of the window");
  }
  if (!input.post.quantizer) {
    refuse(node, "its input '" + input.name +
                     "' is floating point, but a crossbar reads integer codes: put Clip, "
                     "QuantizeLinear and DequantizeLinear between the two");
  }
}

void check_pool(const Node& node, const Node& input) {
  check_window(node);
  const Window& w = node.window;
  if (std::max(w.pad_top, w.pad_bottom) >= w.kernel_h ||
      std::max(w.pad_left, w.pad_right) >= w.kernel_w) {
    refuse(node, "the padding of a pool must be smaller than its kernel");
  }
  if (!(window_shape(input.shape, w, input.shape.channels, node.name) == node.shape)) {
    refuse(node, "the output shape is not that of the window");
  }
}

void check_inputs(const Node& node, std::size_t index) {
  const bool is_input = node.kind == NodeKind::kInput;
  const std::size_t count = node.inputs.size();
  const bool right = is_input ? count == 0 : node.kind == NodeKind::kAdd ? count >= 2 : count == 1;
  if (!right) refuse(node, "has " + std::to_string(count) + " inputs");
  for (int input : node.inputs) {
    if (input < 0 || static_cast<std::size_t>(input) >= index) {
      refuse(node, "reads a node that does not come before it");
    }
  }
}

void check_kind(const Graph& graph, const Node& node) {
  if (node.kind == NodeKind::kInput) return;
  const Node& input = graph.nodes[static_cast<std::size_t>(node.inputs.front())];
  const auto same_shape = [&](int i) {
    return graph.nodes[static_cast<std::size_t>(i)].shape == node.shape;
  };
  switch (node.kind) {
    case NodeKind::kInput:
      return;
    case NodeKind::kMatrix:
      return check_matrix(graph, node, input);
    case NodeKind::kMaxPool:
    case NodeKind::kAveragePool:
      return check_pool(node, input);
    case NodeKind::kAdd:
    case NodeKind::kElementwise:
      if (std::all_of(node.inputs.begin(), node.inputs.end(), same_shape)) return;
      refuse(node, "its inputs have another shape than " + text(node.shape));
    case NodeKind::kFlatten:
      if (is_vector(node.shape) && node.shape.size() == input.shape.size()) return;
      refuse(node, "cannot make " + text(node.shape) + " of " + text(input.shape));
    case NodeKind::kSoftmax:
      if (is_vector(input.shape) && input.shape == node.shape) return;
      refuse(node, "softmax needs a vector, not " + text(input.shape));
    case NodeKind::kArgmax:
      if (is_vector(input.shape) && node.shape == Shape{}) return;
      refuse(node, "argmax needs a vector, not " + text(input.shape));
  }
}

}  // namespace

int Quantizer::max_code() const {
  return (1 << (is_signed ? bits - 1 : bits)) - 1;
}

int Quantizer::code(double value) const {
  const double low = min_code();
  const double high = max_code();
  const double quotient = value / scale;
  if (!(quotient > low)) return min_code();  // also what is not a number
  return static_cast<int>(std::nearbyint(std::min(quotient, high)));
}

bool operator==(const Quantizer& a, const Quantizer& b) {
  return a.scale == b.scale && a.bits == b.bits && a.is_signed == b.is_signed;
}

bool operator==(const Shape& a, const Shape& b) {
  return a.height == b.height && a.width == b.width && a.channels == b.channels;
}

bool operator==(const Window& a, const Window& b) {
  return a.kernel_h == b.kernel_h && a.kernel_w == b.kernel_w && a.stride_h == b.stride_h &&
         a.stride_w == b.stride_w && a.pad_top == b.pad_top && a.pad_left == b.pad_left &&
         a.pad_bottom == b.pad_bottom && a.pad_right == b.pad_right;
}

double PostOperation::value(double x) const {
  if (activation == Activation::kRelu) x = std::max(x, 0.0);
  x = std::min(std::max(x, clip_low), clip_high);
  return quantizer ? quantizer->value(quantizer->code(x)) : x;
}

int vectors_per_image(const Node& node) {
  return node.shape.height * node.shape.width;
}

const Quantizer& input_quantizer(const Graph& graph, const Node& node) {
  return *graph.nodes[static_cast<std::size_t>(node.inputs.front())].post.quantizer;
}

Shape window_shape(const Shape& input, const Window& w, int channels,
                   const std::string& node_name) {
  const int height = input.height + w.pad_top + w.pad_bottom;
  const int width = input.width + w.pad_left + w.pad_right;
  if (height < w.kernel_h || width < w.kernel_w) {
    throw NetworkError("node '" + node_name + "': a window of " + std::to_string(w.kernel_h) + "x" +
                       std::to_string(w.kernel_w) + " does not fit an input of " +
                       std::to_string(height) + "x" + std::to_string(width) + ", padding included");
  }
  return {(height - w.kernel_h) / w.stride_h + 1, (width - w.kernel_w) / w.stride_w + 1, channels};
}

void check(const Graph& graph) {
  if (graph.nodes.empty()) throw NetworkError("the network has no nodes");
  std::set<std::string> names;
  int images = 0;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    if (node.name.empty() || !names.insert(node.name).second) {
      throw NetworkError("node " + std::to_string(i) + ": its name '" + node.name +
                         "' is empty or taken");
    }
    if (node.kind == NodeKind::kInput && node.state == kNoIndex) ++images;
    check_inputs(node, i);
    check_shape(node);
    check_post(node);
    check_kind(graph, node);
  }
  if (images != 1) {
    throw NetworkError("the network has " + std::to_string(images) +
                       " inputs that are not states; it must have one");
  }
}

}  // namespace neurram::mapper
