// A monitor of the base protocol between every pair of sockets of the chip, while the driver
// programs two cores, runs groups and lone starts of both input schemes and conversions, provokes
// errors, and looks through the debug door.
#include <memory>
#include <vector>

#include <systemc>

#include "check.h"
#include "models/session/chip_host.h"
#include "socket_monitor.h"

using namespace neurram;

namespace {

constexpr std::uint32_t kRows = 20;
constexpr std::uint32_t kColumns = 12;
constexpr std::uint32_t kVectors = 300;

neurram_slot make_slot(std::uint32_t conversion, std::uint32_t scheme, bool is_signed,
                       std::uint32_t input_bits) {
  neurram_slot slot{};
  for (std::uint32_t r = 0; r < kRows; ++r) slot.word_line_mask[0] |= 1u << r;
  for (std::uint32_t c = 0; c < kColumns; ++c) slot.column_mask[0] |= 1u << c;
  slot.pairing = NEURRAM_CORE_SLOT_MODE_PAIRING_DIFFERENTIAL;
  slot.signedness = is_signed ? NEURRAM_CORE_SLOT_MODE_SIGNEDNESS_SIGNED
                              : NEURRAM_CORE_SLOT_MODE_SIGNEDNESS_UNSIGNED;
  slot.input_scheme = static_cast<neurram_core_slot_mode_input_scheme>(scheme);
  slot.conversion = static_cast<neurram_core_slot_mode_conversion>(conversion);
  slot.input_bits = input_bits;
  slot.output_bits = 8;
  slot.pulse_multiplier = 2;
  slot.step_limit = 60;
  return slot;
}

}  // namespace

int main() {
  Checks check;
  std::vector<std::unique_ptr<SocketMonitor>> monitors;
  const auto report = [&check](const std::string& broken) { check.that(false, broken); };
  const core::Binder bind = [&](tlm::tlm_initiator_socket<>& initiator,
                                tlm::tlm_target_socket<>& target) {
    monitors.push_back(std::make_unique<SocketMonitor>(
        ("monitor_" + std::to_string(monitors.size())).c_str(), report));
    initiator.bind(monitors.back()->from);
    monitors.back()->to.bind(target);
  };
  sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
  chip::ChipParameters parameters;
  parameters.grid_rows = 2;
  parameters.grid_columns = 1;
  parameters.core_count = 2;
  ledger::Ledger ledger;
  runtime::DigitalParameters digital;
  chip::Chip chip("chip", parameters, {3, 4}, ledger, bind);
  session::ChipHost host("host", digital, ledger);
  sc_core::sc_signal<bool> interrupt("interrupt");
  bind(host.socket, chip.host());
  host.interrupt.bind(interrupt);
  chip.interrupt().bind(interrupt);
  check.equal(monitors.size(), std::size_t{1 + 1 + 2 * (1 + 3)}, "pairs of sockets");

  host.execute([&] {
    neurram_chip driver{};
    const neurram_bus bus = host.bus();
    check.that(neurram_discover(&driver, &bus, 0) == NEURRAM_OK, "discover");
    std::vector<std::uint32_t> targets(kRows * kColumns);
    for (std::size_t i = 0; i < targets.size(); ++i)
      targets[i] = static_cast<std::uint32_t>(1000000 + i * 150000);
    neurram_core_set both{};
    for (const std::uint32_t c : {0u, 1u}) {
      check.that(neurram_power_on(&driver, c) == NEURRAM_OK, "power");
      const neurram_window window{0, 0, kRows, kColumns};
      std::uint32_t failed = 0;
      check.that(neurram_program(&driver, c, &window, targets.data(), &failed) == NEURRAM_OK,
                 "program");
      neurram_core_set_add(&both, c);
    }
    std::vector<std::uint8_t> codes(kVectors * kRows / 2);
    for (std::size_t i = 0; i < codes.size(); ++i) codes[i] = static_cast<std::uint8_t>(i * 5 % 8);
    std::vector<std::int16_t> results(kVectors * kColumns);
    int runs = 0;
    for (const std::uint32_t conversion : {0u, 1u}) {
      for (const std::uint32_t scheme : {0u, 1u}) {
        for (const std::uint32_t bits : {3u, 6u}) {
          for (const std::uint32_t c : {0u, 1u}) {
            const neurram_slot slot = make_slot(conversion, scheme, bits == 6u, bits);
            check.that(neurram_configure_slot(&driver, c, 1, &slot) == NEURRAM_OK, "slot");
            const neurram_command command{1, 1, 1, kVectors};
            check.that(neurram_arm(&driver, c, &command) == NEURRAM_OK, "arm");
            check.that(neurram_load_inputs(&driver, c, 1, codes.data(), codes.size()) == NEURRAM_OK,
                       "load");
          }
          check.that(neurram_start(&driver, &both) == NEURRAM_OK, "start");
          // While the group runs its banks are locked: an error response is an answer too.
          std::uint32_t word = 0;
          check.that(bus.read32(bus.user, map::core_window(0) + map::core::output_bank(1), &word) !=
                         NEURRAM_OK,
                     "locked bank");
          neurram_fault fault{};
          check.that(neurram_take_fault(&driver, 0, &fault) == NEURRAM_OK, "fault");
          check.equal(fault.bits, map::core::Error::BankBusy::kMask, "bank busy");
          check.that(neurram_wait(&driver, &both) == NEURRAM_OK, "wait");
          check.that(
              neurram_read_outputs(&driver, 1, 1, results.data(), results.size()) == NEURRAM_OK,
              "read");
          check.that(neurram_fence(&driver) == NEURRAM_OK, "fence");
          ++runs;
        }
      }
    }
    check.equal(runs, 8, "group starts");
    std::uint32_t cell = 0;
    host.peek_cells(0, 3, 4, 1, &cell);
    check.that(cell > 0, "a programmed cell conducts");
  });
  std::int64_t least = INT64_MAX;
  for (const auto& monitor : monitors) least = std::min(least, monitor->transactions);
  check.that(least > 0, "every pair of sockets carried transactions");
  return check.result();
}
