#pragma once

#include "rtl/wrappers/verilated_block.h"

namespace neurram::rtl::step_counter {

/// Sleeps between comparisons.
template <class Model, bool kGated = true>
class Wrapper : public VerilatedBlock<core::StepCounter, Model> {
 public:
  const core::StepCounterOut& clock(const core::StepCounterIn& in) override {
    if (kGated && !in.compare && !in.read) return this->out_;
    Model& m = this->model();
    drive(m.compare_i, in.compare);
    drive(m.first_i, in.first);
    drive(m.mask_i, in.mask);
    drive(m.activation_i, in.activation);
    drive(m.step_limit_i, in.step_limit);
    drive(m.every_2nd_i, in.every_2nd);
    drive(m.every_3rd_i, in.every_3rd);
    drive(m.every_4th_i, in.every_4th);
    drive(m.full_i, in.full);
    drive(m.top_i, in.top);
    drive(m.silicon_i, in.silicon);
    drive(m.read_i, in.read);
    if (in.compare) drive(m.comparator_i, in.comparator);
    this->tick();
    take_outputs();
    return this->out_;
  }

 private:
  void take_outputs() override {
    core::StepCounterOut& o = this->out_;
    const Model& m = this->model();
    sample(o.flipped, m.flipped_o);
    sample(o.codes, m.codes_o);
  }
};

}  // namespace neurram::rtl::step_counter
