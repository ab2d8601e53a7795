#include "models/runtime/network.h"

#include <algorithm>
#include <array>

#include "models/base/error.h"
#include "models/base/numerics.h"

namespace neurram::runtime {
namespace {

std::size_t size(int n) {
  return static_cast<std::size_t>(n);
}

void softmax(const float* in, std::size_t count, float* out) {
  const float most = *std::max_element(in, in + count);
  float sum = 0;
  for (std::size_t i = 0; i < count; ++i)
    sum += out[i] = static_cast<float>(portable_exp(in[i] - most));
  for (std::size_t i = 0; i < count; ++i) out[i] /= sum;
}

}  // namespace

Network::Network(const mapper::Deployment& deployment, neurram_chip& chip, Host& host,
                 int two_phase_above)
    : deployment_(deployment),
      chip_(chip),
      host_(host),
      activations_(deployment.graph.nodes.size()) {
  for (std::size_t n = 0; n < deployment.graph.nodes.size(); ++n) {
    const bool is_matrix = deployment.graph.nodes[n].kind == mapper::NodeKind::kMatrix;
    layers_.push_back(
        is_matrix ? std::make_unique<MatrixLayer>(deployment, static_cast<int>(n), two_phase_above)
                  : nullptr);
  }
}

void Network::book_digital(std::int64_t operations) {
  host_.set_layer(digital_layer());
  host_.compute(operations);
}

void Network::run_input(const Images& images, std::size_t first, std::size_t count) {
  const mapper::Node& node = deployment_.graph.nodes.front();
  if (!(images.shape == node.shape))
    throw NetworkError("the data's images do not have the shape of the network's input");
  Activations& out = activations_.front();
  const std::size_t numbers = count * node.shape.size();
  const std::uint8_t* pixels = images.image(first);
  if (node.post.quantizer) {
    std::array<std::uint8_t, 256> code_of{};
    for (std::size_t byte = 0; byte < 256; ++byte) {
      code_of[byte] = static_cast<std::uint8_t>(
          node.post.quantizer->code(node.post.value(static_cast<double>(byte) * images.scale)));
    }
    out.codes.resize(numbers);
    for (std::size_t i = 0; i < numbers; ++i) out.codes[i] = code_of[pixels[i]];
  } else {
    out.values.resize(numbers);
    for (std::size_t i = 0; i < numbers; ++i) {
      out.values[i] = static_cast<float>(node.post.value(pixels[i] * images.scale));
    }
  }
}

void Network::run_node(int index, std::size_t images, std::uint64_t first_image,
                       std::uint64_t id_base) {
  const mapper::Graph& graph = deployment_.graph;
  const mapper::Node& node = graph.nodes[size(index)];
  Activations& out = activations_[size(index)];
  const int from_index = node.inputs.empty() ? 0 : node.inputs.front();
  const mapper::Node& source = graph.nodes[size(from_index)];
  const Activations& from = activations_[size(from_index)];
  const auto elements = static_cast<std::int64_t>(images * node.shape.size());
  switch (node.kind) {
    case mapper::NodeKind::kInput:
      return;
    case mapper::NodeKind::kMatrix: {
      MatrixLayer& matrix = layer(index);
      matrix.set_input(from.codes.data(), images);
      host_.set_layer(index);
      matrix.run(chip_, images, first_image, id_base, out);
      return book_digital(matrix.digital_operations() * static_cast<std::int64_t>(images));
    }
    case mapper::NodeKind::kMaxPool:
      max_pool(node, source.shape, source, from, images, out);
      return book_digital(elements * (node.window.kernel_h * node.window.kernel_w - 1));
    case mapper::NodeKind::kAveragePool:
      average_pool(node, source.shape, source, from, images, out);
      return book_digital(elements * node.window.kernel_h * node.window.kernel_w);
    case mapper::NodeKind::kFlatten:
      out = from;
      return;
    case mapper::NodeKind::kAdd: {
      std::vector<float> other;
      std::vector<float> sum;
      to_values(source, from, sum);
      const auto second = size(node.inputs[1]);
      to_values(graph.nodes[second], activations_[second], other);
      const float unit =
          node.post.quantizer ? static_cast<float>(1 / node.post.quantizer->scale) : 1.0f;
      for (std::size_t i = 0; i < sum.size(); ++i) sum[i] = (sum[i] + other[i]) * unit;
      out.codes.resize(node.post.quantizer ? sum.size() : 0);
      out.values.resize(node.post.quantizer ? 0 : sum.size());
      finish_sums(node.post, sum.data(), sum.size(), out.codes.data(), out.values.data());
      return book_digital(elements * 2);
    }
    case mapper::NodeKind::kElementwise: {
      std::vector<float> values;
      to_values(source, from, values);
      const float unit =
          node.post.quantizer ? static_cast<float>(1 / node.post.quantizer->scale) : 1.0f;
      for (float& value : values) value *= unit;
      out.codes.resize(node.post.quantizer ? values.size() : 0);
      out.values.resize(node.post.quantizer ? 0 : values.size());
      finish_sums(node.post, values.data(), values.size(), out.codes.data(), out.values.data());
      return book_digital(elements * 2);
    }
    case mapper::NodeKind::kSoftmax:
    case mapper::NodeKind::kArgmax: {
      std::vector<float> values;
      to_values(source, from, values);
      const std::size_t width = source.shape.size();
      out.values.resize(images * node.shape.size());
      for (std::size_t image = 0; image < images; ++image) {
        const float* in = values.data() + image * width;
        if (node.kind == mapper::NodeKind::kSoftmax) {
          softmax(in, width, out.values.data() + image * width);
        } else {
          out.values[image] = static_cast<float>(std::max_element(in, in + width) - in);
        }
      }
      return book_digital(static_cast<std::int64_t>(images * width));
    }
  }
}

const std::vector<float>& Network::run(const Images& images, std::size_t first, std::size_t count,
                                       std::uint64_t id_base) {
  run_input(images, first, count);
  for (int n = 1; n < static_cast<int>(deployment_.graph.nodes.size()); ++n) {
    host_.check_interrupt();
    run_node(n, count, first, id_base);
  }
  to_values(deployment_.graph.nodes.back(), activations_.back(), result_);
  return result_;
}

}  // namespace neurram::runtime
