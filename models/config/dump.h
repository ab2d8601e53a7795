#pragma once

#include "models/config/fields.h"

#include <nlohmann/json_fwd.hpp>

#include <iosfwd>

namespace neurram::config {

/// Writes every field as TOML that reads back to the same values, bit for bit. Groups become
/// tables; of an indexed group's parts only fields that differ from the base appear. With comments,
/// every group has its text above and every field behind it
///   v_read_v = 0.4  # [V] 0 to 1.5, default 0.5: read voltage
/// where the default is left out if the value is the default.
/// Texts must be UTF-8.
void dump_toml(const Target& target, std::ostream& out, bool with_comments = true);

/// One object by full name, in order of declaration:
///   {"chip.v_read_v": {"kind": "number", "value": 0.5, "default": 0.5, "unit": "V", "low": 0.1,
///                      "high": 1.5, "choices": [], "affects": "deployment", "text": "…"}, …}
/// `kind` is number, integer, flag, text or choice; `affects` deployment or run; `low` and `high`
/// are null except for numbers and integers; infinite numbers are null, as JSON has none.
[[nodiscard]] nlohmann::ordered_json dump_json(const Target& target);

}  // namespace neurram::config
