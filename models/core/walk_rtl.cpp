#include "models/core/walk_rtl.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

#include "models/base/error.h"
#include "models/core/operation.h"

namespace neurram::core {
namespace {

constexpr std::int64_t kHeld = std::numeric_limits<std::int64_t>::max();

void set_bit(Lines& lines, std::size_t i) {
  lines[i / 64] |= std::uint64_t{1} << i % 64;
}

/// Calls what(i) for every bit that is set.
template <class What>
void for_each_bit(const Lines& lines, What&& what) {
  for (std::size_t w = 0; w < lines.size(); ++w) {
    for (std::uint64_t bits = lines[w]; bits != 0; bits &= bits - 1)
      what(64 * w + static_cast<std::size_t>(__builtin_ctzll(bits)));
  }
}

/// The block of a slot by its name, from this program or from the folder of libraries.
template <class Slot>
std::unique_ptr<Slot> find_block(const std::string& name, const std::string& folder) {
  BlockRegistry& registry = block_registry();
  const std::vector<std::string> known = registry.names(Slot::In::kSlot);
  if (known.empty() && folder.empty())
    throw Error(
        "level rtl: this program has no SystemVerilog blocks; the tool has them where it was built "
        "with Verilator");
  if (std::find(known.begin(), known.end(), name) == known.end() && !folder.empty())
    registry.load(std::filesystem::path(folder) / (name + ".so"), Slot::In::kSlot);
  return registry.make<Slot>(name);
}

int passes(const SlotSettings& settings) {
  return settings.input_scheme == InputScheme::kBipolar ? 2 : 1;
}

int magnitude_bits(const PhasePlan& phase) {
  return 31 - __builtin_clz(static_cast<unsigned>(phase.convert.max_count));
}

}  // namespace

BlockRegistry& block_registry() {
  static BlockRegistry registry;
  return registry;
}

RtlWalk::RtlWalk(const sc_core::sc_module_name& name, const WalkContext& context)
    : Walk(name),
      core_(context.core),
      path_(context.path),
      vector_done_(context.vector_done),
      key_(context.key),
      levels_(kLines),
      ones_(kLines) {
  const RtlParameters& rtl = context.parameters.rtl;
  controller_ = find_block<CoreController>(rtl.core_controller, rtl.folder);
  sequencer_ = find_block<InputSequencer>(rtl.input_sequencer, rtl.folder);
  counter_ = find_block<StepCounter>(rtl.step_counter, rtl.folder);
  search_ = find_block<SearchRegister>(rtl.search_register, rtl.folder);
  lfsr_ = find_block<LfsrPair>(rtl.lfsr_pair, rtl.folder);
  controller_out_ = &controller_->reset();
  sequencer_out_ = &sequencer_->reset();
  counter_out_ = &counter_->reset();
  search_out_ = &search_->reset();
  lfsr_out_ = &lfsr_->reset();

  const neuron::TimingParameters timing = timing_of(context.parameters);
  period_ = time_from_ps(Picoseconds::from_seconds(timing.t_clock_s).value);
  controller_in_.t_cds = static_cast<std::uint8_t>(timing.t_cds);
  controller_in_.t_sample = static_cast<std::uint16_t>(timing.t_sample);
  controller_in_.t_integrate = static_cast<std::uint8_t>(timing.t_integrate);
  controller_in_.t_compare = static_cast<std::uint8_t>(timing.t_compare);
  controller_in_.t_reset = static_cast<std::uint8_t>(timing.t_reset);
  counting_ = context.parameters.neuron.counting;

  SC_METHOD(edge);
  sensitive << edge_due_;
  dont_initialize();
  SC_METHOD(clock);
  sensitive << clock_due_;
  dont_initialize();
}

bool RtlWalk::is_unary() const {
  return operation_->plan->settings.conversion == Conversion::kUnary && !is_stochastic();
}

bool RtlWalk::is_stochastic() const {
  return operation_->plan->settings.activation == SlotActivation::kStochastic;
}

// --- time --------------------------------------------------------------------------------------

bool RtlWalk::begin(const Operation& operation, std::int64_t start_ps) {
  // A host ahead of the kernel may have seen the last operation end before its last clock came.
  if (controller_out_->busy) end_operation();
  operation_ = &operation;
  vector_ = 0;
  wire(*operation.plan);
  controller_in_.start = true;
  controller_in_.vectors = static_cast<std::uint32_t>(operation.vectors);
  told_ = false;
  release_ps_ = kHeld;
  edge_due_.notify(time_from_ps(start_ps - kernel_time_ps()));
  return false;
}

void RtlWalk::end_operation() {
  edge_due_.cancel();
  clock_due_.cancel();
  controller_in_.group_flipped = true;
  controller_out_ = &controller_->clock(controller_in_);
}

void RtlWalk::edge() {
  if (controller_out_->all_flipped && !told_) {
    told_ = true;
    vector_done_(kernel_time_ps());
  }
  if (told_) {
    clock_due_.notify(sc_core::SC_ZERO_TIME);
  } else {
    clock();
  }
}

void RtlWalk::release(std::int64_t at_ps) {
  release_ps_ = at_ps;
  // The clock keeps to the group's vectors: its next edge comes no later than the vector's end.
  if (at_ps > kernel_time_ps()) edge_due_.notify(time_from_ps(at_ps - kernel_time_ps()));
}

void RtlWalk::clock() {
  const CoreControllerOut& now = *controller_out_;
  controller_in_.group_flipped = told_ && release_ps_ <= kernel_time_ps();
  controller_in_.samples = sequencer_out_->samples;
  controller_in_.last_pulse = sequencer_out_->last_pulse;
  controller_in_.last_phase = sequencer_out_->last_phase;
  controller_in_.flipped = counter_out_->flipped;
  if (controller_in_.group_flipped) {
    told_ = false;
    release_ps_ = kHeld;
    ++vector_;
  }
  if (controller_in_.start || (controller_in_.group_flipped && vector_ < operation_->vectors))
    begin_vector();
  if (now.load) load_vector();
  if (now.state == NeuronState::kSampling) note_pulse();
  if (now.random) draw_random();
  if (now.compare) compare();
  if (now.state == NeuronState::kResetMinusDone0 && converted()) take_codes();
  if (now.load || now.next) {
    sequencer_in_.load = now.load;
    sequencer_in_.next = now.next;
    sequencer_out_ = &sequencer_->clock(sequencer_in_);
  }
  controller_out_ = &controller_->clock(controller_in_);
  controller_in_.start = false;
  if (watched_) show_clock();
  if (controller_out_->busy) edge_due_.notify(period_);
}

// --- wiring ------------------------------------------------------------------------------------

void RtlWalk::wire(const OperationPlan& plan) {
  const SlotSettings& settings = plan.settings;
  const bool two_phases = plan.phases.size() > 1;
  lines_ = settings.input_lines();
  sequencer_in_.mask = sequencer_in_.negate = Lines{};
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    set_bit(sequencer_in_.mask, static_cast<std::size_t>(lines_[i]));
    if (settings.differential && i % 2 != 0)
      set_bit(sequencer_in_.negate, static_cast<std::size_t>(lines_[i]));
  }
  sequencer_in_.is_signed = settings.is_signed;
  sequencer_in_.bipolar = settings.input_scheme == InputScheme::kBipolar;
  sequencer_in_.planes_high = static_cast<std::uint8_t>(plan.phases.front().planes);
  sequencer_in_.planes_low =
      two_phases ? static_cast<std::uint8_t>(plan.phases.back().planes) : std::uint8_t{0};
  sequencer_in_.multiplier = static_cast<std::uint8_t>(settings.pulse_multiplier);

