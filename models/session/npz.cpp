#include "models/session/npz.h"

#include <zlib.h>

#include <cstdint>

#include "models/base/error.h"
#include "models/mapper/file.h"

// A zip file ends in a directory of its members, which alone says where each begins and how long it
// is (the headers in front of the members may not know yet): PKWARE's APPNOTE.TXT, section 4.3.
namespace neurram::session {
namespace {

constexpr std::uint32_t kMemberMagic = 0x04034b50;
constexpr std::uint32_t kEntryMagic = 0x02014b50;
constexpr std::uint32_t kEndMagic = 0x06054b50;
constexpr std::size_t kMemberBytes = 30;
constexpr std::size_t kEntryBytes = 46;
constexpr std::size_t kEndBytes = 22;
constexpr std::uint32_t kElsewhere16 = 0xFFFF;      // the value stands in a zip64 field
constexpr std::uint32_t kElsewhere32 = 0xFFFFFFFF;  // likewise
constexpr std::uint32_t kStored = 0;
constexpr std::uint32_t kDeflated = 8;
constexpr std::uint32_t kEncrypted = 1;          // flag
constexpr std::uint64_t kLargestRatio = 1032;    // that deflate can reach
constexpr std::uint64_t kSmallestDeflated = 64;  // below it the ratio says little
constexpr std::string_view kSuffix = ".npy";

std::uint32_t number(std::string_view bytes, std::size_t at, std::size_t width) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < width; ++i)
    value |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
  return value;
}

std::uint32_t checksum(std::string_view bytes) {
  return static_cast<std::uint32_t>(
      crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

/// A line of the directory.
struct Entry {
  std::string name;
  std::uint32_t flags = 0;
  std::uint32_t method = 0;
  std::uint32_t crc = 0;
  std::size_t packed_bytes = 0;
  std::size_t bytes = 0;
  std::size_t at = 0;  ///< of its header
};

class Zip {
 public:
  Zip(std::string_view bytes, const std::string& name) : bytes_(bytes), name_(name) {}

  [[nodiscard]] std::vector<Entry> entries() const {
    const std::size_t end = find_end();
    const std::uint32_t count = number(bytes_, end + 10, 2);
    const std::uint32_t size = number(bytes_, end + 12, 4);
    const std::uint32_t first = number(bytes_, end + 16, 4);
    if (count == kElsewhere16 || size == kElsewhere32 || first == kElsewhere32) {
      throw FileError(name_ +
                      ": is a zip64 archive (4 GiB or more, or 65535 members or more), "
                      "which is not understood");
    }
    if (number(bytes_, end + 4, 4) != 0 || number(bytes_, end + 8, 2) != count)
      throw FileError(name_ + ": is one part of several of an archive");
    if (std::uint64_t{first} + size != end) throw damaged();
    const std::string_view directory = bytes_.substr(first, size);
    std::vector<Entry> entries;
    std::size_t at = 0;
    std::size_t packed = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
      entries.push_back(read_entry(directory, at));
      packed += entries.back().packed_bytes;
    }
    if (at != size || packed > first) throw damaged();
    return entries;
  }

  [[nodiscard]] std::string extract(const Entry& entry) const {
    const std::string member = name_ + ": " + entry.name;
    if ((entry.flags & kEncrypted) != 0) throw FileError(member + ": is encrypted");
    if (entry.method != kStored && entry.method != kDeflated) {
      throw FileError(member + ": is compressed by zip's method " + std::to_string(entry.method) +
                      "; stored (0) and deflated (8) are understood");
    }
    const std::string_view packed = packed_bytes(entry, member);
    std::string bytes =
        entry.method == kStored ? std::string(packed) : inflate_all(packed, entry.bytes, member);
    if (bytes.size() != entry.bytes) {
      throw FileError(member + ": holds " + std::to_string(bytes.size()) +
                      " bytes, the archive's directory says " + std::to_string(entry.bytes));
    }
    if (checksum(bytes) != entry.crc)
      throw FileError(member + ": is damaged (its checksum is wrong)");
    return bytes;
  }

 private:
  [[nodiscard]] FileError damaged() const {
    return FileError(name_ + ": damaged (its directory does not fit its length)");
  }

  /// Where the record of the directory begins: the end of the file, but for a comment.
  [[nodiscard]] std::size_t find_end() const {
    if (bytes_.substr(0, 6) == std::string_view("\x93NUMPY", 6))
      throw FileError(name_ + ": is an .npy file, one array; an .npz file of several is expected");
    const bool begins = bytes_.size() >= 4 &&
                        (number(bytes_, 0, 4) == kMemberMagic || number(bytes_, 0, 4) == kEndMagic);
    if (!begins) throw FileError(name_ + ": is no .npz file (it does not begin as a zip archive)");
    constexpr std::size_t kLongestComment = 0xFFFF;
    for (std::size_t comment = 0; comment <= kLongestComment; ++comment) {
      if (bytes_.size() < kEndBytes + comment) break;
      const std::size_t at = bytes_.size() - kEndBytes - comment;
      if (number(bytes_, at, 4) == kEndMagic && number(bytes_, at + 20, 2) == comment) return at;
    }
    throw FileError(name_ + ": cut short (the archive's directory, which ends it, is not there)");
  }

  /// Reads the entry at `at` and moves on.
  Entry read_entry(std::string_view directory, std::size_t& at) const {
    if (directory.size() - at < kEntryBytes || number(directory, at, 4) != kEntryMagic)
      throw damaged();
    Entry entry;
    entry.flags = number(directory, at + 8, 2);
    entry.method = number(directory, at + 10, 2);
    entry.crc = number(directory, at + 16, 4);
    entry.packed_bytes = number(directory, at + 20, 4);
    entry.bytes = number(directory, at + 24, 4);
    entry.at = number(directory, at + 42, 4);
    const std::size_t name_bytes = number(directory, at + 28, 2);
    const std::size_t more_bytes = number(directory, at + 30, 2) + number(directory, at + 32, 2);
    at += kEntryBytes;
    if (directory.size() - at < name_bytes + more_bytes) throw damaged();
    entry.name = directory.substr(at, name_bytes);
    for (const char c : entry.name) {
      if (c >= '\0' && c < ' ') throw damaged();
    }
    at += name_bytes + more_bytes;
    if (entry.packed_bytes == kElsewhere32 || entry.bytes == kElsewhere32 ||
        entry.at == kElsewhere32)
      throw FileError(name_ + ": " + entry.name + ": is a zip64 member, which is not understood");
    return entry;
  }

  [[nodiscard]] std::string_view packed_bytes(const Entry& entry, const std::string& member) const {
    const FileError error(member + ": damaged (the archive's directory points elsewhere)");
    if (entry.at > bytes_.size() || bytes_.size() - entry.at < kMemberBytes) throw error;
    if (number(bytes_, entry.at, 4) != kMemberMagic) throw error;
    const std::size_t header =
        kMemberBytes + number(bytes_, entry.at + 26, 2) + number(bytes_, entry.at + 28, 2);
    if (bytes_.size() - entry.at < header + entry.packed_bytes) throw error;
    return bytes_.substr(entry.at + header, entry.packed_bytes);
  }

  static std::string inflate_all(std::string_view packed, std::size_t size,
                                 const std::string& member) {
    const FileError error(member + ": is damaged (its compressed data do not decode)");
    // Before memory is taken for what the directory says.
    if (size > kLargestRatio * (packed.size() + kSmallestDeflated)) throw error;
    std::string bytes(size, '\0');
    z_stream stream{};
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) throw std::bad_alloc();
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
    stream.avail_out = static_cast<uInt>(bytes.size());
    const int result = inflate(&stream, Z_FINISH);
    const std::size_t filled = stream.total_out;
    inflateEnd(&stream);
    if (result != Z_STREAM_END) throw error;
    bytes.resize(filled);
    return bytes;
  }

  std::string_view bytes_;
  const std::string& name_;
};

