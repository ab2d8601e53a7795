#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace neurram::config::sample {

/// A file in the temporary folder that holds `text`, one per process at a time; removed at the end.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& text) {
    std::ofstream(path_, std::ios::binary) << text;
  }
  ~TemporaryFile() { std::filesystem::remove(path_); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_ =
      std::filesystem::temp_directory_path() / ("neurram_test_config_" + std::to_string(getpid()));
};

}  // namespace neurram::config::sample
