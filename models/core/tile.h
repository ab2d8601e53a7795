#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "models/array/crossbar.h"
#include "models/array/transfer.h"
#include "models/core/operation.h"

/// What travels on the sockets inside a core. A transaction's address names the command, its data
/// pointer leads to one of these structs (length = its size); the target answers in the struct, and
/// with its cost in the CostExtension.
namespace neurram::core {

/// Commands on RramArray's `operations` socket.
enum class ArrayCommand : std::uint64_t {
  kSettle = 0x00,      ///< Tile: encode the codes, multiply into the sums
  kLoad = 0x08,        ///< LoadRequest: what vectors ask of the supply
  kTransfer = 0x10,    ///< TransferRequest: what an operation's matrix is
  kVersion = 0x18,     ///< VersionRequest: have any cells changed?
  kProgram = 0x20,     ///< ProgramRequest: begins write-verify of a window
  kProgramRow = 0x28,  ///< ProgramProgress: does its next row
  kForm = 0x30,        ///< FormRequest: forms a window
};

/// Commands on NeuronBank's `operations` socket.
enum class NeuronCommand : std::uint64_t {
  kConvert = 0x00,    ///< Tile: convert the sums into codes
  kIntegrate = 0x08,  ///< Tile of one vector: what its neurons hold before they are compared
  kMismatch = 0x10,   ///< MismatchRequest: the bank's own deviations
  kCompared = 0x18,   ///< Tile of one vector that others have compared so often: what that cost
};

/// As many vectors of one operation as keep their sums in the first-level cache, in one input
/// phase.
struct Tile {
  const OperationPlan* plan = nullptr;
  std::size_t phase = 0;  ///< of plan->phases
  std::uint32_t slot = 0;
  std::uint64_t first_operation_id = 0;  ///< of vector 0; one more per vector
  std::size_t vectors = 0;
  const std::uint8_t* codes = nullptr;  ///< [vectors x inputs]
  const float* vector_scale = nullptr;  ///< [vectors] supply drop, 1 without

  std::int32_t* sums = nullptr;           ///< [vectors x padded columns], 64-byte aligned
  float* float_sums = nullptr;            ///< the same for the general path
  std::uint32_t* pulse_weight = nullptr;  ///< [vectors]

  float* integrated = nullptr;           ///< [padded columns] steps, where kIntegrate asks
  std::int16_t* output = nullptr;        ///< [vectors x outputs]
  std::uint16_t* steps = nullptr;        ///< [phases x vectors] largest count
  std::uint16_t* comparisons = nullptr;  ///< [vectors], of all phases; valid after the last
};

struct LoadRequest {
  const OperationPlan* plan = nullptr;
  std::size_t vectors = 0;
  const std::uint8_t* codes = nullptr;  ///< [vectors x inputs]
  float* loads = nullptr;               ///< [vectors], the answer [S]
};

struct TransferRequest {
  array::Selection selection;
  int max_drive = 127;
  std::shared_ptr<const array::Transfer> transfer;  ///< the answer
};

struct VersionRequest {
  std::uint64_t version = 0;  ///< the answer: grows with every change of a cell
};

struct ProgramRequest {
  array::CellWindow window;
};

struct ProgramProgress {
  bool done = false;            ///< that was the last row of the last pass
  int row = 0;                  ///< that the next step works on
  int pass = 0;                 ///< likewise
  array::ProgramReport report;  ///< of all rows so far
};

struct FormRequest {
  array::CellWindow window;
  array::FormReport report;  ///< the answer
};

struct MismatchRequest {
  const NeuronMismatch* mismatch = nullptr;  ///< the answer
};

}  // namespace neurram::core
