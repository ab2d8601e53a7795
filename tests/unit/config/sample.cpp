#include "tests/unit/config/sample.h"

#include "models/base/error.h"

#include <catch2/catch.hpp>

#include <functional>
#include <sstream>

namespace neurram::config::sample {
namespace {

std::string message_of(Root& root, const std::function<void()>& action) {
  const std::string before = dump(root);
  std::string message;
  try {
    action();
  } catch (const ConfigError& error) {
    message = error.what();
  }
  INFO(message);
  REQUIRE_FALSE(message.empty());
  CHECK(message.find('\n') == std::string::npos);
  CHECK(dump(root) == before);
  return message;
}

}  // namespace

std::string dump(Root& root, bool with_comments) {
  std::ostringstream out;
  dump_toml(root, out, with_comments);
  return out.str();
}

void read(Root& root, const std::string& text) {
  read_toml_text(text, "chip.toml", root);
}

std::string error_of(const std::string& text, Root root) {
  return message_of(root, [&] { read(root, text); });
}

std::string set_error_of(const std::string& assignment, Root root) {
  return message_of(root, [&] { set_field(root, assignment); });
}

}  // namespace neurram::config::sample
