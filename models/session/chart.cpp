#include "models/session/chart.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace neurram::session {
namespace {

/// Okabe and Ito's colours, which the colour-blind tell apart, on white.
constexpr const char* kPalette[] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                    "#e69f00", "#56b4e9", "#000000"};
constexpr std::size_t kColours = std::size(kPalette);
constexpr double kFontPx = 12;
constexpr double kTitlePx = 17;
constexpr double kLetterPx = 6.8;  // of the font, on average and generously
constexpr double kRowPx = 17;
constexpr double kGapPx = 8;
constexpr double kHuge = 1e100;  // values beyond do not stretch the axes
constexpr int kTicksX = 6;
constexpr int kTicksY = 5;

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c >= '\0' && c < ' ' ? ' ' : c;
    }
  }
  return out;
}

double text_px(const std::string& text) {
  const auto letters = std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;  // not the rest of a UTF-8 letter
  });
  return kLetterPx * static_cast<double>(letters);
}

/// `anchor`: which end of the text is at x: start, middle, end.
std::string text_at(double x, double y, const char* anchor, const std::string& text,
                    const std::string& more = "") {
  return fmt::format(
      "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\" fill=\"#222\"{}>{}</text>\n", x, y,
      anchor, more, escaped(text));
}

std::string circle(double x, double y, double radius, const char* fill) {
  return fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{:g}\"{}/>\n", x, y, radius,
                     fill != nullptr ? fmt::format(" fill=\"{}\"", fill) : "");
}

std::string line_at(double x1, double y1, double x2, double y2, const char* colour) {
  return fmt::format("<path d=\"M{:.1f} {:.1f}L{:.1f} {:.1f}\" stroke=\"{}\"/>\n", x1, y1, x2, y2,
                     colour);
}

}  // namespace

Panel& Panel::add(Series series) {
  if (!series.style.colour) series.style.colour = series_.size();
  *series.style.colour %= kColours;
  series_.push_back(std::move(series));
  return *this;
}

Panel& Panel::points(std::vector<double> x, std::vector<double> y, Style style) {
  return add({Mark::kPoints, std::move(x), std::move(y), {}, {}, std::move(style)});
}
Panel& Panel::line(std::vector<double> x, std::vector<double> y, Style style) {
  return add({Mark::kLine, std::move(x), std::move(y), {}, {}, std::move(style)});
}
Panel& Panel::errors(std::vector<double> x, std::vector<double> y, std::vector<double> low,
                     std::vector<double> high, Style style) {
  return add({Mark::kErrors, std::move(x), std::move(y), std::move(low), std::move(high),
              std::move(style)});
}
Panel& Panel::histogram(std::vector<double> edges, std::vector<double> counts, Style style) {
  return add({Mark::kHistogram, std::move(edges), std::move(counts), {}, {}, std::move(style)});
}
Panel& Panel::bars(std::vector<double> values, Style style) {
  return add({Mark::kBars, std::move(values), {}, {}, {}, std::move(style)});
}

/// Draws a panel into the rectangle (left, top) to (right, bottom).
class PanelDrawing {
 public:
  PanelDrawing(const Panel& panel, double left, double top, double width, double height)
      : panel_(panel), left_(left), top_(top), width_(width), height_(height) {}

  std::string draw() {
    draw_title();
    draw_legend();
    place_scales();
    draw_axes();
    draw_data();
    svg_ += values_;
    // The frame, over what touches it.
    svg_ += fmt::format("<path d=\"M{0:.1f} {1:.1f}V{2:.1f}H{3:.1f}\" stroke=\"#333\"/>\n",
                        x_.low_px, y_.high_px, y_.low_px, x_.high_px);
    return svg_;
  }

 private:
  using Mark = Panel::Mark;
  using Series = Panel::Series;

  [[nodiscard]] bool has_categories() const { return !panel_.y_.categories.empty(); }

  void draw_title() {
    if (panel_.title_.empty()) return;
    top_ += kRowPx;
    svg_ += text_at(left_ + width_ / 2, top_ - 4, "middle", panel_.title_, " font-weight=\"bold\"");
  }

