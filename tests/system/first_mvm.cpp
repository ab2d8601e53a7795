// The first path: one core, one slot, one vector, walked as a tile through the core's array and
// neuron sockets by an initiator that knows only the address map; its codes, energy and time
// against the three pure functions called directly.
#include <cmath>
#include <random>

#include <systemc>

#include "check.h"
#include "foreign_initiator.h"
#include "models/array/drive.h"
#include "models/array/product.h"
#include "models/chip/chip.h"
#include "models/core/operation.h"
#include "models/neuron/convert.h"

using namespace neurram;

namespace {

constexpr unsigned kRows = 74;
constexpr unsigned kColumns = 16;

ForeignInitiator::Task make_task() {
  std::mt19937 random(7);
  ForeignInitiator::Task task;
  task.rows = kRows;
  task.columns = kColumns;
  for (unsigned i = 0; i < kRows * kColumns; ++i)
    task.targets_ps.push_back(1'000'000 + random() % 39'000'000);
  for (unsigned i = 0; i < kRows / 2; ++i)
    task.codes.push_back(static_cast<std::uint8_t>(random() % 8));
  task.mode = 1u << 2;       // differential, unsigned, ternary, binary search
  task.bits = 6u << 8 | 3u;  // 3 bits in, 6 out
  task.operation_id_low = 4711;
  return task;
}

/// The same vector by encode, multiply and convert, on a crossbar programmed alike.
std::vector<std::int16_t> by_pure_functions(const ForeignInitiator::Task& task,
                                            const core::CoreParameters& p, const core::Seeds& seeds,
                                            core::OperationPlan& plan, std::uint16_t& comparisons) {
  array::Crossbar crossbar(p.array, device::make_device(p.device), 0, seeds.device);
  for (unsigned r = 0; r < kRows; ++r) {
    for (unsigned c = 0; c < kColumns; ++c) {
      crossbar.set_target(static_cast<int>(r), static_cast<int>(c),
                          static_cast<float>(task.targets_ps[r * kColumns + c] * 1e-12));
    }
  }
  crossbar.program({0, 0, kRows, kColumns});
  core::SlotSettings settings;
  for (unsigned r = 0; r < kRows; ++r) settings.rows.push_back(static_cast<int>(r));
  for (unsigned c = 0; c < kColumns; ++c) settings.columns.push_back(static_cast<int>(c));
  settings.bits_out = 6;
  const core::RailSet rails;
  auto transfer = std::make_shared<array::Transfer>(crossbar, core::selection_of(settings, rails),
                                                    core::largest_drive(settings, rails));
  plan = core::plan_operation(settings, rails, transfer,
                              core::NeuronMismatch(p.neuron, p.array.columns, 0, seeds.device), p);

  std::vector<std::uint8_t> codes = task.codes;
  codes.resize(codes.size() + array::kDriveBlock);
  AlignedVector<std::int16_t> drives(transfer->drive_stride() + array::kDriveBlock);
  AlignedVector<std::int32_t> sums(array::padded_columns(kColumns));
  std::uint32_t weight = 0;
  array::encode(plan.phases[0].encoding, codes.data(), kRows / 2, 1, drives.data(),
                transfer->drive_stride(), &weight);
  array::multiply(transfer->packed(), drives.data(), 1, sums.data());
  const float scale = 1;
  std::vector<float> noise(neuron::noise_scratch_floats(1, kColumns));
  std::vector<std::int16_t> results(kColumns);
  std::uint16_t steps = 0;
  neuron::convert(
      plan.phases[0].convert, plan.phases[0].columns, {1, &scale, &weight},
      {philox_key(seeds.run), task.operation_id_low, draw_stream(0, 0, DrawKind::kReadNoise)},
      sums.data(), noise.data(), results.data(), &steps);
  comparisons = static_cast<std::uint16_t>(core::comparisons(plan, &steps, 1));
  return results;
}

}  // namespace

int sc_main(int, char*[]) {
  Checks check;
  chip::ChipParameters parameters;
  parameters.grid_rows = parameters.grid_columns = parameters.core_count = 1;
  parameters.supply.drop = false;
  const core::Seeds seeds{11, 22};
  ledger::Ledger ledger;
  ledger::MemoryRecorder recorder;
  ledger.attach(&recorder);

  const ForeignInitiator::Task task = make_task();
  chip::Chip chip("chip", parameters, seeds, ledger);
  ForeignInitiator initiator("initiator", task);
  sc_core::sc_signal<bool> interrupt("interrupt");
  initiator.socket.bind(chip.host());
  initiator.interrupt.bind(interrupt);
  chip.interrupt().bind(interrupt);
  sc_core::sc_start();

  check.that(initiator.finished, "the initiator reached its end");
  check.equal(initiator.failed_accesses, 0u, "failed accesses");
  core::OperationPlan plan;
  std::uint16_t comparisons = 0;
  const auto expected = by_pure_functions(task, parameters.core, seeds, plan, comparisons);
  int distinct = 0;
  for (unsigned j = 0; j < kColumns; ++j) {
    check.equal(initiator.results[j], expected[j], "code of column " + std::to_string(j));
    distinct += std::abs(expected[j]) > 1 ? 1 : 0;
  }
  check.that(distinct > 4, "the codes are not all trivial");

  const ledger::Record* operation = nullptr;
  for (const auto& r : recorder.records()) {
    if (r.kind == ledger::Kind::kOperation) {
      check.that(operation == nullptr, "one operation, one record");
      operation = &r;
    }
  }
  check.that(operation != nullptr, "the ledger holds the operation");
  if (operation == nullptr) return check.result();

  // By hand: 3 planes and 7 samples, 6 comparisons; every active line, all 256 neurons.
  using ledger::Component;
  check.equal(static_cast<int>(comparisons), 6, "comparisons of a 6-bit binary search");
  check.equal(operation->cycles, 28 + 3 * 33 + 4 * 28 + 6 * 27, "busy cycles");
  check.equal(operation->end_ps - operation->start_ps, operation->cycles * 10000, "picoseconds");
  const auto& cost = operation->cost;
  check.equal(cost[Component::kWordLines].value, std::llround(74 * 3 * 586.0 * 1.8 * 1.8),
              "word lines [fJ]");
  check.equal(cost[Component::kDrive].value, std::llround(74 * 3 * 3920.0 * 0.5 * 0.5),
              "drive [fJ]");
  check.equal(cost[Component::kNeurons].value, std::llround(256 * (3 * 780.0 + 7 * 200.0)),
              "neurons [fJ]");
  check.equal(cost[Component::kConversion].value, std::llround(256 * 6 * 500.0), "conversion [fJ]");
  check.equal(cost[Component::kControl].value, std::llround(256 * 3 * 200.0), "control [fJ]");

  // START's access ends t_register after it began; the rails settle first, then the vector runs.
  const double latency_ns = initiator.interrupted_ns - initiator.started_ns;
  check.that(std::fabs(latency_ns - (10000 + operation->cycles * 10)) < 1,
             "interrupt after rails and operation: " + std::to_string(latency_ns) + " ns");
  return check.result();
}
