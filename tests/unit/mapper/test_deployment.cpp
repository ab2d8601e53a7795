#include <sys/resource.h>
#include <catch2/catch.hpp>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "dense_network.h"
#include "models/base/error.h"
#include "models/mapper/deployment.h"
#include "models/mapper/file.h"
#include "tests/unit/temporary_folder.h"

namespace neurram::mapper::test {
namespace {

namespace fs = std::filesystem;
using Catch::Contains;

/// Two layers, programmed and calibrated, with every field away from its default.
Deployment sample() {
  Deployment d = deploy(dense_network({{120, 6}, {6, 4}}), {}, {2e-6, 30e-6}, {});
  d.network_sha256 = std::string(64, 'a');
  d.tool_version = "0.1.0";
  d.seed_device = 0xFFFFFFFFFFFFFFFFu;
  d.setup = {123456789012345, 987654321, 1.5};
  d.fingerprints = {{"app", "x"}, {"config", "y"}};
  d.rail_sets = {{1, 2, 3, 4, -5}, {500000, 490000, 120000, 40000, 15000}};
  for (Segment& s : d.segments) s.conductance_ps = s.target_ps;
  for (Operation& o : d.operations) {
    o.output_bits = 6;
    o.input_scheme = InputScheme::kBipolar;
    o.conversion = Conversion::kUnary;
    o.activation = NeuronActivation::kRelu;
    o.pulse_multiplier = 4;
    o.step_limit = 90;
    o.rail_set = 1;
    const auto columns =
        static_cast<std::size_t>(d.segments[static_cast<std::size_t>(o.segment)].columns);
    o.slope.assign(columns, 1.0 / 3.0);
    o.intercept.assign(columns, -0.1);
  }
  return d;
}

std::string message(const std::string& bytes) {
  try {
    (void)deserialize(bytes, "net.nrd");
  } catch (const FileError& e) {
    return e.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("A deployment survives its file unchanged") {
  const Deployment d = sample();
  const std::string bytes = serialize(d);
  const Deployment back = deserialize(bytes, "test");
  CHECK(back.network_name == "dense");
  CHECK(back.network_sha256 == d.network_sha256);
  CHECK(back.tool_version == d.tool_version);
  CHECK(back.seed_device == d.seed_device);
  CHECK(back.chip.cores == 48);
  CHECK(back.chip.slots == 8);
  CHECK(back.range.g_min_s == 2e-6);
  CHECK(back.setup.energy_fj == 123456789012345);
  CHECK(back.setup.wall_s == 1.5);
  CHECK(back.fingerprints == d.fingerprints);
  CHECK(to_json(back.graph) == to_json(d.graph));
  CHECK(back.graph.matrices[0].weights == d.graph.matrices[0].weights);
  CHECK(back.rail_sets[0].v_comparator_uv == -5);
  REQUIRE(back.segments.size() == 3);
  CHECK(back.segments[1].first_row == 60);
  CHECK(back.segments[1].w_max == d.segments[1].w_max);
  CHECK(back.segments[1].row_mask == d.segments[1].row_mask);
  CHECK(back.segments[2].conductance_ps == d.segments[2].conductance_ps);
  CHECK(back.operations[2].slope == d.operations[2].slope);
  CHECK(back.operations[2].activation == NeuronActivation::kRelu);
  CHECK(serialize(back) == bytes);  // nothing was lost, and the bytes do not depend on the run
}

TEST_CASE("A deployment that is not programmed or calibrated yet has empty tables for it") {
  const Deployment back =
      deserialize(serialize(deploy(dense_network({{20, 6}}), {}, {}, {})), "test");
  CHECK(back.segments[0].conductance_ps.empty());
  CHECK(back.segments[0].target_ps.size() == 42 * 6);
  CHECK(back.operations[0].slope.empty());
}

TEST_CASE("Any damaged byte is noticed or harmless") {
  const std::string good = serialize(sample());
  std::size_t noticed = 0;
  std::size_t harmless = 0;  // unused space, header fields that only writers need
  // Every byte of the first pages (header, layout, meta), then samples of the rest.
  for (std::size_t i = 0; i < good.size(); i += i < 8192 ? 1 : 37) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ (1 << i % 8));
    CAPTURE(i);
    if (message(bad) != "accepted") {
      ++noticed;
    } else {
      const bool is_equal = serialize(deserialize(bad, "test")) == good;
      REQUIRE(is_equal);
      ++harmless;
    }
  }
  CHECK(noticed > harmless / 4);
}

TEST_CASE("A file that is cut short, empty, foreign or newer says so") {
  const std::string good = serialize(sample());
  CHECK_THAT(message(""), Contains("net.nrd") && Contains("empty"));
  CHECK_THAT(message("short"), Contains("not a deployment"));
  CHECK_THAT(message(std::string(5000, 'x')), Contains("not a deployment"));
  for (std::size_t size : {std::size_t{100}, std::size_t{4096}, good.size() - 1}) {
    CHECK_THAT(message(good.substr(0, size)), Contains("cut short") && Contains("net.nrd"));
  }
  std::string newer = good;
  newer[63] = 2;
  CHECK_THAT(message(newer), Contains("newer version"));
  std::string foreign = good;
  foreign[68] = 0;
  CHECK_THAT(message(foreign), Contains("not a deployment"));
}

TEST_CASE("A deployment that contradicts itself is refused even with right checksums") {
  const auto refused = [](auto damage) {
    Deployment d = sample();
    damage(d);
    CHECK_THROWS_AS(deserialize(serialize(d), "test"), FileError);
  };
  refused([](Deployment& d) { d.segments[0].matrix = 2; });
  refused([](Deployment& d) { d.segments[0].rows = 121; });
  refused([](Deployment& d) { d.segments[0].first_row = -1; });
  refused([](Deployment& d) { d.segments[0].core = 48; });
  refused([](Deployment& d) { d.segments[0].w_max = 0.0; });
  refused([](Deployment& d) { d.segments[0].row_mask.set(255); });
  refused([](Deployment& d) { d.segments[0].target_ps.pop_back(); });
  refused([](Deployment& d) { d.segments[0].conductance_ps.pop_back(); });
  refused([](Deployment& d) { d.operations[0].node = 0; });
  refused([](Deployment& d) { d.operations[0].segment = 3; });
  refused([](Deployment& d) { d.operations[0].slot = 8; });
  refused([](Deployment& d) { d.operations[0].rail_set = 2; });
  refused([](Deployment& d) { d.operations[0].input_bits = 9; });
  refused([](Deployment& d) { d.operations[0].slope.pop_back(); });
  refused([](Deployment& d) { d.operations[0].intercept[0] = std::nan(""); });
  refused([](Deployment& d) { d.operations[0].conversion = static_cast<Conversion>(2); });
  refused([](Deployment& d) { d.rail_sets.resize(17); });
  refused([](Deployment& d) { d.graph.matrices[0].weights.pop_back(); });
  refused([](Deployment& d) { d.chip.slots = 0; });
}

TEST_CASE("Saving replaces the file whole and leaves nothing else behind") {
  const TemporaryFolder folder;
  const std::string path = folder.file("net.nrd").string();
  save(deploy(dense_network({{20, 6}}), {}, {}, {}), path);
  save(sample(), path);
  CHECK(load(path).segments.size() == 3);
  CHECK(std::distance(fs::directory_iterator(folder.path()), {}) == 1);
}

TEST_CASE("What cannot be written or read is a FileError that names the file") {
  const TemporaryFolder folder;
  CHECK_THROWS_WITH(load(folder.file("none.nrd").string()), Contains("none.nrd"));
  CHECK_THROWS_AS(load(folder.path().string()), FileError);
  CHECK_THROWS_AS(save(sample(), folder.file("no/such/folder.nrd").string()), FileError);
  CHECK_THROWS_AS(save(sample(), folder.path().string()), FileError);
  CHECK(std::distance(fs::directory_iterator(folder.path()), {}) == 0);
}

TEST_CASE("A full disk leaves the old file as it was") {
  const TemporaryFolder folder;
  const std::string path = folder.file("net.nrd").string();
  write_file_whole(path, "old");
  rlimit old_limit{};
  REQUIRE(getrlimit(RLIMIT_FSIZE, &old_limit) == 0);
  rlimit limit = old_limit;
  limit.rlim_cur = 4096;  // the nearest to a full disk that any user can make
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  REQUIRE(setrlimit(RLIMIT_FSIZE, &limit) == 0);
  CHECK_THROWS_WITH(save(sample(), path), Contains("net.nrd"));
  setrlimit(RLIMIT_FSIZE, &old_limit);
  std::signal(SIGXFSZ, handler);
  CHECK(read_file(path) == "old");
  CHECK(std::distance(fs::directory_iterator(folder.path()), {}) == 1);
}

TEST_CASE("Python reads a deployment without our code and finds the same checksums") {
  const TemporaryFolder folder;
  const Deployment d = sample();
  save(d, folder.file("net.nrd").string());
  std::ofstream(folder.file("read.py").string()) << R"(
import hashlib, json, sqlite3, struct, sys
db = sqlite3.connect(sys.argv[1])

def digest(table):
    rows = db.execute(f"SELECT * FROM {table} ORDER BY 1")
    data = "".join(c[0] + "," for c in rows.description).encode()
    for value in (v for row in rows for v in row):
        kind, raw = {int: lambda v: (b"i", str(v).encode()), float: lambda v: (b"r", struct.pack("<d", v)),
                     str: lambda v: (b"t", v.encode()), bytes: lambda v: (b"b", v),
                     type(None): lambda v: (b"n", b"")}[type(value)](value)
        data += kind + str(len(raw)).encode() + b":" + raw
    return hashlib.sha256(data).hexdigest()

for table, sha256 in db.execute("SELECT name, sha256 FROM checksums"):
    assert digest(table) == sha256, table
meta = dict(db.execute("SELECT key, value FROM meta"))
graph = json.loads(meta["graph"])
rows, columns, target = db.execute("SELECT 2 * (rows + bias_rows), columns, target_ps FROM segments WHERE id = 2").fetchone()
cells = struct.unpack(f"<{rows * columns}I", target)
slope, = db.execute("SELECT slope FROM operations WHERE id = 0").fetchone()
print(meta["seed_device"], graph["nodes"][1]["name"], len(cells), sum(cells), "%.6f" % struct.unpack("<6d", slope)[5])
)";
  const std::string command = std::string(NEURRAM_PYTHON) + " " + folder.file("read.py").string() +
                              " " + folder.file("net.nrd").string() + " > " +
                              folder.file("out.txt").string();
  REQUIRE(std::system(command.c_str()) == 0);
  std::uint64_t sum = 0;
  for (auto g : d.segments[2].target_ps) sum += g;
  CHECK(read_file(folder.file("out.txt").string()) ==
        "18446744073709551615 fc0 " + std::to_string(d.segments[2].cells()) + " " +
            std::to_string(sum) + " 0.333333\n");
}

}  // namespace neurram::mapper::test
