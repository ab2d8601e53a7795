#pragma once

#include "rtl/wrappers/verilated_block.h"

namespace neurram::rtl::search_register {

/// Sleeps between comparisons.
template <class Model, bool kGated = true>
class Wrapper : public VerilatedBlock<core::SearchRegister, Model> {
 public:
  const core::SearchRegisterOut& clock(const core::SearchRegisterIn& in) override {
    if (kGated && !in.compare && !in.read) return this->out_;
    Model& m = this->model();
    drive(m.compare_i, in.compare);
    drive(m.first_i, in.first);
    drive(m.mask_i, in.mask);
    drive(m.relu_i, in.relu);
    drive(m.magnitude_bits_i, in.magnitude_bits);
    drive(m.read_i, in.read);
    if (in.compare) drive(m.comparator_i, in.comparator);
    this->tick();
    take_outputs();
    return this->out_;
  }

 private:
  void take_outputs() override {
    core::SearchRegisterOut& o = this->out_;
    const Model& m = this->model();
    sample(o.found, m.found_o);
    sample(o.codes, m.codes_o);
  }
};

}  // namespace neurram::rtl::search_register
