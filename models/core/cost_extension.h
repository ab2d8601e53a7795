#pragma once

#include <tlm>

#include "models/ledger/cost.h"

namespace neurram::core {

/// Optional payload extension that brings back what a transaction cost: energy by component, time
/// by phase. An initiator that attaches it gets the sum of all that its transaction caused; one
/// that does not loses nothing.
class CostExtension : public tlm::tlm_extension<CostExtension> {
 public:
  ledger::Cost cost;

  [[nodiscard]] tlm::tlm_extension_base* clone() const override { return new CostExtension(*this); }
  void copy_from(const tlm::tlm_extension_base& other) override {
    cost = static_cast<const CostExtension&>(other).cost;
  }
};

/// Adds to the payload's cost, if it asks for one.
inline void charge(tlm::tlm_generic_payload& payload, const ledger::Cost& cost) {
  if (auto* extension = payload.get_extension<CostExtension>()) extension->cost += cost;
}

}  // namespace neurram::core
