#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "models/mapper/deployment.h"
#include "models/runtime/layer.h"
#include "models/session/bench_chip.h"

namespace neurram::session {

/// A dense product or convolution by itself: y = W x + b of an input that its quantiser turns into
/// codes.
struct LayerSpec {
  std::string name;
  mapper::Shape input;    ///< of one image; a vector is 1 x 1 x K
  mapper::Window window;  ///< of a dense product: the default
  mapper::Quantizer quantizer;
  mapper::Matrix matrix;
};

/// A network of layers that have nothing between them: every one with an input of its own.
[[nodiscard]] mapper::Graph graph_of(const std::vector<LayerSpec>& layers);

/// The segments that a layer becomes under a configuration, with their targets, before they have a
/// place. Throws NetworkError, ConfigError.
[[nodiscard]] std::vector<mapper::Segment> segments_of(const Config& config,
                                                       const LayerSpec& layer);

/// Layers on a bench chip, each of them to be run by itself: mapped, programmed, calibrated and
/// driven by what does so for whole networks (mapper::deploy, runtime::program_cells,
/// runtime::calibrate_layer, runtime::MatrixLayer). What lies between the layers is the caller's.
/// Setting slots or rails of the chip by other means ends it: runs are an Error from then on.
class BenchLayers {
 public:
  /// Finds the layers a place; the chip is not touched yet. Throws NetworkError.
  BenchLayers(std::shared_ptr<BenchChip> chip, const std::vector<LayerSpec>& layers);

  [[nodiscard]] const mapper::Deployment& deployment() const { return deployment_; }
  [[nodiscard]] std::size_t layers() const { return layers_.size(); }
  [[nodiscard]] const mapper::Node& input(std::size_t layer) const;
  [[nodiscard]] const mapper::Node& output(std::size_t layer) const;

  /// Other numbers for the layers, in the same places. Throws UsageError for other shapes.
  void set(const std::vector<LayerSpec>& layers);
  /// Write-verifies all cells. Returns those that stayed outside their tolerance. All layers are to
  /// be calibrated from then on.
  std::int64_t program();
  /// Sets a layer's rails and read-out by `images` images of values [images x input, NHWC].
  void calibrate(std::size_t layer, const float* values, std::size_t images);

  /// Runs images of values [images x input, NHWC] through a calibrated layer to values [images x
  /// output]. Operation ids follow the image, as in a network's run; `calibration`: as where
  /// calibration looks at a layer's results.
  void run(std::size_t layer, const float* values, std::size_t images, std::uint64_t first_image,
           bool calibration, float* results);

 private:
  void expect_in_place() const;
  /// Work that counts as set-up.
  void set_up(const std::function<void(neurram_chip&, ChipHost&)>& what);
  /// Sets the layer's input; in the chip's turn.
  void set_input(std::size_t layer, const float* values, std::size_t images);

  std::shared_ptr<BenchChip> chip_;
  mapper::Deployment deployment_;
  std::vector<std::unique_ptr<runtime::MatrixLayer>> layers_;
  std::vector<bool> calibrated_;
  std::uint64_t settings_ = 0;  ///< BenchChip::settings() after ours; 0: not programmed
  std::vector<std::uint8_t> codes_;
  runtime::Activations activations_;
};

}  // namespace neurram::session
