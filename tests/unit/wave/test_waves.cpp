// Waves read back by a small parser of their own, against the records that they were made from.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "models/base/error.h"
#include "models/ledger/operation_waves.h"
#include "models/ledger/wave_writer.h"

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

struct TemporaryVcd {
  TemporaryVcd() {
    std::string pattern = (fs::temp_directory_path() / "neurram-wave-XXXXXX").string();
    folder = mkdtemp(pattern.data());
    path = folder / "wave.vcd";
  }
  ~TemporaryVcd() { fs::remove_all(folder); }
  TemporaryVcd(const TemporaryVcd&) = delete;
  TemporaryVcd& operator=(const TemporaryVcd&) = delete;
  fs::path folder, path;
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
  write_waves({out, member, lead, rails, in_next, in}, {{"input", "conv 0"}, {3, 9}, {0, 1}},
              *writer);
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
  CHECK(vcd.at("chip.group", 6000) == "4");
  CHECK(std::stod(vcd.at("chip.energy_uj", 11000)) == Approx(1140e-9));
  CHECK(std::stod(vcd.at("chip.energy_uj", 9999)) == Approx(20e-9));
  CHECK(std::stod(vcd.at("chip.core_9.energy_uj", 11000)) == Approx(620e-9));
}

TEST_CASE("no records make an empty, legal file") {
  const TemporaryVcd file;
  write_waves({}, {{}, {0}, {0}}, *open_waves(file.path));
  CHECK(Vcd(file.path).ordered);
}

TEST_CASE("files that cannot be written are named") {
  CHECK_THROWS_WITH(open_waves("/proc/no/wave.vcd"), Catch::Contains("/proc/no/wave.vcd"));
  CHECK_THROWS_AS(open_waves("wave.png"), UsageError);
}
