#pragma once

#include <utility>
#include <vector>

#include "models/mapper/graph.h"

namespace neurram::mapper::test {

/// Layers {rows, columns} 'fc0', 'fc1' …, one after the other (each layer's columns are the next
/// one's rows, or it reads the image), with random weights. All read codes of `input`.
[[nodiscard]] Graph dense_network(const std::vector<std::pair<int, int>>& layers,
                                  const Quantizer& input = {0.5, 3, false}, unsigned seed = 1);

/// `count` convolutions side by side on one image, k x k x channels to `columns`, summed at the
/// end; 'conv0', 'conv1' … with one vector per pixel.
[[nodiscard]] Graph parallel_convolutions(int count, int extent, int kernel, int channels,
                                          int columns);

}  // namespace neurram::mapper::test
