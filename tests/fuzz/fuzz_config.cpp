#include "models/base/error.h"
#include "models/config/config.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <sstream>
#include <string>

/// Any bytes as a TOML configuration and as the value of --set: each is either refused with a
/// ConfigError or taken, and what was taken dumps to a text that reads back to the same dump.
namespace {

using namespace neurram;

enum class Level { kFunctional, kPhased };

struct Core {
  Level level = Level::kFunctional;
  double offset_v = 1e-3;

  void describe(FieldVisitor& v) {
    v.choice({"level", "", "fidelity", Affects::kRun}, level, {"functional", "phased"});
    v.number({"offset_v", "V", "amplifier offset", Affects::kRun}, offset_v, {0, 1});
  }
};

struct Chip {
  std::string name;
  std::uint64_t seed = 0;
  bool noise = true;
  int cores = 4;
  Core core;
  std::map<int, Core> core_overrides;

  void describe(FieldVisitor& v) {
    v.text({"name", "", "name", Affects::kRun}, name);
    v.integer({"seed", "1", "seed", Affects::kRun}, seed, {0, 1e18});
    v.flag({"noise", "", "noise", Affects::kRun}, noise);
    v.integer({"cores", "1", "cores", Affects::kRun}, cores, {1, 64});
    v.indexed("core", "one core", cores, core, core_overrides);
  }
};

std::string dump(Chip& chip) {
  std::ostringstream out;
  config::dump_toml(chip, out);
  return out.str();
}

/// Aborts where a configuration does not survive its own dump.
void check_round_trip(Chip& chip) {
  const std::string text = dump(chip);
  Chip copy;
  config::read_toml_text(text, "dump", copy);
  if (dump(copy) != text) std::abort();
}

template <class Action>
void attempt(Action action) {
  Chip chip;
  try {
    action(chip);
  } catch (const ConfigError&) {
    Chip untouched;
    if (dump(chip) != dump(untouched)) std::abort();
    return;
  }
  check_round_trip(chip);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  attempt([&](Chip& chip) { config::read_toml_text(text, "fuzz", chip); });
  attempt([&](Chip& chip) { config::set_field(chip, text); });
  return 0;
}
