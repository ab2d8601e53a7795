#pragma once

#include <tlm_utils/simple_target_socket.h>
#include <systemc>

#include "models/base/aligned.h"
#include "models/core/tile.h"

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
  void convert(Tile& tile, ledger::Cost& cost);
  template <class Sum>
  void convert_sums(const PhasePlan& phase, const neuron::ConvertVectors& vectors,
                    const neuron::NoiseStream& noise, const Sum* sums, std::int16_t* codes,
                    std::uint16_t* steps);
  /// Adds the high phase's codes to the low phase's, both in the same step.
  void add_phases(const Tile& tile);

  const CoreParameters& parameters_;
  std::uint32_t core_;
  PhiloxKey key_;
  NeuronMismatch mismatch_;
  neuron::Lfsr lfsr_;
  AlignedVector<float> noise_;
  AlignedVector<std::int16_t> high_codes_;
};

}  // namespace neurram::core
