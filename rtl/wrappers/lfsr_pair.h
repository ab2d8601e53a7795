#pragma once

#include "rtl/wrappers/verilated_block.h"

namespace neurram::rtl::lfsr_pair {

/// Sleeps unless loaded or shifted.
template <class Model, bool kGated = true>
class Wrapper : public VerilatedBlock<core::LfsrPair, Model> {
 public:
  const core::LfsrPairOut& clock(const core::LfsrPairIn& in) override {
    if (kGated && !in.load && !in.shift) return this->out_;
    Model& m = this->model();
    drive(m.load_i, in.load);
    drive(m.shift_i, in.shift);
    if (in.load) {
      drive(m.up_i, in.up);
      drive(m.down_i, in.down);
    }
    this->tick();
    take_outputs();
    return this->out_;
  }

 private:
  void take_outputs() override {
    core::LfsrPairOut& o = this->out_;
    const Model& m = this->model();
    sample(o.up, m.up_o);
    sample(o.down, m.down_o);
    sample(o.bits, m.bits_o);
  }
};

}  // namespace neurram::rtl::lfsr_pair
