#pragma once

#include <cstdint>

/// Heap allocations of this program so far: every form of operator new counts.
[[nodiscard]] std::int64_t allocations();
