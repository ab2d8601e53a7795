// Blocks by name: ours, a user's from a library chosen at run time, and all that is refused.
#include "models/core/block_registry.h"

#include <catch2/catch.hpp>

#include "models/base/error.h"
#include "rtl/wrappers/blocks.h"

using namespace neurram;
using Catch::Matchers::Contains;

namespace {

const std::string kFolder = LIBRARY_FOLDER;

core::BlockRegistry filled() {
  core::BlockRegistry registry;
  rtl::add_blocks(registry);
  return registry;
}

/// Codes of a conversion in which channel j flips at step j % 9 + 1, positive where j is even.
core::Codes convert(core::StepCounter& block) {
  core::StepCounterIn in;
  in.mask = {~0ull, ~0ull, ~0ull, ~0ull};
  in.step_limit = 20;
  in.compare = true;
  bool flipped = false;
  for (unsigned k = 0; !flipped; ++k) {
    in.first = k == 0;
    for (std::size_t j = 0; j < core::kLines; ++j) {
      const bool holds = k <= j % 9;
      in.comparator[j / 64] &= ~(std::uint64_t{1} << (j % 64));
      in.comparator[j / 64] |= std::uint64_t{holds == (j % 2 == 0)} << (j % 64);
    }
    flipped = block.clock(in).flipped;
  }
  in.compare = false;
  in.read = true;
  return block.clock(in).codes;
}

}  // namespace

TEST_CASE("two builds of one block, chosen by name, give the same codes") {
  core::BlockRegistry registry = filled();
  CHECK(registry.load(CHANNEL_COUNTERS, "step_counter") == "channel_counters");
  CHECK(registry.names("step_counter") == std::vector<std::string>{"channel_counters", "rtl"});
  const auto ours = registry.make<core::StepCounter>("rtl");
  const auto theirs = registry.make<core::StepCounter>("channel_counters");
  const core::Codes codes = convert(*ours);
  CHECK(codes[0] == 1);
  CHECK(codes[3] == -4);
  CHECK(codes[8] == 9);
  CHECK(convert(*theirs) == codes);
}

TEST_CASE("a library that is no block of the slot is refused with its reason") {
  core::BlockRegistry registry = filled();
  CHECK_THROWS_WITH(registry.load("nowhere.so"), "nowhere.so: there is no such file");
  CHECK_THROWS_WITH(registry.load(kFolder + "/CTestTestfile.cmake"), Contains("cannot be loaded"));
  CHECK_THROWS_WITH(registry.load(kFolder + "/refused_entry.so"),
                    Contains("is no block: it lacks the function neurram_block_entry"));
  CHECK_THROWS_WITH(registry.load(kFolder + "/refused_version.so"),
                    Contains("was built for version 2 of the block interface, this program has "
                             "version 1"));
  CHECK_THROWS_WITH(registry.load(kFolder + "/refused_slot.so"),
                    Contains("is for a slot that does not exist, flux_capacitor"));
  CHECK_THROWS_WITH(registry.load(kFolder + "/refused_ports.so"),
                    Contains("was built with other ports of a lfsr_pair"));
  CHECK_THROWS_WITH(registry.load(CHANNEL_COUNTERS, "lfsr_pair"),
                    Contains("is a step_counter, not a lfsr_pair"));
  CHECK_THROWS_AS(registry.load("nowhere.so"), FileError);
}

TEST_CASE("a name that a slot has not, or has already, is refused") {
  core::BlockRegistry registry = filled();
  CHECK_THROWS_WITH(registry.make<core::StepCounter>("mine"),
                    "there is no step_counter of name \"mine\" (there are: rtl)");
  CHECK_THROWS_WITH(rtl::add_blocks(registry), Contains("there is already a"));
}

TEST_CASE("a failed assertion is an error that says where") {
  const core::BlockRegistry registry = filled();
  const auto block = registry.make<core::StepCounter>("rtl");
  core::StepCounterIn in;
  in.compare = in.first = true;
  in.step_limit = 0;
  CHECK_THROWS_WITH(block->clock(in),
                    Contains("step_counter: an assertion failed (step_counter.sv:"));
  in.step_limit = 1;
  CHECK_NOTHROW(block->clock(in));
}
