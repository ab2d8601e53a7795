#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

/// The vocabulary in which a configuration field is declared, once, beside the struct that owns it:
///
///   struct NeuronParameters {
///     double c_sample_f = 17e-15;
///     void describe(FieldVisitor& v) {
///       v.number({"c_sample_f", "F", "sampling capacitor (Nature 608, Methods)",
///       Affects::kDeployment},
///                c_sample_f, {1e-17, 1e-12});
///     }
///   };
///
/// Reading, dumping, validating and documenting are visitors; see models/config.
namespace neurram {

/// What changes when a field does. Decides whether a cached deployment still fits.
enum class Affects : std::uint8_t {
  kDeployment,  ///< programmed cells, calibration or placement: compile again
  kRun,         ///< codes or cost of a run, nothing that a deployment stores
};

struct FieldInfo {
  const char* name;  ///< last part of the hierarchical name
  const char* unit;  ///< SI unit, "1" for a pure number, "" for text and choices
  const char* text;  ///< one line: what it is, and its source ("assumption" where it is ours)
  Affects affects;
};

struct Range {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
};

class FieldVisitor;

/// What a visitor sees of an indexed group: a base that holds for all parts, and parts with values
/// of their own.
class IndexedParts {
 public:
  virtual ~IndexedParts() = default;

  virtual void describe_base(FieldVisitor& visitor) = 0;
  /// Indices of the parts with values of their own, ascending.
  [[nodiscard]] virtual std::vector<int> overridden() const = 0;
  /// Visits part `index`, one of overridden().
  virtual void describe_part(int index, FieldVisitor& visitor) = 0;
  /// Gives part `index` values of its own: a copy of the base.
  virtual void add(int index) = 0;
  /// Lets all parts follow the base again.
  virtual void clear() = 0;
};

class FieldVisitor {
 public:
  virtual ~FieldVisitor() = default;

  /// Visits a nested struct with its own describe(), under the name `group`.
  template <class Struct>
  void group(const char* name, const char* text, Struct& value) {
    enter(name, text);
    value.describe(*this);
    leave();
  }

  /// Visits `count` like parts: `base` holds for all of them, as `name.field`; a part in
  /// `overrides` (key: its index, 0 … count − 1) has values of its own, as `name[index].field`.
  /// The owner asks `overrides` first. Indexed groups do not nest.
  ///
  ///   v.indexed("core", "one compute-in-memory core", cores, core, core_overrides);
  template <class Struct>
  void indexed(const char* name, const char* text, int count, Struct& base,
               std::map<int, Struct>& overrides);

  virtual void number(const FieldInfo& info, double& value, Range range) = 0;
  virtual void integer(const FieldInfo& info, std::int64_t& value, Range range) = 0;
  virtual void flag(const FieldInfo& info, bool& value) = 0;
  virtual void text(const FieldInfo& info, std::string& value) = 0;

  /// An int field, through the same door as int64.
  void integer(const FieldInfo& info, int& value, Range range) {
    std::int64_t wide = value;
    integer(info, wide, range);
    value = static_cast<int>(wide);
  }
  /// An unsigned field; its values stay below 2^63, as TOML's do.
  void integer(const FieldInfo& info, std::uint64_t& value, Range range) {
    auto wide = static_cast<std::int64_t>(value);
    integer(info, wide, range);
    value = static_cast<std::uint64_t>(wide);
  }

  /// An enum field whose values are 0, 1, 2 … in the order of `names`.
  template <class Enum>
  void choice(const FieldInfo& info, Enum& value, const std::vector<std::string_view>& names) {
    int index = static_cast<int>(value);
    choice_index(info, names, index);
    value = static_cast<Enum>(index);
  }

 protected:
  virtual void enter(const char* name, const char* text) = 0;
  virtual void leave() = 0;
  virtual void choice_index(const FieldInfo& info, const std::vector<std::string_view>& names,
                            int& index) = 0;

  /// Visits the base, then every part with values of its own.
  virtual void indexed_parts(const char* name, const char* text, int count, IndexedParts& parts);
};

/// The name of one part of an indexed group: "core[12]".
[[nodiscard]] inline std::string part_name(const std::string& name, int index) {
  return name + "[" + std::to_string(index) + "]";
}

inline void FieldVisitor::indexed_parts(const char* name, const char* text, int /*count*/,
                                        IndexedParts& parts) {
  enter(name, text);
  parts.describe_base(*this);
  leave();
  for (const int index : parts.overridden()) {
    enter(part_name(name, index).c_str(), text);
    parts.describe_part(index, *this);
    leave();
  }
}

/// Indexed parts kept as a struct and a map of structs.
template <class Struct>
class OverrideMap final : public IndexedParts {
 public:
  OverrideMap(Struct& base, std::map<int, Struct>& overrides)
      : base_(base), overrides_(overrides) {}

  void describe_base(FieldVisitor& visitor) override { base_.describe(visitor); }
  [[nodiscard]] std::vector<int> overridden() const override {
    std::vector<int> indices;
    for (const auto& [index, part] : overrides_) indices.push_back(index);
    return indices;
  }
  void describe_part(int index, FieldVisitor& visitor) override {
    overrides_.at(index).describe(visitor);
  }
  void add(int index) override { overrides_.insert_or_assign(index, base_); }
  void clear() override { overrides_.clear(); }

 private:
  Struct& base_;
  std::map<int, Struct>& overrides_;
};

template <class Struct>
void FieldVisitor::indexed(const char* name, const char* text, int count, Struct& base,
                           std::map<int, Struct>& overrides) {
  OverrideMap<Struct> parts(base, overrides);
  indexed_parts(name, text, count, parts);
}

}  // namespace neurram
