#pragma once

#include "models/base/field.h"
#include "models/config/config.h"

#include <cstdint>
#include <map>
#include <string>

/// A configuration with a field of every kind, for the tests of this folder.
namespace neurram::config::sample {

enum class Level { kFunctional, kPhased, kRtl };

struct Neuron {
  double offset_v = 1e-3;
  int bits_out = 6;

  void describe(FieldVisitor& v) {
    v.number({"offset_v", "V", "amplifier offset", Affects::kDeployment}, offset_v, {0, 0.1});
    v.integer({"bits_out", "1", "bits of an output", Affects::kRun}, bits_out, {1, 8});
  }
};

struct Core {
  Level level = Level::kFunctional;
  bool noise = true;
  Neuron neuron;

  void describe(FieldVisitor& v) {
    v.choice({"level", "", "fidelity", Affects::kRun}, level, {"functional", "phased", "rtl"});
    v.flag({"noise", "", "read noise on", Affects::kRun}, noise);
    v.group("neuron", "voltage-mode neuron", neuron);
  }
};

struct Chip {
  int cores = 48;
  double v_read_v = 0.5;
  Core core;
  std::map<int, Core> core_overrides;

  void describe(FieldVisitor& v) {
    v.indexed("core", "one core", cores, core, core_overrides);
    v.integer({"cores", "1", "number of cores", Affects::kDeployment}, cores, {1, 100000});
    v.number({"v_read_v", "V", "read voltage", Affects::kDeployment}, v_read_v, {-1.5, 1.5});
  }
  [[nodiscard]] const Core& core_at(int index) const {
    const auto found = core_overrides.find(index);
    return found == core_overrides.end() ? core : found->second;
  }
};

struct Root {
  std::string title = "plain";
  std::uint64_t seed = 1;
  double limit = 1.0;
  Chip chip;

  void describe(FieldVisitor& v) {
    v.text({"title", "", "name of the run", Affects::kRun}, title);
    v.integer({"seed", "1", "seed of all draws", Affects::kDeployment}, seed,
              {0, 9223372036854775807.0});
    v.number({"limit", "1", "a number without bounds", Affects::kRun}, limit, {});
    v.group("chip", "the chip", chip);
  }
};

std::string dump(Root& root, bool with_comments = true);

/// Reads `text` as a file "chip.toml".
void read(Root& root, const std::string& text);

/// The message of the ConfigError that `text` causes. Fails the test where there is none, or where
/// the root is not left as it was.
std::string error_of(const std::string& text, Root root = {});

/// The same for one --set.
std::string set_error_of(const std::string& assignment, Root root = {});

}  // namespace neurram::config::sample
