#pragma once

#include <SQLiteCpp/Database.h>

#include <array>
#include <cstdint>
#include <string>

/// Private to the deployment file: its tables (deployment.md describes them) and their checksums.
namespace neurram::mapper {

inline constexpr std::uint32_t kApplicationId = 0x4E525644;  // "NRVD"

/// Every table but the checksums; deployment.md documents the columns.
inline constexpr std::array<const char*, 6> kTables{"meta",     "fingerprints", "matrices",
                                                    "segments", "operations",   "rail_sets"};

/// SQL that makes the empty tables.
extern const char* const kLayout;

/// SHA-256 over a table's column names, then its rows in the order of their first column; see
/// deployment.md for the exact bytes.
[[nodiscard]] std::string checksum(SQLite::Database& database, const char* table);

}  // namespace neurram::mapper
