#include "models/mapper/onnx_builder.h"

#include <utility>

#include "models/base/error.h"
#include "models/mapper/onnx_order.h"

namespace neurram::mapper {
namespace {

/// Extent of the network's input; only the batch may be left open.
int extent(const onnx::ValueInfoProto& input, int axis) {
  const auto& dim = input.type().tensor_type().shape().dim(axis);
  if (dim.dim_value() < 1 || dim.dim_value() > 65536) {
    throw NetworkError("input '" + printable(input.name()) + "': dimension " +
                       std::to_string(axis) +
                       " is dynamic or out of range; export the network with fixed channels, "
                       "height and width (1 to 65536)");
  }
  return static_cast<int>(dim.dim_value());
}

}  // namespace

OnnxBuilder::OnnxBuilder(const onnx::GraphProto& graph, int opset) : proto_(graph), opset_(opset) {
  graph_.name = printable(graph.name());
  for (const auto& initializer : graph.initializer()) {
    initializers_[initializer.name()] = &initializer;
  }
}

const std::map<std::string, OnnxBuilder::Handler>& OnnxBuilder::handlers() {
  static const std::map<std::string, Handler> table{
      {"Add", &OnnxBuilder::add},
      {"ArgMax", &OnnxBuilder::argmax},
      {"AveragePool", &OnnxBuilder::average_pool},
      {"BatchNormalization", &OnnxBuilder::batch_normalization},
      {"Clip", &OnnxBuilder::clip},
      {"Constant", &OnnxBuilder::constant},
      {"Conv", &OnnxBuilder::convolution},
      {"DequantizeLinear", &OnnxBuilder::dequantize},
      {"Dropout", &OnnxBuilder::identity},
      {"Flatten", &OnnxBuilder::flatten},
      {"Gemm", &OnnxBuilder::gemm},
      {"GlobalAveragePool", &OnnxBuilder::global_average_pool},
      {"Identity", &OnnxBuilder::identity},
      {"MatMul", &OnnxBuilder::matmul},
      {"MaxPool", &OnnxBuilder::max_pool},
      {"QuantizeLinear", &OnnxBuilder::quantize},
      {"Relu", &OnnxBuilder::relu},
      {"Reshape", &OnnxBuilder::reshape},
      {"Softmax", &OnnxBuilder::softmax},
  };
  return table;
}

Graph OnnxBuilder::build() {
  if (proto_.output_size() != 1) {
    throw NetworkError("the network has " + std::to_string(proto_.output_size()) +
                       " outputs; it must have one");
  }
  const auto order = operators_in_order(proto_);
  for (const auto* proto : order) {
    for (const auto& input : proto->input()) ++readers_[input];
  }
  const std::string& output = proto_.output(0).name();
  ++readers_[output];
  add_input();
  for (const auto* proto : order) add_operator(OnnxNode(*proto));
  if (tensors_.count(output) == 0) {
    throw NetworkError("the output '" + printable(output) + "' does not depend on the input");
  }
  check(graph_);
  return std::move(graph_);
}

void OnnxBuilder::add_input() {
  const onnx::ValueInfoProto* found = nullptr;
  for (const auto& input : proto_.input()) {
    if (initializers_.count(input.name()) != 0) continue;
    if (found != nullptr) throw NetworkError("the network has several inputs; it must have one");
    found = &input;
  }
  if (found == nullptr) throw NetworkError("the network has no input");
  const int rank = found->type().tensor_type().shape().dim_size();
  if (rank != 2 && rank != 4) {
    throw NetworkError("input '" + printable(found->name()) + "' has " + std::to_string(rank) +
                       " dimensions; [N, C, H, W] or [N, K] are read");
  }
  Node node;
  node.name = unique_name(printable(found->name()));
  node.shape = rank == 2 ? Shape{1, 1, extent(*found, 1)}
                         : Shape{extent(*found, 2), extent(*found, 3), extent(*found, 1)};
  OnnxTensor tensor;
  tensor.rank = rank;
  tensor.unflattened = node.shape;
  if (readers_[found->name()] > 1) shared_.insert(0);
  tensors_[found->name()] = tensor;
  graph_.nodes.push_back(std::move(node));
}

void OnnxBuilder::add_operator(const OnnxNode& node) {
  const auto& domain = node.domain();
  const auto handler = handlers().find(node.operation());
  if (handler != handlers().end() && (domain.empty() || domain == "ai.onnx")) {
    (this->*handler->second)(node);
    return;
  }
  std::string supported;
  for (const auto& entry : handlers()) supported += (supported.empty() ? "" : ", ") + entry.first;
  node.refuse("this operator is not supported. Supported are: " + supported);
}

const OnnxTensor& OnnxBuilder::tensor(const OnnxNode& node, int index, bool codes_too) const {
  const std::string& name = node.input(index);
  const auto found = tensors_.find(name);
  if (found == tensors_.end()) {
    node.refuse("input '" + printable(name) + "' is a constant; it should be computed");
  }
  if (found->second.is_codes && !codes_too) {
    node.refuse("input '" + printable(name) +
                "' holds integer codes: put DequantizeLinear before it");
  }
  return found->second;
}

std::optional<Constant> OnnxBuilder::find_constant(const std::string& name) const {
  const auto folded = folded_.find(name);
  if (folded != folded_.end()) return folded->second;
  const auto initializer = initializers_.find(name);
  if (initializer != initializers_.end()) return read_constant(*initializer->second);
  return std::nullopt;
}

Constant OnnxBuilder::constant_input(const OnnxNode& node, int index) const {
  auto constant = find_constant(node.input(index));
  if (!constant) {
    node.refuse("input '" + printable(node.input(index)) + "' must be an initialiser or constant");
  }
  return std::move(*constant);
}

double OnnxBuilder::scalar_input(const OnnxNode& node, int index) const {
  const Constant constant = constant_input(node, index);
  if (!constant.is_scalar()) {
    node.refuse("input '" + printable(node.input(index)) + "' must be one number");
  }
  return constant.data.front();
}

int OnnxBuilder::append(const OnnxNode& node, NodeKind kind, std::vector<int> inputs,
                        const Shape& output_shape) {
  Node added;
  added.name = unique_name(node.name());
  added.kind = kind;
  added.inputs = std::move(inputs);
  added.shape = output_shape;
  graph_.nodes.push_back(std::move(added));
  return static_cast<int>(graph_.nodes.size()) - 1;
}

void OnnxBuilder::append_matrix(const OnnxNode& node, const OnnxTensor& input,
                                const Window& matrix_window, const Shape& output_shape,
                                Matrix matrix) {
  OnnxTensor result;
  result.node = append(node, NodeKind::kMatrix, {input.node}, output_shape);
  result.rank = input.rank;
  result.unflattened = output_shape;
  graph_node(result.node).window = matrix_window;
  graph_node(result.node).matrix = static_cast<int>(graph_.matrices.size());
  graph_.matrices.push_back(std::move(matrix));
  produce(node, result);
}

void OnnxBuilder::produce(const OnnxNode& node, const OnnxTensor& tensor) {
  if (readers_[node.output()] > 1) shared_.insert(tensor.node);
  tensors_[node.output()] = tensor;
}

std::string OnnxBuilder::unique_name(const std::string& wanted) {
  std::string name = wanted.empty() ? "node" : wanted;
  for (std::size_t i = graph_.nodes.size(); !names_.insert(name).second; ++i) {
    name = wanted + "_" + std::to_string(i);
  }
  return name;
}

}  // namespace neurram::mapper
