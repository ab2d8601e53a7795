#include "models/core/integrator_scope.h"

#include <algorithm>
#include <cmath>

namespace neurram::core {
namespace {

/// The drive that `line` of an input has at a level, in the phase's units: encode() spread over the
/// samples of a plane.
float drive_of(const array::DriveEncoding& encoding, const SlotSettings& settings, int level,
               std::size_t line) {
  if (settings.input_scheme == InputScheme::kBipolar) return 0.5f * static_cast<float>(level);
  if (encoding.table_lines == 0) return static_cast<float>(level);
  const int unit = level * (1 << encoding.shift);
  return static_cast<float>(encoding.table[line][static_cast<std::uint8_t>(unit)]);
}

}  // namespace

void IntegratorScope::begin_phase(const Tile& tile) {
  const OperationPlan& plan = *tile.plan;
  phase_ = &plan.phases[tile.phase];
  unary_ = plan.settings.conversion == Conversion::kUnary;
  passes_ = plan.settings.input_scheme == InputScheme::kBipolar ? 2 : 1;
  f_.clear();
  for (const int j : outputs_) f_.push_back(tile.integrated[j]);
  steps_.assign(outputs_.size(), 0.0f);
  rise_of_planes(tile);
  rest_ = f_;
  for (const Visit& visit : phase_->visits) {
    if (visit.state == neuron::State::kInitialise || visit.plane < 0) continue;
    const auto& rise = rises_[static_cast<std::size_t>(visit.plane * passes_ + visit.pass)];
    for (std::size_t n = 0; n < rest_.size(); ++n) rest_[n] -= rise[n];
  }
  per_visit_ = 1.0f / static_cast<float>(std::max<std::size_t>(1, phase_->visits.size() - 1));
  show();
}

void IntegratorScope::rise_of_planes(const Tile& tile) {
  const OperationPlan& plan = *tile.plan;
  const array::Transfer& transfer = *plan.transfer;
  const std::size_t padded = array::padded_columns(plan.outputs());
  const std::size_t lines = plan.inputs() == 0 ? 1 : transfer.drives() / plan.inputs();
  rises_.assign(static_cast<std::size_t>(phase_->planes * passes_),
                std::vector<float>(outputs_.size(), 0.0f));
  for (int plane = 0; plane < phase_->planes; ++plane) {
    for (int pass = 0; pass < passes_; ++pass) {
      auto& rise = rises_[static_cast<std::size_t>(plane * passes_ + pass)];
      for (std::size_t i = 0; i < transfer.drives(); ++i) {
        const std::uint8_t byte = tile.codes[i / lines];
        const int code = plan.settings.is_signed ? static_cast<std::int8_t>(byte) : byte;
        const int level = line_level(plan.settings, code, phase_->encoding.shift + plane, pass);
        if (level == 0) continue;
        const float drive = drive_of(phase_->encoding, plan.settings, level, i % lines);
        const float* row = transfer.dense().data() + i * padded;
        for (std::size_t n = 0; n < rise.size(); ++n) rise[n] += drive * row[outputs_[n]];
      }
      for (std::size_t n = 0; n < rise.size(); ++n) {
        const auto j = static_cast<std::size_t>(outputs_[n]);
        const float sum_unit = plan.integer_product ? transfer.packed().column_scale()[j] : 1.0f;
        rise[n] *= phase_->columns.scale[j] * tile.vector_scale[0] /
                   (sum_unit * static_cast<float>(plan.settings.pulse_multiplier));
      }
    }
  }
}

void IntegratorScope::integrate(const Visit& visit) {
  if (visit.state == neuron::State::kInitialise) return;
  for (std::size_t n = 0; n < steps_.size(); ++n) {
    if (visit.plane >= 0)
      steps_[n] += rises_[static_cast<std::size_t>(visit.plane * passes_ + visit.pass)][n];
    steps_[n] += per_visit_ * rest_[n];
  }
  show();
}

void IntegratorScope::end_samples() {
  steps_ = f_;
  show();
}

void IntegratorScope::decrement(int k) {
  const neuron::ConvertParameters& convert = phase_->convert;
  for (std::size_t n = 0; n < steps_.size(); ++n) {
    const bool negative = f_[n] < convert.sign_threshold;
    const float own = negative ? 1.0f / convert.negative_step_ratio : 1.0f;
    if (unary_) {
      // A neuron that has flipped is left alone.
      const bool flipped = (negative ? -steps_[n] : steps_[n]) < 0;
      if (!flipped) steps_[n] += negative ? own : -own;
      continue;
    }
    const int bits = 31 - __builtin_clz(static_cast<unsigned>(convert.max_count));
    const int bit = bits - 1 - k;
    if (bit < 0) continue;
    // Always towards zero from where the voltage is.
    const bool above = k == 0 ? !negative : steps_[n] >= 0;
    const auto b = static_cast<std::size_t>(bit);
    const float size = phase_->search
                           ? (above ? phase_->search->positive[b] : phase_->search->negative[b])
                           : std::ldexp(1.0f, bit);
    steps_[n] += above ? -size : size;
  }
  show();
}

void IntegratorScope::show() {
  volts_.resize(steps_.size());
  for (std::size_t n = 0; n < steps_.size(); ++n)
    volts_[n] = steps_[n] * static_cast<float>(phase_->step_v);
}

}  // namespace neurram::core
