#include "models/mapper/onnx_order.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <queue>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "models/base/error.h"
#include "models/mapper/onnx_node.h"

namespace neurram::mapper {
namespace {

class Order {
 public:
  explicit Order(const onnx::GraphProto& graph) : graph_(graph) {
    for (const auto& input : graph.input()) given_.insert(input.name());
    for (const auto& initializer : graph.initializer()) given_.insert(initializer.name());
    for (int i = 0; i < graph.node_size(); ++i) {
      for (const auto& output : graph.node(i).output()) note_maker(output, i);
    }
  }

  std::vector<const onnx::NodeProto*> sorted() {
    const std::vector<int> needed = needed_operators();
    count_inputs(needed);
    std::vector<const onnx::NodeProto*> order;
    while (!ready_.empty()) {
      const int index = ready_.top();
      ready_.pop();
      order.push_back(&graph_.node(index));
      for (int user : users_[index]) {
        if (--waiting_[user] == 0) ready_.push(user);
      }
    }
    if (order.size() != needed.size()) refuse_cycle(needed);
    return order;
  }

 private:
  void note_maker(const std::string& tensor, int index) {
    if (tensor.empty()) return;
    if (given_.count(tensor) != 0 || !maker_.emplace(tensor, index).second) {
      throw NetworkError("tensor '" + printable(tensor) + "' is made more than once");
    }
  }

  /// Operators that the outputs depend on; checks that something makes every tensor.
  std::vector<int> needed_operators() {
    std::vector<int> needed;
    std::unordered_set<int> seen;
    const auto need = [&](const std::string& tensor, const std::string& reader) {
      if (tensor.empty() || given_.count(tensor) != 0) return;
      const auto maker = maker_.find(tensor);
      if (maker == maker_.end()) {
        throw NetworkError(reader + " reads tensor '" + printable(tensor) +
                           "', which is no initialiser, input or result: the file lacks it");
      }
      if (seen.insert(maker->second).second) needed.push_back(maker->second);
    };
    for (const auto& output : graph_.output()) need(output.name(), "the output");
    for (std::size_t i = 0; i < needed.size(); ++i) {
      const onnx::NodeProto& node = graph_.node(needed[i]);
      for (const auto& input : node.input()) need(input, OnnxNode(node).title());
    }
    return needed;
  }

  void count_inputs(const std::vector<int>& needed) {
    for (int index : needed) {
      int& waiting = waiting_[index];
      for (const auto& input : graph_.node(index).input()) {
        const auto maker = maker_.find(input);
        if (maker == maker_.end()) continue;
        users_[maker->second].push_back(index);
        ++waiting;
      }
      if (waiting == 0) ready_.push(index);
    }
  }

  /// Names an operator of the cycle: walking back from one that waits, through others that wait,
  /// for as many steps as there are operators, ends in it.
  [[noreturn]] void refuse_cycle(const std::vector<int>& needed) {
    const auto waits = [&](int index) { return waiting_[index] > 0; };
    int index = *std::find_if(needed.begin(), needed.end(), waits);
    for (std::size_t step = 0; step < needed.size(); ++step) {
      for (const auto& input : graph_.node(index).input()) {
        const auto maker = maker_.find(input);
        if (maker == maker_.end() || !waits(maker->second)) continue;
        index = maker->second;
        break;
      }
    }
    OnnxNode(graph_.node(index)).refuse("it depends on its own result (the graph has a cycle)");
  }

  const onnx::GraphProto& graph_;
  std::unordered_set<std::string> given_;
  std::unordered_map<std::string, int> maker_;  ///< tensor → operator
  std::unordered_map<int, int> waiting_;        ///< operator → inputs not made yet
  std::unordered_map<int, std::vector<int>> users_;
  std::priority_queue<int, std::vector<int>, std::greater<>> ready_;
};

}  // namespace

std::vector<const onnx::NodeProto*> operators_in_order(const onnx::GraphProto& graph) {
  return Order(graph).sorted();
}

}  // namespace neurram::mapper
