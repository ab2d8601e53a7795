#pragma once

#include <cstddef>
#include <vector>

namespace neurram::chip {

/// One core of a start group: its place, and the load that each vector puts on the supply.
struct SupplyLoad {
  int row = 0;
  int column = 0;
  const float* loads = nullptr;  ///< [vectors]
  float* scale = nullptr;        ///< [vectors], the answer: share of V_read that reaches the core
};

/// The supply that all cores of a group share. An interface, because the drop of a real one depends
/// on the group's loads and the cores' places.
class Supply {
 public:
  virtual ~Supply() = default;
  /// Does it drop at all? If not, loads need not be known and all scales are 1.
  [[nodiscard]] virtual bool drops() const = 0;
  virtual void answer(std::vector<SupplyLoad>& group, std::size_t vectors) const = 0;
};

/// A supply without resistance.
class IdealSupply : public Supply {
 public:
  [[nodiscard]] bool drops() const override { return false; }
  void answer(std::vector<SupplyLoad>& group, std::size_t vectors) const override;
};

}  // namespace neurram::chip
