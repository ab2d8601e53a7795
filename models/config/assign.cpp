#include "models/config/assign.h"

#include "models/config/path_visitor.h"

#include <algorithm>
#include <set>

namespace neurram::config {
namespace {

class Writer final : public PathVisitor {
 public:
  explicit Writer(const Values& values) : values_(values) {}

  void number(const FieldInfo& info, double& value, Range /*range*/) override {
    write(info, value);
  }
  void integer(const FieldInfo& info, std::int64_t& value, Range /*range*/) override {
    write(info, value);
  }
  void flag(const FieldInfo& info, bool& value) override { write(info, value); }
  void text(const FieldInfo& info, std::string& value) override { write(info, value); }

 protected:
  void choice_index(const FieldInfo& info, const std::vector<std::string_view>& names,
                    int& index) override {
    std::string name(names.at(static_cast<std::size_t>(index)));
    write(info, name);
    index = static_cast<int>(std::find(names.begin(), names.end(), name) - names.begin());
  }

  void indexed_parts(const char* name, const char* text, int /*count*/,
                     IndexedParts& parts) override {
    enter(name, text);
    parts.describe_base(*this);
    leave();
    parts.clear();
    for (const int index : named_parts(full(name))) {
      parts.add(index);
      enter(part_name(name, index).c_str(), text);
      parts.describe_part(index, *this);
      leave();
    }
  }

 private:
  template <class T>
  void write(const FieldInfo& info, T& value) {
    const auto found = values_.find(full(info.name));
    if (found != values_.end()) value = std::get<T>(found->second);
  }

  /// Indices under which the values name parts of `group`.
  [[nodiscard]] std::set<int> named_parts(const std::string& group) const {
    std::set<int> indices;
    for (auto it = values_.lower_bound(group + "["); it != values_.end(); ++it) {
      const PartName name = split_name(it->first);
      if (name.group != group) break;
      indices.insert(name.index);
    }
    return indices;
  }

  const Values& values_;
};

}  // namespace

Values values_of(const Schema& schema) {
  Values values;
  for (const Field& field : schema.fields) values.emplace(field.name, field.value);
  return values;
}

void assign(const Target& target, const Values& values) {
  Writer writer(values);
  target.describe(writer);
}

}  // namespace neurram::config