  channels_.clear();
  Lines used{};
  for (const int line : output_lines(settings)) {
    channels_.push_back(static_cast<std::uint8_t>(neuron_of(settings, line)));
    set_bit(used, channels_.back());
  }
  counter_in_.mask = search_in_.mask = used;

  controller_in_.unary = is_unary();
  controller_in_.comparisons_high =
      is_unary() ? std::uint8_t{1} : static_cast<std::uint8_t>(comparisons(plan, 0, 0));
  controller_in_.comparisons_low = two_phases && !is_unary()
                                       ? static_cast<std::uint8_t>(comparisons(plan, 1, 0))
                                       : std::uint8_t{0};
  const auto& injection = plan.phases.front().injection;
  controller_in_.random_pulses =
      injection ? static_cast<std::uint8_t>(injection->pulses) : std::uint8_t{0};

  codes_.resize(plan.inputs() + array::kDriveBlock);
  integrated_.resize(array::padded_columns(plan.outputs()) + array::kDriveBlock);
  high_codes_.resize(plan.outputs());
}

void RtlWalk::wire_phase() {
  const neuron::ConvertParameters& convert = phase().convert;
  const bool relu = convert.activation == neuron::Activation::kRelu;
  std::fill(levels_.begin(), levels_.end(), std::int16_t{0});
  std::fill(ones_.begin(), ones_.end(), std::uint8_t{0});
  search_in_.relu = relu || is_stochastic();
  search_in_.magnitude_bits =
      is_stochastic() ? std::uint8_t{0} : static_cast<std::uint8_t>(magnitude_bits(phase()));
  if (!is_unary()) return;
  counter_in_.step_limit = static_cast<std::uint8_t>(convert.max_count);
  counter_in_.silicon = convert.saturated_count == 0;
  counter_in_.activation = relu ? CountActivation::kRelu : CountActivation::kNone;
  if (!convert.table) return;
  const bool tanh = convert.activation == neuron::Activation::kTanh;
  counter_in_.activation = tanh ? CountActivation::kTanh : CountActivation::kSigmoid;
  counter_in_.top = static_cast<std::uint8_t>(convert.table->top());
  const auto from = neuron::counting_thresholds(
      convert.activation, operation_->plan->settings.activation_step, counting_);
  const auto port = [](int count) { return static_cast<std::uint8_t>(std::min(count, 255)); };
  counter_in_.every_2nd = port(from.every_2nd);
  counter_in_.every_3rd = port(from.every_3rd);
  counter_in_.every_4th = port(from.every_4th);
  counter_in_.full = port(from.full);
}

