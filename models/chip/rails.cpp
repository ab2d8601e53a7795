#include "models/chip/rails.h"

namespace neurram::chip {
namespace {

namespace regs = map::chip;

constexpr double kMicrovolt = 1e-6;
constexpr std::int32_t kMaxVoltage_uv = 900000;  // V_ref: a rail cannot leave the supply
constexpr std::int32_t kMaxComparator_uv = 100000;

}  // namespace

bool Rails::write(std::uint32_t offset, std::uint32_t value) {
  const std::uint32_t stride = regs::rail_v_read_plus(1) - regs::rail_v_read_plus(0);
  const std::uint32_t index = (offset - regs::rail_v_read_plus(0)) / stride;
  const std::uint32_t which = offset - index * stride;
  const auto microvolts = static_cast<std::int32_t>(value);
  core::RailSet& set = sets_.at(index);
  const double volts = microvolts * kMicrovolt;
  const auto in = [microvolts](std::int32_t low, std::int32_t high) {
    return microvolts >= low && microvolts <= high;
  };
  if (which == regs::rail_v_comparator(0)) {
    if (!in(-kMaxComparator_uv, kMaxComparator_uv)) return false;
    set.v_comparator_v = volts;
  } else if (which == regs::rail_v_decrement_plus(0) || which == regs::rail_v_decrement_minus(0)) {
    if (!in(1, kMaxVoltage_uv)) return false;
    (which == regs::rail_v_decrement_plus(0) ? set.v_decrement_plus_v : set.v_decrement_minus_v) =
        volts;
  } else if (which == regs::rail_v_lfsr(0)) {
    if (!in(0, kMaxVoltage_uv)) return false;
    set.v_lfsr_v = volts;
  } else {
    if (!in(0, kMaxVoltage_uv)) return false;
    (which == regs::rail_v_read_plus(0) ? set.v_read_plus_v : set.v_read_minus_v) = volts;
  }
  ++version_;
  return true;
}

std::int64_t Rails::select(std::uint32_t set) {
  if (set == selected_) return 0;
  selected_ = set;
  return set == kStandby ? 0 : Picoseconds::from_seconds(parameters_.t_settle_s).value;
}

}  // namespace neurram::chip
