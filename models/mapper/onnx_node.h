#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <string>
#include <vector>

/// Private to the ONNX reader: an operator with its attributes, and tensors of constants.
namespace neurram::mapper {

/// Bytes from a file as text that is safe to print: control characters become '?'.
[[nodiscard]] std::string printable(const std::string& text);

class OnnxNode {
 public:
  explicit OnnxNode(const onnx::NodeProto& proto) : proto_(proto) {}

  [[nodiscard]] const std::string& operation() const { return proto_.op_type(); }
  [[nodiscard]] const std::string& domain() const { return proto_.domain(); }
  /// Its own name, else that of its first output.
  [[nodiscard]] std::string name() const;
  /// "Conv 'conv0'", for messages.
  [[nodiscard]] std::string title() const;
  /// Throws NetworkError: "Conv 'conv0': <what>".
  [[noreturn]] void refuse(const std::string& what) const;

  [[nodiscard]] bool has_input(int index) const {
    return index < proto_.input_size() && !proto_.input(index).empty();
  }
  /// Throws NetworkError where there is no such input or output.
  [[nodiscard]] const std::string& input(int index) const;
  [[nodiscard]] const std::string& output() const;

  [[nodiscard]] bool has(const std::string& attribute) const { return find(attribute) != nullptr; }
  [[nodiscard]] double number(const std::string& attribute, double otherwise) const;
  [[nodiscard]] std::string text(const std::string& attribute, const std::string& otherwise) const;
  /// Throw NetworkError where a value exceeds an int.
  [[nodiscard]] int integer(const std::string& attribute, int otherwise) const;
  [[nodiscard]] std::vector<int> integers(const std::string& attribute,
                                          std::vector<int> otherwise) const;
  [[nodiscard]] const onnx::AttributeProto* find(const std::string& attribute) const;

 private:
  const onnx::NodeProto& proto_;
};

/// A tensor whose content the file holds.
struct Constant {
  std::vector<std::int64_t> dims;  ///< empty: a scalar
  std::vector<double> data;        ///< row-major
  int type = onnx::TensorProto::FLOAT;

  [[nodiscard]] bool is_scalar() const { return data.size() == 1; }
};

/// Throws NetworkError where the data lie in another file, do not fill the shape, or are of a type
/// that no network here needs (strings, complex numbers).
[[nodiscard]] Constant read_constant(const onnx::TensorProto& tensor);

}  // namespace neurram::mapper
