#include "models/runtime/digital.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace neurram::runtime {
namespace {

std::size_t size(int n) {
  return static_cast<std::size_t>(n);
}

/// The positions of a pooling window that lie inside the image.
struct Extent {
  int begin;
  int end;
};

Extent clip_extent(int position, int stride, int pad, int kernel, int limit) {
  const int begin = position * stride - pad;
  return {std::max(begin, 0), std::min(begin + kernel, limit)};
}

/// Calls visit(output index, y extent, x extent) for every output position of a pool.
template <class Visit>
void for_each_window(const mapper::Node& node, const mapper::Shape& input, Visit visit) {
  const mapper::Window& w = node.window;
  for (int y = 0; y < node.shape.height; ++y) {
    const Extent rows = clip_extent(y, w.stride_h, w.pad_top, w.kernel_h, input.height);
    for (int x = 0; x < node.shape.width; ++x) {
      visit(size(y * node.shape.width + x), rows,
            clip_extent(x, w.stride_w, w.pad_left, w.kernel_w, input.width));
    }
  }
}

template <class T>
void max_pool_images(const mapper::Node& node, const mapper::Shape& input, const T* from,
                     std::size_t images, T* to) {
  const std::size_t channels = size(input.channels);
  for (std::size_t image = 0; image < images; ++image) {
    const T* in = from + image * input.size();
    T* out = to + image * node.shape.size();
    for_each_window(node, input, [&](std::size_t position, Extent rows, Extent columns) {
      T* most = out + position * channels;
      bool first = true;
      for (int y = rows.begin; y < rows.end; ++y) {
        for (int x = columns.begin; x < columns.end; ++x) {
          const T* cell = in + size(y * input.width + x) * channels;
          if (first)
            std::copy(cell, cell + channels, most);
          else
            for (std::size_t c = 0; c < channels; ++c) most[c] = std::max(most[c], cell[c]);
          first = false;
        }
      }
    });
  }
}

}  // namespace

WindowRuns make_window_runs(const mapper::Shape& input, const mapper::Shape& output,
                            const mapper::Window& w, int first_row, int rows) {
  WindowRuns result;
  const std::size_t channels = size(input.channels);
  result.padded_row = size(input.width + w.pad_left + w.pad_right) * channels;
  result.padded_image = size(input.height + w.pad_top + w.pad_bottom) * result.padded_row;
  result.image_row = size(input.width) * channels;
  result.origin = size(w.pad_top) * result.padded_row + size(w.pad_left) * channels;
  result.step_x = size(w.stride_w) * channels;
  result.step_y = size(w.stride_h) * result.padded_row;
  result.positions_x = output.width;
  // Pixels of one kernel row lie side by side: a run is what one kernel row shares with the rows
  // asked for.
  const std::size_t kernel_row = size(w.kernel_w) * channels;
  for (int ky = 0; ky < w.kernel_h; ++ky) {
    const std::size_t begin = std::max(size(ky) * kernel_row, size(first_row));
    const std::size_t end = std::min(size(ky + 1) * kernel_row, size(first_row + rows));
    if (begin >= end) continue;
    const std::size_t source = size(ky) * result.padded_row + (begin - size(ky) * kernel_row);
    result.runs.push_back({source, begin - size(first_row), end - begin});
  }
  return result;
}

void pad_images(const WindowRuns& runs, const mapper::Shape& input, const std::uint8_t* codes,
                std::size_t images, std::vector<std::uint8_t>& out) {
  constexpr std::size_t kSpare = 64;  // gather_vectors copies in blocks
  out.assign(images * runs.padded_image + kSpare, 0);
  for (std::size_t image = 0; image < images; ++image) {
    std::uint8_t* target = out.data() + image * runs.padded_image + runs.origin;
    for (int y = 0; y < input.height; ++y) {
      std::memcpy(target + size(y) * runs.padded_row,
                  codes + image * input.size() + size(y) * runs.image_row, runs.image_row);
    }
  }
}

void gather_vectors(const WindowRuns& runs, const std::uint8_t* padded, std::size_t positions,
                    std::size_t first, std::size_t count, int bias_rows, std::uint8_t bias_code,
                    std::uint8_t* out, std::size_t stride) {
  const std::size_t bias_at = stride - size(bias_rows);
  for (std::size_t v = 0; v < count; ++v) {
    const std::size_t image = (first + v) / positions;
    const auto position = (first + v) % positions;
    const std::size_t y = position / size(runs.positions_x);
    const std::size_t x = position % size(runs.positions_x);
    const std::uint8_t* window =
        padded + image * runs.padded_image + y * runs.step_y + x * runs.step_x;
    std::uint8_t* vector = out + v * stride;
    for (const WindowRuns::Run& run : runs.runs)
      std::memcpy(vector + run.target, window + run.source, run.bytes);
    for (std::size_t b = bias_at; b < stride; ++b) vector[b] = bias_code;
  }
}

