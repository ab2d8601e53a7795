#pragma once

#include <cstdint>
#include <vector>

#include <tlm_utils/simple_initiator_socket.h>
#include <systemc>

#include "models/core/cost_extension.h"
#include "models/core/registers.h"
#include "socket_monitor.h"

/// A host that a test plays itself: one access a call, outside any process (functional targets
/// never wait), time moved on by hand. Every access passes a protocol monitor.
class Probe : public sc_core::sc_module {
 public:
  tlm_utils::simple_initiator_socket<Probe> socket{"socket"};

  explicit Probe(const sc_core::sc_module_name& name) : sc_module(name) {}

  struct Access {
    tlm::tlm_response_status status = tlm::TLM_INCOMPLETE_RESPONSE;
    std::uint32_t value = 0;
    neurram::ledger::Cost cost;
    sc_core::sc_time delay;
  };

  /// What may be wrong with an access.
  struct Shape {
    unsigned length = 4;
    unsigned width = 4;
    bool byte_enables = false;
  };

  Access access(tlm::tlm_command command, std::uint64_t address, void* data, Shape shape,
                sc_core::sc_time offset = sc_core::SC_ZERO_TIME) {
    static unsigned char enables[4] = {0xFF, 0xFF, 0xFF, 0};
    tlm::tlm_generic_payload payload;
    neurram::core::CostExtension cost;
    payload.set_command(command);
    payload.set_address(address);
    payload.set_data_ptr(static_cast<unsigned char*>(data));
    payload.set_data_length(shape.length);
    payload.set_streaming_width(shape.width);
    payload.set_byte_enable_ptr(shape.byte_enables ? enables : nullptr);
    payload.set_byte_enable_length(shape.byte_enables ? 4 : 0);
    payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    payload.set_extension(&cost);
    Access result;
    result.delay = offset;
    socket->b_transport(payload, result.delay);
    payload.clear_extension(&cost);
    result.status = payload.get_response_status();
    result.cost = cost.cost;
    return result;
  }

  Access read(std::uint64_t address, sc_core::sc_time offset = sc_core::SC_ZERO_TIME) {
    std::uint32_t word = 0;
    Access result = access(tlm::TLM_READ_COMMAND, address, &word, {}, offset);
    result.value = word;
    return result;
  }
  Access write(std::uint64_t address, std::uint32_t value,
               sc_core::sc_time offset = sc_core::SC_ZERO_TIME) {
    return access(tlm::TLM_WRITE_COMMAND, address, &value, {}, offset);
  }
  Access burst(tlm::tlm_command command, std::uint64_t address, void* data, unsigned bytes) {
    return access(command, address, data, {bytes, bytes, false});
  }
  std::uint32_t debug_read(std::uint64_t address) {
    std::uint32_t word = 0;
    tlm::tlm_generic_payload payload;
    payload.set_command(tlm::TLM_READ_COMMAND);
    payload.set_address(address);
    payload.set_data_ptr(reinterpret_cast<unsigned char*>(&word));
    payload.set_data_length(4);
    return socket->transport_dbg(payload) == 4 ? word : 0xDEADBEEF;
  }

  /// Configures a slot of `core` for 2 · inputs rows from `first_row` and `columns` columns.
  void configure(std::uint32_t core, std::uint32_t slot, unsigned first_row, unsigned inputs,
                 unsigned columns, std::uint32_t mode_bits, std::uint32_t bits) {
    namespace regs = neurram::map::core;
    const std::uint64_t base = neurram::map::core_window(core);
    for (std::uint32_t w = 0; w < 8; ++w) {
      std::uint32_t rows = 0, used = 0;
      for (unsigned b = 0; b < 32; ++b) {
        const unsigned line = 32 * w + b;
        rows |= line >= first_row && line < first_row + 2 * inputs ? 1u << b : 0u;
        used |= line < columns ? 1u << b : 0u;
      }
      write(base + regs::slot_word_line_mask(slot, w), rows);
      write(base + regs::slot_column_mask(slot, w), used);
    }
    write(base + regs::slot_mode(slot), mode_bits | regs::SlotMode::Pairing::kMask);
    write(base + regs::slot_bits(slot), bits);
  }

  /// Sets the true conductance of cells (0 … rows, 0 … columns) to a pattern, through the back
  /// door.
  void poke_pattern(std::uint32_t core, unsigned rows, unsigned columns) {
    std::vector<std::uint32_t> row(columns);
    for (unsigned r = 0; r < rows; ++r) {
      for (unsigned c = 0; c < columns; ++c)
        row[c] = 1000000 + 37 * ((r * 7919 + c * 104729 + core * 31) % 1000000);
      tlm::tlm_generic_payload payload;
      payload.set_command(tlm::TLM_WRITE_COMMAND);
      payload.set_address(neurram::map::core_window(core) + neurram::map::core::kConductance +
                          4u * 256u * r);
      payload.set_data_ptr(reinterpret_cast<unsigned char*>(row.data()));
      payload.set_data_length(4 * columns);
      socket->transport_dbg(payload);
    }
  }
};
