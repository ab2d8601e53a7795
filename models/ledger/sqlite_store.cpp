#include "models/ledger/sqlite_store.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include "models/base/error.h"

namespace neurram::ledger {
namespace {

struct Column {
  std::string name;
  std::string unit;
  std::string text;
};

std::vector<Column> columns() {
  std::vector<Column> all = {
      {"id", "1", "running number of the command"},
      {"kind", "", "operation, burst_in, burst_out, program, rails or digital"},
      {"core", "1", "core, -1 for none"},
      {"group_start", "1", "number of the group start that fired it, -1 for none"},
      {"layer", "1", "index in table layer, -1 for none"},
      {"vectors", "1", "vectors of the command"},
      {"start", "ps", "simulated time of its start"},
      {"end", "ps", "simulated time of its end"},
      {"cycles", "1", "busy cycles of the core"},
      {"operation_id", "1", "operation id of the first vector"}};
  for (std::size_t c = 0; c < kComponents; ++c) {
    const std::string component(name(static_cast<Component>(c)));
    all.push_back({"energy_" + component, "fJ", "energy of component " + component});
  }
  for (std::size_t p = 0; p < kPhases; ++p) {
    const std::string phase(name(static_cast<Phase>(p)));
    all.push_back(
        {"time_" + phase, "ps", "time that the command adds to the chip's phase " + phase});
  }
  return all;
}

[[noreturn]] void fail(const std::filesystem::path& path, const SQLite::Exception& e) {
  throw FileError(path.string() + ": cannot write the ledger: " + e.what() +
                  (e.getErrorCode() == 13 ? " (no space left on the disk)" : ""));
}

void bind(SQLite::Statement& insert, const Record& r) {
  int i = 0;
  insert.bind(++i, r.id);
  insert.bind(++i, std::string(name(r.kind)));
  for (const std::int32_t v : {r.core, r.group, r.layer}) insert.bind(++i, v);
  for (const std::int64_t v : {r.vectors, r.start_ps, r.end_ps, r.cycles, r.operation_id})
    insert.bind(++i, v);
  for (const Femtojoules e : r.cost.energy) insert.bind(++i, e.value);
  for (const Picoseconds t : r.cost.time) insert.bind(++i, t.value);
}

}  // namespace

SqliteStore::SqliteStore(const std::filesystem::path& path) : path_(path) {
  try {
    database_ = std::make_unique<SQLite::Database>(path.string(),
                                                   SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    // The run folder is written under a temporary name and renamed when whole: no journal is
    // needed.
    database_->exec("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;");
    std::string definition;
    for (const Column& c : columns()) {
      definition += (definition.empty() ? "" : ", ") + ('"' + c.name + '"') +
                    (c.name == "kind" ? " TEXT" : " INTEGER");
    }
    database_->exec("CREATE TABLE record (" + definition +
                    ");"
                    "CREATE TABLE layer (\"index\" INTEGER PRIMARY KEY, name TEXT);"
                    "CREATE TABLE \"column\" (name TEXT, unit TEXT, text TEXT);");
    SQLite::Statement insert(*database_, "INSERT INTO \"column\" VALUES (?, ?, ?)");
    for (const Column& c : columns()) {
      insert.bind(1, c.name);
      insert.bind(2, c.unit);
      insert.bind(3, c.text);
      insert.exec();
      insert.reset();
    }
  } catch (const SQLite::Exception& e) {
    fail(path_, e);
  }
}

SqliteStore::~SqliteStore() = default;

void SqliteStore::write_layers(const std::vector<std::string>& names) {
  try {
    SQLite::Statement insert(*database_, "INSERT INTO layer VALUES (?, ?)");
    for (std::size_t i = 0; i < names.size(); ++i) {
      insert.bind(1, static_cast<std::int64_t>(i));
      insert.bind(2, names[i]);
      insert.exec();
      insert.reset();
    }
  } catch (const SQLite::Exception& e) {
    fail(path_, e);
  }
}

void SqliteStore::write(const std::vector<Record>& records) {
  try {
    SQLite::Transaction transaction(*database_);
    std::string marks;
    for (std::size_t i = 0; i < columns().size(); ++i) marks += i == 0 ? "?" : ", ?";
    SQLite::Statement insert(*database_, "INSERT INTO record VALUES (" + marks + ")");
    for (const Record& record : records) {
      bind(insert, record);
      insert.exec();
      insert.reset();
    }
    transaction.commit();
  } catch (const SQLite::Exception& e) {
    fail(path_, e);
  }
}

}  // namespace neurram::ledger
