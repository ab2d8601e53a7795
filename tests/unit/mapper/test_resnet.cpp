#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "models/mapper/deployment.h"
#include "models/mapper/onnx_reader.h"
#include "network_writer.h"

/// ResNet-20 for CIFAR-10 in the shape that the chip ran: 21 convolutions and a dense layer, 61
/// matrices on 48 cores in the paper (Nature 608, Methods), 66 in the chip team's repository.
namespace neurram::mapper::test {
namespace {

class ResNet20 {
 public:
  ResNet20() {
    std::string x = convolution(net_.quantize("x", 0.95, 15), 3, 16, 3, 1);
    x = net_.quantize(net_.add("Relu", "relu", {x}), 3.0, 7);
    int channels = 16;
    for (int stage = 0; stage < 3; ++stage) {
      for (int block = 0; block < 3; ++block) {
        const int out = 16 << stage;
        x = residual_block(x, channels, out, stage > 0 && block == 0 ? 2 : 1);
        channels = out;
      }
    }
    x = net_.quantize(net_.add("AveragePool", "pool", {x}, {{"kernel_shape", {8, 8}}}), 3.0, 7);
    x = net_.add("Flatten", "flatten", {x});
    const std::string w = net_.constant("dense_w", {10, 64}, numbers(640));
    bytes_ = net_.bytes(net_.add("Gemm", "dense", {x, w}, {{"transB", std::int64_t{1}}}));
  }

  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  static std::vector<float> numbers(std::size_t count) {
    std::vector<float> numbers(count);
    for (std::size_t i = 0; i < count; ++i) numbers[i] = static_cast<float>(i % 31) / 15.0F - 1.0F;
    return numbers;
  }

  std::string convolution(const std::string& x, int in, int out, int kernel, int stride) {
    const std::string name = "conv" + std::to_string(convolutions_++);
    const std::string w =
        net_.constant(name + "_w", {out, in, kernel, kernel},
                      numbers(static_cast<std::size_t>(out * in * kernel * kernel)));
    const std::string b = net_.constant(name + "_b", {out}, numbers(static_cast<std::size_t>(out)));
    return net_.add("Conv", name, {x, w, b},
                    {{"auto_pad", "SAME_UPPER"}, {"strides", {stride, stride}}});
  }

  std::string residual_block(const std::string& x, int in, int out, int stride) {
    std::string y = convolution(x, in, out, 3, stride);
    y = net_.quantize(net_.add("Relu", y + "_relu", {y}), 3.0, 7);
    y = convolution(y, out, out, 3, 1);
    const std::string shortcut = in == out ? x : convolution(x, in, out, 1, stride);
    y = net_.add("Add", y + "_sum", {y, shortcut});
    return net_.quantize(net_.add("Relu", y + "_relu", {y}), 3.0, 7);
  }

  NetworkWriter net_{{3, 32, 32}};
  int convolutions_ = 0;
  std::string bytes_;
};

}  // namespace

TEST_CASE("ResNet-20 fits 48 cores as on silicon, its busy layers on cores of their own") {
  const Deployment d = deploy(parse_onnx(ResNet20().bytes(), "resnet"), {}, {}, {});
  CHECK(d.graph.matrices.size() == 22);
  CHECK(d.segments.size() == 66);
  std::map<int, int> segments_of_core;
  for (const Segment& s : d.segments) ++segments_of_core[s.core];
  CHECK(segments_of_core.size() == 48);
  std::map<int, std::set<int>> cores_of_group;
  for (const Operation& o : d.operations) {
    const Segment& s = d.segments[static_cast<std::size_t>(o.segment)];
    cores_of_group[o.group].insert(s.core);
    const Node& node = d.graph.nodes[static_cast<std::size_t>(o.node)];
    if (vectors_per_image(node) == 1024) CHECK(segments_of_core[s.core] == 1);
  }
  CHECK(cores_of_group.size() == 22);  // every layer starts once, all its segments together
}

}  // namespace neurram::mapper::test
