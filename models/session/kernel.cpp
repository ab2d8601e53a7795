#include "models/session/kernel.h"

#include <atomic>
#include <mutex>
#include <thread>

#include <systemc>

#include "models/base/error.h"

namespace neurram::session {
namespace {

std::mutex turn;
std::atomic<std::thread::id> holder;

void take_turn() {
  if (holder.load() == std::this_thread::get_id())
    throw Error("a chip was called while another call of the same thread still simulates");
  turn.lock();
  holder = std::this_thread::get_id();
}

void give_turn() {
  holder = std::thread::id();
  turn.unlock();
}

}  // namespace

Kernel::Kernel() : context_(std::make_unique<sc_core::sc_simcontext>()) {
  sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
}

Kernel::~Kernel() {
  const Use use(*this);
  context_.reset();
}

Kernel::Use::Use(const Kernel& kernel) {
  take_turn();
  previous_ = sc_core::sc_curr_simcontext;
  sc_core::sc_curr_simcontext = kernel.context_.get();
}

Kernel::Use::~Use() {
  sc_core::sc_curr_simcontext = previous_;
  give_turn();
}

Kernel::Still::Still() {
  take_turn();
}

Kernel::Still::~Still() {
  give_turn();
}

}  // namespace neurram::session
