#pragma once

#include "models/core/walk.h"

namespace neurram::core {

/// The functional level: an operation's tiles one after the other, in no simulated time.
class FunctionalWalk : public Walk {
 public:
  FunctionalWalk(const sc_core::sc_module_name& name, const WalkContext& context)
      : Walk(name), path_(context.path) {}

  [[nodiscard]] bool begin(const Operation& operation, std::int64_t start_ps) override;
  void next_vector(std::int64_t /*at_ps*/) override {}

 private:
  TilePath& path_;
};

}  // namespace neurram::core
