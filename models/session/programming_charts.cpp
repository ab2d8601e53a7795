// Pictures of a programming run, as the chip's publication shows them (Nature 608, Extended Data
// Fig. 3): pulses per cell, distributions at eight levels, spread against conductance.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "models/session/chart.h"
#include "models/session/programming_summary.h"

namespace neurram::session {
namespace {

/// Counts in even bins; what lies outside counts in the first or last.
struct Histogram {
  Histogram(double from, double to, int bins)
      : low(from), width((to - from) / bins), counts(static_cast<std::size_t>(bins)) {
    for (int b = 0; b <= bins; ++b) edges.push_back(low + b * width);
  }
  void add(double value) {
    const double bin = std::floor((value - low) / width);
    const auto last = static_cast<double>(counts.size() - 1);
    ++counts[static_cast<std::size_t>(std::clamp(bin, 0.0, last))];
  }

  /// Without the empty bins at both ends.
  [[nodiscard]] Histogram trimmed() const {
    Histogram other = *this;
    while (!other.counts.empty() && other.counts.back() == 0) {
      other.counts.pop_back();
      other.edges.pop_back();
    }
    const auto first = std::find_if(other.counts.begin(), other.counts.end(),
                                    [](double count) { return count > 0; }) -
                       other.counts.begin();
    other.counts.erase(other.counts.begin(), other.counts.begin() + first);
    other.edges.erase(other.edges.begin(), other.edges.begin() + first);
    return other;
  }