// --- one vector --------------------------------------------------------------------------------

void RtlWalk::begin_vector() {
  tile_ = path_.tile(*operation_, vector_, 1);
  comparisons_ = 0;
  if (probe_ == nullptr) return;
  const std::vector<int>* outputs = probe_->vector(core_, kernel_time_ps(), *operation_, vector_);
  watched_ = outputs != nullptr;
  if (watched_ && *outputs != scope_.outputs()) scope_ = IntegratorScope(*outputs);
  shown_ = NeuronState::kIdle;
}

void RtlWalk::load_vector() {
  const OperationPlan& plan = *operation_->plan;
  const std::size_t lines_per_input = plan.settings.differential ? 2 : 1;
  for (std::size_t i = 0; i < lines_.size(); ++i)
    sequencer_in_.codes[static_cast<std::size_t>(lines_[i])] = tile_.codes[i / lines_per_input];
  wire_phase();
  const auto& injection = phase().injection;
  if (!injection || injection->free_running) return;
  neuron::Lfsr seeded;
  seeded.reload(key_, tile_.first_operation_id, injection->stream);
  lfsr_in_.load = true;
  lfsr_in_.shift = false;
  lfsr_in_.up = seeded.up();
  lfsr_in_.down = seeded.down();
  lfsr_out_ = &lfsr_->clock(lfsr_in_);
}

