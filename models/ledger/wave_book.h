#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "models/ledger/wave_writer.h"

namespace neurram::ledger {

/// Collects value changes in any order of time and from any number of sources, then writes them in
/// order: annotated delays tell of the future, and what a state led to may be known late.
class WaveBook {
 public:
  using Kind = WaveWriter::Kind;
  using Signal = WaveWriter::Signal;

  /// Order of changes at one time: ends come before beginnings.
  enum Rank : std::uint8_t { kBefore, kInitial, kEnd, kCount, kBegin };

  /// The signal of that name; made at its first mention.
  Signal signal(const std::string& path, Kind kind, int bits = 1);

  void change(std::int64_t time_ps, Signal signal, double value, Rank rank = kBegin);
  void change(std::int64_t time_ps, Signal signal, const std::string& text, Rank rank = kBegin);
  /// `words` of a bit signal, lowest bit first.
  void change(std::int64_t time_ps, Signal signal, const std::uint64_t* words, Rank rank = kBegin);

  /// Has anything been told?
  [[nodiscard]] bool empty() const { return changes_.empty(); }

  /// Writes all of it, begin_ps becoming time 0, and closes the file at end_ps. A change to the
  /// value that a signal has already is left out.
  void write(WaveWriter& writer, std::int64_t begin_ps, std::int64_t end_ps);

 private:
  struct Declared {
    std::string path;
    Kind kind;
    int bits;
  };
  struct Change {
    std::int64_t time_ps;
    double value;        ///< of bits and reals
    std::uint32_t note;  ///< index of a text, or of a vector's first word
    Signal signal;
    Rank rank;
  };

  void add(std::int64_t time_ps, Signal signal, Rank rank, double value, std::size_t note);
  /// A signal that nothing has been told of yet is 0 or empty.
  void add_quiet_beginnings(std::int64_t begin_ps);
  [[nodiscard]] bool repeats(const Change& change, const Change* last) const;

  std::vector<Declared> signals_;
  std::map<std::string, Signal> by_path_;
  std::vector<Change> changes_;
  std::vector<std::string> texts_;
  std::map<std::string, std::uint32_t> text_index_;
  std::vector<std::uint64_t> words_;
};

}  // namespace neurram::ledger
