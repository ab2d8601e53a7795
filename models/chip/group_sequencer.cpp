#include "models/chip/group_sequencer.h"

#include <algorithm>

namespace neurram::chip {

namespace chip_error = map::chip;
namespace core_error = map::core;

GroupSequencer::GroupSequencer(const ChipParameters& parameters, Rails& rails, const Supply& supply)
    : parameters_(parameters), rails_(rails), supply_(supply) {}

void GroupSequencer::add_core(core::GroupMember& member) {
  members_.push_back(&member);
  group_of_.push_back(nullptr);
}

void GroupSequencer::note_open(std::uint32_t core) {
  // Nobody may ask for a long time: a core stands here once, however often it starts.
  if (std::find(open_.begin(), open_.end(), core) == open_.end()) open_.push_back(core);
}

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

void GroupSequencer::scale_by_supply(Running& group) {
  const std::size_t vectors = group.vectors;
  const std::size_t values = group.cores.size() * vectors;
  if (group.scales.size() < values) group.scales.resize(values, 1.0f);
  if (!supply_.drops()) return;  // all scales are 1 already
  if (load_values_.size() < values) load_values_.resize(values);
  loads_.clear();
  for (std::size_t i = 0; i < group.cores.size(); ++i) {
    members_[group.cores[i]]->report_load(load_values_.data() + i * vectors);
    const int index = static_cast<int>(group.cores[i]);
    loads_.push_back({parameters_.row_of(index), parameters_.column_of(index),
                      load_values_.data() + i * vectors, group.scales.data() + i * vectors});
    // A what-if chip of more cores than the grid has places is several chips side by side.
    const bool last =
        i + 1 == group.cores.size() ||
        parameters_.grid_of(static_cast<int>(group.cores[i + 1])) != parameters_.grid_of(index);
    if (!last) continue;
    supply_.answer(loads_, vectors);
    loads_.clear();
  }
}

GroupSequencer::Running& GroupSequencer::free_group() {
  for (const auto& group : groups_) {
    if (!group->active) return *group;
  }
  return *groups_.emplace_back(std::make_unique<Running>());
}

GroupSequencer::Outcome GroupSequencer::start(const std::vector<std::uint32_t>& cores,
                                              std::int64_t now_ps) {
  Outcome outcome;
  outcome.chip_errors = refuse(cores, now_ps);
  if (outcome.chip_errors != 0) return outcome;
  const core::GroupMember& first = *members_[cores.front()];
  if (parameters_.rails.scope == RailScope::kChip)
    outcome.rails_ps = rails_.select(static_cast<std::uint32_t>(first.rail_set()));
  Running& group = free_group();
  group.active = true;
  group.cores = cores;
  group.vectors = first.vectors();
  group.vector = 0;
  group.start_ps = group.vector_start_ps = now_ps + outcome.rails_ps;
  group.group = next_group_++;
  scale_by_supply(group);
  begin(group);
  return outcome;
}

void GroupSequencer::begin(Running& group) {
  group.paced.assign(group.cores.size(), 0);
  group.slowest_ps = 0;
  for (std::size_t i = 0; i < group.cores.size(); ++i) {
    const std::uint32_t core = group.cores[i];
    group_of_[core] = &group;
    const float* scales = group.scales.data() + i * group.vectors;
    group.paced[i] = members_[core]->begin(scales, group.start_ps, *this) ? 0 : 1;
  }
  group.waiting = count_paced(group);
  if (group.waiting > 0) {
    ++paced_groups_;
    for (const std::uint32_t core : group.cores) note_open(core);
    return;
  }
  while (group.vector < group.vectors) end_vector(group);
  finish(group);
}

void GroupSequencer::vector_done(std::uint32_t core, std::int64_t at_ps) {
  Running& group = *group_of_[core];
  group.slowest_ps = std::max(group.slowest_ps, at_ps - group.vector_start_ps);
  if (--group.waiting > 0) return;
  end_vector(group);
  if (group.vector == group.vectors) {
    --paced_groups_;
    return finish(group);
  }
  group.waiting = count_paced(group);
  for (std::size_t i = 0; i < group.cores.size(); ++i) {
    if (group.paced[i] != 0) members_[group.cores[i]]->next_vector(group.vector_start_ps);
  }
}

void GroupSequencer::end_vector(Running& group) {
  std::int64_t slowest_ps = group.slowest_ps;
  for (std::size_t i = 0; i < group.cores.size(); ++i) {
    if (group.paced[i] == 0)
      slowest_ps = std::max(slowest_ps, members_[group.cores[i]]->duration_ps(group.vector));
  }
  group.vector_start_ps += slowest_ps;
  group.slowest_ps = 0;
  ++group.vector;
}

void GroupSequencer::finish(Running& group) {
  core::GroupMember::Ending ending{group.start_ps, group.vector_start_ps, group.group, true};
  for (const std::uint32_t core : group.cores) {
    members_[core]->finish(ending);
    ending.leader = false;
  }
  group.active = false;
}

std::size_t GroupSequencer::count_paced(const Running& group) {
  return static_cast<std::size_t>(std::count(group.paced.begin(), group.paced.end(), 1));
}

}  // namespace neurram::chip
