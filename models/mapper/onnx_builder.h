#pragma once

#include <onnx/onnx_pb.h>

#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "models/mapper/graph.h"
#include "models/mapper/onnx_node.h"

/// Private to the ONNX reader: makes the graph, one operator after the other.
namespace neurram::mapper {

/// What is known of a tensor while the graph grows.
struct OnnxTensor {
  int node = 0;       ///< that produces it
  int rank = 4;       ///< 4: [N, C, H, W]; 2: [N, K]
  Shape unflattened;  ///< rank 2: the image it was; ONNX flattened it channel-slowest
  double low = -std::numeric_limits<double>::infinity();  ///< bounds of its values
  double high = std::numeric_limits<double>::infinity();
  bool is_codes = false;  ///< between QuantizeLinear and DequantizeLinear
};

class OnnxBuilder {
 public:
  OnnxBuilder(const onnx::GraphProto& graph, int opset);

  /// The whole graph, checked. Throws NetworkError.
  [[nodiscard]] Graph build();

 private:
  using Handler = void (OnnxBuilder::*)(const OnnxNode&);
  static const std::map<std::string, Handler>& handlers();

  void add_input();
  void add_operator(const OnnxNode& node);

  // onnx_matrix_operators.cpp: what becomes, or is folded into, a matrix node.
  void convolution(const OnnxNode& node);
  void gemm(const OnnxNode& node);
  void matmul(const OnnxNode& node);
  void batch_normalization(const OnnxNode& node);
  void add(const OnnxNode& node);
  void add_dense(const OnnxNode& node, const OnnxTensor& input, Matrix matrix);
  void add_bias(const OnnxNode& node, Matrix& matrix, const Constant& bias);
  /// Matrix that batch normalisation or a bias can still change: the tensor is its raw product.
  [[nodiscard]] Matrix& open_matrix(const OnnxNode& node, const OnnxTensor& input);

  // onnx_post_operators.cpp: what is folded into the node before it.
  void relu(const OnnxNode& node);
  void clip(const OnnxNode& node);
  void quantize(const OnnxNode& node);
  void dequantize(const OnnxNode& node);
  void clip_between(const OnnxNode& node, double low, double high, Activation activation);
  void quantize_constant(const OnnxNode& node, Constant values);
  void dequantize_constant(const OnnxNode& node, Constant codes);
  /// Scale of QuantizeLinear or DequantizeLinear, whose zero point must be 0, and its code type.
  [[nodiscard]] double scale(const OnnxNode& node) const;
  [[nodiscard]] int zero_point_type(const OnnxNode& node) const;
  /// Node whose post-operation may take one more step: that of the tensor, or a new one.
  [[nodiscard]] int open_post(const OnnxNode& node, const OnnxTensor& input);

  // onnx_tensor_operators.cpp: the rest.
  void max_pool(const OnnxNode& node);
  void average_pool(const OnnxNode& node);
  void global_average_pool(const OnnxNode& node);
  void flatten(const OnnxNode& node);
  void reshape(const OnnxNode& node);
  void softmax(const OnnxNode& node);
  void argmax(const OnnxNode& node);
  void identity(const OnnxNode& node);
  void constant(const OnnxNode& node);
  void add_pool(const OnnxNode& node, const OnnxTensor& input, NodeKind kind, const Window& window);
  void add_flatten(const OnnxNode& node, const OnnxTensor& input);
  void require_class_axis(const OnnxNode& node, const OnnxTensor& input, int otherwise) const;
  [[nodiscard]] Window window(const OnnxNode& node, const Shape& input, int kernel_h,
                              int kernel_w) const;
  void pad_for_ceil_mode(const OnnxNode& node, const Shape& input, Window& window) const;

  /// Tensor that an operator reads. Throws where it is a constant, or codes and `codes_too` is off.
  [[nodiscard]] const OnnxTensor& tensor(const OnnxNode& node, int index,
                                         bool codes_too = false) const;
  /// Constant that an operator reads, or null where it is computed.
  [[nodiscard]] std::optional<Constant> find_constant(const std::string& name) const;
  /// Throws where it is computed.
  [[nodiscard]] Constant constant_input(const OnnxNode& node, int index) const;
  [[nodiscard]] double scalar_input(const OnnxNode& node, int index) const;

  /// Appends a graph node named after the operator; its index.
  int append(const OnnxNode& node, NodeKind kind, std::vector<int> inputs, const Shape& shape);
  /// Appends a matrix node with its matrix; bounds of the result are unknown.
  void append_matrix(const OnnxNode& node, const OnnxTensor& input, const Window& window,
                     const Shape& shape, Matrix matrix);
  /// Declares the operator's output.
  void produce(const OnnxNode& node, const OnnxTensor& tensor);
  [[nodiscard]] std::string unique_name(const std::string& wanted);
  [[nodiscard]] Node& graph_node(int index) {
    return graph_.nodes[static_cast<std::size_t>(index)];
  }
  [[nodiscard]] const Shape& shape(const OnnxTensor& tensor) const {
    return graph_.nodes[static_cast<std::size_t>(tensor.node)].shape;
  }
  [[nodiscard]] bool is_shared(const OnnxTensor& tensor) const {
    return shared_.count(tensor.node) != 0;
  }

  const onnx::GraphProto& proto_;
  int opset_;
  Graph graph_;
  std::unordered_map<std::string, OnnxTensor> tensors_;
  std::unordered_map<std::string, const onnx::TensorProto*> initializers_;
  std::unordered_map<std::string, Constant> folded_;  ///< constants that operators made
  std::unordered_map<std::string, int> readers_;      ///< tensor → operators that read it
  std::set<int> shared_;                              ///< nodes whose value several others read
  std::set<std::string> names_;
};

}  // namespace neurram::mapper
