#pragma once

#include <string>

namespace neurram::session {

/// A quantity with an SI prefix: "1.23 uJ".
[[nodiscard]] std::string si(double value, const char* unit);

/// A bar of eighths of a character.
[[nodiscard]] std::string bar(double share, int width);

/// A screenful for people, with or without colour.
class Page {
 public:
  explicit Page(bool colour) : colour_(colour) {}

  void line(const std::string& label, const std::string& value, const std::string& note = "");
  void heading(const std::string& title) { text_ += "\n  " + dim(title) + "\n"; }
  void raw(const std::string& text) { text_ += text; }
  [[nodiscard]] std::string strong(const std::string& t) const {
    return colour_ ? "\x1b[1m" + t + "\x1b[0m" : t;
  }
  [[nodiscard]] std::string dim(const std::string& t) const {
    return colour_ ? "\x1b[2m" + t + "\x1b[0m" : t;
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  bool colour_;
  std::string text_;
};

}  // namespace neurram::session
