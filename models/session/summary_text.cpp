#include <algorithm>

#include <fmt/format.h>

#include "models/session/page.h"
#include "models/session/summary.h"

namespace neurram::session {
namespace {

std::string core_list(const std::vector<int>& cores) {
  if (cores.empty()) return "-";
  std::string text;
  for (const int c : cores) text += (text.empty() ? "" : " ") + std::to_string(c);
  return text;
}

double component(const Summary& s, const std::string& name) {
  for (const auto& [n, v] : s.energy_by_component_j) {
    if (n == name) return v;
  }
  return 0;
}

void add_layers(Page& page, const Summary& s) {
  const double images = std::max<double>(1, static_cast<double>(s.images));
  page.heading(fmt::format("{:<16}{:>10}{:>14}{:>14}   {}", "layer, per image", "MVMs", "energy",
                           "busy", "cores"));
  for (const LayerSummary& l : s.layers) {
    page.raw(
        fmt::format("  {:<16}{:>10}{:>14}{:>14}   {}\n", l.name,
                    l.mvms == 0 ? "-" : fmt::format("{:.0f}", static_cast<double>(l.mvms) / images),
                    si(l.energy_j / images, "J"), l.busy_s == 0 ? "-" : si(l.busy_s / images, "s"),
                    core_list(l.cores)));
  }
}

void add_components(Page& page, const Summary& s) {
  const double images = std::max<double>(1, static_cast<double>(s.images));
  const double total = s.energy_j * images;
  page.heading("energy by component, per image");
  for (const auto& [name, energy] : s.energy_by_component_j) {
    if (energy == 0) continue;
    const double share = total > 0 ? energy / total : 0;
    page.raw(fmt::format("  {:<16}{:>12} {:>6.1f} %  {}\n", name, si(energy / images, "J"),
                         100 * share, bar(share, 24)));
  }
}

}  // namespace

std::string to_text(const Summary& s, bool colour) {
  Page page(colour);
  const double images = std::max<double>(1, static_cast<double>(s.images));
  double core_j = 0;
  for (const char* c : {"word_lines", "drive", "neurons", "conversion", "control"})
    core_j += component(s, c);
  page.raw("\n");
  if (s.has_labels) {
    page.line("accuracy", fmt::format("{:.2f} %", 100 * s.accuracy),
              fmt::format("{:.2f} to {:.2f} % (95 %), {} of {} images", 100 * s.accuracy_low,
                          100 * s.accuracy_high, s.correct, s.images));
  } else {
    page.line("images", std::to_string(s.images), "no labels");
  }
  page.line(
      "energy per image", si(s.energy_j, "J"),
      fmt::format("cores {}, I/O {}, idle {}", si(core_j / images, "J"),
                  si(component(s, "io") / images, "J"), si(component(s, "idle") / images, "J")));
  page.line(
      "latency of one image", si(s.latency_s, "s"),
      fmt::format("cores {}, I/O {} ({} fabric)", si(s.core_s, "s"), si(s.io_s, "s"), s.fabric));
  page.line(
      "efficiency", fmt::format("{:.3g} TOPS/W", s.tops_per_w),
      fmt::format("cores alone; full arrays at this precision {:.3g} TOPS/W", s.tops_per_w_peak));
  add_layers(page, s);
  add_components(page, s);
  page.raw(page.dim(fmt::format(
      "\n  simulated {} in {:.2f} s of wall time; set-up {} and {} of the chip's time, {} "
      "cells missed their target\n",
      si(s.simulated_s, "s"), s.wall_s, si(s.setup_energy_j, "J"), si(s.setup_simulated_s, "s"),
      s.setup_failed_cells)));
  return page.text();
}

}  // namespace neurram::session
