#pragma once

#include <string>
#include <string_view>

#include "models/mapper/graph.h"

/// Networks from ONNX files, as training tools write them.
///
/// Reads opset 7 and later: Conv (2-D, one group, no dilation), Gemm, MatMul, Add (bias or
/// residual), BatchNormalization after a product, Relu, Clip, QuantizeLinear and DequantizeLinear
/// (zero point 0), MaxPool, AveragePool, GlobalAveragePool, Flatten, Reshape to a vector, Softmax,
/// ArgMax, Identity, Dropout, Constant. One input, [N, C, H, W] or [N, K], and one output.
///
/// The bits of an activation follow from the largest code that its Clip lets through
/// QuantizeLinear: a clip at 3.0 with scale 3.0 / 7 makes 3 bits; a negative lower end adds a sign.
namespace neurram::mapper {

/// Throws FileError (missing, empty, cut short, of another kind) or NetworkError (an operator or a
/// setting that the chip or this reader does not have; the node is named).
[[nodiscard]] Graph read_onnx(const std::string& path);

/// The same from bytes; `name` is for the messages.
[[nodiscard]] Graph parse_onnx(std::string_view bytes, const std::string& name);

}  // namespace neurram::mapper
