// Waves read back by a small parser of their own, against the records that they were made from.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "models/base/error.h"
#include "models/ledger/operation_waves.h"
#include "models/ledger/wave_writer.h"
#include "tests/unit/temporary_folder.h"

using namespace neurram;
using namespace neurram::ledger;
namespace fs = std::filesystem;

namespace {

/// The value changes of a VCD file, by hierarchical name.
struct Vcd {
  std::map<std::string, std::map<std::int64_t, std::string>> changes;
  bool ordered = true;

  explicit Vcd(const fs::path& path) {
    std::ifstream file(path);
    std::vector<std::string> scope;
    std::map<std::string, std::string> name_of;
    std::int64_t now = -1;
    for (std::string line; std::getline(file, line);) {
      std::istringstream words(line);
      std::string word, a, b, c;
      words >> word;
      if (word == "$scope") {
        words >> a >> b;
        scope.push_back(b);
      } else if (word == "$upscope") {
        scope.pop_back();
      } else if (word == "$var") {
        words >> a >> b >> c >> word;
        std::string full;
        for (const auto& s : scope) full += s + ".";
        name_of[c] = full + word;
      } else if (word[0] == '#') {
        const std::int64_t time = std::stoll(word.substr(1));
        ordered = ordered && time > now;
        now = time;
      } else if (word[0] == 's' || word[0] == 'r') {
        words >> a;
        changes[name_of.at(a)][now] = word.substr(1);
      } else if (word[0] == '0' || word[0] == '1') {
        changes[name_of.at(word.substr(1))][now] = word.substr(0, 1);
      }
    }
  }
  /// Value of a signal at a time.
  std::string at(const std::string& name, std::int64_t time) const {
    const auto& signal = changes.at(name);
    auto next = signal.upper_bound(time);
    return next == signal.begin() ? "" : std::prev(next)->second;
  }
};

Record record(std::int64_t id, Kind kind, int core, std::int64_t start, std::int64_t end,
              std::int64_t fj) {
  Record r;
  r.id = id;
  r.kind = kind;
  r.core = core;
  r.start_ps = start;
  r.end_ps = end;
  r.layer = 1;
  r.cost[Component::kConversion] = Femtojoules(fj);
  return r;
}

void write(const std::vector<Record>& records, const WaveScene& scene, const fs::path& path) {
  WaveBook book;
  write_waves(records, scene, book, *open_waves(path));
}

struct TemporaryVcd {
  TemporaryFolder folder;
  fs::path path = folder.file("wave.vcd");
};

}  // namespace

TEST_CASE("waves say what the records say, at every instant") {
  Record in = record(0, Kind::kBurstIn, 3, 1000, 5000, 10);
  Record in_next =
      record(1, Kind::kBurstIn, 3, 5000, 6000, 10);  // follows at once on the same chain
  Record rails = record(2, Kind::kRails, kNone, 6000, 7000, 0);
  Record lead = record(3, Kind::kOperation, 3, 7000, 11000, 500);
  lead.vectors = 2;
  lead.group = 4;
  lead.cost[Phase::kInitialise] = Picoseconds(1000);
  lead.cost[Phase::kConvert] = Picoseconds(3000);
  Record member = record(4, Kind::kOperation, 9, 7000, 11000, 600);
  member.vectors = 2;
  member.group = 4;
  Record out = record(5, Kind::kBurstOut, 9, 11000, 12000, 20);

  const TemporaryVcd file;
  const auto writer = open_waves(file.path);
  // Records come in any order; the waves start at the first one.
  WaveBook book;
  write_waves({out, member, lead, rails, in_next, in}, {{"input", "conv 0"}, {3, 9}, {0, 1}, {}},
              book, *writer);
  const Vcd vcd(file.path);
  CHECK(vcd.ordered);
  for (std::int64_t t = 0; t < 11000; t += 100) {
    INFO(t);
    CHECK(vcd.at("chip.core_3.busy", t) == (t >= 6000 && t < 10000 ? "1" : "0"));
    CHECK(vcd.at("chip.core_9.busy", t) == (t >= 6000 && t < 10000 ? "1" : "0"));
    CHECK(vcd.at("chip.rails_settling", t) == (t >= 5000 && t < 6000 ? "1" : "0"));
    CHECK(vcd.at("chip.fabric.row_0", t) == (t < 5000 ? "in_3" : ""));
    CHECK(vcd.at("chip.fabric.row_1", t) == (t >= 10000 ? "out_9" : ""));
    CHECK(vcd.at("chip.core_3.power", t) == "1");
    // Two vectors, each 500 ps of initialise and 1,500 ps of convert.
    const std::int64_t in_vector = (t - 6000) % 2000;
    const std::string phase = t < 6000 || t >= 10000 ? ""
                              : in_vector < 500      ? "initialise"
                                                     : "convert";
    CHECK(vcd.at("chip.core_3.phase", t) == phase);
    CHECK(vcd.at("chip.core_9.phase", t) == phase);
  }
  CHECK(vcd.at("chip.core_3.layer", 6000) == "conv_0");
  CHECK(vcd.at("chip.core_3.layer", 10000).empty());
  CHECK(vcd.at("chip.layer", 0) == "conv_0");
  CHECK(vcd.at("chip.layer", 10999) == "conv_0");
  CHECK(vcd.at("chip.group", 6000) == "4");
  CHECK(std::stod(vcd.at("chip.energy_uj", 11000)) == Approx(1140e-9));
  CHECK(std::stod(vcd.at("chip.energy_uj", 9999)) == Approx(20e-9));
  CHECK(std::stod(vcd.at("chip.core_9.energy_uj", 11000)) == Approx(620e-9));
}

