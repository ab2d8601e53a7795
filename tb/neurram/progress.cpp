#include "tb/neurram/progress.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>

namespace neurram::tool {

Progress::Progress(std::string what, bool enabled)
    : what_(std::move(what)), enabled_(enabled && isatty(STDERR_FILENO) != 0) {}

void Progress::show(std::size_t done, std::size_t total, const std::string& unit,
                    const std::string& note) {
  constexpr auto kEvery = std::chrono::milliseconds(60);
  const auto now = std::chrono::steady_clock::now();
  if (!enabled_ || (now - last_ < kEvery && done < total)) return;
  last_ = now;
  shown_ = true;
  constexpr int kWidth = 24;
  const double share = total == 0 ? 1.0 : static_cast<double>(done) / static_cast<double>(total);
  const int full = static_cast<int>(share * kWidth);
  std::string bar;
  for (int i = 0; i < kWidth; ++i) bar += i < full ? "━" : "─";
  const double elapsed_s = std::chrono::duration<double>(now - start_).count();
  const double rate = elapsed_s > 0 ? static_cast<double>(done) / elapsed_s : 0;
  const double left_s = rate > 0 ? static_cast<double>(total - done) / rate : 0;
  fmt::print(stderr, "\r\x1b[K{} {} {}/{} {}  {:.0f}/s  {:.0f} s left  {}", what_, bar, done, total,
             unit, rate, left_s, note);
  std::fflush(stderr);
}

void Progress::clear() {
  if (!shown_) return;
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
  shown_ = false;
}

bool terminal_colours(int descriptor) {
  const char* no_colour = std::getenv("NO_COLOR");
  return isatty(descriptor) != 0 && (no_colour == nullptr || *no_colour == '\0');
}

}  // namespace neurram::tool