void accumulate(const std::int16_t* codes, std::size_t vectors, std::size_t columns, bool two_phase,
                const float* factor, const float* term, bool first, float* sums,
                std::size_t sum_stride) {
  const float half = two_phase ? 0.0f : 0.5f;
  for (std::size_t v = 0; v < vectors; ++v) {
    const std::int16_t* row = codes + v * columns;
    float* sum = sums + v * sum_stride;
    for (std::size_t j = 0; j < columns; ++j) {
      const int code = row[j];
      const float value =
          static_cast<float>(code) - half * static_cast<float>((code > 0) - (code < 0));
      const float y = value * factor[j] + term[j];
      sum[j] = first ? y : sum[j] + y;
    }
  }
}

void finish_sums(const mapper::PostOperation& post, const float* sums, std::size_t count,
                 std::uint8_t* codes, float* values) {
  const double scale = post.quantizer ? post.quantizer->scale : 1.0;
  const bool relu = post.activation == mapper::Activation::kRelu;
  auto low = static_cast<float>(std::max(relu ? 0.0 : post.clip_low, post.clip_low) / scale);
  auto high = static_cast<float>(post.clip_high / scale);
  if (!post.quantizer) {
    for (std::size_t i = 0; i < count; ++i) values[i] = std::min(std::max(sums[i], low), high);
    return;
  }
  low = std::max(low, static_cast<float>(post.quantizer->min_code()));
  high = std::min(high, static_cast<float>(post.quantizer->max_code()));
  for (std::size_t i = 0; i < count; ++i) {
    const float code = std::nearbyint(std::min(std::max(sums[i], low), high));
    codes[i] = static_cast<std::uint8_t>(static_cast<std::int32_t>(code));
  }
}

void to_values(const mapper::Node& node, const Activations& from, std::vector<float>& out) {
  if (!node.post.quantizer) {
    out = from.values;
    return;
  }
  const mapper::Quantizer& q = *node.post.quantizer;
  out.resize(from.codes.size());
  const auto scale = static_cast<float>(q.scale);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const int code = q.is_signed ? static_cast<std::int8_t>(from.codes[i]) : from.codes[i];
    out[i] = static_cast<float>(code) * scale;
  }
}

void max_pool(const mapper::Node& node, const mapper::Shape& input, const mapper::Node& source,
              const Activations& from, std::size_t images, Activations& to) {
  const std::size_t count = images * node.shape.size();
  if (!source.post.quantizer) {
    to.values.resize(count);
    max_pool_images(node, input, from.values.data(), images, to.values.data());
    return;
  }
  to.codes.resize(count);
  if (source.post.quantizer->is_signed) {
    max_pool_images(node, input, reinterpret_cast<const std::int8_t*>(from.codes.data()), images,
                    reinterpret_cast<std::int8_t*>(to.codes.data()));
  } else {
    max_pool_images(node, input, from.codes.data(), images, to.codes.data());
  }
}

void average_pool(const mapper::Node& node, const mapper::Shape& input, const mapper::Node& source,
                  const Activations& from, std::size_t images, Activations& to) {
  std::vector<float> values;
  to_values(source, from, values);
  const std::size_t channels = size(input.channels);
  const std::size_t outputs = node.shape.size();
  const double unit = node.post.quantizer ? node.post.quantizer->scale : 1.0;
  std::vector<float> sums(images * outputs, 0.0f);
  for (std::size_t image = 0; image < images; ++image) {
    const float* in = values.data() + image * input.size();
    float* out = sums.data() + image * outputs;
    for_each_window(node, input, [&](std::size_t position, Extent rows, Extent columns) {
      float* sum = out + position * channels;
      for (int y = rows.begin; y < rows.end; ++y) {
        for (int x = columns.begin; x < columns.end; ++x) {
          const float* cell = in + size(y * input.width + x) * channels;
          for (std::size_t c = 0; c < channels; ++c) sum[c] += cell[c];
        }
      }
      const int inside = (rows.end - rows.begin) * (columns.end - columns.begin);
      const int cells = node.count_padding ? node.window.kernel_h * node.window.kernel_w : inside;
      const auto factor = static_cast<float>(1.0 / (cells * unit));
      for (std::size_t c = 0; c < channels; ++c) sum[c] *= factor;
    });
  }
  to.codes.resize(node.post.quantizer ? sums.size() : 0);
  to.values.resize(node.post.quantizer ? 0 : sums.size());
  finish_sums(node.post, sums.data(), sums.size(), to.codes.data(), to.values.data());
}

}  // namespace neurram::runtime
