#pragma once

#include <tlm>

#include "models/core/cost_extension.h"

namespace neurram::core {

/// Current time of a loosely timed access [ps]: kernel time plus the initiator's local offset.
/// The chip checks at construction that the kernel's resolution is 1 ps.
[[nodiscard]] inline std::int64_t local_time_ps(const sc_core::sc_time& delay) {
  return static_cast<std::int64_t>(sc_core::sc_time_stamp().value() + delay.value());
}

/// The kernel's time [ps].
[[nodiscard]] inline std::int64_t kernel_time_ps() {
  return local_time_ps(sc_core::SC_ZERO_TIME);
}

[[nodiscard]] inline sc_core::sc_time time_from_ps(std::int64_t ps) {
  return sc_core::sc_time::from_value(static_cast<sc_core::sc_time::value_type>(ps));
}

/// One reusable transaction that carries a struct to a target on a socket inside the core.
class StructTransaction {
 public:
  StructTransaction() { payload_.set_extension(&cost_); }
  ~StructTransaction() { payload_.clear_extension(&cost_); }
  StructTransaction(const StructTransaction&) = delete;
  StructTransaction& operator=(const StructTransaction&) = delete;

  /// Sends `content` with `command`; returns what it cost.
  template <class Socket, class Command, class Struct>
  const ledger::Cost& send(Socket& socket, Command command, Struct& content,
                           sc_core::sc_time& delay) {
    cost_.cost = ledger::Cost{};
    payload_.set_command(tlm::TLM_WRITE_COMMAND);
    payload_.set_address(static_cast<sc_dt::uint64>(command));
    payload_.set_data_ptr(reinterpret_cast<unsigned char*>(&content));
    payload_.set_data_length(sizeof content);
    payload_.set_streaming_width(sizeof content);
    payload_.set_byte_enable_ptr(nullptr);
    payload_.set_dmi_allowed(false);
    payload_.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    socket->b_transport(payload_, delay);
    if (payload_.is_response_error()) {
      SC_REPORT_ERROR("neurram/core/socket", "a transaction inside the core failed");
    }
    return cost_.cost;
  }

 private:
  tlm::tlm_generic_payload payload_;
  CostExtension cost_;
};

}  // namespace neurram::core
