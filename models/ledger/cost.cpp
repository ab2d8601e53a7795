#include "models/ledger/cost.h"

namespace neurram::ledger {

std::string_view name(Component component) {
  static constexpr std::array<std::string_view, kComponents> kNames = {
      "word_lines", "drive",       "neurons", "conversion", "control",
      "io",         "programming", "digital", "idle"};
  return kNames[static_cast<std::size_t>(component)];
}

std::string_view name(Phase phase) {
  static constexpr std::array<std::string_view, kPhases> kNames = {
      "rails", "initialise", "sample",  "integrate", "convert",
      "wait",  "io",         "program", "digital",   "control"};
  return kNames[static_cast<std::size_t>(phase)];
}

Femtojoules Cost::total_energy() const {
  Femtojoules sum;
  for (const Femtojoules e : energy) sum += e;
  return sum;
}

Picoseconds Cost::total_time() const {
  Picoseconds sum;
  for (const Picoseconds t : time) sum += t;
  return sum;
}

Cost& Cost::operator+=(const Cost& other) {
  for (std::size_t i = 0; i < kComponents; ++i) energy[i] += other.energy[i];
  for (std::size_t i = 0; i < kPhases; ++i) time[i] += other.time[i];
  return *this;
}

}  // namespace neurram::ledger
