#include "models/config/reader.h"

#include "models/base/error.h"
#include "models/config/assign.h"
#include "models/config/directory.h"
#include "models/config/document.h"
#include "models/config/nearest.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <optional>

namespace neurram::config {
namespace {

constexpr std::size_t kMaxFileBytes = 16u << 20;
constexpr std::string_view kSetPlace = "--set";

/// long double holds every int64 exactly, so that bounds are not blurred.
bool in_range(const Field& field, long double x) {
  return x >= field.range.low && x <= field.range.high;
}

/// `given` as a value of the field; nothing where it is of another type or out of range.
std::optional<Value> admitted(const Field& field, const Value& given) {
  const auto* integer = std::get_if<std::int64_t>(&given);
  const auto* number = std::get_if<double>(&given);
  const auto* text = std::get_if<std::string>(&given);
  bool fits = false;
  switch (field.kind) {
    case Kind::kNumber:
      if (integer != nullptr) return admitted(field, static_cast<double>(*integer));
      fits = number != nullptr && in_range(field, *number);
      break;
    case Kind::kInteger:
      fits = integer != nullptr && in_range(field, *integer);
      break;
    case Kind::kFlag:
      fits = std::holds_alternative<bool>(given);
      break;
    case Kind::kText:
      fits = text != nullptr;
      break;
    case Kind::kChoice:
      fits = text != nullptr && std::count(field.choices.begin(), field.choices.end(), *text) > 0;
      break;
  }
  return fits ? std::optional<Value>(given) : std::nullopt;
}

/// Checks entries against a schema one by one, and keeps their values.
class Overlay {
 public:
  Overlay(const Target& target, std::string source)
      : target_(target),
        source_(std::move(source)),
        schema_(schema_of(target)),
        directory_(schema_) {}

  [[nodiscard]] const Directory& directory() const { return directory_; }

  /// Takes one entry, whose name is canonical.
  void add(const Entry& entry);

  /// Writes all values to the target, or throws and leaves it alone.
  void apply();

 private:
  [[noreturn]] void fail(Place place, const std::string& what) const {
    throw ConfigError((place.line == 0 ? source_ : at(source_, place)) + ": " + what);
  }
  [[noreturn]] void fail_unknown(const Entry& entry) const;
  [[noreturn]] void fail_value(const Entry& entry, const Field& field) const;
  /// Throws where a part is named that the target, as it is now, does not have.
  void check_indices(const Values& values) const;

  const Target& target_;
  std::string source_;
  Schema schema_;
  Directory directory_;
  Values changes_;
  std::map<std::string, Place> places_;  ///< of all names met
};

void Overlay::add(const Entry& entry) {
  const auto [earlier, is_new] = places_.emplace(entry.name, entry.key_place);
  if (entry.is_table && directory_.group(entry.name) != nullptr) return;
  if (!is_new) {
    fail(entry.key_place,
         entry.name + ": already given at line " + std::to_string(earlier->second.line));
  }
  const Field* field = directory_.field(entry.name);
  if (field == nullptr) fail_unknown(entry);
  const auto value = entry.value ? admitted(*field, *entry.value) : std::nullopt;
  if (!value) fail_value(entry, *field);
  changes_.emplace(entry.name, *value);
}

void Overlay::fail_unknown(const Entry& entry) const {
  const std::string given = entry.name + " = " + entry.shown;
  if (directory_.group(entry.name) != nullptr) {
    fail(entry.key_place, given + ": a group of fields, which takes no value itself");
  }
  const std::string hint = directory_.suggestion(entry.name);
  fail(entry.key_place,
       given + ": unknown name" + (hint.empty() ? "" : "; did you mean " + hint + "?"));
}

void Overlay::fail_value(const Entry& entry, const Field& field) const {
  std::string message = entry.name + " = " + entry.shown + ": expected " + expectation(field);
  if (field.kind == Kind::kChoice && entry.value &&
      std::holds_alternative<std::string>(*entry.value)) {
    message +=
        "; did you mean " + nearest(std::get<std::string>(*entry.value), field.choices) + "?";
  }
  fail(entry.is_table ? entry.key_place : entry.value_place, message);
}

void Overlay::apply() {
  const Values before = values_of(schema_);
  Values after = before;
  for (const auto& [name, value] : changes_) after.insert_or_assign(name, value);
  Values base;
  for (const auto& [name, value] : after) {
    if (split_name(name).group.empty()) base.emplace(name, value);
  }
  assign(target_, base);  // first: the number of parts may be a field itself
  try {
    check_indices(after);
  } catch (...) {
    assign(target_, before);
    throw;
  }
  assign(target_, after);
}

void Overlay::check_indices(const Values& values) const {
  const Schema schema = schema_of(target_);
  const Directory directory(schema);
  std::map<std::string, Place> names = places_;
  for (const auto& [name, value] : values) names.emplace(name, Place{});
  for (const auto& [name, place] : names) {
    const PartName part = split_name(name);
    if (part.group.empty()) continue;
    const Group& group = *directory.group(part.group);
    if (part.index >= 0 && part.index < group.count) continue;
    fail(place, name + ": no such part; expected " + part_name(group.name, 0) + " to " +
                    part_name(group.name, group.count - 1));
  }
}

/// All of a file; what cannot be one is a FileError.
std::string contents(const std::filesystem::path& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) {
    throw FileError(path.string() + ": no such file");
  }
  if (std::filesystem::is_directory(status)) {
    throw FileError(path.string() + ": is a directory; expected a TOML file");
  }
  std::ifstream file(path, std::ios::binary);
  std::string text(kMaxFileBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.is_open() || file.bad()) throw FileError(path.string() + ": cannot be read");
  if (!file.eof()) throw FileError(path.string() + ": too large for a configuration file (16 MiB)");
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t";
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

/// The value of a `--set`. Where a text is wanted, it needs no quotes.
std::optional<Value> set_value(const Field* field, std::string_view text) {
  const bool is_quoted = !text.empty() && (text.front() == '"' || text.front() == '\'');
  const bool wants_text =
      field != nullptr && (field->kind == Kind::kText || field->kind == Kind::kChoice);
  return parse_value(wants_text && !is_quoted ? toml_string(text) : std::string(text));
}

}  // namespace

void read_toml_file(const std::filesystem::path& path, const Target& target) {
  read_toml_text(contents(path), path.string(), target);
}

void read_toml_text(std::string_view text, const std::string& source, const Target& target) {
  Overlay overlay(target, source);
  for (Entry entry : parse_document(text, source)) {
    entry.name = overlay.directory().canonical(entry.name);
    overlay.add(entry);
  }
  overlay.apply();
}

void set_field(const Target& target, std::string_view assignment) {
  const auto equals = assignment.find('=');
  const std::string_view name = trimmed(assignment.substr(0, equals));
  if (equals == std::string_view::npos || name.empty()) {
    throw ConfigError(std::string(kSetPlace) + ": " + shortened(assignment) +
                      ": expected name=value, such as chip.seed=7");
  }
  const std::string_view text = trimmed(assignment.substr(equals + 1));
  Overlay overlay(target, std::string(kSetPlace));
  Entry entry;
  entry.name = overlay.directory().canonical(std::string(name));
  entry.value = set_value(overlay.directory().field(entry.name), text);
  entry.shown = shortened(text);
  overlay.add(entry);
  overlay.apply();
}

}  // namespace neurram::config
