#pragma once

#include "models/base/field.h"

#include <string>
#include <vector>

namespace neurram::config {

/// A visitor that knows the full name of what it visits.
class PathVisitor : public FieldVisitor {
 protected:
  void enter(const char* name, const char* /*text*/) override {
    lengths_.push_back(path_.size());
    path_ = full(name);
  }
  void leave() override {
    path_.resize(lengths_.back());
    lengths_.pop_back();
  }
  /// Name of the group being visited; "" at the root.
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string full(const std::string& name) const {
    return path_.empty() ? name : path_ + "." + name;
  }

 private:
  std::string path_;
  std::vector<std::size_t> lengths_;
};

}  // namespace neurram::config
