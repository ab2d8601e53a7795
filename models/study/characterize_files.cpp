#include "models/study/characterize_files.h"

#include <algorithm>
#include <map>
#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "models/config/config.h"
#include "models/session/chart.h"
#include "models/session/page.h"

namespace neurram::study {
namespace {

using nlohmann::ordered_json;

ordered_json error_json(const ErrorShare& e) {
  return {{"calibrated", e.calibrated}, {"uncalibrated", e.uncalibrated}, {"steps", e.steps}};
}

ordered_json precision_json(const PrecisionPoint& p) {
  return {{"bits_in", p.bits_in},
          {"bits_out", p.bits_out},
          {"phases", p.phases},
          {"pulse_multiplier", p.pulse_multiplier},
          {"error", error_json(p.error)}};
}

std::string percent(double share) {
  return fmt::format("{:.2f} %", 100 * share);
}

std::string precision_csv(const Characterization& c) {
  std::string text =
      "bits_in,bits_out,phases,pulse_multiplier,error_calibrated,error_uncalibrated,error_steps\n";
  for (const PrecisionPoint& p : c.precision) {
    text +=
        fmt::format("{},{},{},{},{:.6g},{:.6g},{:.6g}\n", p.bits_in, p.bits_out, p.phases,
                    p.pulse_multiplier, p.error.calibrated, p.error.uncalibrated, p.error.steps);
  }
  return text;
}

std::string ablation_csv(const Characterization& c) {
  std::string text = "name,what,error_calibrated,error_uncalibrated,error_steps\n";
  for (const AblationPoint& a : c.ablation) {
    text += fmt::format("{},\"{}\",{:.6g},{:.6g},{:.6g}\n", a.name, a.what, a.error.calibrated,
                        a.error.uncalibrated, a.error.steps);
  }
  return text;
}

std::string sensing_csv(const Characterization& c) {
  std::string text = "mode,error_calibrated,error_uncalibrated,energy_j,latency_s\n";
  for (const SensingPoint& s : c.sensing) {
    text += fmt::format("{},{:.6g},{:.6g},{:.6g},{:.6g}\n", s.mode, s.error.calibrated,
                        s.error.uncalibrated, s.energy_j, s.latency_s);
  }
  return text;
}

std::string scatter_csv(const Characterization& c) {
  std::string text = "exact,measured\n";
  for (const ScatterPoint& p : c.scatter)
    text += fmt::format("{:.6g},{:.6g}\n", p.exact, p.measured);
  return text;
}

std::string scatter_chart(const Characterization& c) {
  std::vector<double> x, y;
  for (const ScatterPoint& p : c.scatter) {
    x.push_back(p.exact);
    y.push_back(p.measured);
  }
  session::Figure figure;
  figure.title = fmt::format("{} bits in, {} bits out: error {}", c.scatter_at.bits_in,
                             c.scatter_at.bits_out, percent(c.scatter_at.error.calibrated));
  session::Style dots;
  dots.opacity = 0.35;
  dots.size_px = 1.5;
  session::Style diagonal;
  diagonal.dashed = true;
  figure.panels.push_back(session::Panel("measured against exact, each column calibrated",
                                         {"exact [standard deviations]"},
                                         {"measured [standard deviations]"})
                              .points(x, y, dots)
                              .line({-4, 4}, {-4, 4}, diagonal));
  figure.columns = 1;
  figure.panel_width_px = figure.panel_height_px = 460;
  return to_svg(figure);
}

std::string precision_chart(const Characterization& c) {
  std::map<int, std::pair<std::vector<double>, std::vector<double>>> lines;  // by output bits
  for (const PrecisionPoint& p : c.precision) {
    lines[p.bits_out].first.push_back(p.bits_in);
    lines[p.bits_out].second.push_back(100 * p.error.calibrated);
  }
  session::Panel panel("error by precision", {"input bits"},
                       {"error [% of the results' standard deviation]", false, 0.0});
  for (const auto& [bits_out, line] : lines) {
    session::Style style;
    style.label = fmt::format("{} bits out", bits_out);
    panel.line(line.first, line.second, style);
  }
  session::Figure figure;
  figure.title = "Error of a product, each column calibrated";
  figure.panels.push_back(panel);
  figure.columns = 1;
  figure.panel_width_px = 560;
  figure.panel_height_px = 360;
  return to_svg(figure);
}

std::string ablation_chart(const Characterization& c) {
  session::Axis names;
  std::vector<double> calibrated, uncalibrated;
  for (const AblationPoint& a : c.ablation) {
    names.categories.push_back(a.name + ": " + a.what);
    calibrated.push_back(100 * a.error.calibrated);
    uncalibrated.push_back(100 * a.error.uncalibrated);
  }
  session::Style with, without;
  with.label = "columns calibrated";
  without.label = "one slope for all";
  session::Figure figure;
  figure.title = "What costs how much: one non-ideality at a time, 4 bits in, 8 bits out";
  figure.panels.push_back(
      session::Panel("", {"error [% of the results' standard deviation]"}, names)
          .bars(calibrated, with)
          .bars(uncalibrated, without));
  figure.columns = 1;
  figure.panel_width_px = 760;
  figure.panel_height_px = 34.0 * static_cast<double>(c.ablation.size()) + 80;
  return to_svg(figure);
}

}  // namespace

ordered_json to_json(const Characterization& c) {
  ordered_json json = {{"schema", 1},
                       {"complete", c.complete},
                       {"inputs", c.inputs},
                       {"outputs", c.outputs},
                       {"vectors", c.vectors},
                       {"scatter", precision_json(c.scatter_at)},
                       {"precision", ordered_json::array()},
                       {"sensing", ordered_json::array()},
                       {"ablation", ordered_json::array()}};
  for (const PrecisionPoint& p : c.precision) json["precision"].push_back(precision_json(p));
  for (const SensingPoint& s : c.sensing) {
    json["sensing"].push_back({{"mode", s.mode},
                               {"error", error_json(s.error)},
                               {"energy_j", s.energy_j},
                               {"latency_s", s.latency_s}});
  }
  for (const AblationPoint& a : c.ablation) {
    json["ablation"].push_back(
        {{"name", a.name}, {"what", a.what}, {"error", error_json(a.error)}});
  }
  return json;
}

std::string to_text(const Characterization& c, bool colour) {
  session::Page page(colour);
  page.raw(
      fmt::format("\n  Products of {} inputs and {} outputs against exact ones, {} vectors. Errors "
                  "are r.m.s.,\n"
                  "  in per cent of the results' standard deviation.\n",
                  c.inputs, c.outputs, c.vectors));
  page.heading("by precision, each column calibrated");
  for (const PrecisionPoint& p : c.precision) {
    page.line(fmt::format("{} bits in, {:2} out", p.bits_in, p.bits_out),
              percent(p.error.calibrated),
              fmt::format("{:.2f} steps, {} phase{}, x{}", p.error.steps, p.phases,
                          p.phases == 1 ? "" : "s", p.pulse_multiplier));
  }
  page.heading("by sensing, 4 bits in, 6 bits out");
  for (const SensingPoint& s : c.sensing) {
    page.line(s.mode + " mode", percent(s.error.calibrated),
              fmt::format("{} and {} a product", session::si(s.energy_j, "J"),
                          session::si(s.latency_s, "s")));
  }
  page.heading("one non-ideality at a time, 4 bits in, 8 bits out: calibrated (one slope for all)");
  for (const AblationPoint& a : c.ablation) {
    page.raw(fmt::format("  {:28}{:>9}{:>12}   {}\n", a.name, percent(a.error.calibrated),
                         "(" + percent(a.error.uncalibrated) + ")", page.dim(a.what)));
  }
  page.raw("\n");
  return page.text();
}

void write_folder(session::RunFolder& folder, const session::Config& config,
                  const Characterization& c) {
  std::ostringstream toml;
  session::Config copy = config;
  config::dump_toml(copy, toml);
  folder.write("run.toml", toml.str());
  folder.write("summary.json", to_json(c).dump(2) + "\n");
  folder.write("scatter.csv", scatter_csv(c));
  folder.write("precision.csv", precision_csv(c));
  folder.write("sensing.csv", sensing_csv(c));
  folder.write("ablation.csv", ablation_csv(c));
  folder.write("scatter.svg", scatter_chart(c));
  folder.write("precision.svg", precision_chart(c));
  folder.write("ablation.svg", ablation_chart(c));
  folder.keep();
}

}  // namespace neurram::study
