#pragma once

#include <cstdio>
#include <string>
#include <vector>

#include "models/ledger/wave_writer.h"

namespace neurram::ledger {

/// Value change dump (IEEE 1364), timescale 1 ps; texts as GTKWave's string variables.
class VcdWriter : public WaveWriter {
 public:
  explicit VcdWriter(const std::filesystem::path& path);
  ~VcdWriter() override;
  VcdWriter(const VcdWriter&) = delete;
  VcdWriter& operator=(const VcdWriter&) = delete;

  Signal declare(const std::string& path, Kind kind, int bits = 1) override;
  void change(std::int64_t time_ps, Signal signal, double value) override;
  void change(std::int64_t time_ps, Signal signal, const std::string& text) override;
  void change(std::int64_t time_ps, Signal signal, const std::uint64_t* words) override;
  void finish(std::int64_t time_ps) override;

 private:
  struct Declared {
    std::string path;
    Kind kind;
    int bits;
    std::string code;  ///< identifier in the file
  };

  void write_header();
  void move_to(std::int64_t time_ps);
  void put(const std::string& text);
  [[noreturn]] void fail() const;

  std::filesystem::path path_;
  std::FILE* file_;
  std::vector<Declared> signals_;
  bool header_written_ = false;
  std::int64_t now_ps_ = -1;
};

}  // namespace neurram::ledger
