#pragma once

#include "models/base/aligned.h"
#include "models/core/tile.h"
#include "models/neuron/lfsr.h"

/// The three functions on a tile, each with the scratch that it keeps between tiles. The only code
/// that makes a result: the chip's modules call it, and so do experiments on a core without a chip.
namespace neurram::core {

/// Encodes the codes and multiplies them into the sums.
class TileSettler {
 public:
  explicit TileSettler(bool integer_product) : integer_product_(integer_product) {}

  void settle(Tile& tile);

 private:
  bool integer_product_;
  AlignedVector<std::int16_t> drives_;
  AlignedVector<float> float_drives_;
};

/// Converts the sums into codes. After the last phase the phases' codes are added, and the vectors'
/// comparisons known.
class TileConverter {
 public:
  /// `core`, `run_seed`: name the random draws.
  TileConverter(bool integer_product, std::uint32_t core, std::uint64_t run_seed)
      : integer_product_(integer_product), core_(core), key_(philox_key(run_seed)) {}

  void convert(Tile& tile);
  /// What the neurons hold after the phase of a tile of one vector, before they are compared.
  void integrate(Tile& tile);

 private:
  void reserve_noise(const Tile& tile);
  template <class Sum>
  void convert_sums(const PhasePlan& phase, const neuron::ConvertVectors& vectors,
                    const neuron::NoiseStream& noise, const Sum* sums, std::int16_t* codes,
                    std::uint16_t* steps);
  bool integer_product_;
  std::uint32_t core_;
  PhiloxKey key_;
  neuron::Lfsr lfsr_;
  AlignedVector<float> noise_;
  AlignedVector<std::int16_t> high_codes_;
};

/// Adds the high phase's codes to the low phase's `codes`, both in the same step.
void add_phases(const OperationPlan& plan, const std::int16_t* high_codes, std::int16_t* codes,
                std::size_t count);

/// Is this the tile's last phase, after which a vector's energy is rounded?
[[nodiscard]] inline bool is_last_phase(const Tile& tile) {
  return tile.phase + 1 == tile.plan->phases.size();
}

}  // namespace neurram::core
