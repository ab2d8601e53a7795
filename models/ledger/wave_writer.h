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
    kReal,  ///< a quantity
    kText,  ///< what is going on, "" for nothing
  };
  using Signal = int;

  virtual ~WaveWriter() = default;
  /// `path` is hierarchical, "chip.core_3.busy".
  virtual Signal declare(const std::string& path, Kind kind) = 0;
  virtual void change(std::int64_t time_ps, Signal signal, double value) = 0;
  virtual void change(std::int64_t time_ps, Signal signal, const std::string& text) = 0;
  /// Ends the recording at time_ps and closes the file. Throws FileError if not all could be
  /// written.
  virtual void finish(std::int64_t time_ps) = 0;
};

/// The writer for a file's suffix: .fst or .vcd. Throws UsageError for others, FileError if the
/// file cannot be made.
[[nodiscard]] std::unique_ptr<WaveWriter> open_waves(const std::filesystem::path& path);

}  // namespace neurram::ledger
