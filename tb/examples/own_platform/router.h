#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>
#include <systemc>
#include <tlm>

/// The platform's bus: one initiator, any number of targets, each at an address range of its own.
class Router : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<Router> initiator{"initiator"};

  Router(const sc_core::sc_module_name& name, sc_core::sc_time latency)
      : sc_module(name), latency_(latency) {
    initiator.register_b_transport(this, &Router::forward);
    initiator.register_transport_dbg(this, &Router::debug);
    initiator.register_get_direct_mem_ptr(this, &Router::direct_memory);
  }

  /// Socket of a target at [base, base + bytes), which sees addresses from 0; before simulation.
  tlm_utils::simple_initiator_socket<Router>& map(std::uint64_t base, std::uint64_t bytes) {
    const std::string name = "target_" + std::to_string(ranges_.size());
    ranges_.push_back(
        {base, bytes, std::make_unique<tlm_utils::simple_initiator_socket<Router>>(name.c_str())});
    return *ranges_.back().socket;
  }

 private:
  struct Range {
    std::uint64_t base;
    std::uint64_t bytes;
    std::unique_ptr<tlm_utils::simple_initiator_socket<Router>> socket;
  };

  Range* find(std::uint64_t address) {
    for (Range& range : ranges_) {
      if (address >= range.base && address - range.base < range.bytes) return &range;
    }
    return nullptr;
  }

  void forward(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    const std::uint64_t address = payload.get_address();
    delay += latency_;
    if (Range* range = find(address)) {
      payload.set_address(address - range->base);
      (*range->socket)->b_transport(payload, delay);
      payload.set_address(address);
    } else {
      payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    }
  }

  unsigned debug(tlm::tlm_generic_payload& payload) {
    const std::uint64_t address = payload.get_address();
    Range* range = find(address);
    if (range == nullptr) return 0;
    payload.set_address(address - range->base);
    const unsigned done = (*range->socket)->transport_dbg(payload);
    payload.set_address(address);
    return done;
  }

  bool direct_memory(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) {
    const std::uint64_t address = payload.get_address();
    Range* range = find(address);
    if (range == nullptr) return false;
    payload.set_address(address - range->base);
    const bool granted = (*range->socket)->get_direct_mem_ptr(payload, dmi);
    payload.set_address(address);
    dmi.set_start_address(range->base + dmi.get_start_address());
    dmi.set_end_address(range->base + dmi.get_end_address());
    return granted;
  }

  std::vector<Range> ranges_;
  sc_core::sc_time latency_;
};
