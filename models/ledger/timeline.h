#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "models/ledger/record.h"

namespace neurram::ledger {

/// Writes records as a trace in the JSON format that Perfetto's viewer (ui.perfetto.dev) and
/// chrome://tracing open: a track per core and one for the fabric and the digital work, commands as
/// slices with their phases inside, cumulated energy and mean power as counters. `layers`: names by
/// layer index. Times start at the first record. Throws FileError.
void write_timeline(std::vector<Record> records, const std::vector<std::string>& layers,
                    const std::filesystem::path& path);

}  // namespace neurram::ledger
