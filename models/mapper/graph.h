#pragma once

#include <cstddef>
#include <limits>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

/// The dataflow graph that a network becomes: a list of nodes in topological order, whose
/// activations are integer codes wherever a crossbar reads them.
///
/// One image runs through it with a batch of one. Tensors are height x width x channels, channel
/// fastest (NHWC); a vector of K numbers is 1 x 1 x K. Batch normalisation, bias, activation and
/// quantiser are folded into the node that they follow.
namespace neurram::mapper {

/// Integer codes of an activation: value = code * scale.
struct Quantizer {
  double scale = 1.0;      ///< value of one code, finite and > 0
  int bits = 1;            ///< 1 to 16; with a sign 2 to 16, the sign counted
  bool is_signed = false;  ///< sign and magnitude, as the chip drives it: -max .. max

  /// 2^bits - 1, signed 2^(bits-1) - 1: also what a bias row is driven with.
  [[nodiscard]] int max_code() const;
  [[nodiscard]] int min_code() const { return is_signed ? -max_code() : 0; }
  /// Nearest code, ties to even, clamped to the range.
  [[nodiscard]] int code(double value) const;
  [[nodiscard]] double value(int code) const { return code * scale; }
};
[[nodiscard]] bool operator==(const Quantizer& a, const Quantizer& b);

struct Shape {
  int height = 1;
  int width = 1;
  int channels = 1;

  [[nodiscard]] std::size_t size() const {
    return static_cast<std::size_t>(height) * static_cast<std::size_t>(width) *
           static_cast<std::size_t>(channels);
  }
};
[[nodiscard]] bool operator==(const Shape& a, const Shape& b);

/// Sliding window of a convolution or a pool. A dense product is a 1 x 1 window on 1 x 1 x K.
/// A convolution pads with zeros, a pool with what leaves its result alone.
struct Window {
  int kernel_h = 1, kernel_w = 1;
  int stride_h = 1, stride_w = 1;
  int pad_top = 0, pad_left = 0, pad_bottom = 0, pad_right = 0;
};
[[nodiscard]] bool operator==(const Window& a, const Window& b);

enum class Activation { kNone, kRelu };

/// What happens to a node's number before it leaves the node, in this order.
struct PostOperation {
  Activation activation = Activation::kNone;
  double clip_low = -std::numeric_limits<double>::infinity();
  double clip_high = std::numeric_limits<double>::infinity();
  std::optional<Quantizer> quantizer;  ///< none: the output is floating point (logits)

  /// The value that leaves: code * scale where there is a quantiser.
  [[nodiscard]] double value(double x) const;
};

enum class NodeKind {
  kInput,        ///< an image; or the state `state` as the last step left it, zero at first
  kMatrix,       ///< convolution or dense product with Graph::matrices[matrix]
  kMaxPool,      ///< per channel
  kAveragePool,  ///< per channel
  kAdd,          ///< sum of two equal shapes (residual)
  kElementwise,  ///< only its post-operation, where that could not be folded
  kFlatten,      ///< the same numbers as 1 x 1 x K; row order of the next matrix follows NHWC
  kSoftmax,      ///< over the channels of 1 x 1 x K
  kArgmax,       ///< index of the largest of 1 x 1 x K (the first of equals), as 1 x 1 x 1
};

/// How data flows through the array. Values are those of the register field SLOT_MODE.direction.
enum class Direction {
  kForward = 0,              ///< rows in, columns out
  kBackward = 1,             ///< columns in, rows out
  kRecurrentBitLine = 2,     ///< rows in, columns sensed, codes back to the rows
  kRecurrentSourceLine = 3,  ///< columns in, rows sensed, codes back to the columns
};

enum class Sampling {
  kNone,
  kStochastic,  ///< the output is 1 with the logistic probability of the sum, else 0
};

inline constexpr int kNoIndex = -1;

struct Node {
  std::string name;  ///< unique, not empty
  NodeKind kind = NodeKind::kInput;
  std::vector<int> inputs;  ///< nodes before this one
  Shape shape;              ///< of the output
  PostOperation post;       ///< max pool and flatten of codes repeat the quantiser of their input

  Window window;               ///< kMatrix and pools
  bool count_padding = false;  ///< kAveragePool: divide by the whole window at the borders
  int matrix = kNoIndex;       ///< kMatrix: index in Graph::matrices; nodes may share one
  Direction direction = Direction::kForward;
  Sampling sampling = Sampling::kNone;
  int state = kNoIndex;  ///< recurrence: the output becomes this state of the next step
};

/// y = x W + b. Row order: kernel row, kernel column, input channel (fastest).
struct Matrix {
  int rows = 0;
  int columns = 0;
  std::vector<float> weights;  ///< [rows][columns]
  std::vector<float> bias;     ///< [columns]
};

struct Graph {
  std::string name;
  std::vector<Node> nodes;  ///< the last one is the output
  std::vector<Matrix> matrices;
};

/// Products of one node per image: one for each position of its window.
[[nodiscard]] int vectors_per_image(const Node& node);

/// Quantiser of the codes that a matrix node reads. The graph has passed check().
[[nodiscard]] const Quantizer& input_quantizer(const Graph& graph, const Node& node);

/// Output shape of a window over `input` (height and width; `channels` is taken as given), padding
/// included, incomplete windows dropped. Throws NetworkError where the window is larger.
[[nodiscard]] Shape window_shape(const Shape& input, const Window& window, int channels,
                                 const std::string& node_name);

/// Throws NetworkError, naming the node, where the graph contradicts itself: order, arity, shapes,
/// sizes, numbers that are not finite, a matrix whose input carries no quantiser.
void check(const Graph& graph);

/// All but the numbers of the matrices, which travel as blobs: a node names its matrix by index.
[[nodiscard]] nlohmann::json to_json(const Graph& graph);

/// Inverse of to_json(), then check(). Throws NetworkError.
[[nodiscard]] Graph graph_from_json(const nlohmann::json& json, std::vector<Matrix> matrices);

}  // namespace neurram::mapper
