#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "models/base/aligned.h"
#include "models/base/philox.h"
#include "models/neuron/activation.h"

/// Convert: the last of the three functions that make a code. In units of decrement steps,
///
///   f = sum · scale_j · vector_scale + offset_j + sigma_vj · z,   clipped once,
///   s = + if f >= sign_threshold else -,
///   c = clamp(1 + floor(s·f), 1, max_count),  value = s · (c - 1/2).
///
/// That is what the neuron's comparator finds step by step: after k decrements towards zero it has
/// not flipped while s·f >= k. A binary search with exactly halved, symmetric steps finds the same;
/// search.h has the one with steps of any size.
///
/// The sign is decided with the amplifier as a comparator, each later step after an integration, so
/// their thresholds differ: a neuron between zero and the sign threshold starts in the wrong
/// direction and flips at once. With a threshold of 0.65 steps code 1 is 0.35 times as frequent as
/// its neighbours and code -1 1.65 times (chip team's public repository, Neurram_48core:
/// about 0.3 and 1.6).
namespace neurram::neuron {

/// Most columns of one conversion.
inline constexpr std::size_t kMaxColumns = 256;

/// Per-column constants of a conversion, padded to a multiple of 16 columns with zeros.
struct ConvertColumns {
  AlignedVector<float> scale;   ///< steps per unit of the sum, at vector scale 1
  AlignedVector<float> offset;  ///< steps
  AlignedVector<float>
      read_noise;  ///< variance [steps^2] per unit of pulse weight, at vector scale 1

  void resize(std::size_t padded_columns);
};

struct ConvertParameters {
  std::size_t columns = 0;  ///< outputs per vector
  float noise_floor = 0;    ///< variance [steps^2] that every conversion has (kT/C, comparator)
  bool noisy = false;       ///< draw the Gaussian at all
  float clip = 0;           ///< largest |f| [steps]
  float negative_step_ratio = 1;  ///< step of positive results / step of negative results
  int max_count = 1;              ///< 1 … 512
  Activation activation = Activation::kNone;
  /// Count that a column reports which has not flipped after max_count steps; max_count is the
  /// model's choice, 0 the silicon's read-out in unary conversion.
  int saturated_count = 1;
  float sign_threshold = 0;                      ///< steps of positive results
  std::shared_ptr<const ActivationTable> table;  ///< of kTanh and kSigmoid, for this max_count
};

/// The random stream of a tile's Gaussian: key, operation id of its first vector, counter word.
struct NoiseStream {
  PhiloxKey key{};
  std::uint64_t first_operation_id = 0;
  std::uint32_t stream = 0;
};

/// What the vectors of a tile differ in.
struct ConvertVectors {
  std::size_t count = 0;
  const float* scale = nullptr;                 ///< per vector: supply drop, 1 without
  const std::uint32_t* pulse_weight = nullptr;  ///< per vector: see array::encode
};

/// Floats that convert() needs as scratch for `vectors` vectors of `columns` outputs.
[[nodiscard]] std::size_t noise_scratch_floats(std::size_t vectors, std::size_t columns);

/// Converts sums[v · padded_columns + j] into codes[v · columns + j] = s·c (0 for a negative under
/// ReLU, table->code(s·c) with a table) and steps[v] = the largest count of a neuron that
/// decrements in vector v (at least 1). Vectorised; the same bits on every instruction set, batch
/// and tile. columns <= kMaxColumns.
void convert(const ConvertParameters& parameters, const ConvertColumns& columns,
             const ConvertVectors& vectors, const NoiseStream& noise, const std::int32_t* sums,
             float* noise_scratch, std::int16_t* codes, std::uint16_t* steps);

/// The same from float sums (the array's general path).
void convert(const ConvertParameters& parameters, const ConvertColumns& columns,
             const ConvertVectors& vectors, const NoiseStream& noise, const float* sums,
             float* noise_scratch, std::int16_t* codes, std::uint16_t* steps);

/// f of one vector, without counting it: f[columns.scale.size()] steps, the very floats that
/// convert() counts.
void integrate(const ConvertParameters& parameters, const ConvertColumns& columns,
               const ConvertVectors& vector, const NoiseStream& noise, const std::int32_t* sums,
               float* noise_scratch, float* f);

/// The same from float sums.
void integrate(const ConvertParameters& parameters, const ConvertColumns& columns,
               const ConvertVectors& vector, const NoiseStream& noise, const float* sums,
               float* noise_scratch, float* f);

/// Parts of convert() for the other conversions: draws the Gaussian of a tile; replaces counts by
/// codes where there is a table.
void draw_noise(const ConvertParameters& parameters, const ConvertVectors& vectors,
                const NoiseStream& noise, float* scratch);
void apply_table(const ConvertParameters& parameters, const ConvertVectors& vectors,
                 std::int16_t* codes);

/// Decrement steps that a comparator walks for one result, one at a time: the definition that
/// convert()'s closed form is tested against, and what phased and RTL levels show. Returns s·c.
[[nodiscard]] int count_by_stepping(float f, int max_count, float negative_step_ratio = 1.0f,
                                    float sign_threshold = 0.0f);

/// The same by n - 1 halving decrements of an n-bit binary search (max_count = 2^(n-1)).
[[nodiscard]] int count_by_binary_search(float f, int bits_out, float negative_step_ratio = 1.0f,
                                         float sign_threshold = 0.0f);

/// Value [steps] of a code, in halves: 2 · s · (c - 1/2).
[[nodiscard]] constexpr int half_steps(int code) {
  return 2 * code - (code > 0) + (code < 0);
}

}  // namespace neurram::neuron
