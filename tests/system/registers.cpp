// The register map over TLM: reset values, access rights, every error response and its sticky bit,
// and that the core still works after all of them.
#include <systemc>

#include "check.h"
#include "models/chip/chip.h"
#include "probe.h"

using namespace neurram;
namespace regs = map::core;

namespace {

constexpr std::uint64_t kCore = map::core_window(0);

class RegisterTest {
 public:
  RegisterTest(Checks& check, Probe& probe) : check_(check), probe_(probe) {}

  void reset_values() {
    for (const map::Register& r : regs::kRegisters) {
      if (r.name == "index" || r.name == "geometry" || r.access == map::Access::kWriteOnly)
        continue;
      for (std::uint32_t i = 0; i < r.count[0]; ++i) {
        const auto a = probe_.read(kCore + r.offset + i * r.stride[0]);
        check_.that(a.status == tlm::TLM_OK_RESPONSE && a.value == r.reset,
                    "reset value of core register " + std::string(r.name));
      }
    }
    for (const map::Register& r : map::chip::kRegisters) {
      if (r.name == "core_count" || r.name == "place" || r.access == map::Access::kWriteOnly)
        continue;
      check_.that(probe_.read(r.offset).value == r.reset,
                  "reset value of chip register " + std::string(r.name));
    }
    check_.equal(probe_.read(map::chip::kCoreCount).value, 2u, "core count");
    check_.equal(probe_.read(map::core_window(1) + regs::kIndex).value, 1u, "index of core 1");
  }

  void access_rights() {
    for (const map::Register& r : regs::kRegisters) {
      const std::uint64_t address = kCore + r.offset;
      if (r.access == map::Access::kReadOnly) {
        const std::uint32_t before = probe_.read(address).value;
        check_.that(probe_.write(address, ~before).status == tlm::TLM_GENERIC_ERROR_RESPONSE,
                    "write refused: " + std::string(r.name));
        take_error(regs::Error::ReadOnly::kMask, r.offset, "read-only " + std::string(r.name));
        check_.equal(probe_.read(address).value, before, "unchanged: " + std::string(r.name));
      } else if (r.access == map::Access::kReadWrite && r.name != "power") {
        probe_.write(address, 0xFFFFFFFF);
        check_.equal(probe_.read(address).value, r.mask,
                     "bits that can be set: " + std::string(r.name));
        probe_.write(address, r.reset);
      }
    }
  }

  void illegal_accesses() {
    std::uint32_t words[4] = {};
    const auto expect = [&](std::uint64_t offset, Probe::Shape shape,
                            tlm::tlm_response_status status, std::uint32_t bit, const char* what) {
      for (const auto command : {tlm::TLM_READ_COMMAND, tlm::TLM_WRITE_COMMAND}) {
        check_.that(probe_.access(command, kCore + offset, words, shape).status == status, what);
        take_error(bit, static_cast<std::uint32_t>(offset), what);
      }
    };
    expect(0x7F0, {}, tlm::TLM_ADDRESS_ERROR_RESPONSE, regs::Error::BadAddress::kMask,
           "hole between registers");
    expect(0x10000, {}, tlm::TLM_ADDRESS_ERROR_RESPONSE, regs::Error::BadAddress::kMask,
           "hole before the banks");
    expect(regs::kBatch + 2, {}, tlm::TLM_BURST_ERROR_RESPONSE, regs::Error::BadAccess::kMask,
           "misaligned");
    expect(regs::kBatch, {2, 2, false}, tlm::TLM_BURST_ERROR_RESPONSE,
           regs::Error::BadAccess::kMask, "half a word");
    expect(regs::kBatch, {8, 8, false}, tlm::TLM_BURST_ERROR_RESPONSE,
           regs::Error::BadAccess::kMask, "two words");
    expect(regs::kBatch, {4, 2, false}, tlm::TLM_BURST_ERROR_RESPONSE,
           regs::Error::BadAccess::kMask, "streaming");
    expect(regs::kBatch, {4, 4, true}, tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE,
           regs::Error::BadAccess::kMask, "byte enables");
    expect(regs::input_bank(0), {4, 4, true}, tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE,
           regs::Error::BadAccess::kMask, "byte enables on a bank");
    expect(regs::output_bank(1) + regs::kOutputBankBytes - 2, {4, 4, false},
           tlm::TLM_ADDRESS_ERROR_RESPONSE, regs::Error::BadAddress::kMask, "past a bank");
    check_.that(probe_.read(map::core_window(2)).status == tlm::TLM_ADDRESS_ERROR_RESPONSE,
                "past the last core");
    check_.equal(probe_.read(map::chip::kError).value, map::chip::Error::BadAddress::kMask,
                 "the chip's sticky error");
    check_.equal(probe_.read(map::chip::kErrorAddress).value,
                 static_cast<std::uint32_t>(map::core_window(2)), "its address");
    probe_.write(map::chip::kError, ~0u);
    check_.equal(probe_.read(map::chip::kErrorAddress).value, 0u, "cleared with it");
  }

