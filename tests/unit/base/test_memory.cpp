// Arrays that vector code and sparse chips rely on.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdint>
#include <utility>

#include "models/base/aligned.h"
#include "models/base/zeroed.h"

using namespace neurram;

TEST_CASE("aligned arrays start on a cache line, whatever their size") {
  for (std::size_t size = 1; size < 200; size += 7) {
    const AlignedVector<std::int16_t> v(size);
    CHECK(reinterpret_cast<std::uintptr_t>(v.data()) % kVectorAlignment == 0);
  }
}

TEST_CASE("a zeroed array is zero, keeps what is written, and moves without copying") {
  ZeroedArray<float> cells(65536);
  CHECK(std::all_of(cells.data(), cells.data() + cells.size(), [](float g) { return g == 0; }));
  cells[65535] = 3.0f;
  const float* place = cells.data();
  const ZeroedArray<float> moved(std::move(cells));
  CHECK(moved.data() == place);
  CHECK(moved[65535] == 3.0f);
  CHECK(moved.size() == 65536);
}
