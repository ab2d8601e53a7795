#include "evaluate.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace neurram::mapper::test {
namespace {

std::size_t at(const Shape& shape, int y, int x, int c) {
  return static_cast<std::size_t>((y * shape.width + x) * shape.channels + c);
}

bool is_inside(const Shape& shape, int y, int x) {
  return y >= 0 && y < shape.height && x >= 0 && x < shape.width;
}

/// Calls visit(y, x, kernel row, kernel column) for every position of a window, padding included.
template <class Visit>
void for_window(const Window& w, int out_y, int out_x, Visit visit) {
  for (int ky = 0; ky < w.kernel_h; ++ky) {
    for (int kx = 0; kx < w.kernel_w; ++kx) {
      visit(out_y * w.stride_h - w.pad_top + ky, out_x * w.stride_w - w.pad_left + kx, ky, kx);
    }
  }
}

double product(const Matrix& m, const Node& node, const Shape& in, const std::vector<double>& x,
               int oy, int ox, int oc) {
  double sum = m.bias[static_cast<std::size_t>(oc)];
  for_window(node.window, oy, ox, [&](int y, int xx, int ky, int kx) {
    if (!is_inside(in, y, xx)) return;
    for (int c = 0; c < in.channels; ++c) {
      const int row = (ky * node.window.kernel_w + kx) * in.channels + c;
      sum += x[at(in, y, xx, c)] * m.weights[static_cast<std::size_t>(row * m.columns + oc)];
    }
  });
  return sum;
}

double pooled(const Node& node, const Shape& in, const std::vector<double>& x, int oy, int ox,
              int c) {
  double sum = 0.0;
  double largest = -std::numeric_limits<double>::infinity();
  int count = 0;
  for_window(node.window, oy, ox, [&](int y, int xx, int, int) {
    if (node.count_padding) ++count;
    if (!is_inside(in, y, xx)) return;
    if (!node.count_padding) ++count;
    sum += x[at(in, y, xx, c)];
    largest = std::max(largest, x[at(in, y, xx, c)]);
  });
  return node.kind == NodeKind::kMaxPool ? largest : sum / count;
}

std::vector<double> windowed(const Graph& graph, const Node& node, const Shape& in,
                             const std::vector<double>& x) {
  std::vector<double> out(node.shape.size());
  for (int oy = 0; oy < node.shape.height; ++oy) {
    for (int ox = 0; ox < node.shape.width; ++ox) {
      for (int c = 0; c < node.shape.channels; ++c) {
        out[at(node.shape, oy, ox, c)] =
            node.kind == NodeKind::kMatrix
                ? product(graph.matrices[static_cast<std::size_t>(node.matrix)], node, in, x, oy,
                          ox, c)
                : pooled(node, in, x, oy, ox, c);
      }
    }
  }
  return out;
}

std::vector<double> softmax(std::vector<double> x) {
  double sum = 0.0;
  for (double& value : x) sum += value = std::exp(value);
  for (double& value : x) value /= sum;
  return x;
}

std::vector<double> output(const Graph& graph, const Node& node,
                           const std::vector<std::vector<double>>& values) {
  const auto input = [&](std::size_t i) {
    return values[static_cast<std::size_t>(node.inputs.at(i))];
  };
  const Shape in = graph.nodes[static_cast<std::size_t>(node.inputs.front())].shape;
  switch (node.kind) {
    case NodeKind::kMatrix:
    case NodeKind::kMaxPool:
    case NodeKind::kAveragePool:
      return windowed(graph, node, in, input(0));
    case NodeKind::kAdd: {
      std::vector<double> sum = input(0);
      const std::vector<double> other = input(1);
      for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += other[i];
      return sum;
    }
    case NodeKind::kSoftmax:
      return softmax(input(0));
    case NodeKind::kArgmax: {
      const std::vector<double> x = input(0);
      return {static_cast<double>(std::max_element(x.begin(), x.end()) - x.begin())};
    }
    default:
      return input(0);
  }
}

}  // namespace

std::vector<double> evaluate(const Graph& graph, const std::vector<double>& image) {
  std::vector<std::vector<double>> values;
  for (const Node& node : graph.nodes) {
    values.push_back(node.kind == NodeKind::kInput ? image : output(graph, node, values));
    for (double& value : values.back()) value = node.post.value(value);
  }
  return values.back();
}

std::vector<double> to_nhwc(const std::vector<double>& nchw, const Shape& shape) {
  std::vector<double> out(nchw.size());
  for (int c = 0; c < shape.channels; ++c) {
    for (int y = 0; y < shape.height; ++y) {
      for (int x = 0; x < shape.width; ++x) {
        out[at(shape, y, x, c)] =
            nchw[static_cast<std::size_t>((c * shape.height + y) * shape.width + x)];
      }
    }
  }
  return out;
}

std::vector<double> convolve(const std::vector<double>& x, const Shape& shape,
                             const std::vector<float>& weights, int out, int kernel, int stride,
                             int pad) {
  const int height = (shape.height + 2 * pad - kernel) / stride + 1;
  const int width = (shape.width + 2 * pad - kernel) / stride + 1;
  std::vector<double> result;
  for (int o = 0; o < out; ++o) {
    for (int i = 0; i < height * width; ++i) {
      double sum = 0.0;
      for (int k = 0; k < shape.channels * kernel * kernel; ++k) {
        const int c = k / (kernel * kernel);
        const int y = i / width * stride - pad + k / kernel % kernel;
        const int column = i % width * stride - pad + k % kernel;
        if (!is_inside(shape, y, column)) continue;
        sum += x[static_cast<std::size_t>((c * shape.height + y) * shape.width + column)] *
               weights[static_cast<std::size_t>(o * shape.channels * kernel * kernel + k)];
      }
      result.push_back(sum);
    }
  }
  return result;
}

std::vector<double> normalize(const std::vector<double>& x, int positions,
                              const std::vector<float>& gamma, const std::vector<float>& beta,
                              const std::vector<float>& mean, const std::vector<float>& variance,
                              double epsilon) {
  std::vector<double> out(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::size_t c = i / static_cast<std::size_t>(positions);
    out[i] = (x[i] - mean[c]) / std::sqrt(variance[c] + epsilon) * gamma[c] + beta[c];
  }
  return out;
}

std::vector<double> multiply(const std::vector<double>& x, const std::vector<float>& weights,
                             int out) {
  std::vector<double> y(static_cast<std::size_t>(out), 0.0);
  for (std::size_t i = 0; i < x.size(); ++i) {
    for (std::size_t j = 0; j < y.size(); ++j) y[j] += x[i] * weights[i * y.size() + j];
  }
  return y;
}

std::vector<double> quantized(std::vector<double> x, double high, int levels, double low) {
  const double step = static_cast<double>(static_cast<float>(high / levels));
  for (double& value : x) {
    const double clipped = std::min(std::max(value, low), high);
    value =
        step * std::clamp(std::nearbyint(clipped / step), low < 0 ? -levels : 0.0, 1.0 * levels);
  }
  return x;
}

}  // namespace neurram::mapper::test
