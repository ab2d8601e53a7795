#include "models/core/neuron_bank.h"

#include <algorithm>

#include "models/core/transaction.h"

namespace neurram::core {

NeuronBank::NeuronBank(const sc_core::sc_module_name& name, const CoreParameters& parameters,
                       std::uint32_t core, const Seeds& seeds)
    : sc_module(name),
      parameters_(parameters),
      core_(core),
      key_(philox_key(seeds.run)),
      mismatch_(parameters.neuron, kNeurons, core, seeds.device) {
  operations.register_b_transport(this, &NeuronBank::operate);
}

void NeuronBank::operate(tlm::tlm_generic_payload& payload, sc_core::sc_time& /*delay*/) {
  ledger::Cost cost;
  switch (static_cast<NeuronCommand>(payload.get_address())) {
    case NeuronCommand::kConvert:
      convert(*reinterpret_cast<Tile*>(payload.get_data_ptr()), cost);
      break;
    case NeuronCommand::kMismatch:
      reinterpret_cast<MismatchRequest*>(payload.get_data_ptr())->mismatch = &mismatch_;
      break;
    default:
      payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
      return;
  }
  charge(payload, cost);
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

void NeuronBank::convert(Tile& tile, ledger::Cost& cost) {
  const OperationPlan& plan = *tile.plan;
  const PhasePlan& phase = plan.phases[tile.phase];
  const std::size_t floats = neuron::noise_scratch_floats(tile.vectors, plan.outputs());
  if (noise_.size() < floats) noise_.resize(floats);
  const bool last = tile.phase + 1 == plan.phases.size();
  if (!last && high_codes_.size() < tile.vectors * plan.outputs())
    high_codes_.resize(tile.vectors * plan.outputs());
  std::int16_t* codes = last ? tile.output : high_codes_.data();
  std::uint16_t* steps = tile.steps + tile.phase * tile.vectors;
  const neuron::ConvertVectors vectors{tile.vectors, tile.vector_scale, tile.pulse_weight};
  const neuron::NoiseStream noise{key_, tile.first_operation_id,
                                  draw_stream(core_, tile.slot, phase.draw)};
  if (parameters_.array.integer_product) {
    convert_sums(phase, vectors, noise, tile.sums, codes, steps);
  } else {
    convert_sums(phase, vectors, noise, tile.float_sums, codes, steps);
  }
  if (!last) return;
  if (plan.phases.size() > 1) add_phases(tile);
  for (std::size_t v = 0; v < tile.vectors; ++v) {
    const int n = comparisons(plan, tile.steps + v, tile.vectors);
    tile.comparisons[v] = static_cast<std::uint16_t>(n);
    cost[ledger::Component::kConversion] += plan.conversion_energy[static_cast<std::size_t>(n)];
  }
  const auto count = static_cast<std::int64_t>(tile.vectors);
  for (const auto c : {ledger::Component::kNeurons, ledger::Component::kControl}) {
    cost[c] += count * plan.fixed_energy[static_cast<std::size_t>(c)];
  }
}

template <class Sum>
void NeuronBank::convert_sums(const PhasePlan& phase, const neuron::ConvertVectors& vectors,
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

void NeuronBank::add_phases(const Tile& tile) {
  const bool relu = tile.plan->settings.activation == SlotActivation::kRelu;
  const std::size_t codes = tile.vectors * tile.plan->outputs();
  for (std::size_t i = 0; i < codes; ++i) {
    // Each part is s (c - 1/2): their sum is whole.
    const int sum = (neuron::half_steps(high_codes_[i]) + neuron::half_steps(tile.output[i])) / 2;
    tile.output[i] = static_cast<std::int16_t>(relu ? std::max(sum, 0) : sum);
  }
}

}  // namespace neurram::core
