#pragma once

#include <cstdint>
#include <stdexcept>
#include <vector>

#include <tlm_utils/simple_initiator_socket.h>
#include <systemc>
#include <tlm>

#include "neurram_driver.h"

/// Where things are on the platform's bus.
namespace address_map {
constexpr std::uint64_t kMemory = 0x0000'0000, kMemoryBytes = 0x10'0000;
constexpr std::uint64_t kChip = 0x4000'0000, kChipBytes = 0x1000'0000;
}  // namespace address_map

/// The task, as it lies in memory.
struct Task {
  std::uint32_t vectors = 16;
  std::uint32_t inputs = 32;         ///< int8, -7 … 7
  std::uint32_t outputs = 24;        ///< int16 codes
  std::uint64_t weights = 0x0'0000;  ///< int8 [inputs x outputs], -127 … 127
  std::uint64_t codes = 0x1'0000;    ///< [vectors x inputs]
  std::uint64_t results = 0x2'0000;  ///< [vectors x outputs]
};

/// The platform's processor. Its program multiplies vectors that lie in memory by a matrix that
/// lies there, too, on core 0 of the chip, by way of the chip's driver.
class Processor : public sc_core::sc_module {
 public:
  tlm_utils::simple_initiator_socket<Processor> bus{"bus"};
  sc_core::sc_in<bool> interrupt{"interrupt"};

  Processor(const sc_core::sc_module_name& name, const Task& task) : sc_module(name), task_(task) {
    SC_THREAD(program);
  }

  /// Conductances after programming [pS], two rows per input; for comparison.
  std::vector<std::uint32_t> conductances_ps;
  /// Voltage of a +1 or -1 input over that of a step.
  static constexpr double kGain = 20;
  neurram_error error = NEURRAM_OK;
  bool finished = false;

  SC_HAS_PROCESS(Processor);

 private:
  void program();
  neurram_error multiply();
  neurram_error access(tlm::tlm_command command, std::uint64_t address, void* data,
                       std::size_t bytes);

  // The driver's way to the chip; `self` is the processor.
  static neurram_error read32(void* self, std::uint64_t address, std::uint32_t* value);
  static neurram_error write32(void* self, std::uint64_t address, std::uint32_t value);
  static neurram_error write_burst(void* self, std::uint64_t address, const void* data,
                                   std::size_t bytes);
  static neurram_error read_burst(void* self, std::uint64_t address, void* data, std::size_t bytes);
  static neurram_error fence(void* self);
  static neurram_error wait_interrupt(void* self);

  Task task_;
};
