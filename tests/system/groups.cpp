// Groups, batches, fabrics and costs: lock-step of three cores, equal codes and sums however a run
// is cut, chain times by hand, and what the Cost extension brings back.
#include <algorithm>
#include <cmath>
#include <random>

#include <systemc>

#include "check.h"
#include "models/chip/chip.h"
#include "probe.h"

using namespace neurram;
namespace regs = map::core;

namespace {

constexpr unsigned kInputs = 30;
constexpr unsigned kColumns = 16;
constexpr std::uint32_t kUnary = 1u << 8;
constexpr std::uint32_t kAllVectors = 256;

struct Fixture {
  Checks& check;
  Probe& probe;
  ledger::Ledger& ledger;
  ledger::MemoryRecorder& recorder;

  void prepare(std::uint32_t core) {
    probe.write(map::core_window(core) + regs::kPower, 1);
    probe.poke_pattern(core, 2 * kInputs, kColumns);
    probe.configure(core, 0, 0, kInputs, kColumns, kUnary, 6u << 8 | 3u);
    probe.write(map::core_window(core) + regs::slot_step_limit(0), 60);
    probe.write(map::chip::rail_v_decrement_plus(0), 8000);
    probe.write(map::chip::rail_v_decrement_minus(0), 8000);
  }

  void load(std::uint32_t core, std::vector<std::uint8_t>& codes, std::uint32_t vectors,
            std::size_t first) {
    const std::uint64_t base = map::core_window(core);
    probe.write(base + regs::kBatch, vectors);
    probe.burst(tlm::TLM_WRITE_COMMAND, base + regs::input_bank(0), codes.data() + first * kInputs,
                vectors * kInputs);
    probe.write(base + regs::slot_operation_id_low(0), static_cast<std::uint32_t>(first));
  }

  std::vector<std::int16_t> results(std::uint32_t core, std::uint32_t vectors) {
    std::vector<std::int16_t> codes(vectors * kColumns);
    probe.burst(tlm::TLM_READ_COMMAND, map::core_window(core) + regs::output_bank(0), codes.data(),
                vectors * kColumns * 2);
    return codes;
  }

