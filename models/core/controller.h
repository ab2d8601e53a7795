#pragma once

#include <array>
#include <optional>

#include <tlm_utils/simple_initiator_socket.h>
#include <systemc>

#include "models/core/interfaces.h"
#include "models/core/register_window.h"
#include "models/core/tile_path.h"
#include "models/core/transaction.h"
#include "models/core/walk.h"

namespace neurram::core {

/// Carries out a core's commands. An operation goes tile by tile to the array (settle) and to the
/// neurons (convert), as the core's level has it (walk.h); its time is the sum of its vectors'
/// state lists, its energy what the two answered.
class Controller : public sc_core::sc_module, public CommandPort, public GroupMember {
 public:
  tlm_utils::simple_initiator_socket<Controller> array{"array"};
  tlm_utils::simple_initiator_socket<Controller> neurons{"neurons"};

  Controller(const sc_core::sc_module_name& name, const CoreParameters& parameters,
             std::uint32_t core, const Seeds& seeds, Registers& registers);

  void connect(ChipServices& chip) { chip_ = &chip; }

  /// Lets a probe watch operations, at levels that walk them state by state; null: none.
  void watch(WalkProbe* probe) { walk_->watch(probe); }

  /// Time that the core has been powered up to now_ps.
  [[nodiscard]] std::int64_t powered_ps(std::int64_t now_ps) const;

  // CommandPort
  void advance(std::int64_t now_ps) override;
  [[nodiscard]] bool running() const override { return running_; }
  [[nodiscard]] bool powered(std::int64_t now_ps) const override;
  ledger::Cost start(std::int64_t now_ps) override;
  ledger::Cost program(std::int64_t now_ps) override;
  ledger::Cost form(std::int64_t now_ps) override;
  void abort() override;
  void power(bool on, std::int64_t now_ps) override;

  // GroupMember
  [[nodiscard]] ErrorBits prepare(std::int64_t now_ps) override;
  [[nodiscard]] int rail_set() const override { return operation_.plan->settings.rail_set; }
  [[nodiscard]] std::size_t vectors() const override { return operation_.vectors; }
  [[nodiscard]] bool busy(std::int64_t now_ps) override;
  void report_load(float* loads) override;
  [[nodiscard]] bool begin(const float* vector_scale, std::int64_t start_ps,
                           GroupSync& sync) override;
  void next_vector(std::int64_t at_ps) override { walk_->next_vector(at_ps); }
  [[nodiscard]] std::int64_t duration_ps(std::size_t vector) const override;
  void finish(const Ending& ending) override;
  void refuse(ErrorBits errors) override;

  SC_HAS_PROCESS(Controller);

 private:
  /// A plan, and what it was made from.
  struct CachedPlan {
    OperationPlan plan;
    array::Selection selection;
    std::uint64_t slot_version = 0;
    std::uint64_t rails_version = 0;
    std::uint64_t cells_version = 0;
  };

  /// A PROGRAM on its way through the rows of its window.
  struct Programming {
    std::int64_t start_ps = 0;
    std::int64_t cells = 0;
    bool abort = false;
    ProgramProgress progress;  ///< where the row at work, and those before it, will have led
    ledger::Cost cost;
  };

  void on_done();
  /// The programming window, if a command may work on it now; else refuses.
  std::optional<array::CellWindow> programmable_window(std::int64_t now_ps);
  /// Does the next row, which begins at now_ps.
  void program_row(std::int64_t now_ps);
  void finish_programming();
  /// Records a command that works on cells.
  void record_programming(std::int64_t start_ps, std::int64_t end_ps, std::int64_t cells,
                          const ledger::Cost& cost);
  /// Adds the group's time, by phase, to the leader's record.
  void book_time(ledger::Record& record, std::int64_t comparisons) const;
  /// The plan of a slot, made anew if its slot, the rails or the cells have changed.
  const OperationPlan& plan(int slot);
  void make_plan(int slot, std::uint64_t cells, CachedPlan& cached);
  /// The cells' version: their conductances have changed if it has.
  [[nodiscard]] std::uint64_t cells_version();
  /// The core is busy until end_ps; then its counters grow by what the command took.
  void end_at(std::int64_t end_ps);
  void end_at(std::int64_t end_ps, Femtojoules energy, std::int64_t cycles, std::int64_t vectors);

  const CoreParameters& parameters_;
  std::uint32_t core_;
  neuron::TimingParameters timing_;
  Registers& registers_;
  std::int64_t clock_ps_;
  ChipServices* chip_ = nullptr;

  std::array<std::optional<CachedPlan>, map::core::kSlotModeCount[0]> plans_;
  Operation operation_;
  std::int64_t fixed_cycles_ = 0;    ///< of one vector, without its comparisons
  std::int64_t compare_cycles_ = 0;  ///< of one comparison
  GroupSync* sync_ = nullptr;        ///< of the running operation

  StructTransaction array_transaction_;
  StructTransaction neuron_transaction_;
  TilePath path_;
  std::unique_ptr<Walk> walk_;

  std::optional<Programming> programming_;
  bool running_ = false;
  std::int64_t end_ps_ = 0;
  Femtojoules end_energy_;
  std::int64_t end_cycles_ = 0;
  std::int64_t end_vectors_ = 0;
  sc_core::sc_event done_{"done_event"};

  bool on_ = false;
  std::int64_t awake_ps_ = 0;  ///< when a core that is on has woken
  std::int64_t on_since_ps_ = 0;
  std::int64_t on_total_ps_ = 0;  ///< before on_since_ps_
};

}  // namespace neurram::core
