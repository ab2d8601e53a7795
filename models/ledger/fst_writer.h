#pragma once

#include <string>
#include <vector>

#include "models/ledger/wave_writer.h"

namespace neurram::ledger {

/// GTKWave's fast signal trace, by Verilator's copy of its writer; timescale 1 ps. Ten to a hundred
/// times smaller than a VCD.
class FstWriter : public WaveWriter {
 public:
  explicit FstWriter(const std::filesystem::path& path);
  ~FstWriter() override;
  FstWriter(const FstWriter&) = delete;
  FstWriter& operator=(const FstWriter&) = delete;

  Signal declare(const std::string& path, Kind kind, int bits = 1) override;
  void change(std::int64_t time_ps, Signal signal, double value) override;
  void change(std::int64_t time_ps, Signal signal, const std::string& text) override;
  void change(std::int64_t time_ps, Signal signal, const std::uint64_t* words) override;
  void finish(std::int64_t time_ps) override;

  /// Does this program have the writer?
  [[nodiscard]] static bool available();

 private:
  void write_header();
  void move_to(std::int64_t time_ps);
  void close();
  [[nodiscard]] bool is_whole() const;
  [[noreturn]] void fail() const;

  std::filesystem::path path_;
  void* file_ = nullptr;  ///< the writer's own
  std::vector<std::string> names_;
  std::vector<Kind> kinds_;
  std::vector<int> bits_;
  std::vector<std::uint32_t> handles_;  ///< by signal
  std::int64_t now_ps_ = -1;
};

}  // namespace neurram::ledger
