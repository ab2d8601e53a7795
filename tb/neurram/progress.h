#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace neurram::tool {

/// A progress bar on standard error, with rate and time left; silent where that is no terminal.
class Progress {
 public:
  Progress(std::string what, bool enabled);
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// `done` of `total` `unit`s; `note` is shown at the end.
  void show(std::size_t done, std::size_t total, const std::string& unit,
            const std::string& note = "");
  /// Removes the bar.
  void clear();

 private:
  std::string what_;
  bool enabled_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point last_{};
};

/// Does the stream go to a terminal that shows colours?
[[nodiscard]] bool terminal_colours(int descriptor);

}  // namespace neurram::tool
