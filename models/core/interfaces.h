#pragma once

#include <cstdint>
#include <string>

#include "models/core/operation.h"
#include "models/ledger/record.h"

/// The seams between a core and the rest of the chip, and between a core's register file and its
/// controller. Plain calls: what wires would carry.
namespace neurram::core {

/// Bits of the core's ERROR register, as masks.
using ErrorBits = std::uint32_t;

/// The chip as a core's controller sees it.
class ChipServices {
 public:
  virtual ~ChipServices() = default;
  /// The core's own START: a group of one. Errors are set in the core's and chip's registers.
  /// Returns what it cost.
  virtual ledger::Cost start_alone(std::uint32_t core, std::int64_t now_ps) = 0;
  [[nodiscard]] virtual RailSet rail_set(int index) const = 0;
  /// Counts changes of any rail voltage: a plan made before is stale.
  [[nodiscard]] virtual std::uint64_t rails_version() const = 0;
  /// The core's interrupt output changed, at kernel time.
  virtual void interrupt(std::uint32_t core, bool level) = 0;
  /// A command whose end is not known yet has begun on the core: it may be aborted.
  virtual void open_command(std::uint32_t core) = 0;
  /// A command of the core, for the ledger.
  virtual void record(const ledger::Record& record) = 0;
};

/// The group sequencer as a member sees it while its vectors pass in simulated time.
class GroupSync {
 public:
  virtual ~GroupSync() = default;
  /// The vector at work is done on this core at at_ps. GroupMember::next_vector() or finish()
  /// answers, once all of the group are.
  virtual void vector_done(std::uint32_t core, std::int64_t at_ps) = 0;
};

/// A controller as the group sequencer sees it: the four steps of a start.
class GroupMember {
 public:
  virtual ~GroupMember() = default;

  /// Checks the armed slot, batch and state; plans the operation. Returns the error bits that
  /// forbid the start, 0 if none.
  [[nodiscard]] virtual ErrorBits prepare(std::int64_t now_ps) = 0;
  [[nodiscard]] virtual int rail_set() const = 0;
  [[nodiscard]] virtual std::size_t vectors() const = 0;
  [[nodiscard]] virtual bool busy(std::int64_t now_ps) = 0;

  /// Step 1: load of every vector on the supply [A per volt of V_read: driven conductance],
  /// loads[vectors()].
  virtual void report_load(float* loads) = 0;
  /// Step 3: begins the operation at start_ps; the drive of vector v is scaled by vector_scale[v],
  /// which stays until finish(). True: all vectors are done, and duration_ps() tells how long each
  /// takes. False: they pass in simulated time, and the member tells `sync` after each.
  [[nodiscard]] virtual bool begin(const float* vector_scale, std::int64_t start_ps,
                                   GroupSync& sync) = 0;
  /// The next vector starts at at_ps; only where begin() was false.
  virtual void next_vector(std::int64_t at_ps) = 0;
  /// Time of vector v, once it is done, on this core alone [ps].
  [[nodiscard]] virtual std::int64_t duration_ps(std::size_t vector) const = 0;
  /// Step 4: what the command came to.
  struct Ending {
    std::int64_t start_ps = 0;
    std::int64_t end_ps = 0;
    std::int32_t group = 0;  ///< number of the group start
    bool leader = false;     ///< its record carries the group's time
  };
  virtual void finish(const Ending& ending) = 0;
  /// The start was refused: sets ERROR.
  virtual void refuse(ErrorBits errors) = 0;
};

/// Size of the code transfers of a core's banks, from its armed slot: what a shift chain moves.
struct BankShape {
  std::size_t vector_bytes = 0;  ///< bytes of a vector in the bank; 0: slot not usable
  double shifts_per_vector = 0;  ///< times that a register file is shifted through for one vector
  double comparisons_per_vector =
      0;  ///< output banks: comparisons of the command that filled it, in the mean
};

}  // namespace neurram::core
