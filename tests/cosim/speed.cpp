// Clocks per second of a core's digital control: controller, input sequencer and step counter wired
// to each other and to comparators of known answers. Prints figures; run by hand.
//
//   cosim_speed [FILE.so]    with a user's step counter
#include <chrono>
#include <cstdio>
#include <exception>
#include <random>

#include "models/core/block_registry.h"
#include "rtl/wrappers/blocks.h"

namespace neurram {
namespace {

constexpr int kSteps = 12;  ///< a conversion's, at most

class Core {
 public:
  explicit Core(const core::BlockRegistry& registry, const std::string& step_counter)
      : controller_(registry.make<core::CoreController>("rtl")),
        sequencer_(registry.make<core::InputSequencer>("rtl")),
        counter_(registry.make<core::StepCounter>(step_counter)) {
    std::mt19937 random(1);
    for (auto& answer : answers_) {
      for (auto& word : answer) word = random() | std::uint64_t{random()} << 32;
    }
    command_.unary = true;
    vector_.is_signed = true;
    vector_.planes_high = 3;
    vector_.mask = counting_.mask = {~0ull, ~0ull, ~0ull, ~0ull};
    counting_.step_limit = kSteps;
    for (auto& code : vector_.codes) code = static_cast<std::uint8_t>(random() % 8);
  }

  std::int64_t run(std::uint32_t vectors) {
    command_.vectors = vectors;
    command_.start = true;
    const core::CoreControllerOut* out = &controller_->clock(command_);
    command_.start = false;
    std::int64_t clocks = 1;
    for (; out->busy; ++clocks) {
      const core::InputSequencerOut& pulse = *pulse_;
      command_.samples = pulse.samples;
      command_.last_pulse = pulse.last_pulse;
      command_.last_phase = pulse.last_phase;
      command_.flipped = counts_->flipped;
      command_.group_flipped = out->all_flipped;
      vector_.load = out->load;
      vector_.next = out->next;
      counting_.compare = out->compare;
      counting_.first = out->first;
      counting_.read = out->phase_done;
      if (out->compare) counting_.comparator = answers_[out->comparison % answers_.size()];
      out = &controller_->clock(command_);
      pulse_ = &sequencer_->clock(vector_);
      counts_ = &counter_->clock(counting_);
    }
    return clocks;
  }

 private:
  std::unique_ptr<core::CoreController> controller_;
  std::unique_ptr<core::InputSequencer> sequencer_;
  std::unique_ptr<core::StepCounter> counter_;
  core::CoreControllerIn command_;
  core::InputSequencerIn vector_;
  core::StepCounterIn counting_;
  core::InputSequencerOut first_pulse_;
  core::StepCounterOut no_counts_;
  const core::InputSequencerOut* pulse_ = &first_pulse_;
  const core::StepCounterOut* counts_ = &no_counts_;
  std::array<core::Lines, kSteps + 1> answers_{};
};

int measure(const char* library) {
  core::BlockRegistry registry;
  rtl::add_blocks(registry);
  Core core(registry, library == nullptr ? "rtl" : registry.load(library, "step_counter"));
  const auto start = std::chrono::steady_clock::now();
  constexpr std::uint32_t kVectors = 20000;
  const std::int64_t clocks = core.run(kVectors);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  const double seconds = took.count();
  std::printf("%.2f M clocks/s, %.0f vectors/s of %lld clocks\n",
              static_cast<double>(clocks) / seconds * 1e-6, kVectors / seconds,
              static_cast<long long>(clocks / kVectors));
  return 0;
}

}  // namespace
}  // namespace neurram

int main(int argc, char** argv) {
  try {
    return neurram::measure(argc > 1 ? argv[1] : nullptr);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", argv[0], error.what());
    return 1;
  }
}
