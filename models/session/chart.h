#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

/// Charts as SVG: small, with text that can be selected, and nothing to install. (Debian's plotting
/// libraries with an SVG writer, PLplot and MathGL, bring Qt, wxWidgets and X along.)
namespace neurram::session {

/// Where values are on the page: `low` at `low_px`, `high` at `high_px`.
struct Scale {
  double low = 0;
  double high = 1;
  double low_px = 0;
  double high_px = 1;
  bool logarithmic = false;

  [[nodiscard]] double operator()(double value) const;
  /// Round numbers from low to high (1, 2 or 5 times a power of ten), about `wanted` of them.
  [[nodiscard]] std::vector<double> ticks(int wanted) const;
  [[nodiscard]] std::string tick_text(double tick, int wanted) const;
};

struct Axis {
  std::string label;  ///< quantity and unit, e.g. "conductance [uS]"
  bool logarithmic = false;
  std::optional<double> low = {};  ///< of what is shown; from the data if not set
  std::optional<double> high = {};
  std::vector<std::string> categories = {};  ///< of bars, from the top; y only
};

struct Style {
  std::string label;                       ///< in the legend; none if empty
  std::optional<std::size_t> colour = {};  ///< of the palette; one not used in the panel if not set
  double opacity = 1;
  double size_px = 2.5;  ///< radius of points
  bool dashed = false;
};

/// One pair of axes and what is drawn there. Values that are not finite are left out.
class Panel {
 public:
  Panel(std::string title, Axis x, Axis y)
      : title_(std::move(title)), x_(std::move(x)), y_(std::move(y)) {}

  Panel& points(std::vector<double> x, std::vector<double> y, Style style = {});
  Panel& line(std::vector<double> x, std::vector<double> y, Style style = {});
  /// A line with a bar from `low` to `high` at each point.
  Panel& errors(std::vector<double> x, std::vector<double> y, std::vector<double> low,
                std::vector<double> high, Style style = {});
  /// Bin k reaches from edges[k] to edges[k + 1]: one edge more than counts.
  Panel& histogram(std::vector<double> edges, std::vector<double> counts, Style style = {});
  /// A horizontal bar for each category of the y axis, with its value; several sets share a
  /// category.
  Panel& bars(std::vector<double> values, Style style = {});

 private:
  friend class PanelDrawing;
  enum class Mark { kPoints, kLine, kErrors, kHistogram, kBars };
  struct Series {
    Mark mark;
    std::vector<double> x, y, low, high;
    Style style;
  };
  Panel& add(Series series);

  std::string title_;
  Axis x_, y_;
  std::vector<Series> series_;
};

struct Figure {
  std::string title;
  std::vector<Panel> panels;
  std::size_t columns = 2;
  double panel_width_px = 400;
  double panel_height_px = 300;
};

[[nodiscard]] std::string to_svg(const Figure& figure);

}  // namespace neurram::session
