#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>

/// The value of one field, and how TOML writes it.
namespace neurram::config {

/// A choice is held as the text of its name.
using Value = std::variant<bool, std::int64_t, double, std::string>;

/// Values by full hierarchical name.
using Values = std::map<std::string, Value>;

/// The TOML literal of `value`, on one line; reads back to the same value, bit for bit. Numbers
/// take the shortest such form and always look like numbers, not integers ("5.0", "1e-15").
[[nodiscard]] std::string to_toml(const Value& value);

/// A TOML basic string. `text` must be UTF-8.
[[nodiscard]] std::string toml_string(std::string_view text);

/// The shortest decimal form that reads back to the same double: "5", "1e-15", "-inf".
[[nodiscard]] std::string shortest(double number);

}  // namespace neurram::config
