#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

#include <tlm_utils/simple_target_socket.h>
#include <systemc>
#include <tlm>

/// RAM of the platform: bytes, and one access time.
class Memory : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<Memory> port{"port"};

  Memory(const sc_core::sc_module_name& name, std::size_t bytes, sc_core::sc_time access_time)
      : sc_module(name), bytes_(bytes), access_time_(access_time) {
    port.register_b_transport(this, &Memory::access);
    port.register_transport_dbg(this, &Memory::debug);
  }

 private:
  void access(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    const bool plain = payload.get_byte_enable_ptr() == nullptr &&
                       payload.get_streaming_width() >= payload.get_data_length();
    if (!plain) {
      payload.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
    } else if (debug(payload) == 0) {
      payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    } else {
      payload.set_response_status(tlm::TLM_OK_RESPONSE);
    }
    delay += access_time_;
  }

  unsigned debug(tlm::tlm_generic_payload& payload) {
    const std::uint64_t address = payload.get_address();
    const unsigned length = payload.get_data_length();
    if (address > bytes_.size() || length > bytes_.size() - address) return 0;
    if (payload.is_read()) std::memcpy(payload.get_data_ptr(), &bytes_[address], length);
    if (payload.is_write()) std::memcpy(&bytes_[address], payload.get_data_ptr(), length);
    return length;
  }

  std::vector<std::uint8_t> bytes_;
  sc_core::sc_time access_time_;
};