  double low;
  double width;
  std::vector<double> edges;
  std::vector<double> counts;
};

std::string pulses_chart(const std::vector<CellOutcome>& cells, const ProgrammingSummary& s) {
  constexpr int kMost = 60;
  Histogram histogram(-0.5, kMost + 0.5, kMost + 1);
  for (const CellOutcome& cell : cells) histogram.add(cell.pulses);
  std::vector<double> x, share;
  double sum = 0;
  for (int p = 0; p < kMost; ++p) {
    sum += histogram.counts[static_cast<std::size_t>(p)];
    x.push_back(p);
    share.push_back(100 * sum / std::max<double>(1, static_cast<double>(cells.size())));
  }
  Figure figure;
  figure.title = fmt::format("Pulses per cell: {:.2f} in the mean of {} pass{}", s.pulses_per_cell,
                             s.passes, s.passes == 1 ? "" : "es");
  const std::string label = fmt::format("SET and RESET pulses ({} or more in the last bar)", kMost);
  figure.panels.push_back(
      Panel("cells by pulses", {label}, {"cells"}).histogram(histogram.edges, histogram.counts));
  figure.panels.push_back(
      Panel("cells that need no more", {"SET and RESET pulses"}, {"cells [%]", false, 0.0, 100.0})
          .line(x, share));
  return to_svg(figure);
}

std::string levels_chart(const device::DeviceParameters& device,
                         const std::vector<CellOutcome>& cells, const ProgrammingSummary& s) {
  const double high = 10 * std::ceil(std::round(device.g_max_s * 1e6) / 10) + 10;
  const int bins = static_cast<int>(4 * high);
  std::vector<Histogram> verified(kLevels, Histogram(0, high, bins));
  std::vector<Histogram> final(kLevels, Histogram(0, high, bins));
  for (const CellOutcome& cell : cells) {
    const int level = nearest_level(device, cell.target_us());
    const double centre = level_us(device, level);
    verified[static_cast<std::size_t>(level)].add(centre + cell.verified_us() - cell.target_us());
    final[static_cast<std::size_t>(level)].add(centre + cell.final_us() - cell.target_us());
  }
  Figure figure;
  figure.title = "Conductance at eight levels (targets moved to the nearest)";
  figure.columns = 1;
  figure.panel_width_px = 760;
  figure.panel_height_px = 220;
  const Axis x{"level + conductance - target [uS]", false, 0.0, high};
  Panel first("last verify read", x, {"cells"});
  Panel second(age_text(s.age_s) + " later", x, {"cells"});
  for (std::size_t l = 0; l < kLevels; ++l) {
    Style style;
    style.colour = l;
    style.opacity = 0.6;
    const Histogram then = verified[l].trimmed();
    const Histogram now = final[l].trimmed();
    if (then.counts.empty()) continue;
    first.histogram(then.edges, then.counts, style);
    second.histogram(now.edges, now.counts, style);
  }
  figure.panels = {first, second};
  return to_svg(figure);
}

std::string spread_chart(const device::DeviceParameters& device, const ProgrammingSummary& s) {
  const Axis conductance{"target [uS]"};
  const Axis sigma{"standard deviation [uS]", false, 0.0};
  Panel by_age("after one pass", conductance, sigma);
  Panel by_passes(age_text(s.age_s) + " after the last pass", conductance, sigma);
  const double passes = s.iterations.back().passes;
  Panel mean("mean over targets", {"passes", false, 0.0, passes + 1}, sigma);
  Panel shift(age_text(s.age_s) + " after the last pass", conductance, {"mean error [uS]"});
  std::vector<double> ages;
  for (const Iteration& it : s.iterations) {
    std::vector<double> x, deviation, error;
    for (int b = 0; b < Iteration::kBins; ++b) {
      const Spread& spread = it.bins[static_cast<std::size_t>(b)];
      if (spread.cells < 2) continue;
      x.push_back(bin_us(device, b));
      deviation.push_back(spread.sigma_us);
      error.push_back(spread.mean_us);
    }
    Style style;
    if (it.passes == 1) {
      ages.push_back(it.age_s);
      style.label = age_text(it.age_s);
      by_age.line(x, deviation, style);
    }
    if (it.age_s == s.age_s) {
      style.label = fmt::format(it.passes == 1 ? "{} pass" : "{} passes", it.passes);
      by_passes.line(x, deviation, style);
      shift.line(x, error, style);
    }
  }
  for (std::size_t a = 0; a < ages.size(); ++a) {
    std::vector<double> x, y;
    for (const Iteration& it : s.iterations) {
      if (it.age_s != ages[a]) continue;
      x.push_back(it.passes);
      y.push_back(it.sigma_us);
    }
    Style style;
    style.colour = a;
    style.size_px = 3.5;
    mean.points(x, y, style);
    style.label = age_text(ages[a]);
    mean.line(x, y, style);
  }
  Figure figure;
  figure.title = "Spread of conductance about its target";
  figure.panels = {by_age, by_passes, mean, shift};
  return to_svg(figure);
}

std::string cells_chart(const std::vector<CellOutcome>& cells) {
  const std::uint16_t core = cells.empty() ? std::uint16_t{0} : cells.front().core;
  std::vector<double> failed_x, failed_y, unusable_x, unusable_y;
  for (const CellOutcome& cell : cells) {
    if (cell.core != core) continue;
    if (cell.unusable) {
      unusable_x.push_back(cell.column);
      unusable_y.push_back(cell.row);
    } else if (cell.failed) {
      failed_x.push_back(cell.column);
      failed_y.push_back(cell.row);
    }
  }
  Figure figure;
  figure.title = fmt::format("Cells of core {} that missed their target", core);
  figure.columns = 1;
  figure.panel_width_px = 480;
  figure.panel_height_px = 480;
  Style failed;
  failed.label = "missed";
  Style unusable;
  unusable.label = "unusable";
  unusable.size_px = 4;
  figure.panels.push_back(Panel("", {"column", false, 0.0, 256.0}, {"row", false, 0.0, 256.0})
                              .points(failed_x, failed_y, failed)
                              .points(unusable_x, unusable_y, unusable));
  return to_svg(figure);
}

}  // namespace

std::vector<std::pair<std::string, std::string>> programming_charts(
    const Config& config, const ProgrammingSummary& summary,
    const std::vector<CellOutcome>& cells) {
  const device::DeviceParameters& device = config.chip.core.device;
  std::vector<std::pair<std::string, std::string>> charts = {
      {"pulses.svg", pulses_chart(cells, summary)},
      {"levels.svg", levels_chart(device, cells, summary)},
      {"cells.svg", cells_chart(cells)}};
  if (!summary.iterations.empty()) charts.emplace_back("spread.svg", spread_chart(device, summary));
  return charts;
}

}  // namespace neurram::session
