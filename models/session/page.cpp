#include "models/session/page.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace neurram::session {

std::string si(double value, const char* unit) {
  struct Prefix {
    double scale;
    const char* name;
  };
  static constexpr Prefix kPrefixes[] = {{1, ""},     {1e-3, "m"},  {1e-6, "u"},
                                         {1e-9, "n"}, {1e-12, "p"}, {1e-15, "f"}};
  if (value == 0) return fmt::format("0 {}", unit);
  for (const Prefix& p : kPrefixes) {
    const double scaled = value / p.scale;
    if (std::fabs(scaled) >= 0.9995) {
      const int digits = std::fabs(scaled) >= 99.95 ? 0 : std::fabs(scaled) >= 9.995 ? 1 : 2;
      return fmt::format("{:.{}f} {}{}", scaled, digits, p.name, unit);
    }
  }
  return fmt::format("{:.3g} {}", value, unit);
}

std::string bar(double share, int width) {
  static constexpr const char* kEighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const int eighths = static_cast<int>(std::lround(std::clamp(share, 0.0, 1.0) * width * 8));
  std::string text;
  for (int i = 0; i < eighths / 8; ++i) text += "█";
  return text + kEighths[eighths % 8];
}

void Page::line(const std::string& label, const std::string& value, const std::string& note) {
  text_ +=
      fmt::format("  {:<22}{}{}\n", label, strong(value), note.empty() ? "" : dim("   " + note));
}

}  // namespace neurram::session