  void settle() { sc_core::sc_start(sc_core::sc_time(100, sc_core::SC_MS)); }
};

std::vector<std::uint8_t> random_codes() {
  std::mt19937 random(3);
  std::vector<std::uint8_t> codes(kAllVectors * kInputs);
  for (auto& c : codes) c = static_cast<std::uint8_t>(random() % 8);
  return codes;
}

/// The same 256 vectors in batches: codes, energy and cycles must not know.
void batches(Fixture& f, std::vector<std::uint8_t>& codes) {
  std::vector<std::int16_t> first_codes;
  std::int64_t first_energy = 0, first_cycles = 0;
  for (const std::uint32_t batch : {256u, 64u, 7u, 1u}) {
    std::vector<std::int16_t> all;
    std::int64_t energy = 0, cycles = 0;
    f.recorder.clear();
    for (std::uint32_t first = 0; first < kAllVectors; first += batch) {
      const std::uint32_t count = std::min(batch, kAllVectors - first);
      f.load(0, codes, count, first);
      f.probe.write(map::core_window(0) + regs::kControl, regs::Control::Start::kMask);
      f.settle();
      const auto part = f.results(0, count);
      all.insert(all.end(), part.begin(), part.end());
    }
    for (const auto& r : f.recorder.records()) {
      if (r.kind != ledger::Kind::kOperation) continue;
      energy += r.cost.total_energy().value;
      cycles += r.cycles;
    }
    if (batch == 256u) {
      first_codes = all;
      first_energy = energy;
      first_cycles = cycles;
      f.check.that(
          std::count_if(all.begin(), all.end(), [](int c) { return std::abs(c) > 2; }) > 500,
          "the codes say something");
    }
    f.check.that(all == first_codes, "codes in batches of " + std::to_string(batch));
    f.check.equal(energy, first_energy, "femtojoules in batches of " + std::to_string(batch));
    f.check.equal(cycles, first_cycles, "busy cycles in batches of " + std::to_string(batch));
  }
}

/// Three cores in lock-step against each alone.
void lock_step(Fixture& f, std::vector<std::uint8_t>& codes) {
  constexpr std::uint32_t kVectors = 40;
  std::vector<std::vector<std::int16_t>> alone;
  std::vector<std::int64_t> alone_cycles, alone_energy;
  for (const std::uint32_t c : {0u, 1u, 2u}) {
    f.recorder.clear();
    f.load(c, codes, kVectors, 0);
    f.probe.write(map::core_window(c) + regs::kControl, regs::Control::Start::kMask);
    f.settle();
    alone.push_back(f.results(c, kVectors));
    for (const auto& r : f.recorder.records()) {
      if (r.kind != ledger::Kind::kOperation) continue;
      alone_cycles.push_back(r.cycles);
      alone_energy.push_back(r.cost.total_energy().value);
    }
  }
  // By hand: a unary vector takes 28 + 3·33 + 4·28 cycles and 27 for the sign and each step of its
  // slowest neuron; in a group, of the slowest neuron of all.
  std::int64_t group_cycles = 0;
  for (std::uint32_t v = 0; v < kVectors; ++v) {
    int most = 1;
    for (const auto& results : alone) {
      for (unsigned j = 0; j < kColumns; ++j)
        most = std::max(most, std::abs(int{results[v * kColumns + j]}));
    }
    group_cycles += 28 + 3 * 33 + 4 * 28 + 27 * (1 + most);
  }
  f.recorder.clear();
  for (const std::uint32_t c : {0u, 1u, 2u}) f.load(c, codes, kVectors, 0);
  f.probe.write(map::chip::start_mask(0), 7);
  const auto start = f.probe.write(map::chip::kStart, 1);
  f.check.that(start.status == tlm::TLM_OK_RESPONSE, "group start");
  f.settle();
  std::size_t seen = 0;
  std::int64_t energy = 0;
  for (const auto& r : f.recorder.records()) {
    if (r.kind != ledger::Kind::kOperation) continue;
    f.check.equal(r.end_ps - r.start_ps, group_cycles * 10000,
                  "time of the group, core " + std::to_string(r.core));
    f.check.equal(r.cycles, alone_cycles[seen], "busy cycles as alone");
    f.check.equal(r.cost.total_energy().value, alone_energy[seen], "energy as alone");
    energy += r.cost.total_energy().value;
    ++seen;
  }
  f.check.equal(seen, std::size_t{3}, "one record a core");
  f.check.equal(start.cost.total_energy().value, energy,
                "the Cost extension of START brings back what it caused");
  for (const std::uint32_t c : {0u, 1u, 2u}) {
    f.check.that(f.results(c, kVectors) == alone[c],
                 "codes in the group, core " + std::to_string(c));
    f.check.that(regs::Status::Done::get(f.probe.read(map::core_window(c) + regs::kStatus).value),
                 "done");
  }
  // Slots of one group must agree on the rails.
  f.probe.write(map::core_window(1) + regs::slot_rail_set(0), 4);
  f.check.that(f.probe.write(map::chip::kStart, 1).status == tlm::TLM_GENERIC_ERROR_RESPONSE,
               "unequal rails");
  f.check.equal(f.probe.read(map::chip::kError).value, map::chip::Error::RailsUnequal::kMask,
                "RAILS_UNEQUAL");
  f.probe.write(map::chip::kError, ~0u);
  f.probe.write(map::core_window(1) + regs::kError, ~0u);
  f.probe.write(map::core_window(1) + regs::slot_rail_set(0), 0);
}

/// Chain times by hand: planes · m · 256 · 80 ns, from the nearer end of the row.
void chain(Fixture& f, std::vector<std::uint8_t>& codes) {
  const auto burst_us = [&](std::uint32_t core, bool input, std::uint32_t vectors) {
    f.settle();
    const auto command = input ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND;
    const std::uint64_t base =
        map::core_window(core) + (input ? regs::input_bank(0) : regs::output_bank(0));
    std::vector<std::uint8_t> data(vectors * (input ? kInputs : 2 * kColumns));
    if (input)
      std::copy(codes.begin(), codes.begin() + static_cast<std::ptrdiff_t>(data.size()),
                data.begin());
    const auto a = f.probe.burst(command, base, data.data(), static_cast<unsigned>(data.size()));
    f.check.that(std::fabs(a.cost[ledger::Phase::kIo].seconds() - a.delay.to_seconds()) < 1e-12,
                 "the cost is the delay");
    return a.delay.to_seconds() * 1e6;
  };
  constexpr double kSection = 20.48;
  const auto near = [](double a, double b) { return std::fabs(a - b) < 1e-4; };
  // Core 0: row file second from the left, column file first. Core 2 (of 3): its ends count from
  // the right.
  f.check.that(near(burst_us(0, true, 1), 3 * 2 * kSection), "one vector into core 0");
  f.check.that(near(burst_us(0, true, 5), 5 * 3 * 2 * kSection), "five vectors into core 0");
  f.check.that(near(burst_us(2, true, 1), 3 * 1 * kSection), "one vector into core 2");
  f.check.that(near(burst_us(0, false, 1), 7 * 1 * kSection),
               "a count of 60 steps and its sign out of core 0");
  f.check.that(near(burst_us(1, false, 1), 7 * 3 * kSection), "out of core 1");
  // Two bursts at once on one row chain are serial.
  f.settle();
  const auto first = f.probe.burst(
      tlm::TLM_WRITE_COMMAND, map::core_window(0) + regs::input_bank(0), codes.data(), kInputs);
  const auto second = f.probe.burst(
      tlm::TLM_WRITE_COMMAND, map::core_window(2) + regs::input_bank(0), codes.data(), kInputs);
  f.check.that(near(second.delay.to_seconds() * 1e6, (3 * 2 + 3 * 1) * kSection),
               "serial in a row");
  f.check.that(
      near((first.cost[ledger::Phase::kIo] + second.cost[ledger::Phase::kIo]).seconds() * 1e6,
           (3 * 2 + 3 * 1) * kSection),
      "and counted once");
}

/// Read out step by step, a result costs one shift per comparison that it took.
void step_readout(Fixture& f, std::vector<std::uint8_t>& codes) {
  constexpr std::uint32_t kVectors = 10;
  f.prepare(0);
  f.settle();
  f.load(0, codes, kVectors, 0);
  f.probe.write(map::core_window(0) + regs::kControl, regs::Control::Start::kMask);
  f.settle();
  std::vector<std::int16_t> results(kVectors * kColumns);
  const auto burst =
      f.probe.burst(tlm::TLM_READ_COMMAND, map::core_window(0) + regs::output_bank(0),
                    results.data(), kVectors * kColumns * 2);
  int comparisons = 0;
  for (std::uint32_t v = 0; v < kVectors; ++v) {
    int most = 1;
    for (unsigned j = 0; j < kColumns; ++j)
      most = std::max(most, std::abs(int{results[v * kColumns + j]}));
    comparisons += 1 + most;
  }
  constexpr double kSection_us = 20.48;
  f.check.that(std::fabs(burst.delay.to_seconds() * 1e6 - comparisons * kSection_us) < 1e-3,
               "a shift per comparison");
}

}  // namespace

