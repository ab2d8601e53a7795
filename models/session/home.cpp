#include <dlfcn.h>

#include <cstdlib>
#include <fstream>

#include "models/base/error.h"
#include "models/session/config.h"

namespace neurram::session {
namespace {

namespace fs = std::filesystem;

/// Files that hold this code: a shared object (Python's extension), and the program.
std::vector<fs::path> own_files() {
  std::vector<fs::path> files;
  Dl_info info;
  // A program goes by the name it was called with, which may be relative.
  if (dladdr(reinterpret_cast<const void*>(&home), &info) != 0 && info.dli_fname != nullptr &&
      fs::path(info.dli_fname).is_absolute()) {
    files.emplace_back(info.dli_fname);
  }
  std::error_code none;
  if (const fs::path program = fs::read_symlink("/proc/self/exe", none); !none)
    files.push_back(program);
  return files;
}

bool holds_apps(const fs::path& folder) {
  std::error_code none;
  return fs::is_directory(folder / "tb" / "apps", none);
}

/// The first of the folders above `file` that holds share/neurram, as an installation does, or
/// neurram.home, which a build tree keeps to name its source tree. Empty: none.
fs::path home_above(const fs::path& file) {
  for (fs::path folder = file.parent_path(); folder != folder.root_path();
       folder = folder.parent_path()) {
    if (fs::path installed = folder / "share" / "neurram"; holds_apps(installed)) return installed;
    std::string source;
    if (std::ifstream note(folder / "neurram.home");
        std::getline(note, source) && holds_apps(source))
      return source;
  }
  return {};
}

}  // namespace

fs::path home() {
  if (const char* set = std::getenv("NEURRAM_HOME"); set != nullptr && *set != '\0') return set;
  for (const fs::path& file : own_files()) {
    if (fs::path found = home_above(file); !found.empty()) return found;
  }
  if (holds_apps(NEURRAM_DATA_DIR)) return NEURRAM_DATA_DIR;
  throw FileError(
      "cannot find the folder with the apps; set NEURRAM_HOME to the project's folder, or to "
      "share/neurram of an installation");
}

}  // namespace neurram::session
