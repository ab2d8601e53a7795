#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <string>
#include <vector>

namespace neurram::mapper::test {

/// One attribute of an operator: whole numbers, real numbers or a text.
struct Attribute {
  Attribute(std::string attribute, std::int64_t value);
  Attribute(std::string attribute, std::vector<std::int64_t> values);
  Attribute(std::string attribute, double value);
  Attribute(std::string attribute, const char* value);

  onnx::AttributeProto proto;
};

/// Writes small ONNX networks. The functions that add an operator return the name of its result.
class NetworkWriter {
 public:
  /// `input` without the batch: {channels, height, width} or {numbers}.
  explicit NetworkWriter(const std::vector<std::int64_t>& input, int opset = 13);

  /// Adds an initialiser, as float_data; its name.
  std::string constant(const std::string& name, const std::vector<std::int64_t>& dims,
                       const std::vector<float>& data);
  /// A zero of one of the code types, for zero points.
  std::string zero(const std::string& name, int type = onnx::TensorProto::UINT8);
  std::string add(const std::string& operation, const std::string& name,
                  const std::vector<std::string>& inputs,
                  const std::vector<Attribute>& attributes = {});
  /// Clip(low, high), QuantizeLinear and DequantizeLinear with a step of high / levels.
  std::string quantize(const std::string& tensor, double high, int levels, double low = 0.0,
                       int type = onnx::TensorProto::UINT8);

  /// The file, with one output.
  [[nodiscard]] std::string bytes(const std::string& output);

  onnx::ModelProto model;

 private:
  onnx::GraphProto& graph() { return *model.mutable_graph(); }
};

}  // namespace neurram::mapper::test
