#include "models/session/bench_chip.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "models/base/error.h"
#include "models/runtime/loader.h"
#include "models/session/hosted_chip.h"

namespace neurram::session {
namespace {

neurram_window window_of(const array::CellWindow& cells) {
  return {static_cast<std::uint32_t>(cells.first_row),
          static_cast<std::uint32_t>(cells.first_column), static_cast<std::uint32_t>(cells.rows),
          static_cast<std::uint32_t>(cells.columns)};
}

std::uint32_t lines(const std::uint32_t* mask) {
  std::uint32_t count = 0;
  for (int w = 0; w < NEURRAM_MASK_WORDS; ++w)
    count += static_cast<std::uint32_t>(__builtin_popcount(mask[w]));
  return count;
}

bool drives_rows(const neurram_slot& slot) {
  return slot.direction == NEURRAM_CORE_SLOT_MODE_DIRECTION_FORWARD ||
         slot.direction == NEURRAM_CORE_SLOT_MODE_DIRECTION_RECURRENT_BIT_LINE;
}

}  // namespace

std::uint32_t inputs_of(const neurram_slot& slot) {
  const std::uint32_t driven = lines(drives_rows(slot) ? slot.word_line_mask : slot.column_mask);
  return slot.pairing == NEURRAM_CORE_SLOT_MODE_PAIRING_DIFFERENTIAL ? driven / 2 : driven;
}

std::uint32_t outputs_of(const neurram_slot& slot) {
  return lines(drives_rows(slot) ? slot.column_mask : slot.word_line_mask);
}

struct BenchChip::Modules : HostedChip {
  using HostedChip::HostedChip;

