#include "models/core/tile_path.h"

namespace neurram::core {

void TilePath::begin(const Operation& operation) {
  cost_ = ledger::Cost{};
  if (comparisons_.size() < operation.vectors) comparisons_.resize(operation.vectors);
}

Tile TilePath::tile(const Operation& operation, std::size_t first, std::size_t count) {
  const OperationPlan& plan = *operation.plan;
  const std::size_t sums = plan.tile_vectors * array::padded_columns(plan.outputs());
  if (sums_.size() < sums) sums_.resize(sums);
  if (!integer_product_ && float_sums_.size() < sums) float_sums_.resize(sums);
  if (pulse_weights_.size() < plan.tile_vectors) pulse_weights_.resize(plan.tile_vectors);
  if (steps_.size() < 2 * plan.tile_vectors) steps_.resize(2 * plan.tile_vectors);
  Tile tile;
  tile.plan = &plan;
  tile.slot = static_cast<std::uint32_t>(operation.slot);
  tile.first_operation_id = operation.first_operation_id + first;
  tile.vectors = count;
  tile.codes = operation.codes + first * plan.inputs();
  tile.vector_scale = operation.vector_scale + first;
  tile.sums = sums_.data();
  tile.float_sums = float_sums_.data();
  tile.pulse_weight = pulse_weights_.data();
  tile.output = operation.results + first * plan.outputs();
  tile.steps = steps_.data();
  tile.comparisons = comparisons_.data() + first;
  return tile;
}

void TilePath::settle(Tile& tile) {
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  cost_ += array_transaction_.send(array_, ArrayCommand::kSettle, tile, delay);
}

void TilePath::convert(Tile& tile) {
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  cost_ += neuron_transaction_.send(neurons_, NeuronCommand::kConvert, tile, delay);
}

void TilePath::integrate(Tile& tile) {
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  cost_ += neuron_transaction_.send(neurons_, NeuronCommand::kIntegrate, tile, delay);
}

void TilePath::compared(Tile& tile) {
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  cost_ += neuron_transaction_.send(neurons_, NeuronCommand::kCompared, tile, delay);
}

}  // namespace neurram::core
