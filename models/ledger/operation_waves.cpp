#include "models/ledger/operation_waves.h"

#include <algorithm>
#include <map>

namespace neurram::ledger {
namespace {

constexpr double kMicrojoulesPerFemtojoule = 1e-9;

struct CoreSignals {
  WaveWriter::Signal power, busy, layer, phase, energy;
  bool exact = false;  ///< its states are not ours to write
};

class Waves {
  static constexpr auto kInitial = WaveBook::kInitial;
  static constexpr auto kEnd = WaveBook::kEnd;
  static constexpr auto kCount = WaveBook::kCount;
  static constexpr auto kBegin = WaveBook::kBegin;

 public:
  Waves(const WaveScene& scene, WaveBook& book) : scene_(scene), book_(book) {
    using Kind = WaveWriter::Kind;
    layer_ = book.signal("chip.layer", Kind::kText);
    rails_ = book.signal("chip.rails_settling", Kind::kBit);
    group_ = book.signal("chip.group", Kind::kText);
    energy_ = book.signal("chip.energy_uj", Kind::kReal);
    for (std::size_t i = 0; i < scene.cores.size(); ++i) {
      const std::string core = "chip.core_" + std::to_string(scene.cores[i]) + ".";
      cores_[scene.cores[i]] = {
          book.signal(core + "power", Kind::kBit),      book.signal(core + "busy", Kind::kBit),
          book.signal(core + "layer", Kind::kText),     book.signal(core + "phase", Kind::kText),
          book.signal(core + "energy_uj", Kind::kReal), !scene.exact.empty() && scene.exact[i]};
      const int row = scene.rows[i];
      row_of_core_[scene.cores[i]] = row;
      if (rows_.count(row) == 0)
        rows_[row] = book.signal("chip.fabric.row_" + std::to_string(row), Kind::kText);
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

  void write(WaveWriter& writer) {
    for (const WaveWriter::Signal quiet : {layer_, group_}) text(begin_ps_, kInitial, quiet, "");
    for (const auto& [row, signal] : rows_) text(begin_ps_, kInitial, signal, "");
    for (const auto& [core, signals] : cores_) {
      text(begin_ps_, kInitial, signals.layer, "");
      text(begin_ps_, kInitial, signals.phase, "");
      book_.change(begin_ps_, signals.power, 1, kInitial);
      book_.change(begin_ps_, signals.busy, 0.0, kInitial);
      book_.change(begin_ps_, signals.energy, 0.0, kInitial);
    }
    book_.change(begin_ps_, energy_, 0.0, kInitial);
    book_.change(begin_ps_, rails_, 0.0, kInitial);
    add_energies();
    if (begin_ps_ > end_ps_) begin_ps_ = end_ps_ = 0;  // no record
    book_.write(writer, begin_ps_, end_ps_);
  }

 private:
  void text(std::int64_t time_ps, WaveBook::Rank rank, WaveWriter::Signal signal,
            const std::string& value) {
    book_.change(time_ps, signal, value, rank);
  }
  void span(const Record& r, WaveWriter::Signal signal) {
    if (r.end_ps == r.start_ps) return;
    book_.change(r.start_ps, signal, 1.0, kBegin);
    book_.change(r.end_ps, signal, 0.0, kEnd);
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
    if (r.kind == Kind::kOperation && !s.exact) add_phases(r, leader, s.phase);
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
      book_.change(e.time_ps, energy_, total, kCount);
      const auto found = cores_.find(e.core);
      if (found == cores_.end()) continue;
      by_core[e.core] += e.energy_uj;
      book_.change(e.time_ps, found->second.energy, by_core[e.core], kCount);
    }
  }

  struct Energy {
    std::int64_t time_ps;
    std::int32_t core;
    double energy_uj;
  };

  const WaveScene& scene_;
  WaveBook& book_;
  WaveWriter::Signal layer_, rails_, group_, energy_;
  std::map<int, CoreSignals> cores_;
  std::map<int, WaveWriter::Signal> rows_;
  std::map<int, int> row_of_core_;
  std::vector<Energy> energies_;
  std::int32_t current_layer_ = kNone;
  std::int64_t begin_ps_ = INT64_MAX;
  std::int64_t end_ps_ = 0;
};

}  // namespace

void write_waves(std::vector<Record> records, const WaveScene& scene, WaveBook& book,
                 WaveWriter& writer) {
  std::stable_sort(records.begin(), records.end(), [](const Record& a, const Record& b) {
    return a.start_ps != b.start_ps ? a.start_ps < b.start_ps : a.id < b.id;
  });
  Waves waves(scene, book);
  const Record* leader = nullptr;
  for (const Record& r : records) {
    // The first record of a group carries the group's time.
    const bool same = leader != nullptr && r.kind == Kind::kOperation &&
                      leader->kind == Kind::kOperation && r.group == leader->group;
    if (!same) leader = &r;
    waves.add(r, *leader);
  }
  waves.write(writer);
}

}  // namespace neurram::ledger
