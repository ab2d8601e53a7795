#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace neurram::session {

/// The folder of a run: written under a temporary name beside the final one, renamed when whole. If
/// it is never kept (an error, a crash of the program's own making), nothing remains, nor do parent
/// folders that it had to make.
class RunFolder {
 public:
  /// Throws FileError if `path` holds something already (unless `replace` and it is a run's folder)
  /// or cannot be made.
  RunFolder(const std::filesystem::path& path, bool replace);
  ~RunFolder();
  RunFolder(const RunFolder&) = delete;
  RunFolder& operator=(const RunFolder&) = delete;

  /// Where to write now.
  [[nodiscard]] std::filesystem::path file(const std::string& name) const {
    return partial_ / name;
  }
  /// Writes a text file. Throws FileError, e.g. when there is no space left.
  void write(const std::string& name, const std::string& text);
  /// The run is whole: the folder gets its name.
  void keep();
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  std::filesystem::path partial_;
  std::vector<std::filesystem::path> made_;  ///< parent folders that had to be made, deepest first
  bool replace_;
  bool kept_ = false;
};

/// Writes a whole file or throws FileError with the system's reason; a partial one is removed.
void write_file(const std::filesystem::path& path, const std::string& text);

}  // namespace neurram::session
