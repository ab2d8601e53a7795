#pragma once

#include "models/config/fields.h"

#include <filesystem>
#include <string>
#include <string_view>

/// Reading TOML into described structs. Values found are laid over those of the target, so that
/// several files and --set build on each other. Fields of an indexed group are given for all parts
/// in its own table, and for one in [chip."core[12]"] or [chip.core.12], in any order; a part
/// follows its base in all fields that do not differ from it. Number fields also take integers.
///
/// A line, unless a comment, may hold 64 dots at most: names do not nest deeper.
///
/// All throw ConfigError, and leave the target as it was, at the first mistake (unknown name, wrong
/// type, out of range, not TOML). The message is one line: the place, the full name, the value,
/// what was expected, and the nearest name or choice where one is unknown:
///
///   chip.toml:12:8: chip.v_read_v = 9.5: expected a number from 0 to 1.5 V
namespace neurram::config {

/// Throws FileError where the file is missing, a directory, unreadable or larger than 16 MiB.
void read_toml_file(const std::filesystem::path& path, const Target& target);

/// `source` names the text in messages.
void read_toml_text(std::string_view text, const std::string& source, const Target& target);

/// Carries out one `--set`: "chip.core[12].bits_out=6". The value is TOML; texts and choices need
/// no quotes. The place in messages is "--set".
void set_field(const Target& target, std::string_view assignment);

}  // namespace neurram::config
