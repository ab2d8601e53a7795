#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "models/runtime/network.h"

namespace neurram::session {

/// Reads an IDX file of unsigned bytes with three dimensions (images, rows, columns), plain or
/// gzipped (the MNIST format). Throws FileError: missing, another kind of file, cut short, too
/// long.
[[nodiscard]] runtime::Images read_idx_images(const std::filesystem::path& path,
                                              double pixel_scale);

/// Throws FileError, naming the images' file, unless they have the shape of the network's input.
void expect_shape(const runtime::Images& images, const std::filesystem::path& path,
                  const mapper::Graph& graph);

/// Reads an IDX file of unsigned bytes with one dimension.
[[nodiscard]] std::vector<std::uint8_t> read_idx_labels(const std::filesystem::path& path);

}  // namespace neurram::session