  void gated_core() {
    std::uint32_t word = 0;
    for (const std::uint64_t offset :
         {std::uint64_t{regs::input_bank(0)}, std::uint64_t{regs::kConductance}}) {
      check_.that(probe_.access(tlm::TLM_READ_COMMAND, kCore + offset, &word, {}).status ==
                      tlm::TLM_GENERIC_ERROR_RESPONSE,
                  "gated memory");
      take_error(regs::Error::PoweredOff::kMask, static_cast<std::uint32_t>(offset),
                 "gated memory");
    }
    refused_start(regs::Error::PoweredOff::kMask, "gated core");
    probe_.write(kCore + regs::kPower, 1);
    refused_start(regs::Error::PoweredOff::kMask, "core that is not yet awake");
    sc_core::sc_start(sc_core::sc_time(999, sc_core::SC_NS));
    check_.that(!regs::Status::Powered::get(probe_.read(kCore + regs::kStatus).value),
                "asleep just before the wake-up time");
    sc_core::sc_start(sc_core::sc_time(1, sc_core::SC_NS));
    check_.that(regs::Status::Powered::get(probe_.read(kCore + regs::kStatus).value),
                "awake after it");
    probe_.write(map::core_window(1) + regs::kPower, 1);
    sc_core::sc_start(sc_core::sc_time(1, sc_core::SC_US));
  }

  void refused_commands() {
    refused_start(regs::Error::BadSlot::kMask, "empty masks");
    probe_.configure(0, 0, 0, 10, 8, 0, 6u << 8 | 3u);
    probe_.write(kCore + regs::kBatch, 0);
    refused_start(regs::Error::BadBatch::kMask, "no vectors");
    probe_.write(kCore + regs::kBatch, 131072 / 10 + 1);
    refused_start(regs::Error::BadBatch::kMask, "more than the input bank holds");
    probe_.write(kCore + regs::kBatch, 1);
    probe_.write(kCore + regs::kProgramOrigin, 250);
    probe_.write(kCore + regs::kProgramSize, 1u << 16 | 7);
    check_.that(probe_.write(kCore + regs::kControl, regs::Control::Program::kMask).status ==
                    tlm::TLM_GENERIC_ERROR_RESPONSE,
                "window");
    take_error(regs::Error::BadWindow::kMask, regs::kControl, "window leaves the array");
    check_.that(probe_.write(map::chip::rail_v_read_plus(3), 900001).status ==
                    tlm::TLM_GENERIC_ERROR_RESPONSE,
                "rail too high");
    check_.that(probe_.write(map::chip::rail_v_decrement_minus(3), 0).status ==
                    tlm::TLM_GENERIC_ERROR_RESPONSE,
                "no step");
    check_.that(probe_.write(map::chip::kRailSelect, 16).status == tlm::TLM_GENERIC_ERROR_RESPONSE,
                "no such set");
    probe_.write(map::chip::kError, ~0u);
  }

