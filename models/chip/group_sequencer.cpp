#include "models/chip/group_sequencer.h"

#include <algorithm>

namespace neurram::chip {

namespace chip_error = map::chip;
namespace core_error = map::core;

GroupSequencer::GroupSequencer(const ChipParameters& parameters, Rails& rails, const Supply& supply)
    : parameters_(parameters), rails_(rails), supply_(supply) {}

bool GroupSequencer::any_busy(std::int64_t now_ps) {
  if (now_ps < busy_until_ps_) return true;
  const auto idle = [&](std::uint32_t core) { return !members_[core]->busy(now_ps); };
  open_.erase(std::remove_if(open_.begin(), open_.end(), idle), open_.end());
  return !open_.empty();
}

std::uint32_t GroupSequencer::refuse(const std::vector<std::uint32_t>& cores, std::int64_t now_ps) {
  if (parameters_.rails.scope == RailScope::kChip && any_busy(now_ps)) {
    for (const std::uint32_t c : cores) members_[c]->refuse(core_error::Error::Rails::kMask);
    return chip_error::Error::RailsBusy::kMask;
  }
  std::uint32_t errors = 0;
  for (const std::uint32_t c : cores) {
    const core::ErrorBits bits = members_[c]->prepare(now_ps);
    if (bits == 0) continue;
    members_[c]->refuse(bits);
    errors |= chip_error::Error::CoreRefused::kMask;
  }
  if (errors != 0) return errors;
  const int set = members_[cores.front()]->rail_set();
  const std::size_t vectors = members_[cores.front()]->vectors();
  for (const std::uint32_t c : cores) {
    if (members_[c]->rail_set() != set) {
      members_[c]->refuse(core_error::Error::Rails::kMask);
      errors |= chip_error::Error::RailsUnequal::kMask;
    }
    if (members_[c]->vectors() != vectors) {
      members_[c]->refuse(core_error::Error::BadBatch::kMask);
      errors |= chip_error::Error::CoreRefused::kMask;
    }
  }
  return errors;
}

void GroupSequencer::scale_by_supply(const std::vector<std::uint32_t>& cores, std::size_t vectors) {
  const std::size_t values = cores.size() * vectors;
  if (scales_.size() < values) scales_.resize(values, 1.0f);
  if (!supply_.drops()) return;  // all scales are 1 already
  if (load_values_.size() < values) load_values_.resize(values);
  loads_.clear();
  for (std::size_t i = 0; i < cores.size(); ++i) {
    members_[cores[i]]->report_load(load_values_.data() + i * vectors);
    const int index = static_cast<int>(cores[i]);
    loads_.push_back({parameters_.row_of(index), parameters_.column_of(index),
                      load_values_.data() + i * vectors, scales_.data() + i * vectors});
    // A what-if chip of more cores than the grid has places is several chips side by side.
    const bool last =
        i + 1 == cores.size() ||
        parameters_.grid_of(static_cast<int>(cores[i + 1])) != parameters_.grid_of(index);
    if (!last) continue;
    supply_.answer(loads_, vectors);
    loads_.clear();
  }
}

GroupSequencer::Outcome GroupSequencer::start(const std::vector<std::uint32_t>& cores,
                                              std::int64_t now_ps) {
  Outcome outcome;
  outcome.chip_errors = refuse(cores, now_ps);
  if (outcome.chip_errors != 0) return outcome;
  if (parameters_.rails.scope == RailScope::kChip) {
    outcome.rails_ps =
        rails_.select(static_cast<std::uint32_t>(members_[cores.front()]->rail_set()));
  }
  const std::size_t vectors = members_[cores.front()]->vectors();
  scale_by_supply(cores, vectors);
  for (std::size_t i = 0; i < cores.size(); ++i)
    members_[cores[i]]->run(scales_.data() + i * vectors);
  std::int64_t duration_ps = 0;
  for (std::size_t v = 0; v < vectors; ++v) {
    std::int64_t slowest = 0;
    for (const std::uint32_t c : cores) slowest = std::max(slowest, members_[c]->duration_ps(v));
    duration_ps += slowest;
  }
  outcome.start_ps = now_ps + outcome.rails_ps;
  outcome.end_ps = outcome.start_ps + duration_ps;
  bool leader = true;
  for (const std::uint32_t c : cores) {
    members_[c]->finish(outcome.start_ps, outcome.end_ps, leader);
    leader = false;
  }
  ++group_;
  return outcome;
}

}  // namespace neurram::chip
