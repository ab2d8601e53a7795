#include "models/config/dump.h"

#include <nlohmann/json.hpp>

#include <ostream>
#include <set>

namespace neurram::config {
namespace {

std::string last_part(const Field& field) {
  return field.group.empty() ? field.name : field.name.substr(field.group.size() + 1);
}

/// The schema's groups, then those of parts that differ from their base.
std::vector<Group> tables(const Schema& schema) {
  std::vector<Group> out = schema.groups;
  std::set<std::string> known{""};
  for (const Group& group : out) known.insert(group.name);
  for (const Field& field : schema.fields) {
    if (known.insert(field.group).second) out.push_back({field.group, "", false, 0});
  }
  return out;
}

/// "chip.core[12].neuron" as a table header: [chip."core[12]".neuron].
std::string header(const std::string& group) {
  const PartName part = split_name(group);
  if (part.group.empty()) return "[" + group + "]";
  const auto dot = part.group.rfind('.');
  const std::string parent = dot == std::string::npos ? "" : part.group.substr(0, dot + 1);
  const std::string own = part_name(part.group.substr(parent.size()), part.index);
  return "[" + parent + toml_string(own) + part.rest + "]";
}

std::string comment(const Field& field) {
  std::string out;
  if (!field.unit.empty()) out += "[" + field.unit + "] ";
  out += range_text(field);
  if (to_toml(field.value) != to_toml(field.default_value)) {
    out += ", default " + to_toml(field.default_value);
  }
  return out + ": " + field.text;
}

void dump_fields(const Schema& schema, const std::string& group, std::ostream& out,
                 bool with_comments) {
  for (const Field& field : schema.fields) {
    if (field.group != group) continue;
    out << last_part(field) << " = " << to_toml(field.value);
    if (with_comments) out << "  # " << comment(field);
    out << "\n";
  }
}

nlohmann::ordered_json json_value(const Value& value) {
  return std::visit([](const auto& v) { return nlohmann::ordered_json(v); }, value);
}

std::string kind_name(Kind kind) {
  switch (kind) {
    case Kind::kNumber:
      return "number";
    case Kind::kInteger:
      return "integer";
    case Kind::kFlag:
      return "flag";
    case Kind::kText:
      return "text";
    case Kind::kChoice:
      return "choice";
  }
  return "";
}

nlohmann::ordered_json json_field(const Field& field) {
  nlohmann::ordered_json out;
  out["kind"] = kind_name(field.kind);
  out["value"] = json_value(field.value);
  out["default"] = json_value(field.default_value);
  out["unit"] = field.unit;
  out["low"] = nullptr;
  out["high"] = nullptr;
  if (is_numeric(field)) {
    out["low"] = json_value(bound_value(field, field.range.low));
    out["high"] = json_value(bound_value(field, field.range.high));
  }
  out["choices"] = field.choices;
  out["affects"] = field.affects == Affects::kDeployment ? "deployment" : "run";
  out["text"] = field.text;
  return out;
}

}  // namespace

void dump_toml(const Target& target, std::ostream& out, bool with_comments) {
  const Schema schema = schema_of(target);
  dump_fields(schema, "", out, with_comments);
  for (const Group& table : tables(schema)) {
    out << "\n";
    if (with_comments && !table.text.empty()) out << "# " << table.text << "\n";
    out << header(table.name) << "\n";
    dump_fields(schema, table.name, out, with_comments);
  }
}

nlohmann::ordered_json dump_json(const Target& target) {
  nlohmann::ordered_json out = nlohmann::ordered_json::object();
  for (const Field& field : list_fields(target)) out[field.name] = json_field(field);
  return out;
}

}  // namespace neurram::config
