#include "models/config/fields.h"

#include "models/config/path_visitor.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <set>
#include <stdexcept>

namespace neurram::config {
namespace {

/// Turns visits into a Schema.
class Collector final : public PathVisitor {
 public:
  /// `defaults` gives the default of each base field; where it has none, the value is the default.
  explicit Collector(Values defaults) : defaults_(std::move(defaults)) {}
  Schema take() { return std::move(schema_); }
  Values take_values() { return std::move(base_values_); }

  void number(const FieldInfo& info, double& value, Range range) override {
    add(info, Kind::kNumber, value).range = range;
  }
  void integer(const FieldInfo& info, std::int64_t& value, Range range) override {
    add(info, Kind::kInteger, value).range = range;
  }
  void flag(const FieldInfo& info, bool& value) override { add(info, Kind::kFlag, value); }
  void text(const FieldInfo& info, std::string& value) override { add(info, Kind::kText, value); }

 protected:
  void enter(const char* name, const char* text) override {
    PathVisitor::enter(name, text);
    if (!in_part_) schema_.groups.push_back({path(), text, false, 0});
  }

  void choice_index(const FieldInfo& info, const std::vector<std::string_view>& names,
                    int& index) override {
    Field& field = add(info, Kind::kChoice, std::string(names.at(static_cast<std::size_t>(index))));
    field.choices.assign(names.begin(), names.end());
  }

  void indexed_parts(const char* name, const char* text, int count, IndexedParts& parts) override {
    if (in_indexed_) throw std::logic_error(full(name) + ": indexed groups do not nest");
    in_indexed_ = true;
    const std::size_t group = schema_.groups.size();
    enter(name, text);
    schema_.groups[group].indexed = true;
    schema_.groups[group].count = count;
    parts.describe_base(*this);
    leave();
    in_part_ = true;
    for (const int index : parts.overridden()) {
      enter(part_name(name, index).c_str(), text);
      parts.describe_part(index, *this);
      leave();
    }
    in_part_ = false;
    in_indexed_ = false;
  }

 private:
  /// Appends a field, except a part's field that equals its base.
  Field& add(const FieldInfo& info, Kind kind, Value value) {
    Field field;
    field.name = full(info.name);
    field.group = path();
    field.kind = kind;
    field.unit = info.unit;
    field.text = info.text;
    field.affects = info.affects;
    const std::string base = in_part_ ? split_name(field.name).base : field.name;
    const auto found = defaults_.find(base);
    field.default_value = found == defaults_.end() ? value : found->second;
    field.value = std::move(value);
    if (in_part_ && to_toml(field.value) == to_toml(base_values_.at(base))) {
      return skipped_ = std::move(field);
    }
    if (!in_part_) base_values_.insert_or_assign(base, field.value);
    return schema_.fields.emplace_back(std::move(field));
  }

  Schema schema_;
  Values defaults_;
  Values base_values_;
  Field skipped_;
  bool in_indexed_ = false;
  bool in_part_ = false;
};

/// Integers print as such: shortest() would write 100000 as 1e+05.
std::string bound_text(const Field& field, double bound) {
  const Value value = bound_value(field, bound);
  return std::holds_alternative<double>(value) ? shortest(bound) : to_toml(value);
}

std::string join(const std::vector<std::string>& parts) {
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : ", ") + part;
  return out;
}

/// Not a single line of text.
bool is_bad_text(const std::string& text) {
  return text.empty() || text.find('\n') != std::string::npos;
}

void check_numeric(const Field& field, std::vector<std::string>& missing) {
  if (field.unit.empty()) missing.push_back(field.name + ": no unit");
  if (!std::isfinite(field.range.low) || !std::isfinite(field.range.high)) {
    missing.push_back(field.name + ": no range");
  }
  const double value = field.kind == Kind::kNumber
                           ? std::get<double>(field.value)
                           : static_cast<double>(std::get<std::int64_t>(field.value));
  if (!(value >= field.range.low && value <= field.range.high)) {
    missing.push_back(field.name + ": its value " + to_toml(field.value) + " is not " +
                      expectation(field));
  }
}

}  // namespace

Schema schema_of(const Target& target) {
  Collector defaults({});
  target.describe_defaults(defaults);
  Collector collector(defaults.take_values());
  target.describe(collector);
  return collector.take();
}

std::vector<Field> list_fields(const Target& target) {
  return schema_of(target).fields;
}

std::vector<std::string> missing_declarations(const Target& target) {
  std::vector<std::string> missing;
  std::set<std::string> names;
  const Schema schema = schema_of(target);
  for (const Group& group : schema.groups) {
    if (is_bad_text(group.text)) missing.push_back(group.name + ": no line of text");
    if (!names.insert(group.name).second) missing.push_back(group.name + ": declared twice");
  }
  for (const Field& field : schema.fields) {
    if (is_bad_text(field.text)) missing.push_back(field.name + ": no line of text");
    if (!names.insert(field.name).second) missing.push_back(field.name + ": declared twice");
    if (is_numeric(field)) check_numeric(field, missing);
  }
  return missing;
}

bool is_numeric(const Field& field) {
  return field.kind == Kind::kNumber || field.kind == Kind::kInteger;
}

Value bound_value(const Field& field, double bound) {
  constexpr double kTwoTo63 = 9223372036854775808.0;
  if (field.kind != Kind::kInteger || std::isinf(bound)) return bound;
  if (bound >= kTwoTo63) return std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(bound);
}

std::string range_text(const Field& field) {
  switch (field.kind) {
    case Kind::kNumber:
    case Kind::kInteger:
      return bound_text(field, field.range.low) + " to " + bound_text(field, field.range.high);
    case Kind::kFlag:
      return "true or false";
    case Kind::kText:
      return "any text";
    case Kind::kChoice:
      return "one of " + join(field.choices);
  }
  return "";
}

std::string expectation(const Field& field) {
  if (field.kind == Kind::kText) return "a text in quotes";
  if (!is_numeric(field)) return range_text(field);
  const std::string kind = field.kind == Kind::kNumber ? "a number" : "an integer";
  const bool has_unit = !field.unit.empty() && field.unit != "1";
  return kind + " from " + range_text(field) + (has_unit ? " " + field.unit : "");
}

PartName split_name(std::string_view name) {
  const auto open = name.find('[');
  const auto close = name.find(']', open == std::string_view::npos ? name.size() : open);
  PartName out;
  out.base = name;
  if (close == std::string_view::npos || close == open + 1) return out;
  const std::string_view digits = name.substr(open + 1, close - open - 1);
  const bool negative = digits.front() == '-';
  const bool numeric =
      digits.find_first_not_of("0123456789", negative ? 1 : 0) == std::string_view::npos;
  if (!numeric) return out;
  out.group = name.substr(0, open);
  out.rest = name.substr(close + 1);
  out.base = out.group + out.rest;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), out.index);
  if (parsed.ec != std::errc{}) out.index = -1;
  return out;
}

}  // namespace neurram::config
