#pragma once

#include "rtl/wrappers/verilated_block.h"

namespace neurram::rtl::mesh_router {

/// Sleeps while it is empty and offered nothing.
template <class Model, bool kGated = true>
class Wrapper : public VerilatedBlock<core::MeshRouter, Model> {
 public:
  const core::MeshRouterOut& clock(const core::MeshRouterIn& in) override {
    if (kGated && in.valid == 0 && this->out_.valid == 0) return this->out_;
    Model& m = this->model();
    drive(m.x_i, in.x);
    drive(m.y_i, in.y);
    drive(m.valid_i, in.valid);
    drive(m.flit_i, in.flit);
    drive(m.ready_i, in.ready);
    this->tick();
    take_outputs();
    return this->out_;
  }

 private:
  void take_outputs() override {
    core::MeshRouterOut& o = this->out_;
    const Model& m = this->model();
    sample(o.ready, m.ready_o);
    sample(o.valid, m.valid_o);
    sample(o.flit, m.flit_o);
  }
};

}  // namespace neurram::rtl::mesh_router
