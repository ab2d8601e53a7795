#include "models/array/grid_walk.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/array/grid_walk.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace neurram::array::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Written with vector types because g++ 12 takes the two chains below for scalars. All operations
// are on elements and fused where they say so: every instruction set gives the same bits.
template <class Real>
HWY_INLINE void cross_line(const Ladder<Real>& ladder, Real r_wire, Real* HWY_RESTRICT v,
                           Real* HWY_RESTRICT current, Real* HWY_RESTRICT b,
                           Real* HWY_RESTRICT out) {
  const hn::CappedTag<Real, kGridBlock<Real>> d;
  using Vector = hn::Vec<decltype(d)>;
  constexpr std::size_t kLanes = hn::MaxLanes(d);
  constexpr std::size_t kRegisters = kGridBlock<Real> / kLanes;
  const auto* nodes = ladder.nodes.data();
  const std::size_t inputs = ladder.nodes.size();

  Vector carry[kRegisters];
  for (auto& c : carry) c = hn::Zero(d);
  for (std::size_t i = 0; i < inputs; ++i) {
    const Vector g = hn::Set(d, nodes[i].g);
    const Vector passed = hn::Set(d, nodes[i].passed);
    for (std::size_t r = 0; r < kRegisters; ++r) {
      const std::size_t x = i * kGridBlock<Real> + r * kLanes;
      carry[r] = hn::MulAdd(passed, carry[r], hn::Mul(g, hn::Load(d, v + x)));
      hn::Store(carry[r], d, b + x);
    }
  }

  Vector voltage[kRegisters];
  for (std::size_t r = 0; r < kRegisters; ++r) {
    voltage[r] = hn::Mul(hn::Set(d, ladder.source), carry[r]);
    if (ladder.tap == inputs)
      hn::StoreU(hn::Mul(hn::Set(d, ladder.current), carry[r]), d, out + r * kLanes);
  }
  const Vector wire = hn::Set(d, r_wire);
  for (std::size_t i = inputs; i-- > 0;) {
    const Vector g = hn::Set(d, nodes[i].g);
    const Vector share = hn::Set(d, nodes[i].share);
    const Vector share_r = hn::Set(d, nodes[i].share_r);
    for (std::size_t r = 0; r < kRegisters; ++r) {
      const std::size_t x = i * kGridBlock<Real> + r * kLanes;
      voltage[r] = hn::MulAdd(share, voltage[r], hn::Mul(share_r, hn::Load(d, b + x)));
      const Vector at_line = hn::Load(d, v + x);
      const Vector before = hn::MulAdd(g, hn::Sub(at_line, voltage[r]), hn::Load(d, current + x));
      hn::Store(before, d, current + x);
      hn::Store(hn::MulAdd(wire, before, at_line), d, v + x);
    }
    if (i == ladder.tap) {
      for (std::size_t r = 0; r < kRegisters; ++r) hn::StoreU(voltage[r], d, out + r * kLanes);
    }
  }
}

void cross_double(const Ladder<double>& ladder, double r_wire, double* v, double* current,
                  double* b, double* out) {
  cross_line(ladder, r_wire, v, current, b, out);
}

void cross_float(const Ladder<float>& ladder, float r_wire, float* v, float* current, float* b,
                 float* out) {
  cross_line(ladder, r_wire, v, current, b, out);
}

}  // namespace neurram::array::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace neurram::array {

HWY_EXPORT(cross_double);
HWY_EXPORT(cross_float);

void cross_output(const Ladder<double>& ladder, double r_wire, double* v, double* current,
                  double* b, double* out) {
  HWY_DYNAMIC_DISPATCH(cross_double)(ladder, r_wire, v, current, b, out);
}

void cross_output(const Ladder<float>& ladder, float r_wire, float* v, float* current, float* b,
                  float* out) {
  HWY_DYNAMIC_DISPATCH(cross_float)(ladder, r_wire, v, current, b, out);
}

template <class Real>
void Ladder<Real>::become(const Grid& grid, std::size_t j) {
  double delta = 0;
  double alpha = 0;
  for (std::size_t i = 0; i < grid.inputs; ++i) {
    const double g = grid.g_s[i * grid.outputs + j];
    const double passed = alpha;
    delta = g + delta * passed;
    const bool last = i + 1 == grid.inputs;
    const double behind = last ? 0 : grid.r_output_ohm[i + 1];
    alpha = 1 / (1 + behind * delta);
    nodes[i] = {static_cast<Real>(g), static_cast<Real>(passed), static_cast<Real>(alpha),
                static_cast<Real>(alpha * behind)};
  }
  const bool current_mode = grid.sensing == Sensing::kCurrent;
  const double sensed = 1 / (1 + grid.r_sense_ohm * delta);
  const double floating = delta > 0 ? 1 / delta : 0;
  current = static_cast<Real>(sensed);
  source = static_cast<Real>(current_mode ? grid.r_sense_ohm * sensed : floating);
  tap = current_mode ? grid.inputs : grid.tap[j];
}

template struct Ladder<double>;
template struct Ladder<float>;

}  // namespace neurram::array
#endif  // HWY_ONCE