  /// In rows above the plot, so that it hides nothing.
  void draw_legend() {
    constexpr double kSwatchPx = 18;
    double x = left_ + width_;
    for (const Series& series : panel_.series_) {
      if (series.style.label.empty()) continue;
      const double wide = kSwatchPx + 4 + text_px(series.style.label) + kGapPx;
      if (x + wide > left_ + width_) {
        top_ += kRowPx;
        x = left_ + 2 * kGapPx;
      }
      svg_ += swatch(series, x, top_ - 4, kSwatchPx);
      svg_ += text_at(x + kSwatchPx + 4, top_, "start", series.style.label);
      x += wide + kGapPx;
    }
  }

  static std::string swatch(const Series& series, double x, double y, double wide) {
    if (series.mark == Mark::kPoints) return circle(x + wide / 2, y, 4, colour(series));
    const bool thin = series.mark == Mark::kLine || series.mark == Mark::kErrors;
    return fmt::format("<path d=\"M{:.1f} {:.1f}h{}\" stroke=\"{}\" stroke-width=\"{}\"{}/>\n", x,
                       y, wide, colour(series), thin ? 2 : 9, dashes(series));
  }

  void place_scales() {
    x_.logarithmic = panel_.x_.logarithmic;
    y_.logarithmic = panel_.y_.logarithmic && !has_categories();
    set_range(x_, panel_.x_, true);
    if (has_categories()) {
      y_.low = static_cast<double>(panel_.y_.categories.size()) - 0.5;
      y_.high = -0.5;
    } else {
      set_range(y_, panel_.y_, false);
    }
    double widest = 0;
    for (const std::string& text : panel_.y_.categories) widest = std::max(widest, text_px(text));
    if (!has_categories()) {
      for (const double tick : y_.ticks(kTicksY))
        widest = std::max(widest, text_px(y_.tick_text(tick, kTicksY)));
    }
    const double value_px = has_categories() ? text_px("-0.0000") : 0;
    x_.low_px = left_ + (panel_.y_.label.empty() ? 0 : kRowPx) + widest + 2 * kGapPx;
    x_.high_px = std::max(left_ + width_ - 2 * kGapPx - value_px, x_.low_px + 10);
    y_.high_px = top_ + kGapPx;
    y_.low_px = bottom_ - (panel_.x_.label.empty() ? 0 : kRowPx) - kRowPx - kGapPx;
  }

  void set_range(Scale& scale, const Axis& axis, bool is_x) const {
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    bool from_zero = false;
    const auto see = [&](const std::vector<double>& values) {
      for (const double v : values) {
        if (!(std::fabs(v) < kHuge) || (scale.logarithmic && v < 1 / kHuge)) continue;
        low = std::min(low, v);
        high = std::max(high, v);
      }
    };
    for (const Series& series : panel_.series_) {
      see(is_x ? series.x : series.y);
      if (!is_x) see(series.low), see(series.high);
      from_zero = from_zero || series.mark == (is_x ? Mark::kBars : Mark::kHistogram);
    }
    if (from_zero && !scale.logarithmic) low = std::min(low, 0.0), high = std::max(high, 0.0);
    if (!(low <= high)) low = scale.logarithmic ? 0.1 : 0, high = 1;
    const bool pad_low = !(from_zero && low == 0);
    if (scale.logarithmic) {
      const double pad = std::max(std::pow(high / low, 0.04), 1.05);
      low /= pad, high *= pad;
    } else {
      const double size = high > low ? high - low : std::max(std::fabs(high), 1.0);
      low -= pad_low ? 0.04 * size : 0, high += 0.04 * size;
    }
    scale.low = axis.low.value_or(low);
    scale.high = axis.high.value_or(high);
    // Wide enough for ticks to differ.
    const double least = 1e-9 * std::max(std::fabs(scale.low), std::fabs(scale.high));
    if (!(scale.high - scale.low > least)) scale.high = scale.low + std::max(2 * least, 1 / kHuge);
  }

