#include "models/session/idx.h"

#include <zlib.h>

#include <memory>

#include "models/base/error.h"

namespace neurram::session {
namespace {

/// A whole file, decompressed if it is gzipped.
std::vector<std::uint8_t> read_all(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path)) throw FileError(path.string() + ": no such file");
  if (std::filesystem::is_directory(path))
    throw FileError(path.string() + ": is a folder, not an IDX file");
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzopen(path.c_str(), "rb"), gzclose);
  if (!file) throw FileError(path.string() + ": cannot be opened");
  std::vector<std::uint8_t> bytes;
  std::vector<std::uint8_t> block(1 << 20);
  for (;;) {
    const int got = gzread(file.get(), block.data(), static_cast<unsigned>(block.size()));
    if (got < 0)
      throw FileError(path.string() + ": damaged or cut short (its compressed data do not decode)");
    bytes.insert(bytes.end(), block.begin(), block.begin() + got);
    if (static_cast<std::size_t>(got) < block.size()) break;
  }
  int error = Z_OK;
  gzerror(file.get(), &error);
  if (error != Z_OK && error != Z_STREAM_END) throw FileError(path.string() + ": cut short");
  return bytes;
}

struct Idx {
  std::vector<std::size_t> dimensions;
  std::vector<std::uint8_t> bytes;  ///< header and data
  std::size_t data_at = 0;
};

/// Checks magic number (0, 0, type 8 = unsigned byte, dimensions) and size.
Idx read_idx(const std::filesystem::path& path, std::size_t dimensions) {
  constexpr std::size_t kMaxDimension = std::size_t{1} << 28;
  Idx idx;
  idx.bytes = read_all(path);
  idx.data_at = 4 + 4 * dimensions;
  const auto& b = idx.bytes;
  if (b.size() < idx.data_at)
    throw FileError(path.string() + ": cut short: " + std::to_string(b.size()) +
                    " bytes hold no IDX header");
  if (b[0] != 0 || b[1] != 0 || b[2] != 8 || b[3] != dimensions) {
    throw FileError(path.string() + ": not an IDX file of unsigned bytes with " +
                    std::to_string(dimensions) + " dimension(s)");
  }
  std::size_t expected = 1;
  for (std::size_t d = 0; d < dimensions; ++d) {
    const std::size_t at = 4 + 4 * d;
    const std::size_t n = std::size_t{b[at]} << 24 | std::size_t{b[at + 1]} << 16 |
                          std::size_t{b[at + 2]} << 8 | b[at + 3];
    if (n == 0 || n > kMaxDimension || expected > kMaxDimension)
      throw FileError(path.string() + ": its header has a dimension of " + std::to_string(n));
    idx.dimensions.push_back(n);
    expected *= n;
  }
  const std::size_t data = b.size() - idx.data_at;
  if (data != expected) {
    throw FileError(path.string() + ": " + (data < expected ? "cut short" : "too long") + ": " +
                    std::to_string(data) + " bytes of data, its header says " +
                    std::to_string(expected));
  }
  return idx;
}

}  // namespace

runtime::Images read_idx_images(const std::filesystem::path& path, double pixel_scale) {
  Idx idx = read_idx(path, 3);
  runtime::Images images;
  images.count = idx.dimensions[0];
  images.shape = {static_cast<int>(idx.dimensions[1]), static_cast<int>(idx.dimensions[2]), 1};
  images.scale = pixel_scale;
  images.pixels.assign(idx.bytes.begin() + static_cast<std::ptrdiff_t>(idx.data_at),
                       idx.bytes.end());
  return images;
}

void expect_shape(const runtime::Images& images, const std::filesystem::path& path,
                  const mapper::Graph& graph) {
  const mapper::Shape& input = graph.nodes.front().shape;
  if (images.shape == input) return;
  const auto text = [](const mapper::Shape& s) {
    return std::to_string(s.height) + " x " + std::to_string(s.width) + " x " +
           std::to_string(s.channels);
  };
  throw FileError(path.string() + ": its images are " + text(images.shape) +
                  ", the network's input '" + graph.nodes.front().name + "' is " + text(input) +
                  " (height, width, channels)");
}

std::vector<std::uint8_t> read_idx_labels(const std::filesystem::path& path) {
  const Idx idx = read_idx(path, 1);
  return {idx.bytes.begin() + static_cast<std::ptrdiff_t>(idx.data_at), idx.bytes.end()};
}

}  // namespace neurram::session
