#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "models/mapper/deployment.h"

/// What `neurram map` shows: one line per operation, then the totals.
///
/// Columns: layer, window and channels in, rows (logical, bias included), columns, core, its row
/// and column in the grid, slot, start group, cells. Totals: segments, cores used of those there
/// are, cells, and the part of the used cores' cells that they are.
namespace neurram::mapper {

/// Aligned for a terminal, totals below.
[[nodiscard]] std::string map_text(const Deployment& deployment);

/// One header line, then tab-separated values, no totals.
[[nodiscard]] std::string map_tsv(const Deployment& deployment);

/// {"schema", "network", "segments": [...], "totals": {...}}; utilisation in percent.
[[nodiscard]] nlohmann::json map_json(const Deployment& deployment);

}  // namespace neurram::mapper
