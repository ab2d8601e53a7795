#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>

#include "models/base/error.h"
#include "models/mapper/deployment.h"
#include "models/mapper/deployment_check.h"
#include "models/mapper/deployment_layout.h"

namespace neurram::mapper {
namespace {

constexpr std::string_view kMagic("SQLite format 3\0", 16);
constexpr std::size_t kHeaderBytes = 100;

void check_sums(SQLite::Database& database) {
  for (const char* table : kTables) {
    SQLite::Statement query(database, "SELECT sha256 FROM checksums WHERE name = ?");
    query.bind(1, table);
    if (!query.executeStep() || query.getColumn(0).getString() != checksum(database, table)) {
      throw FileError(std::string("it is damaged: the checksum of table '") + table + "' is wrong");
    }
  }
}

class Row {
 public:
  explicit Row(SQLite::Statement& statement) : statement_(statement) {}

  [[nodiscard]] int integer(const char* name) const { return statement_.getColumn(name).getInt(); }
  [[nodiscard]] double real(const char* name) const {
    return statement_.getColumn(name).getDouble();
  }
  template <class Enum>
  [[nodiscard]] Enum choice(const char* name, Enum last) const {
    const int value = integer(name);
    if (value < 0 || value > static_cast<int>(last)) {
      throw FileError(std::string("column '") + name + "' holds " + std::to_string(value));
    }
    return static_cast<Enum>(value);
  }
  template <class Number>
  [[nodiscard]] std::vector<Number> numbers(const char* name) const {
    const SQLite::Column column = statement_.getColumn(name);
    const void* data = column.getBlob();
    std::vector<Number> out(static_cast<std::size_t>(column.size()) / sizeof(Number));
    if (!out.empty()) std::memcpy(out.data(), data, out.size() * sizeof(Number));
    return out;
  }
  [[nodiscard]] LineMask mask(const char* name) const {
    LineMask mask;
    const auto words = numbers<std::uint32_t>(name);
    if (words.size() != mask.words.size()) {
      throw FileError(std::string("column '") + name + "' is no mask of 256 bits");
    }
    std::copy(words.begin(), words.end(), mask.words.begin());
    return mask;
  }

