#include "fixture.h"

#include <random>

#include "models/runtime/host.h"

using namespace neurram;

namespace {

constexpr int kSize = 256;
constexpr std::size_t kMaxBatch = 1024;

std::uint32_t random_target(std::mt19937& random) {
  return 1'000'000 + random() % 39'000'000;
}

}  // namespace

Bench& bench() {
  static Bench instance;
  return instance;
}

Bench::Bench() {
  sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
  chip::ChipParameters chip_parameters;
  chip_parameters.core.two_phase_above = 8;
  parameters = chip_parameters.core;
  chip_ = std::make_unique<chip::Chip>("chip", chip_parameters, seeds, ledger_);
  host_ = std::make_unique<session::ChipHost>("host", digital_, ledger_);
  host_->socket.bind(chip_->host());
  host_->interrupt.bind(interrupt_);
  chip_->interrupt().bind(interrupt_);
  std::mt19937 random(5);
  codes.resize(kMaxBatch * kSize + 64);
  for (auto& code : codes) code = static_cast<std::uint8_t>(random() % 255 - 127);
  results_.resize(kMaxBatch * kSize);
  execute([&] {
    const neurram_bus bus = host_->bus();
    runtime::expect(neurram_discover(&driver_, &bus, 0), driver_, "discover");
    runtime::expect(neurram_power_on(&driver_, 0), driver_, "power");
    std::vector<std::uint32_t> row(kSize);
    for (int r = 0; r < kSize; ++r) {
      for (auto& cell : row) cell = random_target(random);
      host_->poke_cells(0, r, 0, kSize, row.data());
    }
  });
}

void Bench::use(int rows, int columns) {
  rows_ = rows;
  columns_ = columns;
  neurram_slot slot{};
  for (int r = 0; r < rows; ++r) slot.word_line_mask[r / 32] |= 1u << (r % 32);
  for (int c = 0; c < columns; ++c) slot.column_mask[c / 32] |= 1u << (c % 32);
  slot.pairing = NEURRAM_CORE_SLOT_MODE_PAIRING_SINGLE;
  slot.signedness = NEURRAM_CORE_SLOT_MODE_SIGNEDNESS_SIGNED;
  slot.input_bits = kBitsIn;
  slot.output_bits = kBitsOut;
  slot.pulse_multiplier = 1;
  slot.step_limit = 100;
  execute([&] { runtime::expect(neurram_configure_slot(&driver_, 0, 0, &slot), driver_, "slot"); });
}

void Bench::command(std::size_t vectors, bool moves_codes) {
  const neurram_command arm{0, 0, 0, static_cast<std::uint32_t>(vectors)};
  neurram_core_set cores{};
  neurram_core_set_add(&cores, 0);
  runtime::expect(neurram_arm(&driver_, 0, &arm), driver_, "arm");
  if (moves_codes) {
    runtime::expect(neurram_load_inputs(&driver_, 0, 0, codes.data(),
                                        vectors * static_cast<std::size_t>(rows_)),
                    driver_, "load");
  }
  runtime::expect(neurram_start(&driver_, &cores), driver_, "start");
  runtime::expect(neurram_wait(&driver_, &cores), driver_, "wait");
  if (moves_codes) {
    runtime::expect(neurram_read_outputs(&driver_, 0, 0, results_.data(),
                                         vectors * static_cast<std::size_t>(columns_)),
                    driver_, "read");
    runtime::expect(neurram_fence(&driver_), driver_, "fence");
  }
}

core::OperationPlan Bench::plan(int rows, int columns) {
  core::SlotSettings settings;
  for (int r = 0; r < rows; ++r) settings.rows.push_back(r);
  for (int c = 0; c < columns; ++c) settings.columns.push_back(c);
  settings.differential = false;
  settings.is_signed = true;
  settings.bits_in = kBitsIn;
  settings.bits_out = kBitsOut;
  const core::RailSet rails;
  auto transfer = std::make_shared<array::Transfer>(chip_->core(0).array.crossbar(),
                                                    core::selection_of(settings, rails),
                                                    core::largest_drive(settings, rails));
  return core::plan_operation(
      settings, rails, transfer,
      core::NeuronMismatch(parameters.neuron, parameters.array.columns, 0, seeds.device),
      parameters);
}