void RtlWalk::note_pulse() {
  const auto samples = static_cast<std::int16_t>(sequencer_out_->samples);
  for_each_bit(sequencer_out_->plus, [&](std::size_t i) {
    levels_[i] = static_cast<std::int16_t>(levels_[i] + samples);
  });
  for_each_bit(sequencer_out_->minus, [&](std::size_t i) {
    levels_[i] = static_cast<std::int16_t>(levels_[i] - samples);
  });
}

void RtlWalk::draw_random() {
  lfsr_in_.load = false;
  lfsr_in_.shift = true;
  for (int i = 0; i < phase().injection->shift_cycles; ++i) lfsr_out_ = &lfsr_->clock(lfsr_in_);
  for_each_bit(lfsr_out_->bits, [&](std::size_t neuron) { ++ones_[neuron]; });
}

void RtlWalk::integrate_phase() {
  const OperationPlan& plan = *operation_->plan;
  const SlotSettings& settings = plan.settings;
  const std::size_t lines_per_input = settings.differential ? 2 : 1;
  const int unit = settings.pulse_multiplier * passes(settings);
  const int shift = phase().encoding.shift;
  for (std::size_t i = 0; i < plan.inputs(); ++i) {
    const int level = levels_[static_cast<std::size_t>(lines_[i * lines_per_input])] / unit;
    codes_[i] = static_cast<std::uint8_t>(level * (1 << shift));
  }
  tile_.codes = codes_.data();
  tile_.integrated = integrated_.data();
  path_.settle(tile_);
  path_.integrate(tile_);
  if (watched_ && !scope_.empty()) show_samples();
  const std::size_t outputs = plan.outputs();
  if (is_stochastic()) {
    const neuron::Injection& injection = *phase().injection;
    for (std::size_t j = 0; j < outputs; ++j) {
      const int sum = 2 * ones_[channels_[j]] - injection.pulses;
      integrated_[j] = std::fma(static_cast<float>(sum), injection.amplitude, integrated_[j]);
    }
  }
  if (is_unary() || is_stochastic()) {
    comparators_.load_unary(phase().convert, integrated_.data(), outputs);
  } else {
    const neuron::SearchSteps* search = phase().search ? &*phase().search : nullptr;
    comparators_.load_search(phase().convert, search, magnitude_bits(phase()), integrated_.data(),
                             outputs);
  }
}

void RtlWalk::compare() {
  const CoreControllerOut& now = *controller_out_;
  if (now.first) integrate_phase();
  Lines answers{};
  for (std::size_t j = 0; j < channels_.size(); ++j) {
    if (comparators_.above(j, now.comparison)) set_bit(answers, channels_[j]);
  }
  if (is_unary()) {
    counter_in_.compare = true;
    counter_in_.first = now.first;
    counter_in_.read = false;
    counter_in_.comparator = answers;
    counter_out_ = &counter_->clock(counter_in_);
  } else {
    search_in_.compare = true;
    search_in_.first = now.first;
    search_in_.read = false;
    search_in_.comparator = answers;
    search_out_ = &search_->clock(search_in_);
  }
}

bool RtlWalk::converted() const {
  const CoreControllerOut& now = *controller_out_;
  if (is_unary()) return now.comparison != 0 && counter_out_->flipped;
  const int wanted =
      tile_.phase == 0 ? controller_in_.comparisons_high : controller_in_.comparisons_low;
  return now.comparison + 1 >= wanted;
}

