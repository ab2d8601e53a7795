#include "models/core/controller.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace neurram::core {

namespace regs = map::core;

namespace {

/// End of a command that is not known yet.
constexpr std::int64_t kOpenEnd = std::numeric_limits<std::int64_t>::max();

}  // namespace

Controller::Controller(const sc_core::sc_module_name& name, const CoreParameters& parameters,
                       std::uint32_t core, const Seeds& seeds, Registers& registers)
    : sc_module(name),
      parameters_(parameters),
      core_(core),
      timing_(timing_of(parameters)),
      registers_(registers),
      clock_ps_(Picoseconds::from_seconds(parameters.timing.t_clock_s).value),
      path_(array, neurons, parameters.array.integer_product),
      walk_(make_walk("walk", {parameters, core, philox_key(seeds.run), path_,
                               [this](std::int64_t at_ps) { sync_->vector_done(core_, at_ps); }})) {
  SC_METHOD(on_done);
  sensitive << done_;
  dont_initialize();
}

// --- commands ----------------------------------------------------------------------------------

ledger::Cost Controller::start(std::int64_t now_ps) {
  return chip_->start_alone(core_, now_ps);
}

std::optional<array::CellWindow> Controller::programmable_window(std::int64_t now_ps) {
  const array::CellWindow window = registers_.program_window();
  ErrorBits errors = 0;
  if (!powered(now_ps)) errors |= regs::Error::PoweredOff::kMask;
  const bool inside = window.rows > 0 && window.columns > 0 &&
                      window.first_row + window.rows <= parameters_.array.rows &&
                      window.first_column + window.columns <= parameters_.array.columns;
  if (!inside) errors |= regs::Error::BadWindow::kMask;
  if (errors == 0) return window;
  refuse(errors);
  return std::nullopt;
}

ledger::Cost Controller::program(std::int64_t now_ps) {
  const auto window = programmable_window(now_ps);
  if (!window) return {};
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  ProgramRequest request{*window};
  array_transaction_.send(array, ArrayCommand::kProgram, request, delay);
  programming_.emplace();
  programming_->start_ps = now_ps;
  programming_->cells = window->cells();
  programming_->progress.row = window->first_row;
  registers_.set_aborted(false);
  running_ = true;
  chip_->open_command(core_);
  program_row(now_ps);
  return programming_->cost;
}

void Controller::program_row(std::int64_t now_ps) {
  ProgramProgress& progress = programming_->progress;
  // The cells change at once, the registers say so when their time is over.
  registers_.set_program_progress(progress.row, progress.pass, progress.report.pulses);
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  const ledger::Cost& cost =
      array_transaction_.send(array, ArrayCommand::kProgramRow, progress, delay);
  programming_->cost += cost;
  end_at(now_ps + cost[ledger::Phase::kProgram].value);
}

void Controller::finish_programming() {
  const Programming& p = *programming_;
  registers_.set_program_pulses(p.progress.report.pulses);
  registers_.set_program_failed(p.progress.report.failed);
  registers_.set_aborted(p.abort && !p.progress.done);
  record_programming(p.start_ps, end_ps_, p.cells, p.cost);
  end_energy_ = p.cost.total_energy();
  end_cycles_ = (end_ps_ - p.start_ps) / clock_ps_;
  end_vectors_ = 0;
  programming_.reset();
}

void Controller::record_programming(std::int64_t start_ps, std::int64_t end_ps, std::int64_t cells,
                                    const ledger::Cost& cost) {
  ledger::Record record;
  record.kind = ledger::Kind::kProgram;
  record.core = static_cast<std::int32_t>(core_);
  record.vectors = cells;
  record.start_ps = start_ps;
  record.end_ps = end_ps;
  record.cycles = (end_ps - start_ps) / clock_ps_;
  record.cost = cost;
  chip_->record(record);
}

void Controller::abort() {
  if (programming_) programming_->abort = true;
}

ledger::Cost Controller::form(std::int64_t now_ps) {
  const auto window = programmable_window(now_ps);
  if (!window) return {};
  FormRequest request{*window, {}};
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  const ledger::Cost cost = array_transaction_.send(array, ArrayCommand::kForm, request, delay);
  registers_.set_program_failed(request.report.unusable);
  const std::int64_t end_ps = now_ps + cost[ledger::Phase::kProgram].value;
  record_programming(now_ps, end_ps, request.report.cells, cost);
  end_at(end_ps, cost.total_energy(), (end_ps - now_ps) / clock_ps_, 0);
  return cost;
}

