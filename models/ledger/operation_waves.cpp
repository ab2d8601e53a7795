#include "models/ledger/operation_waves.h"

#include <algorithm>
#include <map>

namespace neurram::ledger {
namespace {

constexpr double kMicrojoulesPerFemtojoule = 1e-9;

/// Order of changes at one time: ends come before beginnings.
enum Rank { kInitial, kEnd, kCount, kBegin };

/// One change, before sorting.
struct Change {
  std::int64_t time_ps;
  Rank rank;
  WaveWriter::Signal signal;
  bool is_text;
  double value;
  std::string text;
};

struct CoreSignals {
  WaveWriter::Signal power, busy, layer, phase, energy;
};

class Waves {
 public:
  Waves(const WaveScene& scene, WaveWriter& writer) : scene_(scene), writer_(writer) {
    using Kind = WaveWriter::Kind;
    layer_ = writer.declare("chip.layer", Kind::kText);
    rails_ = writer.declare("chip.rails_settling", Kind::kBit);
    group_ = writer.declare("chip.group", Kind::kText);
    energy_ = writer.declare("chip.energy_uj", Kind::kReal);
    for (std::size_t i = 0; i < scene.cores.size(); ++i) {
      const std::string core = "chip.core_" + std::to_string(scene.cores[i]) + ".";
      cores_[scene.cores[i]] = {
          writer.declare(core + "power", Kind::kBit), writer.declare(core + "busy", Kind::kBit),
          writer.declare(core + "layer", Kind::kText), writer.declare(core + "phase", Kind::kText),
          writer.declare(core + "energy_uj", Kind::kReal)};
      const int row = scene.rows[i];
      row_of_core_[scene.cores[i]] = row;
      if (rows_.count(row) == 0)
        rows_[row] = writer.declare("chip.fabric.row_" + std::to_string(row), Kind::kText);
    }
  }

  void add(const Record& r, const Record& leader) {
    begin_ps_ = std::min(begin_ps_, r.start_ps);
    end_ps_ = std::max(end_ps_, r.end_ps);
    add_layer(r);
    switch (r.kind) {
      case Kind::kRails:
        span(r, rails_);
        break;
      case Kind::kBurstIn:
      case Kind::kBurstOut:
        if (row_of_core_.count(r.core) == 0) break;
        span(r, rows_[row_of_core_[r.core]],
             (r.kind == Kind::kBurstIn ? "in " : "out ") + std::to_string(r.core));
        break;
      case Kind::kOperation:
      case Kind::kProgram:
        add_command(r, leader);
        break;
      case Kind::kDigital:
        break;
    }
    energies_.push_back(
        {r.end_ps, r.core,
         static_cast<double>(r.cost.total_energy().value) * kMicrojoulesPerFemtojoule});
  }

  void write() {
    for (const WaveWriter::Signal quiet : {layer_, group_}) text(begin_ps_, kInitial, quiet, "");
    for (const auto& [row, signal] : rows_) text(begin_ps_, kInitial, signal, "");
    for (const auto& [core, signals] : cores_) {
      text(begin_ps_, kInitial, signals.layer, "");
      text(begin_ps_, kInitial, signals.phase, "");
      changes_.push_back({begin_ps_, kInitial, signals.power, false, 1, ""});
      changes_.push_back({begin_ps_, kInitial, signals.busy, false, 0, ""});
      changes_.push_back({begin_ps_, kInitial, signals.energy, false, 0, ""});
    }
    changes_.push_back({begin_ps_, kInitial, energy_, false, 0, ""});
    changes_.push_back({begin_ps_, kInitial, rails_, false, 0, ""});
    add_energies();
    std::stable_sort(changes_.begin(), changes_.end(), [](const Change& a, const Change& b) {
      return a.time_ps != b.time_ps ? a.time_ps < b.time_ps : a.rank < b.rank;
    });
    for (const Change& c : changes_) {
      const std::int64_t time_ps = c.time_ps - begin_ps_;
      c.is_text ? writer_.change(time_ps, c.signal, c.text)
                : writer_.change(time_ps, c.signal, c.value);
    }
    writer_.finish(changes_.empty() ? 0 : end_ps_ - begin_ps_);
  }

