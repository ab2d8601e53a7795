#pragma once

#include <array>

#include "models/core/integrator_scope.h"
#include "models/core/tile_steps.h"
#include "models/core/walk.h"

namespace neurram::core {

/// The phased level: every state of every vector is an event.
///
///   vector      0                                1
///   initialise  ▔▔\_____________________________/▔▔\____
///   sample      __/▔▔\__________________________________  a word-line pulse per plane
///   integrate   _____/▔▔\/▔▔\___________________________  further samples of the plane
///   convert     _____________/▔▔\/▔▔\/▔▔\______________  sign, then decrements
///
/// The lines settle when a phase begins, the neurons convert when its last sample is integrated.
/// Between vectors the core waits for its group.
class PhasedWalk : public Walk {
 public:
  PhasedWalk(const sc_core::sc_module_name& name, const WalkContext& context);

  [[nodiscard]] bool begin(const Operation& operation, std::int64_t start_ps) override;
  void next_vector(std::int64_t at_ps) override;
  void watch(WalkProbe* probe) override {
    probe_ = probe;
    watched_ = false;
  }

  SC_HAS_PROCESS(PhasedWalk);

 private:
  /// Enters the next state, at the kernel's time.
  void step();
  void begin_phase();
  /// The neurons have integrated the phase's last sample.
  void begin_conversion();
  void stay(neuron::State state);
  /// Shows the probe what the state that is entered now, and the one before it, have done.
  void show(neuron::State state, const Visit* visit);
  void show_integrators();

  std::uint32_t core_;
  TilePath& path_;
  VectorDone vector_done_;
  std::array<sc_core::sc_time, neuron::kStates> state_time_;
  const Operation* operation_ = nullptr;
  std::size_t vector_ = 0;
  Tile tile_;
  std::size_t visit_ = 0;  ///< next of the phase's visits
  int comparisons_ = 0;    ///< of the phase; 0 while it samples
  int compared_ = 0;
  sc_core::sc_event next_{"next"};
  WalkProbe* probe_ = nullptr;
  bool watched_ = false;  ///< the probe wants this vector
  IntegratorScope scope_;
  AlignedVector<float> integrated_;
};

}  // namespace neurram::core
