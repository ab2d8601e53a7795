#include <catch2/catch.hpp>
#include <filesystem>

#include "models/mapper/deployment.h"
#include "models/mapper/onnx_reader.h"

/// The network that the project ships, against how the chip team deployed theirs: 16 matrices,
/// 46,664 cells (public repository Neurram_48core, mnist_cnn_weight_mapping.npy).
namespace neurram::mapper {

TEST_CASE("The MNIST network takes 16 segments and the cells of the published deployment") {
  if (!std::filesystem::exists(NEURRAM_MNIST)) {
    WARN("skipped: " NEURRAM_MNIST " is not there");
    return;
  }
  const Deployment deployment = deploy(read_onnx(NEURRAM_MNIST), {}, {}, {});
  REQUIRE(deployment.graph.matrices.size() == 7);
  CHECK(deployment.segments.size() == 16);
  std::size_t cells = 0;
  for (const Segment& segment : deployment.segments) cells += segment.cells();
  CHECK(cells == 46664);
  for (const Operation& operation : deployment.operations) {
    CHECK(operation.input_bits == 3);
    CHECK_FALSE(operation.input_signed);
  }
  const Segment& last = deployment.segments.back();
  CHECK(last.logical_rows() == 83);
  CHECK(last.columns == 10);
}

}  // namespace neurram::mapper
