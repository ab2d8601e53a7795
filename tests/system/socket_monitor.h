#pragma once

#include <functional>
#include <string>

#include <systemc>
#include <tlm>

/// Sits between two sockets of the chip, passes everything through, and holds both sides to
/// TLM-2.0's base protocol: what an initiator must set, what a target must not change, and that a
/// target answers.
class SocketMonitor : public sc_core::sc_module,
                      public tlm::tlm_fw_transport_if<>,
                      public tlm::tlm_bw_transport_if<> {
 public:
  tlm::tlm_target_socket<> from{"from"};
  tlm::tlm_initiator_socket<> to{"to"};

  SocketMonitor(const sc_core::sc_module_name& name, std::function<void(const std::string&)> report)
      : sc_module(name), report_(std::move(report)) {
    from.bind(*this);
    to.bind(*this);
  }

  std::int64_t transactions = 0;

 private:
  /// The attributes that only the initiator may set (IEEE 1666-2011, 14.7).
  struct Attributes {
    explicit Attributes(const tlm::tlm_generic_payload& p)
        : command(p.get_command()),
          data(p.get_data_ptr()),
          length(p.get_data_length()),
          width(p.get_streaming_width()),
          enables(p.get_byte_enable_ptr()),
          enable_length(p.get_byte_enable_length()) {}
    bool operator==(const Attributes& o) const {
      return command == o.command && data == o.data && length == o.length && width == o.width &&
             enables == o.enables && enable_length == o.enable_length;
    }
    tlm::tlm_command command;
    unsigned char* data;
    unsigned length;
    unsigned width;
    unsigned char* enables;
    unsigned enable_length;
  };

  void require(bool condition, const char* rule) {
    if (!condition) report_(std::string(name()) + ": " + rule);
  }

  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) override {
    ++transactions;
    const bool moves = payload.get_command() != tlm::TLM_IGNORE_COMMAND;
    require(!moves || payload.get_data_ptr() != nullptr, "data pointer is null");
    require(payload.get_data_length() > 0, "data length is zero");
    require(payload.get_streaming_width() > 0, "streaming width is zero");
    require(payload.get_response_status() == tlm::TLM_INCOMPLETE_RESPONSE,
            "response status was not reset");
    const Attributes before(payload);
    const sc_dt::uint64 address = payload.get_address();
    const sc_core::sc_time early = delay;
    to->b_transport(payload, delay);
    require(Attributes(payload) == before, "the target changed an attribute of the initiator");
    require(payload.get_address() == address, "the address was not restored");
    require(payload.get_response_status() != tlm::TLM_INCOMPLETE_RESPONSE,
            "the target did not answer");
    require(delay >= early, "the delay went backwards");
  }

  unsigned transport_dbg(tlm::tlm_generic_payload& payload) override {
    const sc_core::sc_time before = sc_core::sc_time_stamp();
    const unsigned moved = to->transport_dbg(payload);
    require(moved <= payload.get_data_length(), "debug transport moved more than it was asked to");
    require(sc_core::sc_time_stamp() == before, "debug transport took time");
    return moved;
  }

  bool get_direct_mem_ptr(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) override {
    const bool granted = to->get_direct_mem_ptr(payload, dmi);
    require(dmi.get_start_address() <= dmi.get_end_address(), "DMI region is empty");
    require(!granted || dmi.get_dmi_ptr() != nullptr, "DMI was granted without a pointer");
    return granted;
  }

  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay) override {
    return to->nb_transport_fw(payload, phase, delay);
  }
  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay) override {
    return from->nb_transport_bw(payload, phase, delay);
  }
  void invalidate_direct_mem_ptr(sc_dt::uint64 start, sc_dt::uint64 end) override {
    from->invalidate_direct_mem_ptr(start, end);
  }

  std::function<void(const std::string&)> report_;
};
