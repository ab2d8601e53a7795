#include "models/ledger/ledger.h"

#include <algorithm>
#include <array>

namespace neurram::ledger {

std::string_view name(Kind kind) {
  static constexpr std::array<std::string_view, kKinds> kNames = {
      "operation", "burst_in", "burst_out", "program", "rails", "digital"};
  return kNames[static_cast<std::size_t>(kind)];
}

void Totals::add(const Record& record) {
  ++commands;
  if (record.kind == Kind::kOperation) {
    ++operations;
    vectors += record.vectors;
  }
  cycles += record.cycles;
  cost += record.cost;
}

Totals& Totals::operator+=(const Totals& other) {
  commands += other.commands;
  operations += other.operations;
  vectors += other.vectors;
  cycles += other.cycles;
  cost += other.cost;
  return *this;
}

void Ledger::detach(Recorder* recorder) {
  recorders_.erase(std::remove(recorders_.begin(), recorders_.end(), recorder), recorders_.end());
}

void Ledger::add(Record record) {
  if (paused_) return;
  record.id = next_id_++;
  record.layer = layer_;
  layers_[static_cast<std::size_t>(layer_ + 1)].add(record);
  for (Recorder* recorder : recorders_) recorder->record(record);
}

Totals Ledger::total() const {
  Totals sum;
  for (const Totals& layer : layers_) sum += layer;
  return sum;
}

void Ledger::clear() {
  std::fill(layers_.begin(), layers_.end(), Totals{});
  next_id_ = 0;
}

}  // namespace neurram::ledger
