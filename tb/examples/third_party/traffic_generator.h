#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <tlm_utils/simple_initiator_socket.h>
#include <systemc>
#include <tlm>

/// Somebody else's bus master: plain TLM-2.0, no header of NeuRRAM-VP. All it knows of the chip is
/// its address map, as numbers. It programs a matrix into one core, then multiplies the same vector
/// in three ways: by b_transport, by nb_transport in four phases, and with codes moved through DMI
/// pointers.
class TrafficGenerator : public sc_core::sc_module {
 public:
  tlm_utils::simple_initiator_socket<TrafficGenerator> socket{"socket"};
  sc_core::sc_in<bool> interrupt{"interrupt"};

  explicit TrafficGenerator(const sc_core::sc_module_name& name);

  struct Product {
    std::string way;
    std::vector<std::int16_t> codes;  ///< as the chip gave them
    double duration_us = 0;           ///< from the first code moved to the last
  };
  std::vector<Product> products;
  /// The same product in decrement steps, by Ohm and Kirchhoff from the verified conductances.
  std::vector<double> expected;
  /// What went wrong, in words.
  std::vector<std::string> faults;
  bool finished = false;

  SC_HAS_PROCESS(TrafficGenerator);

 private:
  enum class Way { kBlocking, kNonBlocking, kDirect };

  /// Payloads that non-blocking transport hands around, counted by reference as the standard asks.
  class Pool : public tlm::tlm_mm_interface {
   public:
    tlm::tlm_generic_payload* take();
    void free(tlm::tlm_generic_payload* payload) override;
    ~Pool() override;

   private:
    std::vector<tlm::tlm_generic_payload*> free_;
  };

  void run();
  void prepare();
  void multiply(Way way);
  void expect();

  void write(std::uint64_t address, std::uint32_t value);
  std::uint32_t read(std::uint64_t address);
  /// Any access, in the way that is set.
  void access(tlm::tlm_command command, std::uint64_t address, void* data, unsigned bytes);
  tlm::tlm_response_status blocking(tlm::tlm_command command, std::uint64_t address, void* data,
                                    unsigned bytes);
  tlm::tlm_response_status non_blocking(tlm::tlm_command command, std::uint64_t address, void* data,
                                        unsigned bytes);
  /// False where the target grants no pointer.
  bool direct(tlm::tlm_command command, std::uint64_t address, void* data, unsigned bytes);
  void check(bool condition, const std::string& what);

  tlm::tlm_sync_enum response(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                              sc_core::sc_time& delay);
  void invalidate(sc_dt::uint64 start, sc_dt::uint64 end);

  Pool pool_;
  Way way_ = Way::kBlocking;
  sc_core::sc_event responded_{"responded"};
  std::vector<tlm::tlm_dmi> pointers_;
};
