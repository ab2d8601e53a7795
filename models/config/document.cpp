#include "models/config/document.h"

#include "models/base/error.h"

#include <toml++/toml.h>

#include <algorithm>
#include <sstream>
#include <tuple>

namespace neurram::config {
namespace {

/// Dots allowed in a line that is not a comment. Names nest as deep as a line has dots, and the
/// parser recurses as deep as names nest.
constexpr std::ptrdiff_t kMaxDots = 64;

Place place_of(const toml::source_region& region) {
  return {static_cast<int>(region.begin.line), static_cast<int>(region.begin.column)};
}

bool is_before(const Entry& a, const Entry& b) {
  return std::tie(a.key_place.line, a.key_place.column) <
         std::tie(b.key_place.line, b.key_place.column);
}

std::optional<Value> value_of(const toml::node& node) {
  if (const auto* flag = node.as_boolean()) return flag->get();
  if (const auto* integer = node.as_integer()) return integer->get();
  if (const auto* number = node.as_floating_point()) return number->get();
  if (const auto* text = node.as_string()) return text->get();
  return std::nullopt;
}

std::string shown_text(const toml::node& node) {
  if (const auto value = value_of(node)) return shortened(to_toml(*value));
  if (node.is_table()) return "a table";
  if (node.is_array()) return "an array";
  return "a date or time";
}

Entry entry_of(const std::string& name, const toml::key& key, const toml::node& node) {
  return {name,
          value_of(node),
          shown_text(node),
          node.is_table(),
          place_of(key.source()),
          place_of(node.source())};
}

void check_depth(std::string_view text, const std::string& source) {
  std::istringstream lines{std::string(text)};
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    const auto start = line.find_first_not_of(" \t");
    if (start == std::string::npos || line[start] == '#') continue;
    if (std::count(line.begin(), line.end(), '.') > kMaxDots) {
      throw ConfigError(at(source, {number, 1}) + ": more than " + std::to_string(kMaxDots) +
                        " dots in one line; names do not nest that deep");
    }
  }
}

/// Is it a byte of a UTF-8 character, but not its first?
bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

/// `text` with a question mark for every character that is not ASCII.
std::string ascii(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool is_ascii = static_cast<unsigned char>(c) < 0x80;
    if (!continues_character(c)) out += is_ascii ? c : '?';
  }
  return out;
}

/// TOML has other characters than ASCII only within quotes and comments; elsewhere toml++ 3.3 meets
/// them with undefined behaviour. So the syntax is checked without them first.
toml::table parse(std::string_view text, const std::string& source) {
  try {
    (void)toml::parse(ascii(text));
    return toml::parse(text);
  } catch (const toml::parse_error& error) {
    throw ConfigError(at(source, place_of(error.source())) +
                      ": not valid TOML: " + shortened(error.description()));
  }
}

/// Appends what `table` holds.
void flatten(const toml::table& table, const std::string& prefix, std::vector<Entry>& entries) {
  for (const auto& [key, node] : table) {
    const std::string name =
        prefix.empty() ? std::string(key.str()) : prefix + "." + std::string(key.str());
    const Entry entry = entry_of(name, key, node);
    const std::size_t first = entries.size();
    if (const auto* inner = node.as_table()) flatten(*inner, name, entries);
    const bool shares_line = std::any_of(
        entries.begin() + static_cast<std::ptrdiff_t>(first), entries.end(),
        [&](const Entry& child) { return child.key_place.line == entry.key_place.line; });
    if (!shares_line) entries.push_back(entry);
  }
}

}  // namespace

std::vector<Entry> parse_document(std::string_view text, const std::string& source) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
    text.remove_prefix(kByteOrderMark.size());
  }
  check_depth(text, source);
  std::vector<Entry> entries;
  flatten(parse(text, source), "", entries);
  std::sort(entries.begin(), entries.end(), is_before);
  return entries;
}

std::optional<Value> parse_value(std::string_view text) {
  try {
    const auto entries = parse_document("value = " + std::string(text), "");
    return entries.size() == 1 ? entries.front().value : std::nullopt;
  } catch (const ConfigError&) {
    return std::nullopt;
  }
}

std::string shortened(std::string_view text) {
  constexpr std::size_t kMaxLength = 120;
  std::size_t length = std::min(text.size(), kMaxLength);
  while (length > 0 && length < text.size() && continues_character(text[length])) --length;
  std::string line(text.substr(0, length));
  const auto is_control = [](unsigned char c) { return c < 0x20; };
  std::replace_if(line.begin(), line.end(), is_control, ' ');
  return length < text.size() ? line + "..." : line;
}

std::string at(const std::string& source, Place place) {
  return source + ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
}

}  // namespace neurram::config
