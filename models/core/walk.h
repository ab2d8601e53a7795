#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include <systemc>

#include "models/core/parameters.h"
#include "models/core/tile_path.h"
#include "models/core/walk_probe.h"

/// How a core passes an operation: what its level of abstraction means. Results and costs come from
/// the same tiles at every level; a walk says when what happens.
namespace neurram::core {

class Walk : public sc_core::sc_module {
 public:
  /// Vector by vector: tells that the vector at work is done at `at_ps`, the kernel's time.
  using VectorDone = std::function<void(std::int64_t at_ps)>;

  explicit Walk(const sc_core::sc_module_name& name) : sc_module(name) {}

  /// Begins `operation`, whose first vector starts at start_ps. True: all of it is done at once,
  /// and path.comparisons() tells how long each vector takes. False: its vectors pass in simulated
  /// time; after each comes VectorDone, and then waits for next_vector(). `operation` outlives
  /// that.
  [[nodiscard]] virtual bool begin(const Operation& operation, std::int64_t start_ps) = 0;
  /// The next vector starts at at_ps, not before the kernel's time.
  virtual void next_vector(std::int64_t at_ps) = 0;
  /// Lets a probe watch the operations that begin from now on; null: none.
  virtual void watch(WalkProbe* /*probe*/) {}
  /// The last vector of the group has ended at at_ps.
  virtual void finish(std::int64_t /*at_ps*/) {}
};

/// What a walk is made from.
struct WalkContext {
  const CoreParameters& parameters;
  std::uint32_t core;
  PhiloxKey key;  ///< of the run's random draws
  TilePath& path;
  Walk::VectorDone vector_done;
};

/// The walk of the core's level. Throws Error where the level needs what this program has not.
[[nodiscard]] std::unique_ptr<Walk> make_walk(const sc_core::sc_module_name& name,
                                              const WalkContext& context);

}  // namespace neurram::core
