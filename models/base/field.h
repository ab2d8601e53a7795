#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

/// The vocabulary in which a configuration field is declared, once, beside the struct that owns it:
///
///   struct NeuronParameters {
///     double c_sample_f = 17e-15;
///     void describe(FieldVisitor& v) {
///       v.number({"c_sample_f", "F", "sampling capacitor (Nature 608, Methods)", Affects::kDeployment},
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
  const char* name;   ///< last part of the hierarchical name
  const char* unit;   ///< SI unit, "1" for a pure number, "" for text and choices
  const char* text;   ///< one line: what it is, and its source ("assumption" where it is ours)
  Affects affects;
};

struct Range {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
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
  virtual void choice_index(const FieldInfo& info, const std::vector<std::string_view>& names, int& index) = 0;
};

}  // namespace neurram
