// The arithmetic beside the chip against loops that do the same one number at a time.
#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "models/runtime/digital.h"

using namespace neurram;
using namespace neurram::runtime;

namespace {

struct Convolution {
  mapper::Shape input{7, 6, 3};
  mapper::Shape output;
  mapper::Window window;
};

Convolution convolution(int kernel, int stride, int pad_top, int pad_left, int pad_bottom,
                        int pad_right) {
  Convolution c;
  c.window = {kernel, kernel, stride, stride, pad_top, pad_left, pad_bottom, pad_right};
  c.output = mapper::window_shape(c.input, c.window, 1, "test");
  return c;
}

std::vector<std::uint8_t> random_codes(std::size_t count) {
  std::mt19937 random(3);
  std::vector<std::uint8_t> codes(count);
  for (auto& code : codes) code = static_cast<std::uint8_t>(1 + random() % 7);
  return codes;
}

/// Row `row` of the window's order at an output position, zero outside the image.
int naive_code(const Convolution& c, const std::uint8_t* image, int position, int row) {
  const int channel = row % c.input.channels;
  const int kx = row / c.input.channels % c.window.kernel_w;
  const int ky = row / c.input.channels / c.window.kernel_w;
  const int y = position / c.output.width * c.window.stride_h - c.window.pad_top + ky;
  const int x = position % c.output.width * c.window.stride_w - c.window.pad_left + kx;
  if (y < 0 || x < 0 || y >= c.input.height || x >= c.input.width) return 0;
  return image[(y * c.input.width + x) * c.input.channels + channel];
}

}  // namespace

TEST_CASE("vectors of a convolution are its windows, bias rows last") {
  const std::vector<Convolution> cases = {
      convolution(3, 1, 1, 1, 1, 1), convolution(3, 2, 0, 0, 1, 1), convolution(1, 1, 0, 0, 0, 0),
      convolution(5, 1, 2, 2, 2, 2)};
  constexpr std::size_t kImages = 3;
  for (const Convolution& c : cases) {
    const auto codes = random_codes(kImages * c.input.size());
    const int rows = c.window.kernel_h * c.window.kernel_w * c.input.channels;
    const std::size_t positions = c.output.size();
    for (const auto& [first_row, count] :
         {std::pair{0, rows}, {0, rows / 2}, {rows / 3, rows - rows / 3}}) {
      const WindowRuns runs = make_window_runs(c.input, c.output, c.window, first_row, count);
      std::vector<std::uint8_t> padded;
      pad_images(runs, c.input, codes.data(), kImages, padded);
      constexpr int kBias = 2;
      const std::size_t stride = static_cast<std::size_t>(count + kBias);
      const std::size_t first = positions / 2;  // starts in one image and ends in another
      const std::size_t vectors = kImages * positions - first;
      std::vector<std::uint8_t> out(vectors * stride, 99);
      gather_vectors(runs, padded.data(), positions, first, vectors, kBias, 7, out.data(), stride);
      int wrong = 0;
      for (std::size_t v = 0; v < vectors; ++v) {
        const std::uint8_t* image = codes.data() + (first + v) / positions * c.input.size();
        const int position = static_cast<int>((first + v) % positions);
        for (int r = 0; r < count; ++r) {
          wrong += out[v * stride + static_cast<std::size_t>(r)] !=
                   naive_code(c, image, position, first_row + r);
        }
        wrong += out[v * stride + stride - 1] != 7 || out[v * stride + stride - 2] != 7;
      }
      CHECK(wrong == 0);
    }
  }
}

TEST_CASE("codes add up by factor and term; a code stands for s (c - 1/2)") {
  const std::vector<std::int16_t> codes = {1, -1, 0, 5, -32, 7};
  const std::vector<float> factor = {2.0f, 0.5f, 3.0f};
  const std::vector<float> term = {0.25f, 0.0f, -1.0f};
  std::vector<float> sums(2 * 4, 100.0f);
  accumulate(codes.data(), 2, 3, false, factor.data(), term.data(), true, sums.data(), 4);
  CHECK(sums[0] == 0.5f * 2 + 0.25f);
  CHECK(sums[1] == -0.5f * 0.5f);
  CHECK(sums[2] == -1.0f);
  CHECK(sums[3] == 100.0f);  // the stride's own column stays
  CHECK(sums[4] == 4.5f * 2 + 0.25f);
  CHECK(sums[5] == -31.5f * 0.5f);
  accumulate(codes.data(), 2, 3, true, factor.data(), term.data(), false, sums.data(), 4);
  CHECK(sums[0] == 1.25f + 2.25f);  // two phases: the code is whole steps
}

TEST_CASE("the post-operation rounds half to even and keeps to its range") {
  mapper::PostOperation post;
  post.activation = mapper::Activation::kRelu;
  post.quantizer = mapper::Quantizer{0.5, 3, false};
  post.clip_high = 3.0;  // six steps
  const std::vector<float> sums = {-4.0f, 0.5f, 1.5f, 2.51f, 5.9f, 6.4f, 100.0f};
  std::vector<std::uint8_t> codes(sums.size());
  finish_sums(post, sums.data(), sums.size(), codes.data(), nullptr);
  CHECK(codes == std::vector<std::uint8_t>{0, 0, 2, 3, 6, 6, 6});

  post.activation = mapper::Activation::kNone;
  post.quantizer = mapper::Quantizer{1.0, 4, true};
  post.clip_high = 1e9;
  finish_sums(post, sums.data(), sums.size(), codes.data(), nullptr);
  CHECK(static_cast<std::int8_t>(codes[0]) == -4);
  CHECK(static_cast<std::int8_t>(codes[6]) == 7);
}

TEST_CASE("pools see what lies inside the image") {
  mapper::Node source;
  source.shape = {3, 3, 2};
  source.post.quantizer = mapper::Quantizer{0.25, 3, false};
  Activations from;
  for (int i = 0; i < 18; ++i) from.codes.push_back(static_cast<std::uint8_t>(i % 7));
  mapper::Node node;
  node.window = {2, 2, 2, 2, 0, 0, 1, 1};
  node.shape = {2, 2, 2};
  node.post.quantizer = source.post.quantizer;

  Activations most;
  max_pool(node, source.shape, source, from, 1, most);
  // Rows of codes, channels side by side: (0 1)(2 3)(4 5) / (6 0)(1 2)(3 4) / (5 6)(0 1)(2 3).
  CHECK(most.codes == std::vector<std::uint8_t>{6, 3, 4, 5, 5, 6, 2, 3});

  node.post.quantizer.reset();
  Activations mean;
  average_pool(node, source.shape, source, from, 1, mean);
  CHECK(mean.values[0] == Approx(0.25 * (0 + 2 + 6 + 1) / 4));
  CHECK(mean.values[2] == Approx(0.25 * (4 + 3) / 2));
  CHECK(mean.values[6] == Approx(0.25 * 2));
  node.count_padding = true;
  average_pool(node, source.shape, source, from, 1, mean);
  CHECK(mean.values[6] == Approx(0.25 * 2 / 4));
}