  void draw_axes() {
    constexpr const char* kGrid = "#e4e4e4";
    for (const double tick : x_.ticks(kTicksX)) {
      svg_ += line_at(x_(tick), y_.high_px, x_(tick), y_.low_px, kGrid);
      svg_ += text_at(x_(tick), y_.low_px + kFontPx + 3, "middle", x_.tick_text(tick, kTicksX));
    }
    const double middle_y = (y_.low_px + y_.high_px) / 2;
    if (has_categories()) {
      for (std::size_t k = 0; k < panel_.y_.categories.size(); ++k) {
        svg_ += text_at(x_.low_px - kGapPx, y_(static_cast<double>(k)) + 4, "end",
                        panel_.y_.categories[k]);
      }
    } else {
      for (const double tick : y_.ticks(kTicksY)) {
        svg_ += line_at(x_.low_px, y_(tick), x_.high_px, y_(tick), kGrid);
        svg_ += text_at(x_.low_px - 5, y_(tick) + 4, "end", y_.tick_text(tick, kTicksY));
      }
    }
    svg_ += text_at((x_.low_px + x_.high_px) / 2, y_.low_px + kFontPx + 3 + kRowPx, "middle",
                    panel_.x_.label);
    svg_ +=
        text_at(left_ + kFontPx, middle_y, "middle", panel_.y_.label,
                fmt::format(" transform=\"rotate(-90 {:.1f} {:.1f})\"", left_ + kFontPx, middle_y));
  }

  static const char* colour(const Series& series) { return kPalette[*series.style.colour]; }
  static const char* dashes(const Series& series) {
    return series.style.dashed ? " stroke-dasharray=\"6 4\"" : "";
  }

  /// Where a point is; nothing if it is nowhere.
  [[nodiscard]] std::optional<std::string> place(double x, double y) const {
    const double at_x = x_(x), at_y = y_(y);
    if (std::isnan(at_x) || std::isnan(at_y)) return std::nullopt;
    return fmt::format("{:.1f} {:.1f}", at_x, at_y);
  }

  /// An inner picture of the same coordinates, which cuts off what lies outside.
  void draw_data() {
    const double wide = x_.high_px - x_.low_px, high = y_.low_px - y_.high_px;
    svg_ += fmt::format(
        "<svg x=\"{0:.1f}\" y=\"{1:.1f}\" width=\"{2:.1f}\" height=\"{3:.1f}\" "
        "viewBox=\"{0:.1f} {1:.1f} {2:.1f} {3:.1f}\">\n",
        x_.low_px, y_.high_px, wide, high);
    std::size_t set = 0;
    for (const Series& series : panel_.series_) {
      svg_ += fmt::format("<g opacity=\"{:g}\">\n",
                          series.mark == Mark::kPoints ? 1 : series.style.opacity);
      if (series.mark == Mark::kPoints) draw_points(series, series.style.opacity);
      if (series.mark == Mark::kLine) draw_line(series);
      if (series.mark == Mark::kErrors) draw_errors(series);
      if (series.mark == Mark::kHistogram) draw_histogram(series);
      if (series.mark == Mark::kBars) draw_bars(series, set++);
      svg_ += "</g>\n";
    }
    svg_ += "</svg>\n";
  }

  void draw_points(const Series& series, double opacity) {
    svg_ += fmt::format("<g fill=\"{}\" fill-opacity=\"{:g}\">\n", colour(series), opacity);
    for (std::size_t k = 0; k < std::min(series.x.size(), series.y.size()); ++k) {
      if (place(series.x[k], series.y[k]))
        svg_ += circle(x_(series.x[k]), y_(series.y[k]), series.style.size_px, nullptr);
    }
    svg_ += "</g>\n";
  }

  void stroke(const Series& series, const std::string& path, double px) {
    svg_ += fmt::format(
        "<path d=\"{}\" stroke=\"{}\" stroke-width=\"{:g}\" stroke-linejoin=\"round\"{}/>\n", path,
        colour(series), px, dashes(series));
  }

  void draw_line(const Series& series) {
    std::string path;
    bool drawing = false;
    for (std::size_t k = 0; k < std::min(series.x.size(), series.y.size()); ++k) {
      const auto at = place(series.x[k], series.y[k]);
      if (at) path += (drawing ? "L" : "M") + *at;
      drawing = at.has_value();
    }
    stroke(series, path, 2);
  }

