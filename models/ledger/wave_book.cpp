#include "models/ledger/wave_book.h"

#include <algorithm>

namespace neurram::ledger {
namespace {

std::size_t words_of(int bits) {
  return static_cast<std::size_t>(bits + 63) / 64;
}

}  // namespace

WaveBook::Signal WaveBook::signal(const std::string& path, Kind kind, int bits) {
  const auto [found, made] = by_path_.emplace(path, static_cast<Signal>(signals_.size()));
  if (made) signals_.push_back({path, kind, bits});
  return found->second;
}

void WaveBook::add(std::int64_t time_ps, Signal signal, Rank rank, double value, std::size_t note) {
  changes_.push_back({time_ps, value, static_cast<std::uint32_t>(note), signal, rank});
}

void WaveBook::change(std::int64_t time_ps, Signal signal, double value, Rank rank) {
  add(time_ps, signal, rank, value, 0);
}

void WaveBook::change(std::int64_t time_ps, Signal signal, const std::string& text, Rank rank) {
  const auto [found, made] = text_index_.emplace(text, static_cast<std::uint32_t>(texts_.size()));
  if (made) texts_.push_back(text);
  add(time_ps, signal, rank, 0, found->second);
}

void WaveBook::change(std::int64_t time_ps, Signal signal, const std::uint64_t* words, Rank rank) {
  add(time_ps, signal, rank, 0, words_.size());
  const std::size_t count = words_of(signals_[static_cast<std::size_t>(signal)].bits);
  words_.insert(words_.end(), words, words + count);
}

void WaveBook::add_quiet_beginnings(std::int64_t begin_ps) {
  int widest = 1;
  for (const Declared& s : signals_) widest = std::max(widest, s.bits);
  const std::vector<std::uint64_t> zeros(words_of(widest));
  for (std::size_t s = 0; s < signals_.size(); ++s) {
    const auto signal = static_cast<Signal>(s);
    if (signals_[s].kind == Kind::kText) {
      change(begin_ps, signal, std::string(), kBefore);
    } else if (signals_[s].kind == Kind::kBits) {
      change(begin_ps, signal, zeros.data(), kBefore);
    } else {
      change(begin_ps, signal, 0.0, kBefore);
    }
  }
}

bool WaveBook::repeats(const Change& change, const Change* last) const {
  if (last == nullptr) return false;
  const Declared& s = signals_[static_cast<std::size_t>(change.signal)];
  if (s.kind != Kind::kBits) return change.value == last->value && change.note == last->note;
  const auto from = words_.begin() + change.note;
  return std::equal(from, from + static_cast<std::ptrdiff_t>(words_of(s.bits)),
                    words_.begin() + last->note);
}

void WaveBook::write(WaveWriter& writer, std::int64_t begin_ps, std::int64_t end_ps) {
  for (const Declared& s : signals_) (void)writer.declare(s.path, s.kind, s.bits);
  add_quiet_beginnings(begin_ps);
  std::stable_sort(changes_.begin(), changes_.end(), [](const Change& a, const Change& b) {
    return a.time_ps != b.time_ps ? a.time_ps < b.time_ps : a.rank < b.rank;
  });
  std::vector<const Change*> last(signals_.size(), nullptr);
  for (const Change& c : changes_) {
    const auto s = static_cast<std::size_t>(c.signal);
    if (repeats(c, last[s])) continue;
    last[s] = &c;
    const std::int64_t time_ps = std::max<std::int64_t>(0, c.time_ps - begin_ps);
    switch (signals_[s].kind) {
      case Kind::kText:
        writer.change(time_ps, c.signal, texts_[c.note]);
        break;
      case Kind::kBits:
        writer.change(time_ps, c.signal, words_.data() + c.note);
        break;
      default:
        writer.change(time_ps, c.signal, c.value);
    }
  }
  writer.finish(changes_.empty() ? 0 : end_ps - begin_ps);
}

}  // namespace neurram::ledger
