#pragma once

#include "models/base/field.h"
#include "models/config/value.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

/// The declared fields of a struct as plain data: what reading, dumping and fingerprints work on.
namespace neurram::config {

/// A reference to any default-constructible struct with describe(FieldVisitor&); converts from it
/// implicitly and must not outlive it. describe() must declare the same fields at every call, and
/// is not const: copy a const object first.
class Target {
 public:
  template <class Struct,
            class = std::enable_if_t<!std::is_same_v<std::remove_cv_t<Struct>, Target>>>
  Target(Struct& object)  // implicit: callers pass the struct itself
      : describe_([&object](FieldVisitor& visitor) { object.describe(visitor); }),
        describe_defaults_([](FieldVisitor& visitor) { Struct{}.describe(visitor); }) {}

  void describe(FieldVisitor& visitor) const { describe_(visitor); }
  /// Describes a fresh object, whose values are the defaults.
  void describe_defaults(FieldVisitor& visitor) const { describe_defaults_(visitor); }

 private:
  std::function<void(FieldVisitor&)> describe_;
  std::function<void(FieldVisitor&)> describe_defaults_;
};

enum class Kind : std::uint8_t { kNumber, kInteger, kFlag, kText, kChoice };

struct Field {
  std::string name;   ///< full hierarchical name, "chip.core[12].neuron.bits_out"
  std::string group;  ///< the same without its last part; "" at the root
  Kind kind = Kind::kNumber;
  std::string unit;
  std::string text;
  Affects affects = Affects::kRun;
  Range range;                       ///< numbers and integers
  std::vector<std::string> choices;  ///< choices
  Value value;
  Value default_value;  ///< that of a default-constructed struct
};

struct Group {
  std::string name;  ///< full hierarchical name
  std::string text;
  bool indexed = false;
  int count = 0;  ///< parts of an indexed group
};

/// Fields and groups in order of declaration. Fields of an indexed group's part ("core[12].…")
/// are listed only where they differ from the base.
struct Schema {
  std::vector<Field> fields;
  std::vector<Group> groups;
};

/// Throws std::logic_error where indexed groups nest.
[[nodiscard]] Schema schema_of(const Target& target);

/// The fields of schema_of().
[[nodiscard]] std::vector<Field> list_fields(const Target& target);

/// What a complete declaration lacks, one line each ("chip.v_read_v: no unit"): text of fields and
/// groups, on one line; unit and finite range of numbers and integers; a
/// value within its range; a name of its own. Empty when all is well: a test of every struct asks
/// so.
[[nodiscard]] std::vector<std::string> missing_declarations(const Target& target);

/// Is it a number or an integer, with unit and range?
[[nodiscard]] bool is_numeric(const Field& field);

/// A bound of the field's range as a value of the field's type; double where it is infinite.
[[nodiscard]] Value bound_value(const Field& field, double bound);

/// What values a field takes: "0 to 1.5", "true or false", "any text", "one of unary, binary".
[[nodiscard]] std::string range_text(const Field& field);

/// The same as a message puts it: "a number from 0 to 1.5 V".
[[nodiscard]] std::string expectation(const Field& field);

/// A hierarchical name taken apart: "core[12].rows" is part 12 of "core", whose base is
/// "core.rows".
struct PartName {
  std::string base;   ///< the name without its index
  std::string group;  ///< the indexed group; "" where the name has no index
  int index = -1;     ///< −1 also where the number does not fit an int
  std::string rest;   ///< what follows the index, ".rows"
};
[[nodiscard]] PartName split_name(std::string_view name);

}  // namespace neurram::config
