#include "models/device/cell.h"

#include <algorithm>

#include "models/base/error.h"
#include "models/base/numerics.h"
#include "models/device/registry.h"
#include "models/device/statistical.h"

namespace neurram::device {

void DeviceParameters::describe(FieldVisitor& v) {
  constexpr auto kDeployment = Affects::kDeployment;
  v.text({"kind", "", "model of the cell: statistical", kDeployment}, kind);
  v.number({"g_min_s", "S", "conductance of an off cell (Nature 608, Methods)", kDeployment},
           g_min_s, {0, 1e-3});
  v.number({"g_max_s", "S",
            "conductance of the largest weight (40 uS for CNNs, 30 uS for LSTM and RBM; Methods)",
            kDeployment},
           g_max_s, {1e-9, 1e-3});
  v.number({"g_tolerance_s", "S", "window that write-verify accepts about the target (Methods)",
            kDeployment},
           g_tolerance_s, {0, 1e-3});
  v.number({"g_floor_s", "S", "smallest conductance a cell can have (chip team's un-formed cells)",
            kDeployment},
           g_floor_s, {0, 1e-3});
  v.integer({"programming_passes", "1",
             "times the array is programmed again after relaxing (Methods: 3)", kDeployment},
            programming_passes, {1, 10});
  v.number({"pass_relaxation_ratio", "1",
            "relaxation spread after 3 passes, relative to 1 (Methods: -29 %)", kDeployment},
           pass_relaxation_ratio, {0.01, 1});
  v.number({"age_s", "s",
            "time since programming at which the conductances are taken (assumption: a day)",
            kDeployment},
           age_s, {0, 1e9});
  v.number({"sigma_read", "1",
            "read noise of a cell in one word-line pulse, relative to g_max (AIHWKit's suggestion)",
            kDeployment},
           sigma_read, {0, 1});
  v.number({"pulses_per_cell", "1", "mean SET and RESET pulses of one write-verify (Methods)",
            kDeployment},
           pulses_per_cell, {0, 1e4});
  v.number({"success_rate", "1", "share of the cells that reach their window (Methods: 99 %)",
            kDeployment},
           success_rate, {0, 1});
  v.flag({"programming_spread", "",
          "switch: error inside the write-verify window, and cells that miss it", kDeployment},
         programming_spread);
  v.flag({"relaxation", "", "switch: conductance relaxation after programming", kDeployment},
         relaxation);
  v.flag({"read_noise", "", "switch: read noise of every word-line pulse", kDeployment},
         read_noise);
}

double relaxation_sigma_s(const DeviceParameters& parameters, double g_s) {
  // sigma [uS] = sum c_k x^k with x = G / 40 uS.
  static constexpr std::array<double, 5> kOneSecond = {0.348, 16.030, -43.853, 45.393, -16.815};
  static constexpr std::array<double, 5> kOneDay = {0.701, 22.086, -50.773, 47.095, -16.458};
  constexpr double kDay_s = 86400;
  constexpr double kMicro = 1e-6;
  const double x = std::clamp(g_s / 40e-6, 0.0, 1.0);
  const auto quartic = [x](const std::array<double, 5>& c) {
    return c[0] + x * (c[1] + x * (c[2] + x * (c[3] + x * c[4])));
  };
  const double position =
      std::clamp(portable_log(std::max(parameters.age_s, 1.0)) / portable_log(kDay_s), 0.0, 1.0);
  const double one_pass = quartic(kOneSecond) + position * (quartic(kOneDay) - quartic(kOneSecond));
  return kMicro * one_pass *
         portable_exp(portable_log(parameters.pass_relaxation_ratio) *
                      (parameters.programming_passes - 1) / 2.0);
}

namespace {

template <class Kind>
std::unique_ptr<Device> make(const DeviceParameters& parameters) {
  return std::make_unique<Kind>(parameters);
}

}  // namespace

std::map<std::string, DeviceFactory>& device_kinds() {
  static std::map<std::string, DeviceFactory> kinds = {{"statistical", make<StatisticalDevice>}};
  return kinds;
}

std::unique_ptr<Device> make_device(const DeviceParameters& parameters) {
  const auto& kinds = device_kinds();
  const auto found = kinds.find(parameters.kind);
  if (found != kinds.end()) return found->second(parameters);
  std::string known;
  for (const auto& [name, factory] : kinds) known += (known.empty() ? "" : ", ") + name;
  throw ConfigError("device.kind = \"" + parameters.kind + "\": no such device; known are " +
                    known);
}

}  // namespace neurram::device
