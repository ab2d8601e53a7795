#pragma once

#include <onnx/onnx_pb.h>

#include <vector>

namespace neurram::mapper {

/// Private to the ONNX reader: the operators that the output depends on, each after those that it
/// reads, otherwise in the order of the file. Throws NetworkError for a tensor that nothing makes
/// (a missing initialiser), one that is made twice, and cycles.
[[nodiscard]] std::vector<const onnx::NodeProto*> operators_in_order(const onnx::GraphProto& graph);

}  // namespace neurram::mapper
