#include "models/config/fingerprint.h"

#include "models/base/error.h"

#include <openssl/evp.h>

#include <array>
#include <fstream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <vector>

namespace neurram::config {
namespace {

class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
    check(context_ != nullptr && EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1);
  }
  void add(std::string_view bytes) {
    check(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1);
  }
  std::string hex() {
    std::array<unsigned char, 32> digest{};
    check(EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr) == 1);
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string out;
    for (const unsigned char byte : digest) {
      out += kHex[byte >> 4];
      out += kHex[byte & 0xF];
    }
    return out;
  }

 private:
  static void check(bool ok) {
    if (!ok) throw std::runtime_error("OpenSSL offers no SHA-256 here");
  }
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

std::string fingerprint_of(const Target& target, std::optional<Affects> affects) {
  std::map<std::string, std::string> literals;
  for (const Field& field : list_fields(target)) {
    if (!affects || field.affects == *affects) literals.emplace(field.name, to_toml(field.value));
  }
  Sha256 sum;
  for (const auto& [name, literal] : literals) {
    sum.add(name);
    sum.add("=");
    sum.add(literal);
    sum.add("\n");
  }
  return sum.hex();
}

}  // namespace

std::string sha256_hex(std::string_view bytes) {
  Sha256 sum;
  sum.add(bytes);
  return sum.hex();
}

std::string sha256_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::vector<char> block(1 << 16);
  Sha256 sum;
  while (file.read(block.data(), static_cast<std::streamsize>(block.size())) || file.gcount() > 0) {
    sum.add({block.data(), static_cast<std::size_t>(file.gcount())});
  }
  if (!file.eof()) throw FileError(path.string() + ": cannot be read");
  return sum.hex();
}

std::string fingerprint(const Target& target) {
  return fingerprint_of(target, std::nullopt);
}

std::string fingerprint(const Target& target, Affects affects) {
  return fingerprint_of(target, affects);
}

}  // namespace neurram::config
