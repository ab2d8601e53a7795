#include "models/session/run_folder.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "models/base/error.h"

namespace neurram::session {

namespace fs = std::filesystem;

namespace {

bool is_run_folder(const fs::path& path) {
  return fs::exists(path / "run.toml") && fs::exists(path / "summary.json");
}

/// Ancestors of `path` that do not exist yet, the deepest first.
std::vector<fs::path> missing_parents(const fs::path& path) {
  std::vector<fs::path> missing;
  for (fs::path p = path.parent_path(); p.has_relative_path() && !fs::exists(p);
       p = p.parent_path())
    missing.push_back(p);
  return missing;
}

/// Removes those of the folders that are empty.
void remove_empty(const std::vector<fs::path>& folders) {
  std::error_code ignored;
  for (const fs::path& folder : folders) fs::remove(folder, ignored);
}

}  // namespace

void write_file(const fs::path& path, const std::string& text) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  bool whole = file != nullptr;
  int reason = errno;
  if (whole) {
    whole = std::fwrite(text.data(), 1, text.size(), file) == text.size();
    if (!whole) reason = errno;
    if (std::fclose(file) != 0 && whole) {
      whole = false;
      reason = errno;
    }
  }
  if (whole) return;
  std::remove(path.c_str());
  std::string why = std::strerror(reason);
  if (reason == ENOSPC) why = "no space left on the disk";
  throw FileError(path.string() + ": cannot be written: " + why);
}

RunFolder::RunFolder(const fs::path& path, bool replace)
    : path_(fs::absolute(path).lexically_normal()), replace_(replace) {
  if (!path_.has_filename()) path_ = path_.parent_path();
  std::error_code code;
  if (fs::exists(path_, code)) {
    const bool empty = fs::is_directory(path_) && fs::is_empty(path_);
    if (!empty && !(replace && is_run_folder(path_))) {
      throw FileError(path_.string() + ": exists already" +
                      (is_run_folder(path_) ? "; give another --out, or --force to replace this run"
                                            : " and is not a run's folder; give another --out"));
    }
  }
  partial_ = path_;
  partial_ += ".partial-" + std::to_string(getpid());
  made_ = missing_parents(partial_);
  fs::create_directories(partial_, code);
  if (code) {
    const std::string why = code.message();
    remove_empty(made_);
    throw FileError(path_.string() + ": the run's folder cannot be made: " + why);
  }
}

RunFolder::~RunFolder() {
  std::error_code ignored;
  if (kept_) return;
  fs::remove_all(partial_, ignored);
  remove_empty(made_);
}

void RunFolder::write(const std::string& name, const std::string& text) {
  write_file(file(name), text);
}

void RunFolder::keep() {
  std::error_code code;
  if (replace_ && is_run_folder(path_)) fs::remove_all(path_, code);
  if (fs::is_directory(path_) && fs::is_empty(path_)) fs::remove(path_, code);
  fs::rename(partial_, path_, code);
  if (code)
    throw FileError(path_.string() + ": the run's folder cannot be made: " + code.message());
  kept_ = true;
}

}  // namespace neurram::session
