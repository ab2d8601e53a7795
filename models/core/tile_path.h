#pragma once

#include <vector>

#include <tlm>

#include "models/base/aligned.h"
#include "models/core/tile.h"
#include "models/core/transaction.h"

namespace neurram::core {

/// One operation of a core, from its start to its end.
struct Operation {
  const OperationPlan* plan = nullptr;
  int slot = 0;
  std::size_t vectors = 0;
  std::uint64_t first_operation_id = 0;  ///< of vector 0; one more per vector
  const std::uint8_t* codes = nullptr;   ///< [vectors x inputs]
  std::int16_t* results = nullptr;       ///< [vectors x outputs]
  const float* vector_scale = nullptr;   ///< [vectors] supply drop, 1 without
};

/// The way of an operation's tiles to the array and to the neurons, the same at every level: what
/// comes back, and what it costs, depends on nothing but the tile.
class TilePath {
 public:
  TilePath(tlm::tlm_initiator_socket<>& array, tlm::tlm_initiator_socket<>& neurons,
           bool integer_product)
      : array_(array), neurons_(neurons), integer_product_(integer_product) {}

  /// Forgets the last operation's cost.
  void begin(const Operation& operation);

  /// The tile of `count` vectors from `first`, in its first phase.
  [[nodiscard]] Tile tile(const Operation& operation, std::size_t first, std::size_t count);
  /// Encodes and multiplies the tile's phase.
  void settle(Tile& tile);
  /// Converts it; after the last phase the vectors' results and comparisons are there.
  void convert(Tile& tile);
  /// The other way: what the neurons of a tile of one vector hold after its phase, into
  /// tile.integrated; then, once they have been compared tile.comparisons[0] times, what that cost.
  void integrate(Tile& tile);
  void compared(Tile& tile);

  /// Of all tiles since begin().
  [[nodiscard]] const ledger::Cost& cost() const { return cost_; }
  /// Of each vector that is done.
  [[nodiscard]] const std::vector<std::uint16_t>& comparisons() const { return comparisons_; }

 private:
  tlm::tlm_initiator_socket<>& array_;
  tlm::tlm_initiator_socket<>& neurons_;
  bool integer_product_;
  StructTransaction array_transaction_;
  StructTransaction neuron_transaction_;
  ledger::Cost cost_;
  AlignedVector<std::int32_t> sums_;
  AlignedVector<float> float_sums_;
  std::vector<std::uint32_t> pulse_weights_;
  std::vector<std::uint16_t> steps_;
  std::vector<std::uint16_t> comparisons_;
};

}  // namespace neurram::core
