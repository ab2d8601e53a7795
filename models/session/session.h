#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "models/ledger/ledger.h"
#include "models/mapper/deployment.h"
#include "models/runtime/network.h"
#include "models/session/config.h"

namespace neurram::core {
class WalkProbe;
}

namespace neurram::session {

class ChipHost;
struct CellOutcome;
struct TargetWindow;

/// A chip and its runtime in the process's own SystemC kernel, as one object. A kernel elaborates
/// once, so a process makes one session; more of them are more processes (see shards.h). Chips in
/// kernels of their own: BenchChip.
class Session {
 public:
  explicit Session(const Config& config);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  [[nodiscard]] ledger::Ledger& ledger() { return ledger_; }

  /// Asked between commands; what it throws ends the work.
  void on_interrupt_check(std::function<void()> check);

  /// Lets a probe watch operations of cores that walk them state by state; null: none.
  void watch(core::WalkProbe* probe);

  /// Programs `deployment` into the chip's cells and calibrates every layer on `images`. Fills in
  /// conductances, rails, operations, slopes, offsets and the set-up's totals.
  void compile(mapper::Deployment& deployment, const runtime::Images& images,
               const std::function<void(int, int)>& progress);

  /// Loads a compiled deployment, through the back door or by write-verify (run.program).
  void load(const mapper::Deployment& deployment);

  /// What a stretch of a run gave.
  struct Stretch {
    std::vector<float> outputs;            ///< [count x outputs]
    std::int64_t simulated_ps = 0;         ///< from the first access to the last result
    std::vector<std::int64_t> powered_ps;  ///< time under power, by core
  };
  /// Runs images [first, first + count) as one batch on the loaded network.
  Stretch run(const runtime::Images& images, std::size_t first, std::size_t count);

  /// Simulated time of one image alone, first input to last output [ps]; leaves no trace in the
  /// ledger.
  std::int64_t latency_ps(const runtime::Images& images);

  /// How programming is watched.
  struct ProgramWatch {
    std::function<bool()> stop;  ///< asked now and then; the row at work is finished
    /// Rows done, rows of all passes and windows, pulses so far.
    std::function<void(std::size_t, std::size_t, std::int64_t)> progress;
  };
  /// Switches on the windows' cores and programs one after the other (programming.cpp). Adds the
  /// cells that it came to; `complete` is false if it was stopped.
  Stretch program(const std::vector<TargetWindow>& windows, const ProgramWatch& watch,
                  std::vector<CellOutcome>& cells, bool& complete);

  /// Names of the ledger's layers for a graph: its nodes, then work beside the chip.
  [[nodiscard]] static std::vector<std::string> layer_names(const mapper::Graph& graph);

 private:
  struct Modules;

  /// Does something to the chip through its driver; no outputs.
  Stretch work(const std::function<void(neurram_chip&, ChipHost&)>& what);

  const Config config_;
  ledger::Ledger ledger_;
  std::unique_ptr<Modules> modules_;
  std::unique_ptr<mapper::Deployment> deployment_;
  std::unique_ptr<runtime::Network> network_;
};

}  // namespace neurram::session