void RtlWalk::take_codes() {
  const Codes* codes = nullptr;
  if (is_unary()) {
    counter_in_.compare = false;
    counter_in_.read = true;
    codes = &(counter_out_ = &counter_->clock(counter_in_))->codes;
  } else {
    search_in_.compare = false;
    search_in_.read = true;
    codes = &(search_out_ = &search_->clock(search_in_))->codes;
  }
  const neuron::ActivationTable* table = is_unary() ? nullptr : phase().convert.table.get();
  for (std::size_t j = 0; j < channels_.size(); ++j) {
    const std::int16_t code = (*codes)[channels_[j]];
    tile_.output[j] = table != nullptr ? static_cast<std::int16_t>(table->code(code)) : code;
  }
  comparisons_ += controller_out_->comparison + 1;
  if (is_last_phase(tile_)) return end_vector();
  std::copy_n(tile_.output, high_codes_.size(), high_codes_.begin());
  ++tile_.phase;
  wire_phase();
}

void RtlWalk::end_vector() {
  if (tile_.phase > 0)
    add_phases(*operation_->plan, high_codes_.data(), tile_.output, channels_.size());
  tile_.comparisons[0] = static_cast<std::uint16_t>(comparisons_);
  path_.compared(tile_);
  if (watched_) probe_->done(core_, kernel_time_ps(), *operation_, tile_.output);
}

// --- what a probe sees -------------------------------------------------------------------------

void RtlWalk::show_clock() {
  const auto show = [this](const char* block, const auto& ports) {
    std::decay_t<decltype(ports)>::ports(ports, [&](const char* name, const auto& value, int bits) {
      std::array<std::uint64_t, kLines / 64> words{};
      if (static_cast<std::size_t>(bits) > kLines) return;  // codes: the probe has them from done()
      if constexpr (std::is_class_v<std::decay_t<decltype(value)>>) {
        std::memcpy(words.data(), value.data(), sizeof value);
      } else {
        words[0] = static_cast<std::uint64_t>(value);
      }
      probe_->port(core_, kernel_time_ps(), block, name, words.data(), bits);
    });
  };
  show("core_controller", *controller_out_);
  show("input_sequencer", *sequencer_out_);
  show("step_counter", counter_in_);
  show("step_counter", *counter_out_);
  show("search_register", search_in_);
  show("search_register", *search_out_);
  show("lfsr_pair", *lfsr_out_);
  if (controller_out_->state != shown_) show_state(controller_out_->state);
  shown_ = controller_out_->state;
}

void RtlWalk::show_state(NeuronState state) {
  Visit visit;
  // The sequencer counts magnitude bits, a visit those of its phase.
  visit.plane = static_cast<std::int8_t>(sequencer_out_->plane - phase().encoding.shift);
  visit.pass = static_cast<std::int8_t>(sequencer_out_->pass);
  const int comparison = controller_out_->comparison;
  const auto enter = [&](neuron::State entered, const Visit* v) {
    probe_->state(core_, kernel_time_ps(), {entered, tile_.phase, v, comparison});
  };
  if (state == NeuronState::kCds1) {
    sampled_ps_.clear();
    enter(neuron::State::kInitialise, &visit);
  } else if (state == NeuronState::kSampling) {
    enter(neuron::State::kSample, &visit);
  } else if (state == NeuronState::kSampling3 && shown_ == NeuronState::kInteg2) {
    enter(neuron::State::kIntegrate, &visit);
  } else if (state == NeuronState::kCompare) {
    enter(neuron::State::kConvert, nullptr);
  }
  if (state == NeuronState::kInteg2) sampled_ps_.push_back(kernel_time_ps());
  if (state == NeuronState::kResetMinusDone0 && !scope_.empty()) {
    scope_.decrement(comparison);
    probe_->integrators(core_, kernel_time_ps(), scope_.volts());
  }
}

void RtlWalk::show_samples() {
  scope_.begin_phase(tile_);
  const std::vector<Visit>& visits = phase().visits;
  for (std::size_t i = 1; i < visits.size() && i <= sampled_ps_.size(); ++i) {
    scope_.integrate(visits[i]);
    probe_->integrators(core_, sampled_ps_[i - 1], scope_.volts());
  }
  scope_.end_samples();
  probe_->integrators(core_, kernel_time_ps(), scope_.volts());
}

}  // namespace neurram::core
