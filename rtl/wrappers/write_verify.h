#pragma once

#include "rtl/wrappers/verilated_block.h"

namespace neurram::rtl::write_verify {

/// Sleeps while idle; done_o lasts one clock.
template <class Model, bool kGated = true>
class Wrapper : public VerilatedBlock<core::WriteVerify, Model> {
 public:
  const core::WriteVerifyOut& clock(const core::WriteVerifyIn& in) override {
    if (kGated && !this->out_.busy && !this->out_.done && !in.start) return this->out_;
    Model& m = this->model();
    drive(m.start_i, in.start);
    drive(m.abort_i, in.abort);
    drive(m.low_i, in.low);
    drive(m.high_i, in.high);
    drive(m.set_start_i, in.set_start);
    drive(m.reset_start_i, in.reset_start);
    drive(m.step_i, in.step);
    drive(m.end_i, in.end);
    drive(m.end_pulses_i, in.end_pulses);
    drive(m.reversals_i, in.reversals);
    drive(m.pulse_clocks_i, in.pulse_clocks);
    drive(m.reading_valid_i, in.reading_valid);
    drive(m.reading_i, in.reading);
    this->tick();
    take_outputs();
    return this->out_;
  }

 private:
  void take_outputs() override {
    core::WriteVerifyOut& o = this->out_;
    const Model& m = this->model();
    sample(o.busy, m.busy_o);
    sample(o.done, m.done_o);
    sample(o.failed, m.failed_o);
    sample(o.read, m.read_o);
    sample(o.pulse, m.pulse_o);
    sample(o.is_reset, m.is_reset_o);
    sample(o.amplitude, m.amplitude_o);
    sample(o.pulses, m.pulses_o);
    sample(o.reads, m.reads_o);
    sample(o.reversals, m.reversals_o);
    sample(o.verified, m.verified_o);
  }
};

}  // namespace neurram::rtl::write_verify