void Controller::end_at(std::int64_t end_ps, Femtojoules energy, std::int64_t cycles,
                        std::int64_t vectors) {
  end_energy_ = energy;
  end_cycles_ = cycles;
  end_vectors_ = vectors;
  end_at(end_ps);
}

void Controller::end_at(std::int64_t end_ps) {
  running_ = true;
  end_ps_ = end_ps;
  // A host ahead of the kernel may have seen the last command end before its event came: an event
  // keeps the earlier of two notifications.
  done_.cancel();
  done_.notify(time_from_ps(std::max<std::int64_t>(0, end_ps - kernel_time_ps())));
}

void Controller::advance(std::int64_t now_ps) {
  while (running_ && now_ps >= end_ps_) {
    if (programming_ && !programming_->progress.done && !programming_->abort) {
      program_row(end_ps_);
      continue;
    }
    if (programming_) finish_programming();
    running_ = false;
    registers_.lock_banks(-1, -1);
    registers_.command_done(end_energy_, end_cycles_, end_vectors_);
  }
}

void Controller::on_done() {
  advance(kernel_time_ps());
  registers_.update_interrupt();
}

// --- power -------------------------------------------------------------------------------------

void Controller::power(bool on, std::int64_t now_ps) {
  if (on == on_) return;
  on_ = on;
  if (on) {
    on_since_ps_ = now_ps;
    awake_ps_ = now_ps + Picoseconds::from_seconds(parameters_.energy.t_wake_s).value;
  } else {
    on_total_ps_ += now_ps - on_since_ps_;
  }
}

bool Controller::powered(std::int64_t now_ps) const {
  return on_ && now_ps >= awake_ps_;
}

std::int64_t Controller::powered_ps(std::int64_t now_ps) const {
  return on_total_ps_ + (on_ ? now_ps - on_since_ps_ : 0);
}

// --- operations --------------------------------------------------------------------------------

std::uint64_t Controller::cells_version() {
  VersionRequest request;
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  array_transaction_.send(array, ArrayCommand::kVersion, request, delay);
  return request.version;
}

const OperationPlan& Controller::plan(int slot) {
  std::optional<CachedPlan>& cached = plans_[static_cast<std::size_t>(slot)];
  const std::uint64_t cells = cells_version();
  if (!cached) cached.emplace();
  if (cached->slot_version != registers_.slot_version(slot) ||
      cached->rails_version != chip_->rails_version() || cached->cells_version != cells) {
    make_plan(slot, cells, *cached);
  }
  return cached->plan;
}

void Controller::make_plan(int slot, std::uint64_t cells, CachedPlan& cached) {
  const SlotSettings& settings = registers_.slot_settings(slot);
  const RailSet rails = chip_->rail_set(settings.rail_set);
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  TransferRequest request{selection_of(settings, rails), largest_drive(settings, rails), nullptr};
  // A transfer matrix is dear: it is made anew only for other cells, lines or pairing.
  const bool stands = cached.plan.transfer != nullptr && cached.cells_version == cells &&
                      cached.selection == request.selection;
  if (stands) {
    request.transfer = cached.plan.transfer;
  } else {
    array_transaction_.send(array, ArrayCommand::kTransfer, request, delay);
  }
  MismatchRequest mismatch;
  neuron_transaction_.send(neurons, NeuronCommand::kMismatch, mismatch, delay);
  cached.plan = plan_operation(settings, rails, request.transfer, *mismatch.mismatch, parameters_);
  for (PhasePlan& phase : cached.plan.phases) {
    if (phase.injection) phase.injection->stream = draw_stream(core_, 0, DrawKind::kLfsrSeed);
  }
  cached.selection = request.selection;
  cached.cells_version = cells;
  cached.slot_version = registers_.slot_version(slot);
  cached.rails_version = chip_->rails_version();
}

bool Controller::busy(std::int64_t now_ps) {
  advance(now_ps);
  return running_;
}

