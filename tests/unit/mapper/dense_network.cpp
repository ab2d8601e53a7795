#include "dense_network.h"

#include <numeric>
#include <random>
#include <string>

namespace neurram::mapper::test {
namespace {

Matrix random_matrix(int rows, int columns, std::mt19937& engine) {
  std::normal_distribution<float> distribution(0.0F, 1.0F);
  Matrix matrix{rows, columns, {}, {}};
  matrix.weights.resize(static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns));
  matrix.bias.resize(static_cast<std::size_t>(columns));
  for (float& w : matrix.weights) w = distribution(engine);
  for (float& b : matrix.bias) b = distribution(engine);
  return matrix;
}

Node image(const Shape& shape, const Quantizer& input) {
  Node node;
  node.name = "image";
  node.shape = shape;
  node.post.quantizer = input;
  return node;
}

Node matrix_node(const std::string& name, int input, int matrix, const Shape& shape) {
  Node node;
  node.name = name;
  node.kind = NodeKind::kMatrix;
  node.inputs = {input};
  node.matrix = matrix;
  node.shape = shape;
  return node;
}

}  // namespace

Graph dense_network(const std::vector<std::pair<int, int>>& layers, const Quantizer& input,
                    unsigned seed) {
  std::mt19937 engine(seed);
  Graph graph;
  graph.name = "dense";
  graph.nodes.push_back(image({1, 1, layers.front().first}, input));
  for (const auto& [rows, columns] : layers) {
    const int index = static_cast<int>(graph.matrices.size());
    graph.matrices.push_back(random_matrix(rows, columns, engine));
    graph.nodes.push_back(matrix_node("fc" + std::to_string(index), index, index, {1, 1, columns}));
    graph.nodes.back().post.quantizer = input;
  }
  return graph;
}

Graph parallel_convolutions(int count, int extent, int kernel, int channels, int columns) {
  std::mt19937 engine(1);
  Graph graph;
  graph.name = "parallel";
  graph.nodes.push_back(image({extent, extent, channels}, {0.5, 3, false}));
  const Shape shape{extent - kernel + 1, extent - kernel + 1, columns};
  for (int i = 0; i < count; ++i) {
    graph.matrices.push_back(random_matrix(kernel * kernel * channels, columns, engine));
    graph.nodes.push_back(matrix_node("conv" + std::to_string(i), 0, i, shape));
    graph.nodes.back().window.kernel_h = graph.nodes.back().window.kernel_w = kernel;
  }
  Node sum;
  sum.name = "sum";
  sum.kind = NodeKind::kAdd;
  sum.inputs.resize(static_cast<std::size_t>(count));
  std::iota(sum.inputs.begin(), sum.inputs.end(), 1);
  sum.shape = shape;
  if (count > 1) graph.nodes.push_back(sum);
  return graph;
}

}  // namespace neurram::mapper::test
