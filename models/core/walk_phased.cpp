#include "models/core/walk_phased.h"

#include "models/core/operation.h"

namespace neurram::core {

PhasedWalk::PhasedWalk(const sc_core::sc_module_name& name, const WalkContext& context)
    : Walk(name), path_(context.path), vector_done_(context.vector_done) {
  const neuron::TimingParameters timing = timing_of(context.parameters);
  const std::int64_t clock_ps = Picoseconds::from_seconds(timing.t_clock_s).value;
  const auto cycles = neuron::state_cycles(timing);
  for (std::size_t s = 0; s < cycles.size(); ++s)
    state_time_[s] = time_from_ps(cycles[s] * clock_ps);
  SC_METHOD(step);
  sensitive << next_;
  dont_initialize();
}

bool PhasedWalk::begin(const Operation& operation, std::int64_t start_ps) {
  operation_ = &operation;
  vector_ = 0;
  next_vector(start_ps);
  return false;
}

void PhasedWalk::next_vector(std::int64_t at_ps) {
  tile_ = path_.tile(*operation_, vector_, 1);
  begin_phase();
  const auto now_ps = static_cast<std::int64_t>(sc_core::sc_time_stamp().value());
  next_.notify(time_from_ps(at_ps - now_ps));
}

void PhasedWalk::begin_phase() {
  visit_ = 0;
  comparisons_ = 0;
  compared_ = 0;
}

void PhasedWalk::step() {
  const std::vector<Visit>& visits = operation_->plan->phases[tile_.phase].visits;
  if (visit_ == 0) path_.settle(tile_);
  if (visit_ < visits.size()) return stay(visits[visit_++].state);
  if (comparisons_ == 0) begin_conversion();
  if (compared_ < comparisons_) {
    ++compared_;
    return stay(neuron::State::kConvert);
  }
  if (!is_last_phase(tile_)) {
    ++tile_.phase;
    begin_phase();
    return step();
  }
  ++vector_;
  vector_done_(static_cast<std::int64_t>(sc_core::sc_time_stamp().value()));
}

void PhasedWalk::begin_conversion() {
  path_.convert(tile_);
  comparisons_ = comparisons(*operation_->plan, tile_.phase, tile_.steps[tile_.phase]);
}

void PhasedWalk::stay(neuron::State state) {
  next_.notify(state_time_[static_cast<std::size_t>(state)]);
}

}  // namespace neurram::core