int sc_main(int, char*[]) {
  Checks check;
  chip::ChipParameters parameters;
  parameters.grid_rows = 1;
  parameters.grid_columns = parameters.core_count = 3;
  parameters.supply.drop = false;  // codes in a group are those alone
  ledger::Ledger ledger;
  ledger::MemoryRecorder recorder;
  ledger.attach(&recorder);
  chip::Chip chip("chip", parameters, {7, 8}, ledger);
  Probe probe("probe");
  SocketMonitor monitor("monitor",
                        [&check](const std::string& broken) { check.that(false, broken); });
  probe.socket.bind(monitor.from);
  monitor.to.bind(chip.host());
  chip::ChipParameters board = parameters;
  board.fabric.readout = chip::Readout::kStep;
  chip::Chip board_chip("board_chip", board, {7, 8}, ledger);
  Probe board_probe("board_probe");
  board_probe.socket.bind(board_chip.host());
  sc_core::sc_start(sc_core::SC_ZERO_TIME);

  Fixture fixture{check, probe, ledger, recorder};
  for (const std::uint32_t c : {0u, 1u, 2u}) fixture.prepare(c);
  fixture.settle();
  auto codes = random_codes();
  batches(fixture, codes);
  lock_step(fixture, codes);
  chain(fixture, codes);
  Fixture board_fixture{check, board_probe, ledger, recorder};
  step_readout(board_fixture, codes);
  return check.result();
}
