#pragma once

#include <vector>

#include "models/mapper/graph.h"

namespace neurram::mapper::test {

/// Value of every element that leaves the last node, in double, by plain loops. `image` is NHWC.
[[nodiscard]] std::vector<double> evaluate(const Graph& graph, const std::vector<double>& image);

/// The same numbers in the order height, width, channel from channel, height, width.
[[nodiscard]] std::vector<double> to_nhwc(const std::vector<double>& nchw, const Shape& shape);

// ONNX operators on channel, height, width, written from their definitions: what evaluate() of a
// graph that was read must agree with.

/// Weights [out][in][k][k], stride 1 or more, `pad` zeros on every side.
[[nodiscard]] std::vector<double> convolve(const std::vector<double>& x, const Shape& shape,
                                           const std::vector<float>& weights, int out, int kernel,
                                           int stride, int pad);
/// (x - mean) / sqrt(variance + epsilon) * gamma + beta per channel of `positions` numbers.
[[nodiscard]] std::vector<double> normalize(const std::vector<double>& x, int positions,
                                            const std::vector<float>& gamma,
                                            const std::vector<float>& beta,
                                            const std::vector<float>& mean,
                                            const std::vector<float>& variance, double epsilon);
/// Weights [in][out].
[[nodiscard]] std::vector<double> multiply(const std::vector<double>& x,
                                           const std::vector<float>& weights, int out);
[[nodiscard]] std::vector<double> quantized(std::vector<double> x, double high, int levels,
                                            double low = 0.0);

}  // namespace neurram::mapper::test
