#pragma once

#include <string>
#include <string_view>

/// Whole files in and out, with the errors that a user can act on.
namespace neurram::mapper {

/// All bytes of a file. Throws FileError where it is missing, a directory or unreadable.
[[nodiscard]] std::string read_file(const std::string& path);

/// Writes under a temporary name in the same folder, then renames: `path` holds its old content or
/// all of the new, also after a crash. Throws FileError and leaves nothing behind.
void write_file_whole(const std::string& path, std::string_view bytes);

}  // namespace neurram::mapper
