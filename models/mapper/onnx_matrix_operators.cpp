#include <cmath>
#include <utility>

#include "models/mapper/onnx_builder.h"

namespace neurram::mapper {
namespace {

/// One number per column from [columns], a scalar, or either with further ones.
std::vector<double> per_column(const OnnxNode& node, const Constant& constant, int columns) {
  if (constant.is_scalar()) {
    return std::vector<double>(static_cast<std::size_t>(columns), constant.data.front());
  }
  if (constant.data.size() != static_cast<std::size_t>(columns)) {
    node.refuse("a constant of " + std::to_string(constant.data.size()) + " numbers does not fit " +
                std::to_string(columns) + " channels");
  }
  return constant.data;
}

/// Weights [O, C, kernel_h, kernel_w] as rows (kernel row, kernel column, channel) x columns O.
Matrix convolution_matrix(const Constant& weights) {
  const auto out = static_cast<std::size_t>(weights.dims[0]);
  const auto channels = static_cast<std::size_t>(weights.dims[1]);
  const auto positions = static_cast<std::size_t>(weights.dims[2] * weights.dims[3]);
  Matrix matrix;
  matrix.rows = static_cast<int>(channels * positions);
  matrix.columns = static_cast<int>(out);
  matrix.weights.resize(weights.data.size());
  matrix.bias.resize(out);
  for (std::size_t o = 0; o < out; ++o) {
    for (std::size_t c = 0; c < channels; ++c) {
      for (std::size_t p = 0; p < positions; ++p) {
        matrix.weights[(p * channels + c) * out + o] =
            static_cast<float>(weights.data[(o * channels + c) * positions + p]);
      }
    }
  }
  return matrix;
}

/// Row of our order (height, width, channel) for row `index` of ONNX's (channel, height, width).
std::size_t row_after_flatten(std::size_t index, const Shape& image) {
  const auto positions =
      static_cast<std::size_t>(image.height) * static_cast<std::size_t>(image.width);
  return index % positions * static_cast<std::size_t>(image.channels) + index / positions;
}

/// Weights [K, O], or [O, K] if `transposed`, times `factor`; rows follow the image's NHWC order.
Matrix dense_matrix(const Constant& weights, bool transposed, double factor, const Shape& image) {
  const auto rows = static_cast<std::size_t>(weights.dims[transposed ? 1 : 0]);
  const auto columns = static_cast<std::size_t>(weights.dims[transposed ? 0 : 1]);
  Matrix matrix;
  matrix.rows = static_cast<int>(rows);
  matrix.columns = static_cast<int>(columns);
  matrix.weights.resize(rows * columns);
  matrix.bias.resize(columns);
  for (std::size_t i = 0; i < rows; ++i) {
    const std::size_t row = row_after_flatten(i, image);
    for (std::size_t j = 0; j < columns; ++j) {
      const double weight = weights.data[transposed ? j * rows + i : i * columns + j];
      matrix.weights[row * columns + j] = static_cast<float>(factor * weight);
    }
  }
  return matrix;
}

void require_matrix(const OnnxNode& node, const Constant& weights, bool transposed,
                    const Shape& input) {
  if (weights.dims.size() != 2 || weights.data.empty()) {
    node.refuse("its weights must be a matrix");
  }
  const auto rows = weights.dims[transposed ? 1 : 0];
  if (static_cast<std::size_t>(rows) != input.size()) {
    node.refuse("weights for " + std::to_string(rows) + " inputs do not fit " +
                std::to_string(input.size()));
  }
}

/// A bias must lie along the channels: [C] or [1, C] for vectors, [C, 1, 1] or [1, C, 1, 1] else.
void require_bias_shape(const OnnxNode& node, int rank, const Constant& bias) {
  if (bias.is_scalar()) return;
  const std::size_t from_end = rank == 4 ? 3 : 1;
  const std::size_t dims = bias.dims.size();
  if (dims >= from_end &&
      static_cast<std::size_t>(bias.dims[dims - from_end]) == bias.data.size()) {
    return;
  }
  node.refuse("only a constant with one number per channel can be added");
}

bool is_raw(const PostOperation& post) {
  return post.activation == Activation::kNone && std::isinf(post.clip_low) &&
         std::isinf(post.clip_high) && !post.quantizer;
}

}  // namespace

void OnnxBuilder::convolution(const OnnxNode& node) {
  const OnnxTensor& input = tensor(node, 0);
  const Constant weights = constant_input(node, 1);
  if (input.rank != 4 || weights.dims.size() != 4 || weights.data.empty()) {
    node.refuse("only two-dimensional convolutions are supported");
  }
  if (node.integer("group", 1) != 1) node.refuse("grouped convolutions are not supported");
  const Shape& image = shape(input);
  if (weights.dims[1] != image.channels) {
    node.refuse("weights for " + std::to_string(weights.dims[1]) + " channels do not fit " +
                std::to_string(image.channels));
  }
  Matrix matrix = convolution_matrix(weights);
  const Window kernel =
      window(node, image, static_cast<int>(weights.dims[2]), static_cast<int>(weights.dims[3]));
  const Shape output = window_shape(image, kernel, matrix.columns, node.name());
  append_matrix(node, input, kernel, output, std::move(matrix));
  if (node.has_input(2)) add_bias(node, graph_.matrices.back(), constant_input(node, 2));
}

void OnnxBuilder::add_dense(const OnnxNode& node, const OnnxTensor& input, Matrix matrix) {
  if (input.rank != 2) node.refuse("its input is an image: put Flatten before it");
  const Shape output{1, 1, matrix.columns};
  append_matrix(node, input, Window{}, output, std::move(matrix));
}

void OnnxBuilder::gemm(const OnnxNode& node) {
  if (node.integer("transA", 0) != 0) node.refuse("transA is not supported");
  const OnnxTensor& input = tensor(node, 0);
  const Constant weights = constant_input(node, 1);
  const bool transposed = node.integer("transB", 0) != 0;
  require_matrix(node, weights, transposed, shape(input));
  add_dense(node, input,
            dense_matrix(weights, transposed, node.number("alpha", 1.0), input.unflattened));
  if (!node.has_input(2)) return;
  Constant bias = constant_input(node, 2);
  for (double& value : bias.data) value *= node.number("beta", 1.0);
  add_bias(node, graph_.matrices.back(), bias);
}

void OnnxBuilder::matmul(const OnnxNode& node) {
  const OnnxTensor& input = tensor(node, 0);
  const Constant weights = constant_input(node, 1);
  require_matrix(node, weights, false, shape(input));
  add_dense(node, input, dense_matrix(weights, false, 1.0, input.unflattened));
}

Matrix& OnnxBuilder::open_matrix(const OnnxNode& node, const OnnxTensor& input) {
  const Node& product = graph_node(input.node);
  if (product.kind != NodeKind::kMatrix || is_shared(input) || !is_raw(product.post)) {
    node.refuse("it must follow a Conv, Gemm or MatMul whose result nothing else reads");
  }
  return graph_.matrices[static_cast<std::size_t>(product.matrix)];
}

void OnnxBuilder::add_bias(const OnnxNode& node, Matrix& matrix, const Constant& bias) {
  const std::vector<double> values = per_column(node, bias, matrix.columns);
  for (std::size_t j = 0; j < values.size(); ++j) {
    matrix.bias[j] = static_cast<float>(matrix.bias[j] + values[j]);
  }
}

void OnnxBuilder::batch_normalization(const OnnxNode& node) {
  const OnnxTensor& input = tensor(node, 0);
  Matrix& matrix = open_matrix(node, input);
  if (node.integer("training_mode", 0) != 0) node.refuse("it is in training mode");
  const auto statistic = [&](int index) {
    return per_column(node, constant_input(node, index), matrix.columns);
  };
  const std::vector<double> gamma = statistic(1), beta = statistic(2);
  const std::vector<double> mean = statistic(3), variance = statistic(4);
  const double epsilon = node.number("epsilon", 1e-5);
  const auto columns = static_cast<std::size_t>(matrix.columns);
  for (std::size_t j = 0; j < columns; ++j) {
    const double factor = gamma[j] / std::sqrt(variance[j] + epsilon);
    for (std::size_t cell = j; cell < matrix.weights.size(); cell += columns) {
      matrix.weights[cell] = static_cast<float>(matrix.weights[cell] * factor);
    }
    matrix.bias[j] = static_cast<float>((matrix.bias[j] - mean[j]) * factor + beta[j]);
  }
  produce(node, input);
}

void OnnxBuilder::add(const OnnxNode& node) {
  for (int index : {0, 1}) {
    const std::optional<Constant> bias = find_constant(node.input(index));
    if (!bias) continue;
    const OnnxTensor& input = tensor(node, 1 - index);
    require_bias_shape(node, input.rank, *bias);
    add_bias(node, open_matrix(node, input), *bias);
    produce(node, input);
    return;
  }
  const OnnxTensor& a = tensor(node, 0);
  const OnnxTensor& b = tensor(node, 1);
  if (!(shape(a) == shape(b)) || !(a.unflattened == b.unflattened)) {
    node.refuse("its inputs have different shapes");
  }
  OnnxTensor sum = a;
  sum.low = a.low + b.low;
  sum.high = a.high + b.high;
  sum.node = append(node, NodeKind::kAdd, {a.node, b.node}, shape(a));
  produce(node, sum);
}

}  // namespace neurram::mapper
