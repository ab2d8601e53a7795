#pragma once

#include "models/config/fields.h"

#include <filesystem>
#include <string>
#include <string_view>

/// Checksums: equal configurations have equal ones, whatever files they came from.
namespace neurram::config {

/// SHA-256, 64 lower-case hexadecimal digits.
[[nodiscard]] std::string sha256_hex(std::string_view bytes);

/// SHA-256 of a file's bytes. Throws FileError where it cannot be read.
[[nodiscard]] std::string sha256_file(const std::filesystem::path& path);

/// SHA-256 over "name=value\n" of every field, sorted by name, values as to_toml() writes them.
/// Parts of indexed groups count where they differ from the base.
[[nodiscard]] std::string fingerprint(const Target& target);

/// The same over the fields declared to affect `affects` only: the key of what depends on those.
[[nodiscard]] std::string fingerprint(const Target& target, Affects affects);

}  // namespace neurram::config
