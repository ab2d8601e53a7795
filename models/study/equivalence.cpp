#include "models/study/equivalence.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "models/core/transaction.h"
#include "models/session/hosted_chip.h"
#include "models/session/kernel.h"

namespace neurram::study {
namespace {

namespace regs = map::core;

/// A chip in a kernel of its own, with a host that plays programs.
class Stage {
 public:
  Stage(const chip::ChipParameters& parameters, const core::Seeds& seeds) {
    ledger_.attach(&recorder_);
    const session::Kernel::Use use(kernel_);
    modules_ = std::make_unique<session::HostedChip>(parameters, seeds, digital_, ledger_);
  }
  ~Stage() {
    const session::Kernel::Use use(kernel_);
    modules_.reset();
  }
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  Transcript play(const std::vector<Action>& actions, int cores) {
    Transcript transcript;
    const session::Kernel::Use use(kernel_);
    modules_->host.execute([&] {
      for (const Action& action : actions) transcript.answers.push_back(answer(action, cores));
    });
    transcript.records = recorder_.records();
    return transcript;
  }

 private:
  Transcript::Answer answer(const Action& action, int cores) {
    const neurram_bus bus = modules_->host.bus();
    Transcript::Answer answer;
    const auto note = [&](neurram_error error) { answer.refused = error != NEURRAM_OK; };
    switch (action.kind) {
      case Action::Kind::kWrite:
        note(bus.write32(bus.user, action.address, action.value));
        break;
      case Action::Kind::kRead:
        answer.data.resize(sizeof(std::uint32_t));
        note(read(action.address, answer.data));
        break;
      case Action::Kind::kWriteBurst:
        note(bus.write_burst(bus.user, action.address, action.data.data(), action.data.size()));
        (void)bus.fence(bus.user);
        break;
      case Action::Kind::kReadBurst:
        answer.data.resize(action.value);
        note(bus.read_burst(bus.user, action.address, answer.data.data(), action.value));
        (void)bus.fence(bus.user);
        break;
      case Action::Kind::kPokeCells:
        poke(action);
        break;
      case Action::Kind::kWait:
        sc_core::wait(core::time_from_ps(action.value));
        break;
      case Action::Kind::kWaitIdle:
        answer.refused = !wait_idle(cores);
        break;
    }
    return answer;
  }

  neurram_error read(std::uint64_t address, std::vector<std::uint8_t>& data) {
    const neurram_bus bus = modules_->host.bus();
    std::uint32_t value = 0;
    const neurram_error error = bus.read32(bus.user, address, &value);
    std::memcpy(data.data(), &value, sizeof value);
    return error;
  }

  void poke(const Action& action) {
    std::vector<std::uint32_t> cells(action.data.size() / sizeof(std::uint32_t));
    std::memcpy(cells.data(), action.data.data(), action.data.size());
    modules_->host.poke_cells(static_cast<std::uint32_t>(action.core), action.row, action.column,
                              static_cast<int>(cells.size()), cells.data());
  }

  /// False if a core is never done.
  [[nodiscard]] bool wait_idle(int cores) {
    constexpr std::int64_t kFirstLook_ps = 1'000'000;
    constexpr std::int64_t kLongestLook_ps = 1'000'000'000'000;
    std::vector<std::uint8_t> status(sizeof(std::uint32_t));
    for (int c = 0; c < cores; ++c) {
      const std::uint64_t address = map::core_window(static_cast<std::uint64_t>(c)) + regs::kStatus;
      for (std::int64_t look_ps = kFirstLook_ps;; look_ps *= 2) {
        (void)read(address, status);
        if (!regs::Status::Busy::get(status.front())) break;
        if (look_ps > kLongestLook_ps) return false;
        sc_core::wait(core::time_from_ps(look_ps));
      }
    }
    return true;
  }

