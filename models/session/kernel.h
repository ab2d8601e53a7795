#pragma once

#include <memory>

namespace sc_core {
class sc_simcontext;
}

namespace neurram::session {

/// A SystemC kernel for one chip, so that a process can have several, at once or one after the
/// other: SystemC keeps all of its state in a context, and which context is meant in one pointer.
/// Modules are made, used and destroyed while a Use of their kernel lives.
///
/// Kernels take turns: coroutines switch on one stack at a time, so a Use waits until no other
/// thread has one.
class Kernel {
 public:
  Kernel();
  /// After all modules in it.
  ~Kernel();
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;

  /// Makes a kernel the current one while it lives. Throws Error where this thread is inside
  /// another Use: a call-back of a running simulation may not start one.
  class Use {
   public:
    explicit Use(const Kernel& kernel);
    ~Use();
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;

   private:
    sc_core::sc_simcontext* previous_;
  };

  /// Keeps all kernels still while it lives, so that the process can be forked.
  class Still {
   public:
    Still();
    ~Still();
    Still(const Still&) = delete;
    Still& operator=(const Still&) = delete;
  };

 private:
  std::unique_ptr<sc_core::sc_simcontext> context_;
};

}  // namespace neurram::session
