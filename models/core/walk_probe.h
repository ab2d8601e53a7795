#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/core/tile_path.h"

namespace neurram::core {

/// Watches cores while they walk operations state by state (levels phased and rtl): what waveforms
/// are drawn from. Times are the kernel's and come in order, but for integrators at level rtl,
/// whose rise is known only when all lines have been driven. A core without a probe pays a branch
/// per state.
class WalkProbe {
 public:
  virtual ~WalkProbe() = default;

  /// A vector starts. Its results whose integrators shall be shown, by index; null: the probe does
  /// not want to see this vector.
  [[nodiscard]] virtual const std::vector<int>* vector(std::uint32_t core, std::int64_t at_ps,
                                                       const Operation& operation,
                                                       std::size_t vector) = 0;
  /// The core enters a state of the neurons' state machine.
  struct StateView {
    neuron::State state = neuron::State::kInitialise;
    std::size_t phase = 0;         ///< of the input's phases
    const Visit* visit = nullptr;  ///< null in a conversion,
    int comparison = 0;            ///< whose comparison it is then; 0: the sign's
  };
  virtual void state(std::uint32_t core, std::int64_t at_ps, const StateView& view) = 0;
  /// What the integrators hold now [V about V_ref], in the order asked for.
  virtual void integrators(std::uint32_t core, std::int64_t at_ps,
                           const std::vector<float>& volts) = 0;
  /// The vector is done; codes[outputs].
  virtual void done(std::uint32_t core, std::int64_t at_ps, const Operation& operation,
                    const std::int16_t* codes) = 0;
  /// Level rtl: a port of a block has this value, bit j in bit j % 64 of word j / 64.
  virtual void port(std::uint32_t core, std::int64_t at_ps, const char* block, const char* port,
                    const std::uint64_t* words, int bits) = 0;
};

}  // namespace neurram::core
