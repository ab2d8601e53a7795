#include "models/ledger/timeline.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <set>

#include "models/base/error.h"

namespace neurram::ledger {
namespace {

constexpr double kMicrosecondsPerPicosecond = 1e-6;
constexpr double kNanojoulesPerFemtojoule = 1e-6;
constexpr int kProcess = 1;
constexpr int kHostTrack = 0;    ///< what no core does: rails, digital work
constexpr int kFirstCore = 1;    ///< track of core 0
constexpr int kFabric = 10'000;  ///< track of core 0's codes on their way

/// One JSON array of events, written as they come.
class Events {
 public:
  explicit Events(const std::filesystem::path& path)
      : path_(path), file_(std::fopen(path.c_str(), "wb"), &std::fclose) {
    if (!file_) fail();
    put("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n");
  }
  void add(const std::string& event) {
    put((first_ ? "" : ",\n") + event);
    first_ = false;
  }
  void close() {
    put("\n]}\n");
    if (std::fclose(file_.release()) != 0) fail();
  }

 private:
  void put(const std::string& text) {
    if (std::fwrite(text.data(), 1, text.size(), file_.get()) != text.size()) fail();
  }
  [[noreturn]] void fail() const {
    throw FileError(path_.string() + ": cannot be written: " +
                    (errno == ENOSPC ? "no space left on the disk" : std::strerror(errno)));
  }

  std::filesystem::path path_;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
  bool first_ = true;
};

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6f", value);
  return text;
}

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c < ' ' ? '?' : c;
  }
  return result + "\"";
}

int track_of(const Record& r) {
  if (r.core < 0) return kHostTrack;
  const bool moves = r.kind == Kind::kBurstIn || r.kind == Kind::kBurstOut;
  return r.core + (moves ? kFabric : kFirstCore);
}

std::string track_name(int track) {
  if (track == kHostTrack) return "rails and digital work";
  return track >= kFabric ? "codes of core " + std::to_string(track - kFabric)
                          : "core " + std::to_string(track - kFirstCore);
}

class Timeline {
 public:
  Timeline(const std::vector<std::string>& layers, const std::filesystem::path& path)
      : layers_(layers), events_(path) {}

  void write(const std::vector<Record>& records) {
    if (!records.empty()) begin_ps_ = records.front().start_ps;
    for (const Record& r : records) tracks_.insert(track_of(r));
    for (const int track : tracks_) {
      events_.add(
          "{\"ph\":\"M\",\"name\":\"thread_name\",\"pid\":1,\"tid\":" + std::to_string(track) +
          ",\"args\":{\"name\":" + quoted(track_name(track)) + "}}");
    }
    for (const Record& r : records) add(r);
    add_counters(records);
    events_.close();
  }

 private:
  [[nodiscard]] std::string at(std::int64_t ps) const {
    return number(static_cast<double>(ps - begin_ps_) * kMicrosecondsPerPicosecond);
  }

  void slice(int track, const std::string& name, std::int64_t start_ps, std::int64_t duration_ps,
             const std::string& arguments) {
    events_.add(
        "{\"ph\":\"X\",\"pid\":" + std::to_string(kProcess) + ",\"tid\":" + std::to_string(track) +
        ",\"name\":" + quoted(name) + ",\"ts\":" + at(start_ps) +
        ",\"dur\":" + number(static_cast<double>(duration_ps) * kMicrosecondsPerPicosecond) +
        ",\"args\":{" + arguments + "}}");
  }

  void add(const Record& r) {
    const bool known = r.layer >= 0 && static_cast<std::size_t>(r.layer) < layers_.size();
    const std::string layer = known ? layers_[static_cast<std::size_t>(r.layer)] : "";
    std::string arguments = "\"layer\":" + quoted(layer) +
                            ",\"vectors\":" + std::to_string(r.vectors) +
                            ",\"cycles\":" + std::to_string(r.cycles);
    for (std::size_t c = 0; c < kComponents; ++c) {
      if (r.cost.energy[c].value == 0) continue;
      arguments += ",\"" + std::string(name(static_cast<Component>(c))) + "_nj\":" +
                   number(static_cast<double>(r.cost.energy[c].value) * kNanojoulesPerFemtojoule);
    }
    const std::string what = std::string(name(r.kind)) + (layer.empty() ? "" : " " + layer);
    slice(track_of(r), what, r.start_ps, r.end_ps - r.start_ps, arguments);
    if (r.kind == Kind::kOperation) add_phases(r);
  }

  /// An operation's phases, each as long as all its vectors stay in it.
  void add_phases(const Record& r) {
    std::int64_t from_ps = r.start_ps;
    for (const Phase p :
         {Phase::kInitialise, Phase::kSample, Phase::kIntegrate, Phase::kConvert, Phase::kWait}) {
      const std::int64_t duration_ps = r.cost[p].value;
      if (duration_ps > 0) slice(track_of(r), std::string(name(p)), from_ps, duration_ps, "");
      from_ps += duration_ps;
    }
  }

  void counter(const char* name, std::int64_t at_ps, double value) {
    events_.add(std::string("{\"ph\":\"C\",\"pid\":1,\"name\":\"") + name +
                "\",\"ts\":" + at(at_ps) + ",\"args\":{\"value\":" + number(value) + "}}");
  }

  void add_counters(const std::vector<Record>& records) {
    constexpr double kWattPerFemtojoulePerPicosecond = 1e-3;
    constexpr double kMilliwatts = 1e3;
    std::map<std::int64_t, double> power_mw, energy_nj;  // changes, by time
    for (const Record& r : records) {
      const auto fj = static_cast<double>(r.cost.total_energy().value);
      energy_nj[r.end_ps] += fj * kNanojoulesPerFemtojoule;
      if (r.end_ps == r.start_ps) continue;
      const double mw = fj / static_cast<double>(r.end_ps - r.start_ps) *
                        kWattPerFemtojoulePerPicosecond * kMilliwatts;
      power_mw[r.start_ps] += mw;
      power_mw[r.end_ps] -= mw;
    }
    double sum = 0;
    for (const auto& [at_ps, change] : energy_nj) counter("energy [nJ]", at_ps, sum += change);
    sum = 0;
    for (const auto& [at_ps, change] : power_mw)
      counter("power of commands [mW]", at_ps, std::max(0.0, sum += change));
  }

  const std::vector<std::string>& layers_;
  Events events_;
  std::set<int> tracks_;
  std::int64_t begin_ps_ = 0;
};

}  // namespace

void write_timeline(std::vector<Record> records, const std::vector<std::string>& layers,
                    const std::filesystem::path& path) {
  std::stable_sort(records.begin(), records.end(), [](const Record& a, const Record& b) {
    return a.start_ps != b.start_ps ? a.start_ps < b.start_ps : a.id < b.id;
  });
  try {
    Timeline(layers, path).write(records);
  } catch (...) {
    std::error_code none;
    std::filesystem::remove(path, none);  // part of a trace is none
    throw;
  }
}

}  // namespace neurram::ledger
