#include "models/config/nearest.h"

#include <algorithm>
#include <numeric>

namespace neurram::config {
namespace {

std::string_view last_part(std::string_view name) {
  return name.substr(name.rfind('.') + 1);  // npos + 1 is 0
}

template <class Distance>
std::string least(const std::vector<std::string>& candidates, Distance distance) {
  const std::string* best = nullptr;
  std::size_t best_distance = 0;
  for (const std::string& candidate : candidates) {
    const std::size_t d = distance(candidate);
    if (best != nullptr && d >= best_distance) continue;
    best = &candidate;
    best_distance = d;
  }
  return best == nullptr ? "" : *best;
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);  // distances of a's prefix to all prefixes of b
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row[b.size()];
}

std::string nearest(std::string_view name, const std::vector<std::string>& candidates) {
  return least(candidates, [&](std::string_view c) { return edit_distance(name, c); });
}

std::string nearest_field(std::string_view name, const std::vector<std::string>& candidates) {
  return least(candidates, [&](std::string_view c) {
    const std::size_t elsewhere = edit_distance(last_part(name), last_part(c)) + 1;
    return std::min(edit_distance(name, c), elsewhere);
  });
}

}  // namespace neurram::config