TEST_CASE("the chip's layer goes on from each layer's first record to the next one's") {
  Record first = record(0, Kind::kBurstIn, 0, 0, 1000, 1);
  first.layer = 0;
  const Record second = record(1, Kind::kBurstIn, 0, 1500, 2000, 1);
  const TemporaryVcd file;
  write({first, second}, {{"a", "b"}, {0}, {0}, {}}, file.path);
  const Vcd vcd(file.path);
  for (std::int64_t t = 0; t <= 2000; t += 100) {
    INFO(t);
    CHECK(vcd.at("chip.layer", t) == (t < 1500 ? "a" : "b"));
  }
}

TEST_CASE("a vector's phases fill an operation whose length its vectors do not divide") {
  Record r = record(0, Kind::kOperation, 0, 0, 1000, 1);
  r.vectors = 3;
  r.group = 0;
  r.cost[Phase::kSample] = Picoseconds(400);
  r.cost[Phase::kConvert] = Picoseconds(600);
  const TemporaryVcd file;
  write({r}, {{"a", "b"}, {0}, {0}, {}}, file.path);
  const Vcd vcd(file.path);
  CHECK(vcd.changes.at("chip.core_0.phase") == std::map<std::int64_t, std::string>{{0, "sample"},
                                                                                   {133, "convert"},
                                                                                   {333, "sample"},
                                                                                   {466, "convert"},
                                                                                   {666, "sample"},
                                                                                   {800, "convert"},
                                                                                   {1000, ""}});
}

TEST_CASE("an operation of too many vectors shows no phases, and is busy all the same") {
  Record r = record(0, Kind::kOperation, 0, 0, 1000000, 1);
  r.vectors = kMaxPhasedVectors + 1;
  r.group = 0;
  r.cost[Phase::kConvert] = Picoseconds(1000000);
  const TemporaryVcd file;
  write({r}, {{"a", "b"}, {0}, {0}, {}}, file.path);
  const Vcd vcd(file.path);
  CHECK(vcd.changes.at("chip.core_0.phase").size() == 1);
  CHECK(vcd.at("chip.core_0.busy", 999999) == "1");
}

TEST_CASE("signals keep apart when there are more than single characters can name") {
  constexpr int kSignals = 94 * 94 + 200;
  const TemporaryVcd file;
  const auto writer = open_waves(file.path);
  const auto name = [](int i) { return "chip.s" + std::to_string(i); };
  for (int i = 0; i < kSignals; ++i) writer->declare(name(i), WaveWriter::Kind::kReal);
  for (int i = 0; i < kSignals; ++i) writer->change(i, i, i + 0.25);
  writer->finish(kSignals);
  const Vcd vcd(file.path);
  for (int i = 0; i < kSignals; ++i) {
    INFO(i);
    REQUIRE(std::stod(vcd.at(name(i), kSignals)) == i + 0.25);
  }
}

TEST_CASE("texts keep to one word of printable characters") {
  const TemporaryVcd file;
  const auto writer = open_waves(file.path);
  const auto text = writer->declare("chip.text", WaveWriter::Kind::kText);
  writer->change(0, text, "a b\tc\n#5\x01\xc3\xa9");
  writer->finish(1);
  CHECK(Vcd(file.path).at("chip.text", 0) == "a_b_c_#5???");
}

TEST_CASE("changes that go back in time are refused") {
  const TemporaryVcd file;
  const auto writer = open_waves(file.path);
  const auto bit = writer->declare("chip.bit", WaveWriter::Kind::kBit);
  writer->change(10, bit, 1.0);
  CHECK_THROWS_AS(writer->change(9, bit, 0.0), std::logic_error);
}

TEST_CASE("a full disk is said") {
  const TemporaryVcd file;
  fs::create_symlink("/dev/full", file.path);
  const auto writer = open_waves(file.path);
  const auto bit = writer->declare("chip.bit", WaveWriter::Kind::kBit);
  const auto write_all = [&] {
    for (int t = 0; t < 100000; ++t) writer->change(t, bit, t % 2);
    writer->finish(100000);
  };
  CHECK_THROWS_WITH(write_all(), Catch::Contains("wave.vcd") && Catch::Contains("no space left"));
  const TemporaryVcd small;  // what fits the buffer fails at the end
  fs::create_symlink("/dev/full", small.path);
  CHECK_THROWS_AS(write({}, {{}, {0}, {0}, {}}, small.path), FileError);
}

TEST_CASE("no records make an empty, legal file") {
  const TemporaryVcd file;
  write({}, {{}, {0}, {0}, {}}, file.path);
  CHECK(Vcd(file.path).ordered);
}

TEST_CASE("files that cannot be written are named") {
  CHECK_THROWS_WITH(open_waves("/proc/no/wave.vcd"), Catch::Contains("/proc/no/wave.vcd"));
  CHECK_THROWS_AS(open_waves("wave.png"), UsageError);
}
