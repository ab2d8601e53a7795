#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

/// NumPy's array files: one array (.npy, versions 1 and 2) and a zip of them (.npz, as
/// `numpy.savez` and `numpy.savez_compressed` write it).
namespace neurram::session {

/// An array, in C order whatever the file's order was.
struct NpyArray {
  std::string type;                ///< as in the file, e.g. "<f8"
  std::vector<std::size_t> shape;  ///< empty: one value without dimensions
  std::vector<double> numbers;     ///< of numeric types; whole numbers beyond 2^53 are rounded
  std::vector<std::string> texts;  ///< of text types, in UTF-8

  [[nodiscard]] bool is_text() const { return numbers.empty() && !texts.empty(); }
};

using NpyArrays = std::map<std::string, NpyArray>;

/// "(256, 64)", as NumPy says it.
[[nodiscard]] std::string shape_text(const std::vector<std::size_t>& shape);

/// Parses the bytes of an .npy file. Numbers of 1 to 8 bytes, little-endian, booleans and texts are
/// understood. Throws FileError, which begins with `name`.
[[nodiscard]] NpyArray parse_npy(std::string_view bytes, const std::string& name);
/// Bytes of an .npy file of doubles, or of floats.
[[nodiscard]] std::string npy_bytes(const std::vector<std::size_t>& shape,
                                    const std::vector<double>& numbers);
[[nodiscard]] std::string npy_bytes(const std::vector<std::size_t>& shape,
                                    const std::vector<float>& numbers);
/// Bytes of an .npy file of one text.
[[nodiscard]] std::string npy_bytes(const std::string& ascii);

/// Parses the bytes of an .npz file: stored and deflated members, checksums verified. Members that
/// are no arrays are left out. Throws FileError, which names `name` and the member.
[[nodiscard]] NpyArrays parse_npz(std::string_view bytes, const std::string& name);
/// The same of a file.
[[nodiscard]] NpyArrays read_npz(const std::filesystem::path& path);
/// Bytes of an .npz file. `members`: bytes of an .npy file by the array's name.
[[nodiscard]] std::string npz_bytes(const std::map<std::string, std::string>& members);

}  // namespace neurram::session
