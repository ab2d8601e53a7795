#include "models/config/directory.h"

#include "models/config/nearest.h"

#include <algorithm>
#include <vector>

namespace neurram::config {

Directory::Directory(const Schema& schema) : schema_(schema) {
  for (const Field& field : schema.fields) fields_.emplace(field.name, &field);
  for (const Group& group : schema.groups) groups_.emplace(group.name, &group);
}

const Field* Directory::field(const std::string& name) const {
  const auto found = fields_.find(base_of(name));
  return found == fields_.end() ? nullptr : found->second;
}

const Group* Directory::group(const std::string& name) const {
  const auto found = groups_.find(base_of(name));
  return found == groups_.end() ? nullptr : found->second;
}

std::string Directory::canonical(const std::string& name) const {
  for (const Group& group : schema_.groups) {
    const std::string prefix = group.name + ".";
    if (!group.indexed || name.compare(0, prefix.size(), prefix) != 0) continue;
    const auto end = std::min(name.find('.', prefix.size()), name.size());
    std::string bracketed =
        group.name + "[" + name.substr(prefix.size(), end - prefix.size()) + "]";
    if (split_name(bracketed).group == group.name) return canonical(bracketed + name.substr(end));
  }
  const PartName part = split_name(name);
  return part.index < 0 ? name : part_name(part.group, part.index) + part.rest;
}

std::string Directory::suggestion(const std::string& name) const {
  std::vector<std::string> names;
  for (const auto& [field_name, field] : fields_) names.push_back(field_name);
  for (const auto& [group_name, group] : groups_) names.push_back(group_name);
  const PartName part = split_name(name);
  std::string best = nearest_field(part.base, names);
  if (is_indexed(part.group) && best.compare(0, part.group.size() + 1, part.group + ".") == 0) {
    best = part_name(part.group, part.index) + best.substr(part.group.size());
  }
  return best;
}

std::string Directory::base_of(const std::string& name) const {
  const PartName part = split_name(name);
  return is_indexed(part.group) ? part.base : name;
}

bool Directory::is_indexed(const std::string& group) const {
  const auto found = groups_.find(group);
  return found != groups_.end() && found->second->indexed;
}

}  // namespace neurram::config
