#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "models/base/error.h"
#include "models/mapper/graph.h"

namespace neurram::mapper {
namespace {

using nlohmann::json;

// Names of the enumerators, in their order.
constexpr std::array<std::string_view, 9> kKinds{"input",        "matrix",  "max_pool",
                                                 "average_pool", "add",     "elementwise",
                                                 "flatten",      "softmax", "argmax"};
constexpr std::array<std::string_view, 4> kDirections{"forward", "backward", "recurrent_bit_line",
                                                      "recurrent_source_line"};
constexpr std::array<std::string_view, 2> kActivations{"none", "relu"};
constexpr std::array<std::string_view, 2> kSamplings{"none", "stochastic"};

template <class Enum, std::size_t n>
std::string name_of(Enum value, const std::array<std::string_view, n>& names) {
  return std::string(names.at(static_cast<std::size_t>(value)));
}

template <class Enum, std::size_t n>
Enum enum_of(const json& value, const std::array<std::string_view, n>& names) {
  const auto& name = value.get_ref<const std::string&>();
  for (std::size_t i = 0; i < n; ++i) {
    if (names[i] == name) return static_cast<Enum>(i);
  }
  throw NetworkError("graph: '" + name + "' is none of the names known here");
}

int int_of(const json& value) {
  if (value.is_number_integer()) {
    const auto wide = value.get<std::int64_t>();
    if (wide >= std::numeric_limits<int>::min() && wide <= std::numeric_limits<int>::max()) {
      return static_cast<int>(wide);
    }
  }
  throw NetworkError("graph: " + value.dump() + " should be an integer");
}

json post_to_json(const PostOperation& post) {
  json out = json::object();
  if (post.activation != Activation::kNone) {
    out["activation"] = name_of(post.activation, kActivations);
  }
  if (std::isfinite(post.clip_low)) out["clip_low"] = post.clip_low;
  if (std::isfinite(post.clip_high)) out["clip_high"] = post.clip_high;
  if (post.quantizer) {
    out["quantizer"] = {{"scale", post.quantizer->scale},
                        {"bits", post.quantizer->bits},
                        {"signed", post.quantizer->is_signed}};
  }
  return out;
}

PostOperation post_from_json(const json& in) {
  PostOperation post;
  if (in.contains("activation")) {
    post.activation = enum_of<Activation>(in["activation"], kActivations);
  }
  if (in.contains("clip_low")) post.clip_low = in["clip_low"].get<double>();
  if (in.contains("clip_high")) post.clip_high = in["clip_high"].get<double>();
  if (in.contains("quantizer")) {
    const json& q = in["quantizer"];
    post.quantizer =
        Quantizer{q.at("scale").get<double>(), int_of(q.at("bits")), q.at("signed").get<bool>()};
  }
  return post;
}

json window_to_json(const Window& w) {
  return {{"kernel", {w.kernel_h, w.kernel_w}},
          {"stride", {w.stride_h, w.stride_w}},
          {"pad", {w.pad_top, w.pad_left, w.pad_bottom, w.pad_right}}};
}

Window window_from_json(const json& in) {
  const json& kernel = in.at("kernel");
  const json& stride = in.at("stride");
  const json& pad = in.at("pad");
  return {int_of(kernel.at(0)), int_of(kernel.at(1)), int_of(stride.at(0)), int_of(stride.at(1)),
          int_of(pad.at(0)),    int_of(pad.at(1)),    int_of(pad.at(2)),    int_of(pad.at(3))};
}

json node_to_json(const Node& node) {
  json out{{"name", node.name},
           {"kind", name_of(node.kind, kKinds)},
           {"inputs", node.inputs},
           {"shape", {node.shape.height, node.shape.width, node.shape.channels}},
           {"post", post_to_json(node.post)}};
  const bool is_matrix = node.kind == NodeKind::kMatrix;
  if (is_matrix || node.kind == NodeKind::kMaxPool || node.kind == NodeKind::kAveragePool) {
    out["window"] = window_to_json(node.window);
  }
  if (node.count_padding) out["count_padding"] = true;
  if (is_matrix) {
    out["matrix"] = node.matrix;
    out["direction"] = name_of(node.direction, kDirections);
    out["sampling"] = name_of(node.sampling, kSamplings);
  }
  if (node.state != kNoIndex) out["state"] = node.state;
  return out;
}

Node node_from_json(const json& in) {
  Node node;
  node.name = in.at("name").get<std::string>();
  node.kind = enum_of<NodeKind>(in.at("kind"), kKinds);
  for (const json& input : in.at("inputs")) node.inputs.push_back(int_of(input));
  const json& shape = in.at("shape");
  node.shape = {int_of(shape.at(0)), int_of(shape.at(1)), int_of(shape.at(2))};
  node.post = post_from_json(in.at("post"));
  if (in.contains("window")) node.window = window_from_json(in["window"]);
  if (in.contains("count_padding")) node.count_padding = in["count_padding"].get<bool>();
  if (in.contains("matrix")) {
    node.matrix = int_of(in["matrix"]);
    node.direction = enum_of<Direction>(in.at("direction"), kDirections);
    node.sampling = enum_of<Sampling>(in.at("sampling"), kSamplings);
  }
  if (in.contains("state")) node.state = int_of(in["state"]);
  return node;
}

}  // namespace

json to_json(const Graph& graph) {
  json nodes = json::array();
  for (const Node& node : graph.nodes) nodes.push_back(node_to_json(node));
  return {{"name", graph.name}, {"nodes", std::move(nodes)}};
}

Graph graph_from_json(const json& in, std::vector<Matrix> matrices) {
  Graph graph;
  graph.matrices = std::move(matrices);
  try {
    graph.name = in.at("name").get<std::string>();
    for (const json& node : in.at("nodes")) graph.nodes.push_back(node_from_json(node));
  } catch (const json::exception& e) {
    throw NetworkError(std::string("graph: ") + e.what());
  }
  check(graph);
  return graph;
}

}  // namespace neurram::mapper
