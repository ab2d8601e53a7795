#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "models/ledger/record.h"

namespace SQLite {
class Database;
class Statement;
}  // namespace SQLite

namespace neurram::ledger {

/// The ledger of a run as an SQLite file: table `record` (one row per command: energies in fJ by
/// component, times in ps by phase), table `layer` (index and name), and table `column` (name, unit
/// and meaning of every column of `record`).
class SqliteStore {
 public:
  /// Creates the file. Throws FileError if it cannot.
  explicit SqliteStore(const std::filesystem::path& path);
  ~SqliteStore();

  void write_layers(const std::vector<std::string>& names);
  /// Appends records; all of one call or none. Throws FileError, naming the file, when the disk is
  /// full.
  void write(const std::vector<Record>& records);

 private:
  std::filesystem::path path_;
  std::unique_ptr<SQLite::Database> database_;
};

}  // namespace neurram::ledger
