#include "models/ledger/vcd_writer.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "models/base/error.h"
#include "models/ledger/fst_writer.h"
#include "models/ledger/wave_scopes.h"

namespace neurram::ledger {
namespace {

/// Identifier of signal n: printable characters, as many as needed.
std::string identifier(std::size_t n) {
  constexpr std::size_t kFirst = '!';
  constexpr std::size_t kCount = '~' - '!' + 1;
  std::string code;
  do {
    code += static_cast<char>(kFirst + n % kCount);
    n /= kCount;
  } while (n > 0);
  return code;
}

/// Text without what would end a VCD value: white space becomes "_", unprintable bytes "?".
std::string vcd_text(const std::string& text) {
  std::string clean;
  for (const char c : text)
    clean += c == ' ' || c == '\t' || c == '\n' ? '_' : c < ' ' || c > '~' ? '?' : c;
  return clean;
}

}  // namespace

void expect_wave_suffix(const std::filesystem::path& path) {
  const bool known =
      path.extension() == ".vcd" || (path.extension() == ".fst" && FstWriter::available());
  if (!known) {
    throw UsageError(path.string() + ": waveforms are written as " +
                     (FstWriter::available() ? ".fst or .vcd" : ".vcd"));
  }
}

std::unique_ptr<WaveWriter> open_waves(const std::filesystem::path& path) {
  expect_wave_suffix(path);
  if (path.extension() == ".fst") return std::make_unique<FstWriter>(path);
  return std::make_unique<VcdWriter>(path);
}

VcdWriter::VcdWriter(const std::filesystem::path& path)
    : path_(path), file_(std::fopen(path.c_str(), "wb")) {
  if (file_ == nullptr) fail();
}

VcdWriter::~VcdWriter() {
  if (file_ != nullptr) std::fclose(file_);
}

void VcdWriter::fail() const {
  throw FileError(path_.string() + ": cannot be written: " +
                  (errno == ENOSPC ? "no space left on the disk" : std::strerror(errno)));
}

void VcdWriter::put(const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), file_) != text.size()) fail();
}

VcdWriter::Signal VcdWriter::declare(const std::string& path, Kind kind, int bits) {
  if (header_written_)
    throw std::logic_error("a waveform signal was declared after the first change");
  signals_.push_back({path, kind, bits, identifier(signals_.size())});
  return static_cast<Signal>(signals_.size() - 1);
}

void VcdWriter::write_header() {
  header_written_ = true;
  put("$timescale 1 ps $end\n");
  std::vector<std::string> paths;
  for (const Declared& s : signals_) paths.push_back(s.path);
  walk_scopes(
      paths, [this](const std::string& scope) { put("$scope module " + scope + " $end\n"); },
      [this](std::size_t signal, const std::string& name) {
        const Declared& s = signals_[signal];
        const std::string type = s.kind == Kind::kReal   ? "real 64 "
                                 : s.kind == Kind::kText ? "string 1 "
                                                         : "wire " + std::to_string(s.bits) + " ";
        put("$var " + type + s.code + " " + name + " $end\n");
      },
      [this] { put("$upscope $end\n"); });
  put("$enddefinitions $end\n");
}

void VcdWriter::move_to(std::int64_t time_ps) {
  if (!header_written_) write_header();
  if (time_ps < now_ps_) throw std::logic_error("waveform changes are not in order of time");
  if (time_ps == now_ps_) return;
  now_ps_ = time_ps;
  put("#" + std::to_string(time_ps) + "\n");
}

void VcdWriter::change(std::int64_t time_ps, Signal signal, double value) {
  move_to(time_ps);
  const Declared& s = signals_[static_cast<std::size_t>(signal)];
  if (s.kind == Kind::kBit) return put((value != 0 ? "1" : "0") + s.code + "\n");
  char number[40];
  std::snprintf(number, sizeof number, "r%.16g ", value);
  put(number + s.code + "\n");
}

void VcdWriter::change(std::int64_t time_ps, Signal signal, const std::string& text) {
  move_to(time_ps);
  put("s" + vcd_text(text) + " " + signals_[static_cast<std::size_t>(signal)].code + "\n");
}

void VcdWriter::change(std::int64_t time_ps, Signal signal, const std::uint64_t* words) {
  move_to(time_ps);
  const Declared& s = signals_[static_cast<std::size_t>(signal)];
  put("b" + bit_text(words, s.bits) + " " + s.code + "\n");
}

void VcdWriter::finish(std::int64_t time_ps) {
  move_to(std::max(time_ps, now_ps_));
  const bool whole = std::fclose(file_) == 0;
  file_ = nullptr;
  if (!whole) fail();
}

}  // namespace neurram::ledger
