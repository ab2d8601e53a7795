#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace neurram::config {

/// Fewest insertions, deletions and replacements of one character that turn `a` into `b`.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate with the fewest edits from `name`; the first of several, "" of none.
[[nodiscard]] std::string nearest(std::string_view name,
                                  const std::vector<std::string>& candidates);

/// The same for hierarchical names. One that has nearly the right last part in another group is
/// near as well: "v_read_v" means "chip.rails.v_read_v".
[[nodiscard]] std::string nearest_field(std::string_view name,
                                        const std::vector<std::string>& candidates);

}  // namespace neurram::config