  runtime::DigitalParameters digital_;
  ledger::Ledger ledger_;
  ledger::MemoryRecorder recorder_;
  session::Kernel kernel_;
  std::unique_ptr<session::HostedChip> modules_;
};

/// Levels record commands when they know their end, so in different orders.
void sort_by_time(std::vector<ledger::Record>& records) {
  std::stable_sort(
      records.begin(), records.end(), [](const ledger::Record& a, const ledger::Record& b) {
        return std::tie(a.start_ps, a.core, a.kind) < std::tie(b.start_ps, b.core, b.kind);
      });
}

std::optional<std::string> answer_difference(const Transcript::Answer& a,
                                             const Transcript::Answer& b) {
  if (a.refused != b.refused) {
    const auto word = [](bool refused) { return refused ? "an error" : "no error"; };
    return fmt::format("{} against {}", word(a.refused), word(b.refused));
  }
  const auto [x, y] = std::mismatch(a.data.begin(), a.data.end(), b.data.begin(), b.data.end());
  if (x == a.data.end()) return std::nullopt;
  return fmt::format("byte {}: {:#04x} against {:#04x}", x - a.data.begin(), *x, *y);
}

std::optional<std::string> record_difference(const ledger::Record& a, const ledger::Record& b) {
  const std::pair<const char*, std::pair<std::int64_t, std::int64_t>> numbers[] = {
      {"kind", {static_cast<std::int64_t>(a.kind), static_cast<std::int64_t>(b.kind)}},
      {"core", {a.core, b.core}},
      {"group", {a.group, b.group}},
      {"vectors", {a.vectors, b.vectors}},
      {"start [ps]", {a.start_ps, b.start_ps}},
      {"end [ps]", {a.end_ps, b.end_ps}},
      {"busy cycles", {a.cycles, b.cycles}},
      {"operation id", {a.operation_id, b.operation_id}}};
  for (const auto& [name, values] : numbers) {
    if (values.first != values.second)
      return fmt::format("{}: {} against {}", name, values.first, values.second);
  }
  for (std::size_t c = 0; c < ledger::kComponents; ++c) {
    if (a.cost.energy[c].value != b.cost.energy[c].value) {
      return fmt::format("energy of {} [fJ]: {} against {}",
                         name(static_cast<ledger::Component>(c)), a.cost.energy[c].value,
                         b.cost.energy[c].value);
    }
  }
  for (std::size_t p = 0; p < ledger::kPhases; ++p) {
    if (a.cost.time[p].value != b.cost.time[p].value) {
      return fmt::format("time of {} [ps]: {} against {}", name(static_cast<ledger::Phase>(p)),
                         a.cost.time[p].value, b.cost.time[p].value);
    }
  }
  return std::nullopt;
}

void count(const Transcript& transcript, EquivalenceResult& result) {
  ++result.programs;
  for (const Transcript::Answer& answer : transcript.answers) result.refusals += answer.refused;
  for (const ledger::Record& record : transcript.records) {
    if (record.kind != ledger::Kind::kOperation) continue;
    ++result.operations;
    result.vectors += static_cast<std::uint64_t>(record.vectors);
  }
}

}  // namespace

Transcript play(const Program& program, const Levels& levels) {
  chip::ChipParameters chip = program.chip;
  for (int c = 0; c < chip.core_count; ++c) {
    core::CoreParameters core = chip.core;
    core.level = c % 2 == 0 ? levels.even : levels.odd;
    core.rtl = levels.rtl;
    chip.core_overrides.insert_or_assign(c, core);
  }
  Transcript transcript = Stage(chip, program.seeds).play(program.actions, chip.core_count);
  sort_by_time(transcript.records);
  return transcript;
}

std::optional<std::string> first_difference(const Program& program, const Transcript& a,
                                            const Transcript& b) {
  for (std::size_t i = 0; i < program.actions.size(); ++i) {
    if (const auto difference = answer_difference(a.answers[i], b.answers[i]))
      return fmt::format("action {}, {}: {}", i, program.actions[i].text(), *difference);
  }
  const std::size_t records = std::min(a.records.size(), b.records.size());
  for (std::size_t i = 0; i < records; ++i) {
    if (const auto difference = record_difference(a.records[i], b.records[i])) {
      return fmt::format("record {} ({} of core {} at {} ps), {}", i, name(a.records[i].kind),
                         a.records[i].core, a.records[i].start_ps, *difference);
    }
  }
  if (a.records.size() == b.records.size()) return std::nullopt;
  return fmt::format("{} records against {}", a.records.size(), b.records.size());
}

EquivalenceResult compare_levels(const EquivalenceRequest& request) {
  EquivalenceResult result;
  for (std::uint64_t number = request.first; number < request.first + request.programs; ++number) {
    if (request.interrupted && request.interrupted()) {
      result.complete = false;
      break;
    }
    const Program program = random_program(request.seed, number);
    const Levels second{number % 2 == 0 ? request.b : request.a, request.b, request.rtl};
    result.number = number;
    try {
      const Transcript a = play(program, {request.a, request.a, request.rtl});
      count(a, result);
      result.difference = first_difference(program, a, play(program, second));
    } catch (const sc_core::sc_report& report) {
      result.difference = report.what();  // an assertion of a block, say
    }
    if (result.difference) break;
    if (request.progress) request.progress(result.programs);
  }
  return result;
}

}  // namespace neurram::study
