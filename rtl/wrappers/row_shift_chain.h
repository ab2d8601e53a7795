#pragma once

#include "rtl/wrappers/verilated_block.h"

namespace neurram::rtl::row_shift_chain {

/// Sleeps unless it shifts, captures or clears.
template <class Model, bool kGated = true>
class Wrapper : public VerilatedBlock<core::RowShiftChain, Model> {
 public:
  const core::RowShiftChainOut& clock(const core::RowShiftChainIn& in) override {
    const bool asked = in.start || in.capture || in.clear_columns || in.clear_rows;
    if (kGated && !this->out_.busy && !asked) return this->out_;
    Model& m = this->model();
    drive(m.start_i, in.start);
    drive(m.forward_i, in.forward);
    drive(m.multiplier_i, in.multiplier);
    drive(m.serial_i, in.serial);
    drive(m.capture_i, in.capture);
    drive(m.capture_file_i, in.capture_file);
    drive(m.clear_columns_i, in.clear_columns);
    drive(m.clear_rows_i, in.clear_rows);
    if (in.capture) {
      drive(m.capture_minus_i, in.capture_minus);
      drive(m.capture_plus_i, in.capture_plus);
    }
    this->tick();
    take_outputs();
    return this->out_;
  }

 private:
  void take_outputs() override {
    core::RowShiftChainOut& o = this->out_;
    const Model& m = this->model();
    sample(o.busy, m.busy_o);
    sample(o.serial, m.serial_o);
    sample(o.minus, m.minus_o);
    sample(o.plus, m.plus_o);
  }
};

}  // namespace neurram::rtl::row_shift_chain
