#include "models/core/walk_phased.h"

#include "models/core/operation.h"

namespace neurram::core {
PhasedWalk::PhasedWalk(const sc_core::sc_module_name& name, const WalkContext& context)
    : Walk(name), core_(context.core), path_(context.path), vector_done_(context.vector_done) {
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
  visit_ = 0;
  next_.notify(time_from_ps(at_ps - kernel_time_ps()));
}

void PhasedWalk::step() {
  const std::vector<Visit>& visits = operation_->plan->phases[tile_.phase].visits;
  if (visit_ == 0) begin_phase();
  if (visit_ < visits.size()) {
    const Visit& visit = visits[visit_++];
    if (watched_) show(visit.state, &visit);
    return stay(visit.state);
  }
  if (comparisons_ == 0) begin_conversion();
  if (compared_ < comparisons_) {
    if (watched_) show(neuron::State::kConvert, nullptr);
    ++compared_;
    return stay(neuron::State::kConvert);
  }
  if (!is_last_phase(tile_)) {
    ++tile_.phase;
    visit_ = 0;
    return step();
  }
  ++vector_;
  if (watched_) probe_->done(core_, kernel_time_ps(), *operation_, tile_.output);
  vector_done_(kernel_time_ps());
}

void PhasedWalk::begin_phase() {
  comparisons_ = 0;
  compared_ = 0;
  if (tile_.phase == 0 && probe_ != nullptr) {
    const std::vector<int>* outputs = probe_->vector(core_, kernel_time_ps(), *operation_, vector_);
    watched_ = outputs != nullptr;
    if (watched_ && *outputs != scope_.outputs()) scope_ = IntegratorScope(*outputs);
  }
  path_.settle(tile_);
  if (!watched_ || scope_.empty()) return;
  integrated_.resize(array::padded_columns(operation_->plan->outputs()) + array::kDriveBlock);
  tile_.integrated = integrated_.data();
  path_.integrate(tile_);
  scope_.begin_phase(tile_);
  show_integrators();
}

void PhasedWalk::begin_conversion() {
  path_.convert(tile_);
  comparisons_ = comparisons(*operation_->plan, tile_.phase, tile_.steps[tile_.phase]);
}

void PhasedWalk::show(neuron::State state, const Visit* visit) {
  probe_->state(core_, kernel_time_ps(), {state, tile_.phase, visit, compared_});
  if (scope_.empty()) return;
  const std::vector<Visit>& visits = operation_->plan->phases[tile_.phase].visits;
  // A visit is over when the next one begins.
  if (visit != nullptr && visit_ > 1) scope_.integrate(visits[visit_ - 2]);
  if (visit == nullptr && compared_ == 0) scope_.end_samples();
  if (visit == nullptr && compared_ > 0) scope_.decrement(compared_ - 1);
  show_integrators();
}

void PhasedWalk::show_integrators() {
  probe_->integrators(core_, kernel_time_ps(), scope_.volts());
}

void PhasedWalk::stay(neuron::State state) {
  next_.notify(state_time_[static_cast<std::size_t>(state)]);
}

}  // namespace neurram::core
