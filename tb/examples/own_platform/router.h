#pragma once

#include <cstdint>
#include <vector>

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>
#include <systemc>
#include <tlm>

/// Addresses of a target on the bus.
struct Range {
  std::uint64_t base;
  std::uint64_t bytes;
};

/// The platform's bus: one initiator, any number of targets, each at an address range of its own.
class Router : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<Router> initiator{"initiator"};
  /// One per range, in the same order; a target sees addresses from 0.
  sc_core::sc_vector<tlm_utils::simple_initiator_socket<Router>> targets;

  Router(const sc_core::sc_module_name& name, sc_core::sc_time latency,
         const std::vector<Range>& ranges)
      : sc_module(name), targets("target", ranges.size()), ranges_(ranges), latency_(latency) {
    initiator.register_b_transport(this, &Router::forward);
    initiator.register_transport_dbg(this, &Router::debug);
    initiator.register_get_direct_mem_ptr(this, &Router::direct_memory);
  }

 private:
  /// Index of the target at `address`; that of none is targets.size().
  [[nodiscard]] std::size_t find(std::uint64_t address) const {
    std::size_t index = 0;
    while (index < ranges_.size() && address - ranges_[index].base >= ranges_[index].bytes) ++index;
    return index;
  }

  void forward(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    const std::uint64_t address = payload.get_address();
    delay += latency_;
    if (const std::size_t index = find(address); index < targets.size()) {
      payload.set_address(address - ranges_[index].base);
      targets[index]->b_transport(payload, delay);
      payload.set_address(address);
    } else {
      payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    }
  }

  unsigned debug(tlm::tlm_generic_payload& payload) {
    const std::uint64_t address = payload.get_address();
    const std::size_t index = find(address);
    if (index == targets.size()) return 0;
    payload.set_address(address - ranges_[index].base);
    const unsigned done = targets[index]->transport_dbg(payload);
    payload.set_address(address);
    return done;
  }

  bool direct_memory(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) {
    const std::uint64_t address = payload.get_address();
    const std::size_t index = find(address);
    if (index == targets.size()) return false;
    const std::uint64_t base = ranges_[index].base;
    payload.set_address(address - base);
    const bool granted = targets[index]->get_direct_mem_ptr(payload, dmi);
    payload.set_address(address);
    dmi.set_start_address(base + dmi.get_start_address());
    dmi.set_end_address(base + dmi.get_end_address());
    return granted;
  }

  std::vector<Range> ranges_;
  sc_core::sc_time latency_;
};
