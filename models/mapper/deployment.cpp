#include "models/mapper/deployment.h"

#include <utility>

#include "models/mapper/file.h"

namespace neurram::mapper {
namespace {

Operation operation_at(const Graph& graph, const Place& place) {
  const Node& node = graph.nodes[static_cast<std::size_t>(place.node)];
  const Quantizer& input = input_quantizer(graph, node);
  Operation operation;
  operation.node = place.node;
  operation.segment = place.segment;
  operation.slot = place.slot;
  operation.group = place.group;
  operation.direction = node.direction;
  operation.input_bits = input.bits;
  operation.input_signed = input.is_signed;
  return operation;
}

}  // namespace

Deployment deploy(Graph graph, const MapperParameters& parameters, const ConductanceRange& range,
                  const ChipGeometry& chip) {
  check(graph);
  Deployment deployment;
  deployment.network_name = graph.name;
  deployment.chip = chip;
  deployment.range = range;
  deployment.segments = split(graph, parameters, chip.array_rows, chip.array_columns);
  for (const Place& at : place(graph, deployment.segments, chip, parameters.spare_rows)) {
    deployment.operations.push_back(operation_at(graph, at));
  }
  set_targets(graph, parameters, range, deployment.segments);
  deployment.rail_sets.emplace_back();
  deployment.graph = std::move(graph);
  return deployment;
}

void save(const Deployment& deployment, const std::string& path) {
  write_file_whole(path, serialize(deployment));
}

Deployment load(const std::string& path) {
  return deserialize(read_file(path), path);
}

}  // namespace neurram::mapper
