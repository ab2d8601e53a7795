#include "models/core/tile_steps.h"

#include <algorithm>

namespace neurram::core {

void TileSettler::settle(Tile& tile) {
  const OperationPlan& plan = *tile.plan;
  const array::Transfer& transfer = *plan.transfer;
  const std::size_t stride = transfer.drive_stride();
  const std::size_t needed = tile.vectors * stride + array::kDriveBlock;
  if (drives_.size() < needed) drives_.resize(needed);
  array::encode(plan.phases[tile.phase].encoding, tile.codes, plan.inputs(), tile.vectors,
                drives_.data(), stride, tile.pulse_weight);
  if (integer_product_) {
    array::multiply(transfer.packed(), drives_.data(), tile.vectors, tile.sums);
    return;
  }
  const std::size_t rows = transfer.drives();
  if (float_drives_.size() < tile.vectors * rows) float_drives_.resize(tile.vectors * rows);
  for (std::size_t v = 0; v < tile.vectors; ++v)
    std::copy_n(drives_.data() + v * stride, rows, float_drives_.data() + v * rows);
  array::multiply(transfer.dense().data(), rows, array::padded_columns(transfer.outputs()),
                  float_drives_.data(), tile.vectors, tile.float_sums);
}

void TileConverter::reserve_noise(const Tile& tile) {
  const std::size_t floats = neuron::noise_scratch_floats(tile.vectors, tile.plan->outputs());
  if (noise_.size() < floats) noise_.resize(floats);
}

void TileConverter::integrate(Tile& tile) {
  reserve_noise(tile);
  const PhasePlan& phase = tile.plan->phases[tile.phase];
  const neuron::ConvertVectors vector{1, tile.vector_scale, tile.pulse_weight};
  const neuron::NoiseStream noise{key_, tile.first_operation_id,
                                  draw_stream(core_, tile.slot, phase.draw)};
  if (integer_product_) {
    neuron::integrate(phase.convert, phase.columns, vector, noise, tile.sums, noise_.data(),
                      tile.integrated);
  } else {
    neuron::integrate(phase.convert, phase.columns, vector, noise, tile.float_sums, noise_.data(),
                      tile.integrated);
  }
}

void TileConverter::convert(Tile& tile) {
  const OperationPlan& plan = *tile.plan;
  const PhasePlan& phase = plan.phases[tile.phase];
  reserve_noise(tile);
  const bool last = is_last_phase(tile);
  if (!last && high_codes_.size() < tile.vectors * plan.outputs())
    high_codes_.resize(tile.vectors * plan.outputs());
  std::int16_t* codes = last ? tile.output : high_codes_.data();
  std::uint16_t* steps = tile.steps + tile.phase * tile.vectors;
  const neuron::ConvertVectors vectors{tile.vectors, tile.vector_scale, tile.pulse_weight};
  const neuron::NoiseStream noise{key_, tile.first_operation_id,
                                  draw_stream(core_, tile.slot, phase.draw)};
  if (integer_product_) {
    convert_sums(phase, vectors, noise, tile.sums, codes, steps);
  } else {
    convert_sums(phase, vectors, noise, tile.float_sums, codes, steps);
  }
  if (!last) return;
  if (plan.phases.size() > 1)
    add_phases(plan, high_codes_.data(), tile.output, tile.vectors * plan.outputs());
  for (std::size_t v = 0; v < tile.vectors; ++v)
    tile.comparisons[v] =
        static_cast<std::uint16_t>(comparisons(plan, tile.steps + v, tile.vectors));
}

template <class Sum>
void TileConverter::convert_sums(const PhasePlan& phase, const neuron::ConvertVectors& vectors,
                                 const neuron::NoiseStream& noise, const Sum* sums,
                                 std::int16_t* codes, std::uint16_t* steps) {
  if (phase.injection) {
    neuron::stochastic_convert(phase.convert, *phase.injection, phase.columns, vectors, noise, sums,
                               noise_.data(), lfsr_, codes, steps);
  } else if (phase.search) {
    neuron::convert_stepped(phase.convert, *phase.search, phase.columns, vectors, noise, sums,
                            noise_.data(), codes, steps);
  } else {
    neuron::convert(phase.convert, phase.columns, vectors, noise, sums, noise_.data(), codes,
                    steps);
  }
}

void add_phases(const OperationPlan& plan, const std::int16_t* high_codes, std::int16_t* codes,
                std::size_t count) {
  const bool relu = plan.settings.activation == SlotActivation::kRelu;
  for (std::size_t i = 0; i < count; ++i) {
    // Each part is s (c - 1/2): their sum is whole.
    const int sum = (neuron::half_steps(high_codes[i]) + neuron::half_steps(codes[i])) / 2;
    codes[i] = static_cast<std::int16_t>(relu ? std::max(sum, 0) : sum);
  }
}

}  // namespace neurram::core