  /// A running command: what may not be touched, and until when.
  void while_busy() {
    probe_.poke_pattern(0, 20, 8);
    probe_.write(kCore + regs::kBatch, 100);
    const auto start = probe_.write(kCore + regs::kControl, regs::Control::Start::kMask);
    check_.that(start.status == tlm::TLM_OK_RESPONSE, "start");
    check_.that(regs::Status::Busy::get(probe_.read(kCore + regs::kStatus).value), "busy");
    std::uint32_t word = 0;
    for (const std::uint32_t bank : {regs::input_bank(0), regs::output_bank(0)}) {
      check_.that(probe_.access(tlm::TLM_READ_COMMAND, kCore + bank, &word, {}).status ==
                      tlm::TLM_GENERIC_ERROR_RESPONSE,
                  "locked bank");
      take_error(regs::Error::BankBusy::kMask, bank, "locked bank");
    }
    check_.that(
        probe_.access(tlm::TLM_READ_COMMAND, kCore + regs::input_bank(1), &word, {}).status ==
            tlm::TLM_OK_RESPONSE,
        "the other bank is free");
    for (const std::uint32_t offset :
         {regs::kSelect, regs::slot_bits(0), regs::kControl, regs::kPower}) {
      check_.that(probe_.write(kCore + offset, 1).status == tlm::TLM_GENERIC_ERROR_RESPONSE,
                  "write while busy");
      take_error(regs::Error::Busy::kMask, offset, "write while busy");
    }
    // Under chip-global rails nobody else may start, nor may the rails move.
    probe_.configure(1, 0, 0, 10, 8, 0, 6u << 8 | 3u);
    check_.that(probe_.write(map::core_window(1) + regs::kControl, 1).status ==
                    tlm::TLM_GENERIC_ERROR_RESPONSE,
                "second core");
    check_.equal(probe_.read(map::core_window(1) + regs::kError).value, regs::Error::Rails::kMask,
                 "second core's error");
    probe_.write(map::core_window(1) + regs::kError, ~0u);
    check_.that(probe_.write(map::chip::kRailSelect, 3).status == tlm::TLM_GENERIC_ERROR_RESPONSE,
                "rails while busy");
    probe_.write(map::chip::kError, ~0u);
    // 10 us for the rails, then 100 vectors of 28 + 3·33 + 4·28 + 6·27 cycles: DONE to the
    // picosecond, also for a host that runs ahead of the kernel.
    const sc_core::sc_time end(10 + 100 * 4.01, sc_core::SC_US);
    const sc_core::sc_time tick(1, sc_core::SC_PS);
    check_.that(regs::Status::Busy::get(probe_.read(kCore + regs::kStatus, end - tick).value),
                "busy one picosecond before the end");
    const std::uint32_t done = probe_.read(kCore + regs::kStatus, end).value;
    check_.that(!regs::Status::Busy::get(done) && regs::Status::Done::get(done), "done at the end");
    check_.that(
        probe_.access(tlm::TLM_READ_COMMAND, kCore + regs::output_bank(0), &word, {}, end).status ==
            tlm::TLM_OK_RESPONSE,
        "bank free");
    check_.equal(probe_.read(kCore + regs::slot_operation_id_low(0)).value, 100u,
                 "operation id grew by the batch");
    sc_core::sc_start(sc_core::sc_time(1, sc_core::SC_MS));
  }

  /// A host ahead of the kernel sees one command end and starts the next: that one's interrupt must
  /// still come, though the first one's event is pending.
  void interrupt_of_a_host_ahead() {
    probe_.write(kCore + regs::kInterruptStatus, ~0u);
    probe_.write(kCore + regs::kInterruptEnable, regs::InterruptEnable::Done::kMask);
    probe_.write(kCore + regs::kBatch, 1);
    probe_.write(kCore + regs::kControl, regs::Control::Start::kMask);
    const sc_core::sc_time ahead(100, sc_core::SC_US);
    check_.that(regs::Status::Done::get(probe_.read(kCore + regs::kStatus, ahead).value),
                "the short one is over");
    probe_.write(kCore + regs::kInterruptStatus, ~0u, ahead);
    probe_.write(kCore + regs::kBatch, 50, ahead);
    check_.that(probe_.write(kCore + regs::kControl, regs::Control::Start::kMask, ahead).status ==
                    tlm::TLM_OK_RESPONSE,
                "the long one starts");
    sc_core::sc_start(sc_core::sc_time(100 + 50 * 4.01 - 1, sc_core::SC_US));
    check_.equal(probe_.read(map::chip::interrupt_pending(0)).value, 0u,
                 "no interrupt before its end");
    sc_core::sc_start(sc_core::sc_time(2, sc_core::SC_US));
    check_.equal(probe_.read(map::chip::interrupt_pending(0)).value, 1u, "its interrupt comes");
    probe_.write(kCore + regs::kInterruptEnable, 0);
    probe_.write(kCore + regs::kInterruptStatus, ~0u);
  }

  void targets_and_steps_out_of_range() {
    std::uint32_t target = 80'000'001;  // twice g_max, and one picosiemens
    check_.that(
        probe_.access(tlm::TLM_WRITE_COMMAND, kCore + regs::kConductance, &target, {}).status ==
            tlm::TLM_GENERIC_ERROR_RESPONSE,
        "target");
    take_error(regs::Error::Overflow::kMask, regs::kConductance, "target beyond the cell's range");
    probe_.write(map::chip::rail_v_decrement_plus(0), 90000);
    check_.that(probe_.write(kCore + regs::kControl, regs::Control::Start::kMask).status ==
                    tlm::TLM_OK_RESPONSE,
                "unequal steps in a binary search");
    sc_core::sc_start(sc_core::sc_time(1, sc_core::SC_MS));
    probe_.write(map::chip::rail_v_decrement_plus(0), 100000);
    probe_.write(kCore + regs::slot_bits(0), 6u << 8 | 9u);
    refused_start(regs::Error::BadSlot::kMask, "nine input bits");
    const std::uint32_t mode = probe_.read(kCore + regs::slot_mode(0)).value;
    probe_.write(kCore + regs::slot_mode(0),
                 regs::SlotMode::Activation::set(mode, regs::SlotMode::ActivationValue::kTanh));
    probe_.write(kCore + regs::slot_activation_step(0), 0);
    refused_start(regs::Error::BadSlot::kMask, "a tanh whose steps stand for nothing");
    probe_.write(kCore + regs::slot_mode(0), mode);
  }

