#pragma once

#include <memory>

#include "models/session/bench_chip.h"

namespace neurram::python {

/// What a Chip of Python holds; its cores and arrays hold the same.
struct ChipHandle {
  std::shared_ptr<session::BenchChip> chip;
};

}  // namespace neurram::python
