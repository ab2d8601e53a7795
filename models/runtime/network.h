#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "models/runtime/layer.h"
#include "models/runtime/parameters.h"

namespace neurram::runtime {

/// Images as a data set holds them: one byte a number, value = byte · scale.
struct Images {
  mapper::Shape shape;
  std::size_t count = 0;
  double scale = 1.0 / 255;
  std::vector<std::uint8_t> pixels;  ///< [count x shape.size()], NHWC

  [[nodiscard]] const std::uint8_t* image(std::size_t index) const {
    return pixels.data() + index * shape.size();
  }
};

/// A deployed network on a chip: runs batches node after node through the driver, and does beside
/// the chip what the chip cannot.
class Network {
 public:
  /// `deployment`, `chip` and `host` outlive the network. The chip must hold the deployment (see
  /// loader.h).
  Network(const mapper::Deployment& deployment, neurram_chip& chip, Host& host,
          int two_phase_above);

  /// Outputs of the last node for images [first, first + count): [count x outputs] values.
  /// Operation ids follow the image: id_base + image · vectors per image + position.
  const std::vector<float>& run(const Images& images, std::size_t first, std::size_t count,
                                std::uint64_t id_base = 0);

  [[nodiscard]] std::size_t outputs() const { return deployment_.graph.nodes.back().shape.size(); }
  /// Index in the ledger of work beside the chip; matrix nodes have the index of their node.
  [[nodiscard]] std::int32_t digital_layer() const {
    return static_cast<std::int32_t>(deployment_.graph.nodes.size());
  }

  // For calibration, which runs node after node itself.
  void run_input(const Images& images, std::size_t first, std::size_t count);
  void run_node(int node, std::size_t images, std::uint64_t first_image, std::uint64_t id_base);
  [[nodiscard]] MatrixLayer& layer(int node) { return *layers_[static_cast<std::size_t>(node)]; }
  [[nodiscard]] const Activations& activations(int node) const {
    return activations_[static_cast<std::size_t>(node)];
  }

 private:
  void book_digital(std::int64_t operations);

  const mapper::Deployment& deployment_;
  neurram_chip& chip_;
  Host& host_;
  std::vector<std::unique_ptr<MatrixLayer>> layers_;  ///< by node, null where not a matrix
  std::vector<Activations> activations_;              ///< by node
  std::vector<float> result_;
};

}  // namespace neurram::runtime
