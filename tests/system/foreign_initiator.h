#pragma once

#include <cstdint>
#include <vector>

#include <tlm_utils/simple_initiator_socket.h>
#include <systemc>
#include <tlm>

/// Somebody else's bus master: plain TLM-2.0, includes no header of the project, knows the chip
/// from its reference page only. It programs a small matrix into core 0, writes one vector of
/// codes, fires START, waits for the interrupt and reads the codes back.
class ForeignInitiator : public sc_core::sc_module {
 public:
  tlm_utils::simple_initiator_socket<ForeignInitiator> socket{"socket"};
  sc_core::sc_in<bool> interrupt{"interrupt"};

  struct Task {
    unsigned rows = 0;                      ///< enabled word lines from row 0 up
    unsigned columns = 0;                   ///< enabled columns from column 0 up
    std::vector<std::uint32_t> targets_ps;  ///< [rows x columns] picosiemens
    std::vector<std::uint8_t> codes;        ///< [rows / 2]
    std::uint32_t mode = 0;                 ///< SLOT_MODE
    std::uint32_t bits = 0;                 ///< SLOT_BITS
    std::uint32_t operation_id_low = 0;
  };

  ForeignInitiator(const sc_core::sc_module_name& name, Task task);

  std::vector<std::int16_t> results;
  double started_ns = 0;
  double interrupted_ns = 0;
  bool finished = false;
  unsigned failed_accesses = 0;

  SC_HAS_PROCESS(ForeignInitiator);

 private:
  void run();
  std::uint32_t read(std::uint64_t address);
  void write(std::uint64_t address, std::uint32_t value);
  void burst(tlm::tlm_command command, std::uint64_t address, void* data, unsigned bytes);

  Task task_;
};