  void draw_errors(const Series& series) {
    draw_line(series);
    draw_points(series, 1);
    std::string path;
    const std::size_t count = std::min({series.x.size(), series.low.size(), series.high.size()});
    for (std::size_t k = 0; k < count; ++k) {
      const auto low = place(series.x[k], series.low[k]);
      const auto high = place(series.x[k], series.high[k]);
      if (low && high) path += fmt::format("M{}m-3 0h6m-3 0L{}m-3 0h6", *low, *high);
    }
    stroke(series, path, 1.2);
  }

  void draw_histogram(const Series& series) {
    const double base = y_.logarithmic ? y_.low : std::clamp(0.0, y_.low, y_.high);
    std::string path;
    double end = 0;
    for (std::size_t k = 0; k < series.y.size() && k + 1 < series.x.size(); ++k) {
      const double top = y_.logarithmic && series.y[k] <= 0 ? base : series.y[k];
      const auto from = place(series.x[k], top);
      const auto to = place(series.x[k + 1], top);
      if (!from || !to) continue;
      if (path.empty()) path = "M" + *place(series.x[k], base);
      path += "L" + *from + "L" + *to;
      end = series.x[k + 1];
    }
    if (path.empty()) return;
    path += "L" + *place(end, base);
    svg_ +=
        fmt::format("<path d=\"{}\" fill=\"{}\" fill-opacity=\"0.2\"/>\n", path, colour(series));
    stroke(series, path, 1.5);
  }

  void draw_bars(const Series& series, std::size_t set) {
    const auto sets =
        static_cast<double>(std::count_if(panel_.series_.begin(), panel_.series_.end(),
                                          [](const Series& s) { return s.mark == Mark::kBars; }));
    constexpr double kShare = 0.76;  // of a category's height
    const double thick = kShare / sets;
    const double base = x_.logarithmic ? x_.low : std::clamp(0.0, x_.low, x_.high);
    for (std::size_t k = 0; k < std::min(series.x.size(), panel_.y_.categories.size()); ++k) {
      if (std::isnan(x_(series.x[k]))) continue;
      const double y = static_cast<double>(k) - kShare / 2 + thick * static_cast<double>(set);
      const double from = std::min(x_(base), x_(series.x[k]));
      const double to = std::max(x_(base), x_(series.x[k]));
      svg_ += fmt::format(
          "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"{}\"/>\n",
          from, y_(y), to - from, y_(y + thick) - y_(y) - 1, colour(series));
      values_ += text_at(to + 4, (y_(y) + y_(y + thick)) / 2 + 4, "start",
                         fmt::format("{:.3g}", series.x[k]), " font-size=\"11\"");
    }
  }

  const Panel& panel_;
  double left_, top_, width_, height_;
  double bottom_ = top_ + height_;
  Scale x_, y_;
  std::string svg_;
  std::string values_;  ///< of bars: they may lie outside
};

std::string to_svg(const Figure& figure) {
  const std::size_t columns =
      std::max<std::size_t>(1, std::min(figure.columns, figure.panels.size()));
  const std::size_t rows = (figure.panels.size() + columns - 1) / columns;
  const double top = figure.title.empty() ? kGapPx : kTitlePx + 2 * kGapPx;
  const double width = figure.panel_width_px * static_cast<double>(columns);
  const double height = top + figure.panel_height_px * static_cast<double>(rows);
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0f}\" height=\"{1:.0f}\" "
      "viewBox=\"0 0 {0:.0f} {1:.0f}\" font-family=\"sans-serif\" font-size=\"{2:.0f}\" "
      "fill=\"none\">\n"
      "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n",
      width, height, kFontPx);
  if (!figure.title.empty()) {
    svg += text_at(width / 2, kGapPx + kTitlePx, "middle", figure.title,
                   fmt::format(" font-size=\"{:.0f}\"", kTitlePx));
  }
  for (std::size_t k = 0; k < figure.panels.size(); ++k) {
    svg += PanelDrawing(figure.panels[k], static_cast<double>(k % columns) * figure.panel_width_px,
                        top + static_cast<double>(k / columns) * figure.panel_height_px,
                        figure.panel_width_px, figure.panel_height_px)
               .draw();
  }
  return svg + "</svg>\n";
}

}  // namespace neurram::session