std::string deflate_all(std::string_view bytes) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) !=
      Z_OK)
    throw std::bad_alloc();
  std::string packed(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

void put(std::string& bytes, std::size_t value, std::size_t width) {
  for (std::size_t i = 0; i < width; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xFF);
}

}  // namespace

NpyArrays parse_npz(std::string_view bytes, const std::string& name) {
  const Zip zip(bytes, name);
  NpyArrays arrays;
  for (const Entry& entry : zip.entries()) {
    const std::size_t size = entry.name.size();
    if (size <= kSuffix.size() || entry.name.substr(size - kSuffix.size()) != kSuffix) continue;
    const std::string key = entry.name.substr(0, size - kSuffix.size());
    if (arrays.count(key) > 0) throw FileError(name + ": holds the array '" + key + "' twice");
    arrays[key] = parse_npy(zip.extract(entry), name + ": " + key);
  }
  return arrays;
}

NpyArrays read_npz(const std::filesystem::path& path) {
  return parse_npz(mapper::read_file(path.string()), path.string());
}

std::string npz_bytes(const std::map<std::string, std::string>& members) {
  constexpr std::size_t kVersion = 20;       // deflated
  constexpr std::size_t kDate = 1 << 5 | 1;  // 1 January 1980, as NumPy says
  std::string bytes;
  std::string directory;
  for (const auto& [key, member] : members) {
    const std::string name = key + std::string(kSuffix);
    const std::string packed = deflate_all(member);
    std::string common;  // to both headers
    put(common, kVersion, 2);
    put(common, 0, 2);
    put(common, kDeflated, 2);
    put(common, 0, 2);
    put(common, kDate, 2);
    put(common, checksum(member), 4);
    put(common, packed.size(), 4);
    put(common, member.size(), 4);
    put(common, name.size(), 2);
    put(common, 0, 2);
    put(directory, kEntryMagic, 4);
    put(directory, kVersion, 2);
    directory += common;
    put(directory, 0, 10);
    put(directory, bytes.size(), 4);
    directory += name;
    put(bytes, kMemberMagic, 4);
    bytes += common + name + packed;
  }
  const std::size_t first = bytes.size();
  bytes += directory;
  put(bytes, kEndMagic, 4);
  put(bytes, 0, 4);
  put(bytes, members.size(), 2);
  put(bytes, members.size(), 2);
  put(bytes, directory.size(), 4);
  put(bytes, first, 4);
  put(bytes, 0, 2);
  return bytes;
}

}  // namespace neurram::session
