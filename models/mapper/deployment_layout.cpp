#include "models/mapper/deployment_layout.h"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

#include "models/config/fingerprint.h"

namespace neurram::mapper {
namespace {

void append_value(std::string& text, char kind, const void* data, std::size_t bytes) {
  text += kind + std::to_string(bytes) + ":";
  if (bytes > 0) text.append(static_cast<const char*>(data), bytes);
}

void append_column(std::string& text, const SQLite::Column& column) {
  if (column.isInteger()) {
    const std::string digits = std::to_string(column.getInt64());
    append_value(text, 'i', digits.data(), digits.size());
  } else if (column.isFloat()) {
    const double value = column.getDouble();
    append_value(text, 'r', &value, sizeof value);
  } else if (column.isNull()) {
    append_value(text, 'n', nullptr, 0);
  } else {
    const void* data = column.getBlob();
    append_value(text, column.isText() ? 't' : 'b', data, static_cast<std::size_t>(column.size()));
  }
}

}  // namespace

// Tables by name are WITHOUT ROWID: an index beside the table could be damaged apart from it, and a
// checksum would see only one of the two.
const char* const kLayout = R"(
  CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;
  CREATE TABLE fingerprints(name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
  CREATE TABLE matrices(id INTEGER PRIMARY KEY, rows INTEGER, columns INTEGER,
    weights BLOB, bias BLOB);
  CREATE TABLE segments(id INTEGER PRIMARY KEY, matrix INTEGER, row_part INTEGER,
    row_parts INTEGER, first_row INTEGER, rows INTEGER, bias_rows INTEGER, first_column INTEGER,
    columns INTEGER, w_max REAL, core INTEGER, row_mask BLOB, column_mask BLOB,
    target_ps BLOB, conductance_ps BLOB);
  CREATE TABLE operations(id INTEGER PRIMARY KEY, node INTEGER, segment INTEGER, slot INTEGER,
    start_group INTEGER, direction INTEGER, input_bits INTEGER, input_signed INTEGER,
    output_bits INTEGER, input_scheme INTEGER, conversion INTEGER, activation INTEGER,
    pulse_multiplier INTEGER, step_limit INTEGER, rail_set INTEGER, slope BLOB, intercept BLOB);
  CREATE TABLE rail_sets(id INTEGER PRIMARY KEY, v_read_plus_uv INTEGER,
    v_read_minus_uv INTEGER, v_decrement_plus_uv INTEGER, v_decrement_minus_uv INTEGER,
    v_comparator_uv INTEGER);
  CREATE TABLE checksums(name TEXT PRIMARY KEY, sha256 TEXT) WITHOUT ROWID;
)";

std::string checksum(SQLite::Database& database, const char* table) {
  SQLite::Statement rows(database, std::string("SELECT * FROM ") + table + " ORDER BY 1");
  std::string text;
  for (int i = 0; i < rows.getColumnCount(); ++i) text += std::string(rows.getColumnName(i)) + ",";
  while (rows.executeStep()) {
    for (int i = 0; i < rows.getColumnCount(); ++i) append_column(text, rows.getColumn(i));
  }
  return config::sha256_hex(text);
}

}  // namespace neurram::mapper
