#pragma once

#include "rtl/wrappers/verilated_block.h"

namespace neurram::rtl::input_sequencer {

/// Sleeps unless it captures a vector or goes on; only a vector is copied.
template <class Model, bool kGated = true>
class Wrapper : public VerilatedBlock<core::InputSequencer, Model> {
 public:
  const core::InputSequencerOut& clock(const core::InputSequencerIn& in) override {
    if (kGated && !in.load && !in.next) return this->out_;
    Model& m = this->model();
    drive(m.load_i, in.load);
    drive(m.next_i, in.next);
    if (in.load) {
      drive(m.codes_i, in.codes);
      drive(m.mask_i, in.mask);
      drive(m.negate_i, in.negate);
      drive(m.signed_i, in.is_signed);
      drive(m.bipolar_i, in.bipolar);
      drive(m.planes_high_i, in.planes_high);
      drive(m.planes_low_i, in.planes_low);
      drive(m.multiplier_i, in.multiplier);
    }
    this->tick();
    take_outputs();
    return this->out_;
  }

 private:
  void take_outputs() override {
    core::InputSequencerOut& o = this->out_;
    const Model& m = this->model();
    sample(o.plus, m.plus_o);
    sample(o.minus, m.minus_o);
    sample(o.samples, m.samples_o);
    sample(o.last_pulse, m.last_pulse_o);
    sample(o.last_phase, m.last_phase_o);
    sample(o.plane, m.plane_o);
    sample(o.pass, m.pass_o);
  }
};

}  // namespace neurram::rtl::input_sequencer
