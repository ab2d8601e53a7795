#pragma once

#include "models/config/value.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// TOML text taken apart into names and values, with their places.
namespace neurram::config {

/// Where something was said: "chip.toml:12:8", or "--set".
struct Place {
  int line = 0;
  int column = 0;
};

/// One `name = value`, or the header of a table.
struct Entry {
  std::string name;            ///< full name as written, "chip.core.12.bits_out"
  std::optional<Value> value;  ///< nothing for tables, arrays and dates, which no field takes
  std::string shown;           ///< the value for people, shortened
  bool is_table = false;
  Place key_place;
  Place value_place;
};

/// All entries in order of appearance; a table appears itself only where its header stands on a
/// line of its own. Throws ConfigError with place and reason, in one line, where `text` is not TOML
/// or names nest deeper than any configuration does; `source` names the text in it.
[[nodiscard]] std::vector<Entry> parse_document(std::string_view text, const std::string& source);

/// The value of a TOML literal; nothing where `text` is not a single one.
[[nodiscard]] std::optional<Value> parse_value(std::string_view text);

/// `text` cut to a length that fits a message, on one line.
[[nodiscard]] std::string shortened(std::string_view text);

/// "chip.toml:12:8".
[[nodiscard]] std::string at(const std::string& source, Place place);

}  // namespace neurram::config
