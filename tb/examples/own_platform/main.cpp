// A platform of the user's own with a NeuRRAM chip among its modules:
//
//   Processor ──► Router ─┬─► Memory   at 0x00000000
//       ▲                 └─► Chip     at 0x40000000
//       └──── interrupt ──────┘
//
//   own_platform [FIELD=VALUE]...     fields of the chip, e.g. fabric.kind=ideal
//   core.device.relaxation=false
#include <cmath>
#include <cstdio>
#include <exception>

#include <systemc>

#include "memory.h"
#include "models/chip/chip.h"
#include "models/config/config.h"
#include "processor.h"
#include "router.h"

namespace {

/// Relaxed cells, noise and mismatch leave the codes about so far from a line [steps, rms].
constexpr double kTolerance = 2.5;

/// The memory's back door.
void poke(Memory& memory, tlm::tlm_command command, std::uint64_t address, void* data,
          std::size_t bytes) {
  tlm::tlm_generic_payload payload;
  payload.set_command(command);
  payload.set_address(address);
  payload.set_data_ptr(static_cast<unsigned char*>(data));
  payload.set_data_length(static_cast<unsigned>(bytes));
  memory.port.get_base_interface().transport_dbg(payload);
}

/// How codes follow what Ohm and Kirchhoff say of the conductances that the chip verified: by a
/// factor, which the supply's drop takes below 1 (calibration would take it out again), and about
/// it.
struct Fit {
  double factor = 0;
  double rms_steps = 0;
};

Fit fit(const Task& task, const std::vector<std::int8_t>& codes,
        const std::vector<std::uint32_t>& conductances_ps,
        const std::vector<std::int16_t>& results) {
  double xx = 0, xy = 0, yy = 0;
  for (std::uint32_t v = 0; v < task.vectors; ++v) {
    for (std::uint32_t j = 0; j < task.outputs; ++j) {
      double charge = 0, sum = 0;
      for (std::uint32_t i = 0; i < task.inputs; ++i) {
        const double plus = conductances_ps[2 * i * task.outputs + j];
        const double minus = conductances_ps[(2 * i + 1) * task.outputs + j];
        charge += codes[v * task.inputs + i] * (plus - minus);
        sum += plus + minus;
      }
      const double expected = Processor::kGain * charge / sum;
      const double steps = 0.5 * neurram_half_steps(results[v * task.outputs + j], false);
      xx += expected * expected;
      xy += expected * steps;
      yy += steps * steps;
    }
  }
  return {xy / xx, std::sqrt((yy - xy * xy / xx) / static_cast<double>(results.size()))};
}

int simulate(int count, char* arguments[]) {
  neurram::chip::ChipParameters parameters;
  for (int i = 1; i < count; ++i) neurram::config::set_field(parameters, arguments[i]);

  const Task task;
  neurram::ledger::Ledger ledger;
  neurram::chip::Chip chip("chip", parameters, neurram::core::Seeds{}, ledger);
  Memory memory("memory", address_map::kMemoryBytes, sc_core::sc_time(20, sc_core::SC_NS));
  Router router("router", sc_core::sc_time(10, sc_core::SC_NS),
                {{address_map::kMemory, address_map::kMemoryBytes},
                 {address_map::kChip, address_map::kChipBytes}});
  Processor processor("processor", task);
  sc_core::sc_signal<bool> interrupt("interrupt");
  processor.bus.bind(router.initiator);
  router.targets[0].bind(memory.port);
  router.targets[1].bind(chip.host());
  processor.interrupt.bind(interrupt);
  chip.interrupt().bind(interrupt);

  std::vector<std::int8_t> weights(task.inputs * task.outputs), codes(task.vectors * task.inputs);
  for (std::size_t k = 0; k < weights.size(); ++k)
    weights[k] = static_cast<std::int8_t>(static_cast<int>(97 * k % 255) - 127);
  for (std::size_t k = 0; k < codes.size(); ++k)
    codes[k] = static_cast<std::int8_t>(static_cast<int>((7 * k + k / task.inputs) % 15) - 7);
  poke(memory, tlm::TLM_WRITE_COMMAND, task.weights, weights.data(), weights.size());
  poke(memory, tlm::TLM_WRITE_COMMAND, task.codes, codes.data(), codes.size());

  sc_core::sc_start();

  if (!processor.finished || processor.error != NEURRAM_OK) {
    std::printf("the program did not end well: %s\n", neurram_error_text(processor.error));
    return 1;
  }
  std::vector<std::int16_t> results(task.vectors * task.outputs);
  poke(memory, tlm::TLM_READ_COMMAND, task.results, results.data(), 2 * results.size());
  const Fit found = fit(task, codes, processor.conductances_ps, results);
  const neurram::ledger::Totals total = ledger.total();
  std::printf("%u vectors, %u x %u: %.2f of Ohm's law, %.2f steps rms about it\n", task.vectors,
              task.inputs, task.outputs, found.factor, found.rms_steps);
  std::printf("%s simulated, %lld commands of the chip\n",
              sc_core::sc_time_stamp().to_string().c_str(), static_cast<long long>(total.commands));
  for (std::size_t c = 0; c < neurram::ledger::kComponents; ++c) {
    const auto component = static_cast<neurram::ledger::Component>(c);
    if (total.cost[component].value != 0) {
      std::printf("  %-12s %12.3f nJ\n", std::string(neurram::ledger::name(component)).c_str(),
                  1e-6 * static_cast<double>(total.cost[component].value));
    }
  }
  const bool good = found.factor > 0.7 && found.factor < 1.05 && found.rms_steps <= kTolerance;
  std::printf("%s\n", good ? "own_platform: correct" : "own_platform: WRONG");
  return good ? 0 : 1;
}

}  // namespace

int sc_main(int count, char* arguments[]) {
  try {
    return simulate(count, arguments);
  } catch (const std::exception& error) {  // a field that does not exist, a value out of range
    std::fprintf(stderr, "own_platform: %s\n", error.what());
    return 2;
  }
}
