#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/mapper/graph.h"

/// The arithmetic beside the chip, on whole batches: pure functions on plain arrays, NHWC.
namespace neurram::runtime {

/// One node's output for a batch: codes where it has a quantiser, values where not.
struct Activations {
  std::vector<std::uint8_t> codes;  ///< [images x size], int8 where signed
  std::vector<float> values;        ///< [images x size]
};

/// Which bytes of a (zero-padded) image make a vector's rows [first_row, first_row + rows) of the
/// window's order (kernel row, kernel column, channel).
struct WindowRuns {
  struct Run {
    std::size_t source;  ///< from the window's top left
    std::size_t target;  ///< row in the vector
    std::size_t bytes;
  };
  std::vector<Run> runs;
  std::size_t padded_row = 0;    ///< bytes of a padded image row
  std::size_t padded_image = 0;  ///< bytes of a padded image
  std::size_t image_row = 0;
  std::size_t origin = 0;              ///< of the image in its padding
  std::size_t step_x = 0, step_y = 0;  ///< between neighbouring positions
  int positions_x = 0;
};
[[nodiscard]] WindowRuns make_window_runs(const mapper::Shape& input, const mapper::Shape& output,
                                          const mapper::Window& window, int first_row, int rows);

/// Copies images into their padding of zero codes: out[images x padded_image].
void pad_images(const WindowRuns& runs, const mapper::Shape& input, const std::uint8_t* codes,
                std::size_t images, std::vector<std::uint8_t>& out);

/// Vectors [first, first + count) of one padded batch, `positions` to an image, each `stride`
/// bytes: the runs, then `bias_rows` bytes of `bias_code`.
void gather_vectors(const WindowRuns& runs, const std::uint8_t* padded, std::size_t positions,
                    std::size_t first, std::size_t count, int bias_rows, std::uint8_t bias_code,
                    std::uint8_t* out, std::size_t stride);

/// sums[v · sum_stride + j] (+)= value(codes[v · columns + j]) · factor[j] + term[j], where value
/// is s (c - 1/2), or the code itself of a two-phase operation. `first`: sums are set, not added
/// to.
void accumulate(const std::int16_t* codes, std::size_t vectors, std::size_t columns, bool two_phase,
                const float* factor, const float* term, bool first, float* sums,
                std::size_t sum_stride);

/// Applies a node's post-operation to sums that are already in units of its quantiser's scale (real
/// units where it has none); writes codes or values.
void finish_sums(const mapper::PostOperation& post, const float* sums, std::size_t count,
                 std::uint8_t* codes, float* values);

/// Real value of every element.
void to_values(const mapper::Node& node, const Activations& from, std::vector<float>& out);

void max_pool(const mapper::Node& node, const mapper::Shape& input, const mapper::Node& source,
              const Activations& from, std::size_t images, Activations& to);
void average_pool(const mapper::Node& node, const mapper::Shape& input, const mapper::Node& source,
                  const Activations& from, std::size_t images, Activations& to);

}  // namespace neurram::runtime
