#include "models/ledger/fst_writer.h"

#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "models/base/error.h"
#include "models/ledger/wave_scopes.h"

#if NEURRAM_FST
#include <fstapi.h>
#endif

namespace neurram::ledger {

#if NEURRAM_FST

bool FstWriter::available() {
  return true;
}

FstWriter::FstWriter(const std::filesystem::path& path) : path_(path) {
  constexpr int kPicoseconds = -12;
  file_ = fstWriterCreate(path.c_str(), 1);
  if (file_ == nullptr) fail();
  fstWriterSetTimescale(file_, kPicoseconds);
  fstWriterSetPackType(file_, FST_WR_PT_LZ4);
}

FstWriter::~FstWriter() {
  close();
}

void FstWriter::close() {
  if (file_ != nullptr) fstWriterClose(file_);
  file_ = nullptr;
}

FstWriter::Signal FstWriter::declare(const std::string& path, Kind kind, int bits) {
  if (!handles_.empty())
    throw std::logic_error("a waveform signal was declared after the first change");
  names_.push_back(path);
  kinds_.push_back(kind);
  bits_.push_back(bits);
  return static_cast<Signal>(names_.size() - 1);
}

void FstWriter::write_header() {
  handles_.resize(names_.size());
  walk_scopes(
      names_,
      [this](const std::string& scope) {
        fstWriterSetScope(file_, FST_ST_VCD_MODULE, scope.c_str(), nullptr);
      },
      [this](std::size_t signal, const std::string& name) {
        constexpr std::uint32_t kRealBytes = 8;
        const Kind kind = kinds_[signal];
        fstVarType type = FST_VT_VCD_WIRE;
        auto length = static_cast<std::uint32_t>(bits_[signal]);
        if (kind == Kind::kReal) {
          type = FST_VT_VCD_REAL;
          length = kRealBytes;
        } else if (kind == Kind::kText) {
          type = FST_VT_GEN_STRING;
          length = 0;
        }
        handles_[signal] =
            fstWriterCreateVar(file_, type, FST_VD_IMPLICIT, length, name.c_str(), 0);
      },
      [this] { fstWriterSetUpscope(file_); });
}

void FstWriter::move_to(std::int64_t time_ps) {
  if (handles_.empty()) write_header();
  if (time_ps < now_ps_) throw std::logic_error("waveform changes are not in order of time");
  if (time_ps == now_ps_) return;
  now_ps_ = time_ps;
  fstWriterEmitTimeChange(file_, static_cast<std::uint64_t>(time_ps));
}

void FstWriter::change(std::int64_t time_ps, Signal signal, double value) {
  move_to(time_ps);
  const auto s = static_cast<std::size_t>(signal);
  if (kinds_[s] == Kind::kBit) {
    fstWriterEmitValueChange(file_, handles_[s], value != 0 ? "1" : "0");
  } else {
    fstWriterEmitValueChange(file_, handles_[s], &value);
  }
}

void FstWriter::change(std::int64_t time_ps, Signal signal, const std::string& text) {
  move_to(time_ps);
  fstWriterEmitVariableLengthValueChange(file_, handles_[static_cast<std::size_t>(signal)],
                                         text.data(), static_cast<std::uint32_t>(text.size()));
}

void FstWriter::change(std::int64_t time_ps, Signal signal, const std::uint64_t* words) {
  move_to(time_ps);
  const auto s = static_cast<std::size_t>(signal);
  fstWriterEmitValueChange(file_, handles_[s], bit_text(words, bits_[s]).c_str());
}

void FstWriter::finish(std::int64_t time_ps) {
  move_to(std::max(time_ps, now_ps_));
  fstWriterFlushContext(file_);
  close();
  if (!is_whole()) {
    errno = ENOSPC;
    fail();
  }
}

/// The writer tells of no error, so the reader is asked.
bool FstWriter::is_whole() const {
  void* const reader = fstReaderOpen(path_.c_str());
  if (reader == nullptr) return false;
  const bool whole = fstReaderGetEndTime(reader) == static_cast<std::uint64_t>(now_ps_) &&
                     fstReaderGetVarCount(reader) == names_.size() &&
                     fstReaderIterateHier(reader) != nullptr;
  fstReaderClose(reader);
  return whole;
}

#else

bool FstWriter::available() {
  return false;
}
FstWriter::FstWriter(const std::filesystem::path& path) {
  throw UsageError(path.string() + ": this program was built without Verilator, whose FST writer " +
                   "it would take; waveforms are written as .vcd");
}
FstWriter::~FstWriter() = default;
FstWriter::Signal FstWriter::declare(const std::string&, Kind, int) {
  return 0;
}
void FstWriter::change(std::int64_t, Signal, double) {}
void FstWriter::change(std::int64_t, Signal, const std::string&) {}
void FstWriter::change(std::int64_t, Signal, const std::uint64_t*) {}
void FstWriter::finish(std::int64_t) {}

#endif

void FstWriter::fail() const {
  throw FileError(path_.string() + ": cannot be written: " +
                  (errno == ENOSPC ? "no space left on the disk" : std::strerror(errno)));
}

}  // namespace neurram::ledger
