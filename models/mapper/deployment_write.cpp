#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <sqlite3.h>

#include <limits>
#include <memory>
#include <new>
#include <nlohmann/json.hpp>

#include "models/base/error.h"
#include "models/mapper/deployment.h"
#include "models/mapper/deployment_layout.h"

namespace neurram::mapper {
namespace {

struct Blob {
  const void* data;
  std::size_t bytes;
};

/// Little-endian numbers; an empty vector is NULL.
template <class Number>
Blob blob(const std::vector<Number>& numbers) {
  return {numbers.data(), numbers.size() * sizeof(Number)};
}

Blob blob(const LineMask& mask) {
  return {mask.words.data(), sizeof mask.words};
}

void bind(SQLite::Statement& statement, int index, Blob value) {
  if (value.bytes > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    throw FileError("a deployment holds no matrix of 2 GiB or more");
  }
  if (value.bytes == 0) return;
  statement.bindNoCopy(index, value.data, static_cast<int>(value.bytes));
}

template <class Value>
void bind(SQLite::Statement& statement, int index, const Value& value) {
  statement.bind(index, value);
}

template <class... Values>
void insert(SQLite::Database& database, const std::string& table, const Values&... values) {
  std::string sql = "INSERT INTO " + table + " VALUES (?";
  for (std::size_t i = 1; i < sizeof...(values); ++i) sql += ",?";
  SQLite::Statement statement(database, sql + ")");
  int index = 0;
  (bind(statement, ++index, values), ...);
  statement.exec();
}

void write_meta(SQLite::Database& database, const Deployment& d) {
  const auto put = [&](const char* key, const auto& value) {
    insert(database, "meta", key, value);
  };
  put("network_name", d.network_name);
  put("network_sha256", d.network_sha256);
  put("tool_version", d.tool_version);
  put("seed_device", std::to_string(d.seed_device));
  put("cores", d.chip.cores);
  put("grid_rows", d.chip.grid_rows);
  put("grid_columns", d.chip.grid_columns);
  put("array_rows", d.chip.array_rows);
  put("array_columns", d.chip.array_columns);
  put("slots", d.chip.slots);
  put("g_min_s", d.range.g_min_s);
  put("g_max_s", d.range.g_max_s);
  put("setup_energy_fj", d.setup.energy_fj);
  put("setup_time_ps", d.setup.time_ps);
  put("setup_wall_s", d.setup.wall_s);
  put("setup_failed_cells", d.setup.failed_cells);
  const auto on_error = nlohmann::json::error_handler_t::replace;
  put("graph", to_json(d.graph).dump(-1, ' ', false, on_error));
  for (const auto& [name, value] : d.fingerprints) insert(database, "fingerprints", name, value);
}

void write_rows(SQLite::Database& database, const Deployment& d) {
  int id = 0;
  for (const Matrix& m : d.graph.matrices) {
    insert(database, "matrices", id++, m.rows, m.columns, blob(m.weights), blob(m.bias));
  }
  id = 0;
  for (const Segment& s : d.segments) {
    insert(database, "segments", id++, s.matrix, s.row_part, s.row_parts, s.first_row, s.rows,
           s.bias_rows, s.first_column, s.columns, s.w_max, s.core, blob(s.row_mask),
           blob(s.column_mask), blob(s.target_ps), blob(s.conductance_ps));
  }
  id = 0;
  for (const Operation& o : d.operations) {
    insert(database, "operations", id++, o.node, o.segment, o.slot, o.group,
           static_cast<int>(o.direction), o.input_bits, static_cast<int>(o.input_signed),
           o.output_bits, static_cast<int>(o.input_scheme), static_cast<int>(o.conversion),
           static_cast<int>(o.activation), o.pulse_multiplier, o.step_limit, o.rail_set,
           blob(o.slope), blob(o.intercept));
  }
  id = 0;
  for (const RailSet& r : d.rail_sets) {
    insert(database, "rail_sets", id++, r.v_read_plus_uv, r.v_read_minus_uv, r.v_decrement_plus_uv,
           r.v_decrement_minus_uv, r.v_comparator_uv);
  }
}

}  // namespace

std::string serialize(const Deployment& deployment) {
  SQLite::Database database(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  database.exec("PRAGMA application_id = " + std::to_string(kApplicationId));
  database.exec("PRAGMA user_version = " + std::to_string(kDeploymentSchema));
  SQLite::Transaction transaction(database);
  database.exec(kLayout);
  write_meta(database, deployment);
  write_rows(database, deployment);
  for (const char* table : kTables) insert(database, "checksums", table, checksum(database, table));
  transaction.commit();
  sqlite3_int64 size = 0;
  const std::unique_ptr<unsigned char, void (*)(void*)> bytes(
      sqlite3_serialize(database.getHandle(), "main", &size, 0), sqlite3_free);
  if (bytes == nullptr) throw std::bad_alloc();
  return {reinterpret_cast<const char*>(bytes.get()), static_cast<std::size_t>(size)};
}

}  // namespace neurram::mapper