 private:
  void text(std::int64_t time_ps, Rank rank, WaveWriter::Signal signal, const std::string& value) {
    changes_.push_back({time_ps, rank, signal, true, 0, value});
  }
  void span(const Record& r, WaveWriter::Signal signal) {
    if (r.end_ps == r.start_ps) return;
    changes_.push_back({r.start_ps, kBegin, signal, false, 1, ""});
    changes_.push_back({r.end_ps, kEnd, signal, false, 0, ""});
  }
  void span(const Record& r, WaveWriter::Signal signal, const std::string& what) {
    if (r.end_ps == r.start_ps) return;
    text(r.start_ps, kBegin, signal, what);
    text(r.end_ps, kEnd, signal, "");
  }

  [[nodiscard]] std::string layer_name(std::int32_t layer) const {
    const bool known = layer >= 0 && static_cast<std::size_t>(layer) < scene_.layers.size();
    return known ? scene_.layers[static_cast<std::size_t>(layer)] : "";
  }

  void add_command(const Record& r, const Record& leader) {
    const auto found = cores_.find(r.core);
    if (found == cores_.end()) return;
    const CoreSignals& s = found->second;
    span(r, s.busy);
    span(r, s.layer, layer_name(r.layer));
    if (&r == &leader) span(r, group_, std::to_string(r.group));
    if (r.kind == Kind::kOperation) add_phases(r, leader, s.phase);
  }

  /// The chip is at a layer from that layer's first record to the next layer's.
  void add_layer(const Record& r) {
    if (r.layer == current_layer_) return;
    current_layer_ = r.layer;
    text(r.start_ps, kBegin, layer_, layer_name(r.layer));
  }

  /// The states of every vector, in order; a group's vectors are as long as their leader's.
  void add_phases(const Record& r, const Record& leader, WaveWriter::Signal signal) {
    if (r.vectors > kMaxPhasedVectors) return;
    constexpr Phase kOrder[] = {Phase::kInitialise, Phase::kSample, Phase::kIntegrate,
                                Phase::kConvert, Phase::kWait};
    std::int64_t total_ps = 0;
    for (const Phase p : kOrder) total_ps += leader.cost[p].value;
    if (total_ps == 0) return;
    std::int64_t done_ps =
        0;  // of each vector's states, summed before dividing: no rounding adds up
    for (std::int64_t v = 0; v < r.vectors; ++v) {
      for (const Phase p : kOrder) {
        if (leader.cost[p].value == 0) continue;
        text(r.start_ps + done_ps / r.vectors, kBegin, signal, std::string(name(p)));
        done_ps += leader.cost[p].value;
      }
    }
    text(r.end_ps, kEnd, signal, "");
  }

  void add_energies() {
    std::stable_sort(energies_.begin(), energies_.end(),
                     [](const auto& a, const auto& b) { return a.time_ps < b.time_ps; });
    double total = 0;
    std::map<int, double> by_core;
    for (const Energy& e : energies_) {
      total += e.energy_uj;
      changes_.push_back({e.time_ps, kCount, energy_, false, total, ""});
      const auto found = cores_.find(e.core);
      if (found == cores_.end()) continue;
      by_core[e.core] += e.energy_uj;
      changes_.push_back({e.time_ps, kCount, found->second.energy, false, by_core[e.core], ""});
    }
  }

  struct Energy {
    std::int64_t time_ps;
    std::int32_t core;
    double energy_uj;
  };

  const WaveScene& scene_;
  WaveWriter& writer_;
  WaveWriter::Signal layer_, rails_, group_, energy_;
  std::map<int, CoreSignals> cores_;
  std::map<int, WaveWriter::Signal> rows_;
  std::map<int, int> row_of_core_;
  std::vector<Change> changes_;
  std::vector<Energy> energies_;
  std::int32_t current_layer_ = kNone;
  std::int64_t begin_ps_ = INT64_MAX;
  std::int64_t end_ps_ = 0;
};

}  // namespace

void write_waves(std::vector<Record> records, const WaveScene& scene, WaveWriter& writer) {
  std::stable_sort(records.begin(), records.end(), [](const Record& a, const Record& b) {
    return a.start_ps != b.start_ps ? a.start_ps < b.start_ps : a.id < b.id;
  });
  Waves waves(scene, writer);
  const Record* leader = nullptr;
  for (const Record& r : records) {
    // The first record of a group carries the group's time.
    const bool same = leader != nullptr && r.kind == Kind::kOperation &&
                      leader->kind == Kind::kOperation && r.group == leader->group;
    if (!same) leader = &r;
    waves.add(r, *leader);
  }
  waves.write();
}

}  // namespace neurram::ledger
