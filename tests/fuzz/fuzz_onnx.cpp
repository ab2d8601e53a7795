#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "models/base/error.h"
#include "models/mapper/deployment.h"
#include "models/mapper/onnx_reader.h"

/// Any bytes as an ONNX file: refused with an error of the user's family, or read; what was read is
/// placed on a chip, or refused likewise, and its deployment file reads back to the same bytes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace neurram;
  try {
    const mapper::Graph graph = mapper::parse_onnx(
        std::string_view(reinterpret_cast<const char*>(data), size), "fuzzed.onnx");
    const std::string bytes = mapper::serialize(mapper::deploy(graph, {}, {}, {}));
    if (mapper::serialize(mapper::deserialize(bytes, "fuzzed.nrd")) != bytes) std::abort();
  } catch (const Error&) {
    return 0;
  }
  return 0;
}
