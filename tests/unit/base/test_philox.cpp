// Philox against Random123's published vectors, and counters that must never meet.
#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "models/base/philox.h"

using namespace neurram;

TEST_CASE("Philox4x32-10 gives Random123's published vectors") {
  CHECK(philox({0, 0, 0, 0}, {0, 0}) ==
        PhiloxCounter{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(philox({~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}) ==
        PhiloxCounter{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
        PhiloxCounter{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("a seed is two key words, and other seeds are other keys") {
  CHECK(philox_key(0x299f31d0a4093822) == PhiloxKey{0xa4093822, 0x299f31d0});
}

TEST_CASE("streams of different cores, slots and kinds never share a counter word") {
  CHECK(rc::check("the three parts can be read back", [] {
    const auto core = *rc::gen::inRange<std::uint32_t>(0, 65536);
    const auto slot = *rc::gen::inRange<std::uint32_t>(0, 256);
    const auto kind = *rc::gen::inRange(0, 7);
    const std::uint32_t word = draw_stream(core, slot, static_cast<DrawKind>(kind));
    RC_ASSERT(word >> 16 == core);
    RC_ASSERT((word >> 8 & 0xFF) == slot);
    RC_ASSERT(static_cast<int>(word & 0xFF) == kind);
  }));
}
