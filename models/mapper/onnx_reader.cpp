#include "models/mapper/onnx_reader.h"

#include <onnx/onnx_pb.h>

#include <limits>

#include "models/base/error.h"
#include "models/mapper/file.h"
#include "models/mapper/onnx_builder.h"

namespace neurram::mapper {
namespace {

/// First byte of every ONNX file in use: field 1 (ir_version), a number.
constexpr char kFirstByte = '\x08';

onnx::ModelProto parse(std::string_view bytes, const std::string& name) {
  if (bytes.empty()) throw FileError("'" + name + "' is empty");
  onnx::ModelProto model;
  const bool parsed = bytes.size() <= std::size_t{std::numeric_limits<int>::max()} &&
                      model.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  if (!parsed && bytes.front() == kFirstByte) {
    throw FileError("'" + name + "' is cut short or damaged: its end does not parse as ONNX");
  }
  if (!parsed || !model.has_ir_version() || !model.has_graph()) {
    throw FileError("'" + name + "' is not an ONNX file");
  }
  return model;
}

int opset(const onnx::ModelProto& model) {
  for (const auto& import : model.opset_import()) {
    if (!import.domain().empty() && import.domain() != "ai.onnx") continue;
    if (import.version() >= 7 && import.version() <= 1000)
      return static_cast<int>(import.version());
    throw NetworkError("operator set " + std::to_string(import.version()) +
                       " is not read; export with opset 7 or later (13 is best tried)");
  }
  throw NetworkError("the file does not say which operator set it uses");
}

}  // namespace

Graph parse_onnx(std::string_view bytes, const std::string& name) {
  const onnx::ModelProto model = parse(bytes, name);
  try {
    return OnnxBuilder(model.graph(), opset(model)).build();
  } catch (const NetworkError& e) {
    throw NetworkError("'" + name + "': " + e.what());
  }
}

Graph read_onnx(const std::string& path) {
  return parse_onnx(read_file(path), path);
}

}  // namespace neurram::mapper
