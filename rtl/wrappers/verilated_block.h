#pragma once

#include <verilated.h>

#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "models/base/error.h"
#include "models/core/blocks.h"
#include "rtl/wrappers/stop.h"
#if VM_COVERAGE
#include <verilated_cov.h>
#endif

namespace neurram::rtl {

/// Sets a port from a member of an In struct: a number, or as many bits as an array has.
template <class Port, class Value>
void drive(Port& port, const Value& value) {
  if constexpr (std::is_arithmetic_v<Value> || std::is_enum_v<Value>) {
    port = static_cast<Port>(value);
  } else {
    static_assert(sizeof port == sizeof value);
    std::memcpy(&port, &value, sizeof value);
  }
}

/// Sets a member of an Out struct from a port.
template <class Value, class Port>
void sample(Value& value, const Port& port) {
  if constexpr (std::is_arithmetic_v<Value> || std::is_enum_v<Value>) {
    value = static_cast<Value>(port);
  } else {
    static_assert(sizeof port == sizeof value);
    std::memcpy(&value, &port, sizeof value);
  }
}

/// A Verilated module in a slot: the clock and reset that all have in common. A failed assertion is
/// a fault of the block or of whoever drives it, and thrown as an Error.
template <class Slot, class Model>
class VerilatedBlock : public Slot {
 public:
  VerilatedBlock() {
    context_.threads(1);
    model_ = std::make_unique<Model>(&context_, "");
  }
  VerilatedBlock(const VerilatedBlock&) = delete;
  VerilatedBlock& operator=(const VerilatedBlock&) = delete;
  ~VerilatedBlock() override {
    Verilated::threadContextp(&context_);
    model_->final();
    write_coverage();
    model_.reset();
  }

  const typename Slot::Out& reset() override {
    model_->rst_ni = 0;
    tick();
    model_->rst_ni = 1;
    take_outputs();
    return out_;
  }

 protected:
  virtual void take_outputs() = 0;

  void tick() {
    Verilated::threadContextp(&context_);  // the one that errors are counted in
    model_->clk_i = 1;
    model_->eval();
    model_->clk_i = 0;
    model_->eval();
    context_.timeInc(1);
    if (!failed_assertion().empty()) fail();
  }

  Model& model() { return *model_; }
  typename Slot::Out out_;

 private:
  [[noreturn]] static void fail() {
    const std::string where = std::exchange(failed_assertion(), "");
    throw Error(std::string(Slot::In::kSlot) + ": an assertion failed (" + where + ")");
  }

  /// In builds for coverage: one file per block made, in the folder that the environment names.
  void write_coverage() {
#if VM_COVERAGE
    const char* const folder = std::getenv("NEURRAM_RTL_COVERAGE");
    if (folder == nullptr) return;
    static int files = 0;
    const std::string name = std::string(folder) + "/" + Slot::In::kSlot + "_" +
                             std::to_string(::getpid()) + "_" + std::to_string(files++) + ".dat";
    context_.coveragep()->write(name.c_str());
#endif
  }

  VerilatedContext context_;
  std::unique_ptr<Model> model_;
};

/// A block, in reset.
template <class Wrapper>
std::unique_ptr<core::AnyBlock> make_block() {
  auto block = std::make_unique<Wrapper>();
  block->reset();
  return block;
}

}  // namespace neurram::rtl
