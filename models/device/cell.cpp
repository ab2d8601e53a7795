#include "models/device/cell.h"

#include <algorithm>
#include <array>

#include "models/base/error.h"
#include "models/base/numerics.h"
#include "models/device/pulse.h"
#include "models/device/registry.h"
#include "models/device/statistical.h"
#include "models/device/table.h"

namespace neurram::device {
namespace {

constexpr double kMicro = 1e-6;

double one_pass_sigma_us(double g_s, double since_s) {
  // sigma [uS] = sum c_k x^k with x = G / 40 uS.
  static constexpr std::array<double, 5> kOneSecond = {0.348, 16.030, -43.853, 45.393, -16.815};
  static constexpr std::array<double, 5> kOneDay = {0.701, 22.086, -50.773, 47.095, -16.458};
  constexpr double kDay_s = 86400;
  const double x = std::clamp(g_s / 40e-6, 0.0, 1.0);
  const auto quartic = [x](const std::array<double, 5>& c) {
    return c[0] + x * (c[1] + x * (c[2] + x * (c[3] + x * c[4])));
  };
  static const double log_day = portable_log(kDay_s);
  const double position = std::clamp(portable_log(std::max(since_s, 1.0)) / log_day, 0.0, 1.0);
  return quartic(kOneSecond) + position * (quartic(kOneDay) - quartic(kOneSecond));
}

}  // namespace

double relaxation_sigma_s(double g_s, double since_s) {
  return kMicro * one_pass_sigma_us(g_s, since_s);
}

double relaxation_sigma_s(const DeviceParameters& parameters, double g_s) {
  return kMicro * one_pass_sigma_us(g_s, parameters.age_s) *
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
  static std::map<std::string, DeviceFactory> kinds = {{"pulse", make<PulseDevice>},
                                                       {"statistical", make<StatisticalDevice>},
                                                       {"table", make<TableDevice>}};
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