ErrorBits Controller::prepare(std::int64_t now_ps) {
  if (busy(now_ps)) return regs::Error::Busy::kMask;
  if (!powered(now_ps)) return regs::Error::PoweredOff::kMask;
  const int slot = registers_.armed_slot();
  const SlotSettings& settings = registers_.slot_settings(slot);
  if (!refusal(settings, parameters_).empty()) return regs::Error::BadSlot::kMask;
  if (!rails_refusal(chip_->rail_set(settings.rail_set), parameters_).empty())
    return regs::Error::Rails::kMask;
  const std::size_t vectors = registers_.batch();
  const bool fits = vectors > 0 && vectors * settings.inputs() <= regs::kInputBankBytes &&
                    vectors * settings.outputs() * sizeof(std::int16_t) <= regs::kOutputBankBytes;
  if (!fits) return regs::Error::BadBatch::kMask;
  operation_.plan = &plan(slot);
  operation_.slot = slot;
  operation_.vectors = vectors;
  operation_.first_operation_id = registers_.operation_id(slot);
  operation_.codes = registers_.input_bank(registers_.armed_input_bank());
  operation_.results = registers_.output_bank(registers_.armed_output_bank());
  const auto cycles = neuron::operation_cycles(timing_, operation_.plan->fixed_visits);
  fixed_cycles_ = std::accumulate(cycles.begin(), cycles.end(), std::int64_t{0});
  compare_cycles_ =
      neuron::state_cycles(timing_)[static_cast<std::size_t>(neuron::State::kConvert)];
  return 0;
}

void Controller::report_load(float* loads) {
  LoadRequest request{operation_.plan, operation_.vectors, operation_.codes, loads};
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  array_transaction_.send(array, ArrayCommand::kLoad, request, delay);
}

bool Controller::begin(const float* vector_scale, std::int64_t start_ps, GroupSync& sync) {
  operation_.vector_scale = vector_scale;
  sync_ = &sync;
  running_ = true;
  end_ps_ = kOpenEnd;
  registers_.lock_banks(registers_.armed_input_bank(), registers_.armed_output_bank());
  registers_.set_operation_id(operation_.slot, operation_.first_operation_id + operation_.vectors);
  path_.begin(operation_);
  return walk_->begin(operation_, start_ps);
}

std::int64_t Controller::duration_ps(std::size_t vector) const {
  return (fixed_cycles_ + path_.comparisons()[vector] * compare_cycles_) * clock_ps_;
}

void Controller::finish(const Ending& ending) {
  walk_->finish(ending.end_ps);
  ledger::Record record;
  record.kind = ledger::Kind::kOperation;
  record.core = static_cast<std::int32_t>(core_);
  record.group = ending.group;
  record.vectors = static_cast<std::int64_t>(operation_.vectors);
  record.start_ps = ending.start_ps;
  record.end_ps = ending.end_ps;
  record.operation_id = static_cast<std::int64_t>(operation_.first_operation_id);
  std::int64_t comparisons = 0;
  for (std::size_t v = 0; v < operation_.vectors; ++v) comparisons += path_.comparisons()[v];
  record.cycles = record.vectors * fixed_cycles_ + comparisons * compare_cycles_;
  record.cost = path_.cost();
  if (ending.leader) book_time(record, comparisons);
  chip_->record(record);
  registers_.filled_output(static_cast<double>(comparisons) / static_cast<double>(record.vectors));
  end_at(ending.end_ps, record.cost.total_energy(), record.cycles, record.vectors);
}

void Controller::book_time(ledger::Record& record, std::int64_t comparisons) const {
  using ledger::Phase;
  const auto per_vector = neuron::operation_cycles(timing_, operation_.plan->fixed_visits);
  const auto state_ps = [&](neuron::State s) {
    return Picoseconds(record.vectors * per_vector[static_cast<std::size_t>(s)] * clock_ps_);
  };
  record.cost[Phase::kInitialise] = state_ps(neuron::State::kInitialise);
  record.cost[Phase::kSample] = state_ps(neuron::State::kSample);
  record.cost[Phase::kIntegrate] = state_ps(neuron::State::kIntegrate);
  record.cost[Phase::kConvert] = Picoseconds(comparisons * compare_cycles_ * clock_ps_);
  record.cost[Phase::kWait] =
      Picoseconds(record.end_ps - record.start_ps) - record.cost.total_time();
}

void Controller::refuse(ErrorBits errors) {
  registers_.raise(errors, regs::kControl);
}

}  // namespace neurram::core
