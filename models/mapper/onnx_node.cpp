#include "models/mapper/onnx_node.h"

#include <cmath>
#include <cstring>
#include <limits>

#include "models/base/error.h"

namespace neurram::mapper {
namespace {

constexpr std::size_t kMaxElements = std::size_t{1} << 28;

double from_half(std::uint16_t bits) {
  const int exponent = bits >> 10 & 31;
  const int fraction = bits & 1023;
  double value =
      exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(fraction + 1024, exponent - 25);
  if (exponent == 31) {
    value = fraction == 0 ? std::numeric_limits<double>::infinity()
                          : std::numeric_limits<double>::quiet_NaN();
  }
  return (bits & 0x8000) != 0 ? -value : value;
}

double from_bfloat(std::uint16_t bits) {
  const std::uint32_t word = std::uint32_t{bits} << 16;
  float value;
  std::memcpy(&value, &word, sizeof value);
  return value;
}

/// Numbers from raw_data, little endian, each made a double by `convert`.
template <class Stored, class Convert>
std::vector<double> from_raw(const std::string& raw, Convert convert) {
  std::vector<double> out(raw.size() / sizeof(Stored));
  for (std::size_t i = 0; i < out.size(); ++i) {
    Stored stored;
    std::memcpy(&stored, raw.data() + i * sizeof stored, sizeof stored);
    out[i] = convert(stored);
  }
  return out;
}

/// Numbers from one of the typed lists; `Stored` is what a list of 32-bit words stands for.
template <class Stored, class List, class Convert>
std::vector<double> from_list(const List& list, Convert convert) {
  std::vector<double> out;
  out.reserve(static_cast<std::size_t>(list.size()));
  for (const auto& value : list) out.push_back(convert(static_cast<Stored>(value)));
  return out;
}

template <class Stored, class List, class Convert>
std::vector<double> numbers(const onnx::TensorProto& tensor, const List& list, Convert convert) {
  return tensor.has_raw_data() ? from_raw<Stored>(tensor.raw_data(), convert)
                               : from_list<Stored>(list, convert);
}

[[noreturn]] void refuse(const onnx::TensorProto& tensor, const std::string& what) {
  throw NetworkError("initialiser '" + printable(tensor.name()) + "': " + what);
}

std::vector<double> numbers(const onnx::TensorProto& tensor) {
  const auto plain = [](auto value) { return static_cast<double>(value); };
  switch (tensor.data_type()) {
    case onnx::TensorProto::FLOAT:
      return numbers<float>(tensor, tensor.float_data(), plain);
    case onnx::TensorProto::DOUBLE:
      return numbers<double>(tensor, tensor.double_data(), plain);
    case onnx::TensorProto::FLOAT16:
      return numbers<std::uint16_t>(tensor, tensor.int32_data(), from_half);
    case onnx::TensorProto::BFLOAT16:
      return numbers<std::uint16_t>(tensor, tensor.int32_data(), from_bfloat);
    case onnx::TensorProto::INT8:
      return numbers<std::int8_t>(tensor, tensor.int32_data(), plain);
    case onnx::TensorProto::UINT8:
      return numbers<std::uint8_t>(tensor, tensor.int32_data(), plain);
    case onnx::TensorProto::INT32:
      return numbers<std::int32_t>(tensor, tensor.int32_data(), plain);
    case onnx::TensorProto::INT64:
      return numbers<std::int64_t>(tensor, tensor.int64_data(), plain);
    default:
      refuse(tensor, "type " + std::to_string(tensor.data_type()) +
                         " of onnx.TensorProto is not read; use float, double, float16, bfloat16, "
                         "int8, uint8, int32 or int64");
  }
}

}  // namespace

std::string printable(const std::string& text) {
  std::string out = text;
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return out;
}

std::string OnnxNode::name() const {
  if (!proto_.name().empty()) return printable(proto_.name());
  return proto_.output_size() > 0 ? printable(proto_.output(0)) : std::string();
}

std::string OnnxNode::title() const {
  return printable(operation()) + " '" + name() + "'";
}

void OnnxNode::refuse(const std::string& what) const {
  throw NetworkError(title() + ": " + what);
}

const std::string& OnnxNode::input(int index) const {
  if (!has_input(index)) refuse("input " + std::to_string(index) + " is missing");
  return proto_.input(index);
}

const std::string& OnnxNode::output() const {
  if (proto_.output_size() == 0 || proto_.output(0).empty()) refuse("it has no output");
  return proto_.output(0);
}

const onnx::AttributeProto* OnnxNode::find(const std::string& attribute) const {
  for (const auto& candidate : proto_.attribute()) {
    if (candidate.name() == attribute) return &candidate;
  }
  return nullptr;
}

double OnnxNode::number(const std::string& attribute, double otherwise) const {
  const auto* found = find(attribute);
  return found != nullptr ? found->f() : otherwise;
}

std::string OnnxNode::text(const std::string& attribute, const std::string& otherwise) const {
  const auto* found = find(attribute);
  return found != nullptr ? found->s() : otherwise;
}

int OnnxNode::integer(const std::string& attribute, int otherwise) const {
  const auto* found = find(attribute);
  if (found == nullptr) return otherwise;
  const std::int64_t value = found->i();
  if (value != static_cast<int>(value)) refuse("attribute '" + attribute + "' is too large");
  return static_cast<int>(value);
}

std::vector<int> OnnxNode::integers(const std::string& attribute,
                                    std::vector<int> otherwise) const {
  const auto* found = find(attribute);
  if (found == nullptr) return otherwise;
  std::vector<int> out;
  for (const std::int64_t value : found->ints()) {
    if (value != static_cast<int>(value)) refuse("attribute '" + attribute + "' is too large");
    out.push_back(static_cast<int>(value));
  }
  return out;
}

Constant read_constant(const onnx::TensorProto& tensor) {
  if (tensor.data_location() == onnx::TensorProto::EXTERNAL || tensor.external_data_size() > 0) {
    refuse(tensor, "its data lie in another file; save the network as one file");
  }
  Constant constant;
  constant.type = tensor.data_type();
  std::size_t size = 1;
  for (const std::int64_t dim : tensor.dims()) {
    if (dim < 0 || static_cast<std::uint64_t>(dim) > kMaxElements) {
      refuse(tensor, "a dimension of " + std::to_string(dim) + " is out of range");
    }
    size *= static_cast<std::size_t>(dim);
    if (size > kMaxElements) refuse(tensor, "it has more than 2^28 numbers");
    constant.dims.push_back(dim);
  }
  constant.data = numbers(tensor);
  if (constant.data.size() != size) {
    refuse(tensor, "its shape needs " + std::to_string(size) + " numbers, the file holds " +
                       std::to_string(constant.data.size()));
  }
  return constant;
}

}  // namespace neurram::mapper
