#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace neurram::ledger {

/// Writes value changes of named signals over time, in a format that waveform viewers open. Signals
/// are declared first; changes come in order of time.
class WaveWriter {
 public:
  enum class Kind {
    kBit,   ///< 0 or 1
    kBits,  ///< a vector of bits
    kReal,  ///< a quantity
    kText,  ///< what is going on, "" for nothing
  };
  using Signal = int;

  virtual ~WaveWriter() = default;
  /// `path` is hierarchical, "chip.core_3.busy"; `bits` is the width of kBits.
  virtual Signal declare(const std::string& path, Kind kind, int bits = 1) = 0;
  virtual void change(std::int64_t time_ps, Signal signal, double value) = 0;
  virtual void change(std::int64_t time_ps, Signal signal, const std::string& text) = 0;
  /// Of kBits: bit j is bit j % 64 of word j / 64.
  virtual void change(std::int64_t time_ps, Signal signal, const std::uint64_t* words) = 0;
  /// Ends the recording at time_ps and closes the file. Throws FileError if not all could be
  /// written.
  virtual void finish(std::int64_t time_ps) = 0;
};

/// The characters of a bit vector as both formats write them, highest bit first.
[[nodiscard]] inline std::string bit_text(const std::uint64_t* words, int bits) {
  std::string text(static_cast<std::size_t>(bits), '0');
  for (int j = 0; j < bits; ++j) {
    if ((words[j / 64] >> j % 64 & 1) != 0) text[static_cast<std::size_t>(bits - 1 - j)] = '1';
  }
  return text;
}

/// The writer for a file's suffix: .fst or .vcd. Throws UsageError for others, FileError if the
/// file cannot be made.
void expect_wave_suffix(const std::filesystem::path& path);
[[nodiscard]] std::unique_ptr<WaveWriter> open_waves(const std::filesystem::path& path);

}  // namespace neurram::ledger
