#pragma once

#include "models/config/fields.h"

#include <map>
#include <string>

namespace neurram::config {

/// Looks names up in a schema.
class Directory {
 public:
  /// `schema` must outlive the directory.
  explicit Directory(const Schema& schema);

  /// The field that `name`, or for a part its base, is; null where there is none.
  [[nodiscard]] const Field* field(const std::string& name) const;
  /// The same for groups.
  [[nodiscard]] const Group* group(const std::string& name) const;

  /// The one spelling of a name: "core.12.rows" and "core[012].rows" are "core[12].rows".
  [[nodiscard]] std::string canonical(const std::string& name) const;

  /// The field or group whose name is nearest; keeps the part that `name` is about.
  [[nodiscard]] std::string suggestion(const std::string& name) const;

 private:
  /// The name of the base, where `name` is about a part of an indexed group.
  [[nodiscard]] std::string base_of(const std::string& name) const;
  [[nodiscard]] bool is_indexed(const std::string& group) const;

  const Schema& schema_;
  std::map<std::string, const Field*> fields_;
  std::map<std::string, const Group*> groups_;
};

}  // namespace neurram::config
