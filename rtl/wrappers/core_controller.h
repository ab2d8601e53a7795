#pragma once

#include "rtl/wrappers/verilated_block.h"

namespace neurram::rtl::core_controller {

/// Sleeps while idle. The clock after the last one of a command is still its own: pulses end in it.
template <class Model, bool kGated = true>
class Wrapper : public VerilatedBlock<core::CoreController, Model> {
 public:
  const core::CoreControllerOut& clock(const core::CoreControllerIn& in) override {
    core::CoreControllerOut& last = this->out_;
    const bool pulses = last.phase_done || last.vector_done || last.done || last.refused;
    if (kGated && !last.busy && !in.start && !pulses) return last;
    Model& m = this->model();
    drive(m.start_i, in.start);
    drive(m.abort_i, in.abort);
    drive(m.vectors_i, in.vectors);
    drive(m.t_cds_i, in.t_cds);
    drive(m.t_sample_i, in.t_sample);
    drive(m.t_integrate_i, in.t_integrate);
    drive(m.t_compare_i, in.t_compare);
    drive(m.t_reset_i, in.t_reset);
    drive(m.keep_wl_i, in.keep_wl);
    drive(m.unary_i, in.unary);
    drive(m.comparisons_high_i, in.comparisons_high);
    drive(m.comparisons_low_i, in.comparisons_low);
    drive(m.random_pulses_i, in.random_pulses);
    drive(m.samples_i, in.samples);
    drive(m.last_pulse_i, in.last_pulse);
    drive(m.last_phase_i, in.last_phase);
    drive(m.flipped_i, in.flipped);
    drive(m.group_flipped_i, in.group_flipped);
    this->tick();
    take_outputs();
    return this->out_;
  }

 private:
  void take_outputs() override {
    core::CoreControllerOut& o = this->out_;
    const Model& m = this->model();
    sample(o.load, m.load_o);
    sample(o.next, m.next_o);
    sample(o.compare, m.compare_o);
    sample(o.first, m.first_o);
    sample(o.random, m.random_o);
    sample(o.all_flipped, m.all_flipped_o);
    sample(o.phase_done, m.phase_done_o);
    sample(o.vector_done, m.vector_done_o);
    sample(o.done, m.done_o);
    sample(o.refused, m.refused_o);
    sample(o.busy, m.busy_o);
    sample(o.vector, m.vector_o);
    sample(o.comparison, m.comparison_o);
    sample(o.state, m.state_o);
    sample(o.controls, m.controls_o);
  }
};

}  // namespace neurram::rtl::core_controller
