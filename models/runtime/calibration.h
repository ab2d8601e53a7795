#pragma once

#include <functional>

#include "models/runtime/network.h"
#include "models/runtime/range.h"

namespace neurram::runtime {

/// Model-driven calibration, layer after layer, with training images (Nature 608, Fig. 4b): a first
/// run measures how far the outputs swing; the pulse multiplier and the decrement step are set so
/// that they fill the converter's range and its noise stays small; a second run gives every column
/// its slope and offset, by least squares of codes on the software's sums for the same input codes.
/// Writes rails, operations, slopes and offsets into the deployment, and configures the chip.
/// `progress(done, total)` is called after every layer.
void calibrate(mapper::Deployment& deployment, const Images& images, const OperatingScheme& scheme,
               const CalibrationParameters& parameters, neurram_chip& chip, Host& host,
               const std::function<void(int, int)>& progress);

/// The same of one matrix node of a placed and programmed deployment, whose rails become
/// `rail_set`: `images` images are set as the layer's input.
void calibrate_layer(mapper::Deployment& deployment, MatrixLayer& layer, int rail_set,
                     std::size_t images, const OperatingScheme& scheme,
                     const CalibrationParameters& parameters, neurram_chip& chip);

/// Output bits of a binary search that calibration gives an operation with such input codes.
[[nodiscard]] int output_bits(int input_bits, bool input_signed,
                              const CalibrationParameters& parameters);
/// Largest count of its results.
[[nodiscard]] int largest_count(int input_bits, bool input_signed, const OperatingScheme& scheme,
                                const CalibrationParameters& parameters);

/// Throws NetworkError if the network has more matrix layers than the chip has rail sets.
void check_rail_sets(const mapper::Graph& graph);

/// Operation ids of calibration have this bit set.
inline constexpr std::uint64_t kCalibrationIds = std::uint64_t{1} << 63;

}  // namespace neurram::runtime