  neurram_chip driver{};
};

BenchChip::BenchChip(const Config& config)
    : config_(config), states_(static_cast<std::size_t>(config.chip.core_count)) {
  ledger_.attach(&recorder_);
  {
    const Kernel::Use use(kernel_);
    modules_ = std::make_unique<Modules>(config_.chip, config_.seed, config_.digital, ledger_);
  }
  work([](neurram_chip& driver, ChipHost& host) {
    const neurram_bus bus = host.bus();
    runtime::expect(neurram_discover(&driver, &bus, 0), driver, "finding the chip");
  });
}

BenchChip::~BenchChip() {
  const Kernel::Use use(kernel_);
  modules_.reset();
}

void BenchChip::work(const std::function<void(neurram_chip&, ChipHost&)>& what) {
  const Kernel::Use use(kernel_);
  modules_->host.execute([&] {
    modules_->host.set_layer(ledger::kNone);
    try {
      what(modules_->driver, modules_->host);
    } catch (...) {
      // The next call does not begin with what this one has left: a failed burst, a watch.
      modules_->host.watch(0, nullptr);
      if (modules_->driver.bus.fence != nullptr) (void)neurram_fence(&modules_->driver);
      throw;
    }
  });
}

const array::Crossbar& BenchChip::crossbar(int core) const {
  return modules_->chip.core(core).array.crossbar();
}

std::vector<ledger::Record> BenchChip::records() const {
  const Kernel::Use use(kernel_);
  return recorder_.records();
}

void BenchChip::clear_records() {
  const Kernel::Use use(kernel_);
  recorder_.clear();
}

bool BenchChip::powered(int core) const {
  const std::lock_guard lock(states_mutex_);
  return states_.at(static_cast<std::size_t>(core)).powered;
}

std::optional<neurram_slot> BenchChip::slot(int core, int slot) const {
  const std::lock_guard lock(states_mutex_);
  return states_.at(static_cast<std::size_t>(core)).slots.at(static_cast<std::size_t>(slot));
}

std::int64_t BenchChip::now_ps() const {
  const Kernel::Use use(kernel_);
  return modules_->host.now_ps();
}

void BenchChip::power_on(int core) {
  work([&](neurram_chip& driver, ChipHost&) {
    runtime::expect(neurram_power_on(&driver, static_cast<std::uint32_t>(core)), driver,
                    "power on");
    note_power(core, true);
  });
}

void BenchChip::power_off(int core) {
  work([&](neurram_chip& driver, ChipHost&) {
    runtime::expect(neurram_power_off(&driver, static_cast<std::uint32_t>(core)), driver,
                    "power off");
    note_power(core, false);
  });
}

std::uint32_t BenchChip::program(int core, const array::CellWindow& cells,
                                 const std::uint32_t* targets_ps) {
  const auto index = static_cast<std::uint32_t>(core);
  const neurram_window window = window_of(cells);
  std::uint32_t failed = 0;
  std::exception_ptr stop;
  work([&](neurram_chip& driver, ChipHost& host) {
    constexpr std::int64_t kLookEvery_ps = 10'000'000'000;  // about the time of a row
    host.watch(kLookEvery_ps, [&] {
      if (stop || !interrupt_check_) return;
      try {
        interrupt_check_();
      } catch (...) {
        stop = std::current_exception();
        runtime::expect(neurram_abort(&driver, index), driver, "ending the programming");
      }
    });
    const neurram_error error = neurram_program(&driver, index, &window, targets_ps, &failed);
    host.watch(0, nullptr);
    runtime::expect(error, driver, "programming cells");
  });
  if (stop) std::rethrow_exception(stop);
  return failed;
}

void BenchChip::load(int core, const array::CellWindow& cells,
                     const std::uint32_t* conductances_ps) {
  work([&](neurram_chip&, ChipHost& host) {
    for (int row = 0; row < cells.rows; ++row) {
      host.poke_cells(static_cast<std::uint32_t>(core), cells.first_row + row, cells.first_column,
                      cells.columns,
                      conductances_ps +
                          static_cast<std::size_t>(row) * static_cast<std::size_t>(cells.columns));
    }
  });
}

core::RailSet BenchChip::rail_set(int set) const {
  return modules_->chip.rails().set(set);
}

void BenchChip::configure_rails(int set, const neurram_rails& rails) {
  work([&](neurram_chip& driver, ChipHost&) {
    runtime::expect(neurram_configure_rails(&driver, static_cast<std::uint32_t>(set), &rails),
                    driver, "configuring rails");
  });
  const std::lock_guard lock(states_mutex_);
  ++settings_;
}

void BenchChip::note_power(int core, bool on) {
  const std::lock_guard lock(states_mutex_);
  states_.at(static_cast<std::size_t>(core)).powered = on;
}

void BenchChip::note_slot(int core, int slot, const neurram_slot& settings) {
  const std::lock_guard lock(states_mutex_);
  states_.at(static_cast<std::size_t>(core)).slots.at(static_cast<std::size_t>(slot)) = settings;
  ++settings_;
}

std::uint64_t BenchChip::settings() const {
  const std::lock_guard lock(states_mutex_);
  return settings_;
}

void BenchChip::configure_slot(int core, int slot, const neurram_slot& settings) {
  work([&](neurram_chip& driver, ChipHost&) {
    runtime::expect(neurram_configure_slot(&driver, static_cast<std::uint32_t>(core),
                                           static_cast<std::uint32_t>(slot), &settings),
                    driver, "configuring a slot");
    note_slot(core, slot, settings);
  });
}

void BenchChip::load(const mapper::Deployment& deployment) {
  work([&](neurram_chip& driver, ChipHost& host) {
    runtime::power_cores(deployment, driver);
    runtime::load_cells(deployment, host);
    runtime::configure(deployment, driver);
    note(deployment);
  });
}

void BenchChip::note(const mapper::Deployment& deployment) {
  for (const std::uint32_t core : runtime::used_cores(deployment))
    note_power(static_cast<int>(core), true);
  for (const mapper::Operation& operation : deployment.operations) {
    const mapper::Segment& segment =
        deployment.segments[static_cast<std::size_t>(operation.segment)];
    note_slot(segment.core, operation.slot, runtime::slot_of(operation, segment));
  }
}

void BenchChip::on_interrupt_check(std::function<void()> check) {
  modules_->host.on_interrupt_check(check);
  interrupt_check_ = std::move(check);
}

void BenchChip::set_operation_id(int core, int slot, std::uint64_t operation_id) {
  work([&](neurram_chip& driver, ChipHost&) {
    runtime::expect(neurram_set_operation_id(&driver, static_cast<std::uint32_t>(core),
                                             static_cast<std::uint32_t>(slot), operation_id),
                    driver, "setting an operation id");
  });
}

void BenchChip::multiply(int core, int slot, const neurram_slot& settings, const void* codes,
                         std::size_t vectors, std::int16_t* results) {
  const std::uint32_t inputs = inputs_of(settings);
  const std::uint32_t outputs = outputs_of(settings);
  const auto index = static_cast<std::uint32_t>(core);
  neurram_core_set cores{};
  neurram_core_set_add(&cores, index);
  work([&](neurram_chip& driver, ChipHost&) {
    const std::optional<neurram_slot> now = this->slot(core, slot);
    if (!now || inputs_of(*now) != inputs || outputs_of(*now) != outputs) {
      throw Error("slot " + std::to_string(slot) + " of core " + std::to_string(core) +
                  " was configured anew by another thread");
    }
    const std::size_t most = neurram_max_vectors(inputs, outputs);
    for (std::size_t first = 0; first < vectors; first += most) {
      if (first > 0 && interrupt_check_) interrupt_check_();
      const std::size_t count = std::min(most, vectors - first);
      const auto* from = static_cast<const std::uint8_t*>(codes) + first * inputs;
      const neurram_command command{static_cast<std::uint32_t>(slot), 0, 0,
                                    static_cast<std::uint32_t>(count)};
      runtime::expect(neurram_load_inputs(&driver, index, 0, from, count * inputs), driver,
                      "loading inputs");
      runtime::expect(neurram_arm(&driver, index, &command), driver, "arming a core");
      runtime::expect(neurram_start(&driver, &cores), driver, "starting a core");
      runtime::expect(neurram_wait(&driver, &cores), driver, "waiting for a core");
      runtime::expect(
          neurram_read_outputs(&driver, index, 0, results + first * outputs, count * outputs),
          driver, "reading outputs");
      runtime::expect(neurram_fence(&driver), driver, "reading outputs");
    }
  });
}

neurram_counters BenchChip::counters(int core) {
  neurram_counters counters{};
  work([&](neurram_chip& driver, ChipHost&) {
    runtime::expect(neurram_read_counters(&driver, static_cast<std::uint32_t>(core), &counters),
                    driver, "reading counters");
  });
  return counters;
}

}  // namespace neurram::session