  void debug_and_dmi() {
    const std::uint32_t low = probe_.read(kCore + regs::kVectorsLow).value;
    check_.equal(low, 100u, "vectors counted");
    const sc_core::sc_time before = sc_core::sc_time_stamp();
    check_.equal(probe_.debug_read(kCore + regs::kVectorsLow), low, "debug read");
    check_.equal(probe_.debug_read(kCore + regs::kError), 0u, "debug read raises nothing");
    check_.equal(probe_.debug_read(kCore + 0x7F0), 0xDEADBEEFu, "debug read of a hole");
    check_.equal(probe_.read(kCore + regs::kError).value, 0u, "and still nothing");
    check_.that(sc_core::sc_time_stamp() == before, "no time passes");
    tlm::tlm_generic_payload payload;
    tlm::tlm_dmi dmi;
    payload.set_command(tlm::TLM_READ_COMMAND);
    payload.set_address(kCore + regs::output_bank(0) + 100);
    check_.that(probe_.socket->get_direct_mem_ptr(payload, dmi), "DMI to a bank");
    check_.that(dmi.get_start_address() == kCore + regs::output_bank(0) &&
                    dmi.get_end_address() == dmi.get_start_address() + 0x1FFFF,
                "its region");
    check_.equal(probe_.read(map::chip::kDmiGrants).value, 1u, "grants counted");
    std::uint32_t word = 0;
    probe_.access(tlm::TLM_READ_COMMAND, kCore + regs::output_bank(0), &word, {});
    check_.that(std::memcmp(dmi.get_dmi_ptr(), &word, 4) == 0, "the same bytes by both ways");
    payload.set_address(kCore + regs::kConductance);
    check_.that(!probe_.socket->get_direct_mem_ptr(payload, dmi), "no DMI to the cells");
  }

  void take_error(std::uint32_t bits, std::uint32_t offset, const std::string& what) {
    check_.equal(probe_.read(kCore + regs::kError).value, bits, "ERROR: " + what);
    check_.equal(probe_.read(kCore + regs::kErrorAddress).value, offset, "ERROR_ADDRESS: " + what);
    probe_.write(kCore + regs::kError, bits);
    check_.equal(probe_.read(kCore + regs::kError).value, 0u, "ERROR cleared: " + what);
    probe_.write(kCore + regs::kInterruptStatus, regs::InterruptStatus::Error::kMask);
  }

  void refused_start(std::uint32_t bits, const std::string& what) {
    check_.that(probe_.write(kCore + regs::kControl, regs::Control::Start::kMask).status ==
                    tlm::TLM_GENERIC_ERROR_RESPONSE,
                "start refused: " + what);
    take_error(bits, regs::kControl, what);
    probe_.write(map::chip::kError, ~0u);
  }

 private:
  Checks& check_;
  Probe& probe_;
};

}  // namespace

int sc_main(int, char*[]) {
  Checks check;
  chip::ChipParameters parameters;
  parameters.grid_rows = 1;
  parameters.grid_columns = parameters.core_count = 2;
  parameters.fabric.t_register_s = 0;
  ledger::Ledger ledger;
  chip::Chip chip("chip", parameters, {1, 1}, ledger);
  Probe probe("probe");
  SocketMonitor monitor("monitor",
                        [&check](const std::string& broken) { check.that(false, broken); });
  probe.socket.bind(monitor.from);
  monitor.to.bind(chip.host());
  sc_core::sc_start(sc_core::SC_ZERO_TIME);

  RegisterTest test(check, probe);
  test.reset_values();
  test.access_rights();
  test.illegal_accesses();
  test.gated_core();
  test.refused_commands();
  test.while_busy();
  test.debug_and_dmi();
  test.interrupt_of_a_host_ahead();
  test.targets_and_steps_out_of_range();
  return check.result();
}
