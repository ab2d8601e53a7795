#pragma once

#include <algorithm>
#include <string>
#include <vector>

/// Hierarchical names as nested scopes: what every waveform format wants of its header.
namespace neurram::ledger {

/// Calls open(scope), variable(index, name) and close() so that paths[index] = "a.b.name" lies in
/// scope b of scope a; signals of a scope stay in their order.
template <class Open, class Variable, class Close>
void walk_scopes(const std::vector<std::string>& paths, const Open& open, const Variable& variable,
                 const Close& close) {
  const auto scope_of = [](const std::string& path) {
    const std::size_t dot = path.rfind('.');
    return dot == std::string::npos ? std::string() : path.substr(0, dot + 1);
  };
  std::vector<std::size_t> order(paths.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return scope_of(paths[a]) < scope_of(paths[b]);
  });
  std::vector<std::string> scopes;
  for (const std::size_t i : order) {
    std::vector<std::string> parts;
    std::size_t begin = 0;
    for (std::size_t dot = paths[i].find('.'); dot != std::string::npos;
         dot = paths[i].find('.', begin)) {
      parts.push_back(paths[i].substr(begin, dot - begin));
      begin = dot + 1;
    }
    std::size_t common = 0;
    while (common < scopes.size() && common < parts.size() && scopes[common] == parts[common])
      ++common;
    for (std::size_t s = common; s < scopes.size(); ++s) close();
    for (std::size_t s = common; s < parts.size(); ++s) open(parts[s]);
    scopes = parts;
    variable(i, paths[i].substr(begin));
  }
  for (std::size_t s = 0; s < scopes.size(); ++s) close();
}

}  // namespace neurram::ledger
