#pragma once

#include <tlm_utils/simple_target_socket.h>
#include <systemc>

#include "models/core/tile_steps.h"

namespace neurram::core {

/// The voltage-mode neurons of a core behind a TLM socket. Physics: models/neuron.
class NeuronBank : public sc_core::sc_module {
 public:
  /// From the controller: tiles to convert (NeuronCommand).
  tlm_utils::simple_target_socket<NeuronBank> operations{"operations"};

  NeuronBank(const sc_core::sc_module_name& name, const CoreParameters& parameters,
             std::uint32_t core, const Seeds& seeds);

 private:
  void operate(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  /// What the tile's vectors cost, whose comparisons are known.
  static void charge_vectors(const Tile& tile, ledger::Cost& cost);

  TileConverter converter_;
  NeuronMismatch mismatch_;
};

}  // namespace neurram::core
