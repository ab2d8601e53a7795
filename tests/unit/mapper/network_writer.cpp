#include "network_writer.h"

#include <utility>

namespace neurram::mapper::test {

Attribute::Attribute(std::string attribute, std::int64_t value) {
  proto.set_name(std::move(attribute));
  proto.set_type(onnx::AttributeProto::INT);
  proto.set_i(value);
}

Attribute::Attribute(std::string attribute, std::vector<std::int64_t> values) {
  proto.set_name(std::move(attribute));
  proto.set_type(onnx::AttributeProto::INTS);
  for (auto value : values) proto.add_ints(value);
}

Attribute::Attribute(std::string attribute, double value) {
  proto.set_name(std::move(attribute));
  proto.set_type(onnx::AttributeProto::FLOAT);
  proto.set_f(static_cast<float>(value));
}

Attribute::Attribute(std::string attribute, const char* value) {
  proto.set_name(std::move(attribute));
  proto.set_type(onnx::AttributeProto::STRING);
  proto.set_s(value);
}

NetworkWriter::NetworkWriter(const std::vector<std::int64_t>& input, int opset) {
  model.set_ir_version(7);
  model.add_opset_import()->set_version(opset);
  graph().set_name("test");
  auto* value = graph().add_input();
  value->set_name("x");
  auto* type = value->mutable_type()->mutable_tensor_type();
  type->set_elem_type(onnx::TensorProto::FLOAT);
  type->mutable_shape()->add_dim()->set_dim_param("N");
  for (auto extent : input) type->mutable_shape()->add_dim()->set_dim_value(extent);
}

std::string NetworkWriter::constant(const std::string& name, const std::vector<std::int64_t>& dims,
                                    const std::vector<float>& data) {
  auto* tensor = graph().add_initializer();
  tensor->set_name(name);
  tensor->set_data_type(onnx::TensorProto::FLOAT);
  for (auto dim : dims) tensor->add_dims(dim);
  for (auto number : data) tensor->add_float_data(number);
  return name;
}

std::string NetworkWriter::zero(const std::string& name, int type) {
  auto* tensor = graph().add_initializer();
  tensor->set_name(name);
  tensor->set_data_type(type);
  tensor->add_int32_data(0);
  return name;
}

std::string NetworkWriter::add(const std::string& operation, const std::string& name,
                               const std::vector<std::string>& inputs,
                               const std::vector<Attribute>& attributes) {
  auto* node = graph().add_node();
  node->set_op_type(operation);
  node->set_name(name);
  for (const auto& input : inputs) node->add_input(input);
  node->add_output(name + "_out");
  for (const auto& attribute : attributes) *node->add_attribute() = attribute.proto;
  return name + "_out";
}

std::string NetworkWriter::quantize(const std::string& tensor, double high, int levels, double low,
                                    int type) {
  const std::string prefix = tensor + std::to_string(graph().node_size());
  const auto number = [&](const std::string& name, double value) {
    return constant(prefix + name, {}, {static_cast<float>(value)});
  };
  const std::string step = number("_scale", high / levels);
  const std::string none = zero(prefix + "_zero", type);
  const std::string clipped =
      add("Clip", prefix + "_clip", {tensor, number("_low", low), number("_high", high)});
  const std::string codes = add("QuantizeLinear", prefix + "_q", {clipped, step, none});
  return add("DequantizeLinear", prefix + "_dq", {codes, step, none});
}

std::string NetworkWriter::bytes(const std::string& output) {
  graph().clear_output();
  graph().add_output()->set_name(output);
  return model.SerializeAsString();
}

}  // namespace neurram::mapper::test