 private:
  SQLite::Statement& statement_;
};

template <class Make>
auto read_table(SQLite::Database& database, const std::string& table, Make make) {
  SQLite::Statement statement(database, "SELECT * FROM " + table + " ORDER BY id");
  std::vector<decltype(make(Row(statement)))> out;
  while (statement.executeStep()) out.push_back(make(Row(statement)));
  return out;
}

Matrix matrix_of(const Row& row) {
  return {row.integer("rows"), row.integer("columns"), row.numbers<float>("weights"),
          row.numbers<float>("bias")};
}

Segment segment_of(const Row& row) {
  Segment s;
  s.matrix = row.integer("matrix");
  s.row_part = row.integer("row_part");
  s.row_parts = row.integer("row_parts");
  s.first_row = row.integer("first_row");
  s.rows = row.integer("rows");
  s.bias_rows = row.integer("bias_rows");
  s.first_column = row.integer("first_column");
  s.columns = row.integer("columns");
  s.w_max = row.real("w_max");
  s.core = row.integer("core");
  s.row_mask = row.mask("row_mask");
  s.column_mask = row.mask("column_mask");
  s.target_ps = row.numbers<std::uint32_t>("target_ps");
  s.conductance_ps = row.numbers<std::uint32_t>("conductance_ps");
  return s;
}

Operation operation_of(const Row& row) {
  Operation o;
  o.node = row.integer("node");
  o.segment = row.integer("segment");
  o.slot = row.integer("slot");
  o.group = row.integer("start_group");
  o.direction = row.choice("direction", Direction::kRecurrentSourceLine);
  o.input_bits = row.integer("input_bits");
  o.input_signed = row.integer("input_signed") != 0;
  o.output_bits = row.integer("output_bits");
  o.input_scheme = row.choice("input_scheme", InputScheme::kBipolar);
  o.conversion = row.choice("conversion", Conversion::kUnary);
  o.activation = row.choice("activation", NeuronActivation::kStochastic);
  o.pulse_multiplier = row.integer("pulse_multiplier");
  o.step_limit = row.integer("step_limit");
  o.rail_set = row.integer("rail_set");
  o.slope = row.numbers<double>("slope");
  o.intercept = row.numbers<double>("intercept");
  return o;
}

RailSet rail_set_of(const Row& row) {
  return {row.integer("v_read_plus_uv"), row.integer("v_read_minus_uv"),
          row.integer("v_decrement_plus_uv"), row.integer("v_decrement_minus_uv"),
          row.integer("v_comparator_uv")};
}

/// Calls `use` with the value of a key.
template <class Use>
auto meta(SQLite::Database& database, const char* key, Use use) {
  SQLite::Statement query(database, "SELECT value FROM meta WHERE key = ?");
  query.bind(1, key);
  if (!query.executeStep()) throw FileError(std::string("it holds no '") + key + "'");
  return use(query.getColumn(0));
}

void read_meta(SQLite::Database& database, Deployment& d) {
  const auto text = [&](const char* key) {
    return meta(database, key, [](const SQLite::Column& c) { return c.getString(); });
  };
  const auto integer = [&](const char* key) {
    return meta(database, key, [](const SQLite::Column& c) { return c.getInt64(); });
  };
  const auto size = [&](const char* key) { return static_cast<int>(integer(key)); };
  const auto real = [&](const char* key) {
    return meta(database, key, [](const SQLite::Column& c) { return c.getDouble(); });
  };
  d.network_name = text("network_name");
  d.network_sha256 = text("network_sha256");
  d.tool_version = text("tool_version");
  d.seed_device = std::stoull(text("seed_device"));
  d.chip = {size("cores"),      size("grid_rows"),     size("grid_columns"),
            size("array_rows"), size("array_columns"), size("slots")};
  d.range = {real("g_min_s"), real("g_max_s")};
  d.setup = {integer("setup_energy_fj"), integer("setup_time_ps"), real("setup_wall_s"),
             integer("setup_failed_cells")};
  d.graph = graph_from_json(nlohmann::json::parse(text("graph")),
                            read_table(database, "matrices", matrix_of));
}

void read_fingerprints(SQLite::Database& database, Deployment& d) {
  SQLite::Statement query(database, "SELECT name, value FROM fingerprints");
  while (query.executeStep()) d.fingerprints[query.getColumn(0)] = query.getColumn(1).getString();
}

std::uint32_t header_word(std::string_view bytes, std::size_t offset) {
  std::uint32_t word = 0;
  for (std::size_t i = 0; i < 4; ++i)
    word = word << 8 | static_cast<unsigned char>(bytes[offset + i]);
  return word;
}

/// Looks at the header of the SQLite file format (sqlite.org/fileformat.html, section 1.3).
void check_header(std::string_view bytes) {
  if (bytes.empty()) throw FileError("it is empty");
  if (bytes.size() < kHeaderBytes || bytes.substr(0, kMagic.size()) != kMagic ||
      header_word(bytes, 68) != kApplicationId) {
    throw FileError("it is not a deployment file");
  }
  const std::uint32_t version = header_word(bytes, 60);
  if (version > static_cast<std::uint32_t>(kDeploymentSchema)) {
    throw FileError("a newer version wrote it (layout " + std::to_string(version) +
                    ", this version reads " + std::to_string(kDeploymentSchema) + ")");
  }
  const std::size_t page = header_word(bytes, 14) & 0xFFFF;
  const std::size_t whole = (page == 1 ? 65536 : page) * header_word(bytes, 28);
  if (bytes.size() < whole) {
    throw FileError("it is cut short: " + std::to_string(bytes.size()) + " of " +
                    std::to_string(whole) + " bytes");
  }
}

/// A database that reads `bytes`, which must outlive it.
SQLite::Database open_bytes(std::string_view bytes) {
  SQLite::Database database(":memory:", SQLite::OPEN_READWRITE);
  auto* data = reinterpret_cast<unsigned char*>(const_cast<char*>(bytes.data()));
  const auto size = static_cast<sqlite3_int64>(bytes.size());
  const int result = sqlite3_deserialize(database.getHandle(), "main", data, size, size,
                                         SQLITE_DESERIALIZE_READONLY);
  if (result != SQLITE_OK) throw FileError("SQLite cannot open it");
  database.exec("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;");
  return database;
}

Deployment read_all(std::string_view bytes) {
  check_header(bytes);
  SQLite::Database database = open_bytes(bytes);
  check_sums(database);
  Deployment deployment;
  read_meta(database, deployment);
  read_fingerprints(database, deployment);
  deployment.segments = read_table(database, "segments", segment_of);
  deployment.operations = read_table(database, "operations", operation_of);
  deployment.rail_sets = read_table(database, "rail_sets", rail_set_of);
  check(deployment);
  return deployment;
}

}  // namespace

Deployment deserialize(std::string_view bytes, const std::string& name) {
  try {
    return read_all(bytes);
  } catch (const Error& e) {
    throw FileError("deployment '" + name + "': " + e.what());
  } catch (const std::exception& e) {  // SQLite, JSON or a number that does not parse
    throw FileError("deployment '" + name + "' is damaged: " + e.what());
  }
}

}  // namespace neurram::mapper
