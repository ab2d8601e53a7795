#include "models/core/neuron_bank.h"

#include "models/core/transaction.h"

namespace neurram::core {
namespace {

Tile& tile(const tlm::tlm_generic_payload& payload) {
  return *reinterpret_cast<Tile*>(payload.get_data_ptr());
}

}  // namespace

NeuronBank::NeuronBank(const sc_core::sc_module_name& name, const CoreParameters& parameters,
                       std::uint32_t core, const Seeds& seeds)
    : sc_module(name),
      converter_(parameters.array.integer_product, core, seeds.run),
      mismatch_(parameters.neuron, kNeurons, core, seeds.device) {
  operations.register_b_transport(this, &NeuronBank::operate);
}

void NeuronBank::operate(tlm::tlm_generic_payload& payload, sc_core::sc_time& /*delay*/) {
  ledger::Cost cost;
  switch (static_cast<NeuronCommand>(payload.get_address())) {
    case NeuronCommand::kConvert:
      converter_.convert(tile(payload));
      if (is_last_phase(tile(payload))) charge_vectors(tile(payload), cost);
      break;
    case NeuronCommand::kIntegrate:
      converter_.integrate(tile(payload));
      break;
    case NeuronCommand::kCompared:
      charge_vectors(tile(payload), cost);
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

void NeuronBank::charge_vectors(const Tile& tile, ledger::Cost& cost) {
  const OperationPlan& plan = *tile.plan;
  for (std::size_t v = 0; v < tile.vectors; ++v)
    cost[ledger::Component::kConversion] += plan.conversion_energy[tile.comparisons[v]];
  const auto count = static_cast<std::int64_t>(tile.vectors);
  for (const auto c : {ledger::Component::kNeurons, ledger::Component::kControl}) {
    cost[c] += count * plan.fixed_energy[static_cast<std::size_t>(c)];
  }
}

}  // namespace neurram::core
