#pragma once

#include <memory>
#include <vector>

#include "models/core/block_registry.h"
#include "models/core/integrator_scope.h"
#include "models/core/tile_steps.h"
#include "models/core/walk.h"
#include "models/neuron/comparator.h"
#include "models/neuron/lfsr.h"

namespace neurram::core {

/// The blocks of this program, by slot and name. Whoever has SystemVerilog adds it before a chip is
/// made.
[[nodiscard]] BlockRegistry& block_registry();

/// The RTL level: digital blocks, clock by clock, in place of the controller's own control. They
/// say when a line is driven, when the neurons are compared, and what the code is; array and
/// neurons stay models, which see the lines that the input sequencer drives and answer comparison
/// by comparison.
///
///   CoreController ──load, next──► InputSequencer ──lines──► array (TilePath::settle)
///         │  ▲                                                    │
///         │  └──flipped── StepCounter, SearchRegister ◄──comparators── neurons (integrate)
///         └──random──► LfsrPair ──bits──► neurons
///
/// Every block is clocked on the outputs of the clock before, and only where its inputs ask for
/// something; between operations the clock stands still. The LFSR has a clock of its own, as on
/// silicon: it shifts as often as a random pulse asks for within the pulse's first clock.
class RtlWalk : public Walk {
 public:
  /// Throws Error where a slot names a block that does not exist.
  RtlWalk(const sc_core::sc_module_name& name, const WalkContext& context);

  [[nodiscard]] bool begin(const Operation& operation, std::int64_t start_ps) override;
  void next_vector(std::int64_t at_ps) override { release(at_ps); }
  void finish(std::int64_t at_ps) override { release(at_ps); }
  void watch(WalkProbe* probe) override {
    probe_ = probe;
    watched_ = false;
  }

  SC_HAS_PROCESS(RtlWalk);

 private:
  /// A clock edge is due. Members of a group tell first that they are done; who goes on is known
  /// one delta later.
  void edge();
  void clock();
  void end_operation();
  /// The vector that this core is done with ends at at_ps.
  void release(std::int64_t at_ps);

  // What is wired for an operation, and held while it runs.
  void wire(const OperationPlan& plan);
  void wire_phase();
  // What the outputs of the clock before ask for.
  void begin_vector();
  void load_vector();
  void note_pulse();
  void draw_random();
  void compare();
  /// The phase has been converted: takes its codes from the block that has them.
  void take_codes();

  void integrate_phase();
  // What a probe sees: states as they are entered, ports at every clock, integrators once the lines
  // that were driven are known.
  void show_clock();
  void show_state(NeuronState state);
  void show_samples();
  void end_vector();
  [[nodiscard]] bool is_unary() const;
  [[nodiscard]] bool is_stochastic() const;
  [[nodiscard]] bool converted() const;
  [[nodiscard]] const PhasePlan& phase() const { return operation_->plan->phases[tile_.phase]; }

  std::uint32_t core_;
  TilePath& path_;
  VectorDone vector_done_;
  PhiloxKey key_;
  neuron::CountingShares counting_;
  sc_core::sc_time period_;
  sc_core::sc_event edge_due_{"edge_due"};
  sc_core::sc_event clock_due_{"clock_due"};

  std::unique_ptr<CoreController> controller_;
  std::unique_ptr<InputSequencer> sequencer_;
  std::unique_ptr<StepCounter> counter_;
  std::unique_ptr<SearchRegister> search_;
  std::unique_ptr<LfsrPair> lfsr_;
  CoreControllerIn controller_in_;
  InputSequencerIn sequencer_in_;
  StepCounterIn counter_in_;
  SearchRegisterIn search_in_;
  LfsrPairIn lfsr_in_;
  const CoreControllerOut* controller_out_;
  const InputSequencerOut* sequencer_out_;
  const StepCounterOut* counter_out_;
  const SearchRegisterOut* search_out_;
  const LfsrPairOut* lfsr_out_;

  const Operation* operation_ = nullptr;
  std::vector<int> lines_;              ///< input lines
  std::vector<std::uint8_t> channels_;  ///< neuron of each output
  std::size_t vector_ = 0;
  Tile tile_;
  std::vector<std::uint8_t> codes_;   ///< as the driven lines tell them
  std::vector<std::int16_t> levels_;  ///< of each line: samples at +1 less those at -1
  std::vector<std::uint8_t> ones_;    ///< random bits so far, by neuron
  AlignedVector<float> integrated_;
  neuron::Comparators comparators_;
  std::vector<std::int16_t> high_codes_;
  int comparisons_ = 0;  ///< of the vector's phases so far
  bool told_ = false;    ///< the group knows that the vector is done
  WalkProbe* probe_ = nullptr;
  bool watched_ = false;                    ///< the probe wants this vector
  NeuronState shown_ = NeuronState::kIdle;  ///< state of the clock before
  IntegratorScope scope_;
  std::vector<std::int64_t> sampled_ps_;  ///< when the phase's samples were integrated
  std::int64_t release_ps_ = 0;           ///< when it ends
};

}  // namespace neurram::core
