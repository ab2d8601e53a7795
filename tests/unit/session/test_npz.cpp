// NumPy's files: what is written reads back, every type and order is understood, and whatever is
// wrong is told by name.
#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <random>

#include "models/base/error.h"
#include "models/session/npz.h"

using namespace neurram;
using namespace neurram::session;

namespace {

/// An .npy file from its parts.
std::string npy(const std::string& header, const std::string& data, int version = 1) {
  std::string bytes = "\x93NUMPY";
  bytes += static_cast<char>(version);
  bytes += '\0';
  for (int i = 0; i < (version == 1 ? 2 : 4); ++i)
    bytes += static_cast<char>(header.size() >> (8 * i) & 0xFF);
  return bytes + header + data;
}

std::string header(const std::string& type, const std::string& shape, bool fortran = false) {
  return "{'descr': '" + type + "', 'fortran_order': " + (fortran ? "True" : "False") +
         ", 'shape': " + shape + ", }\n";
}

std::vector<double> numbers(const std::string& type, const std::string& data) {
  return parse_npy(npy(header(type, "(2,)"), data), "x").numbers;
}

void says(const std::string& bytes, const std::string& what) {
  CHECK_THROWS_WITH(parse_npy(bytes, "in.npz: g"),
                    Catch::StartsWith("in.npz: g") && Catch::Contains(what));
}

void archive_says(const std::string& bytes, const std::string& what) {
  CHECK_THROWS_WITH(parse_npz(bytes, "in.npz"),
                    Catch::StartsWith("in.npz") && Catch::Contains(what));
}

std::string some_archive() {
  return npz_bytes({{"g", npy_bytes({2, 3}, std::vector<double>{1, 2, 3, 4, 5, 6})},
                    {"mode", npy_bytes(std::string("voltage"))},
                    {"r", npy_bytes({}, std::vector<float>{0.5f})}});
}

/// Overwrites a little-endian number.
std::string patched(std::string bytes, std::size_t at, std::size_t width, std::size_t value) {
  for (std::size_t i = 0; i < width; ++i)
    bytes[at + i] = static_cast<char>(value >> (8 * i) & 0xFF);
  return bytes;
}

}  // namespace

TEST_CASE("arrays read back as they were written") {
  CHECK(rc::check("doubles", [] {
    const auto shape =
        *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, 5));
    RC_PRE(shape.size() < 6);
    std::size_t count = 1;
    for (const std::size_t n : shape) count *= n;
    const auto values =
        *rc::gen::container<std::vector<double>>(count, rc::gen::arbitrary<double>());
    const auto arrays = parse_npz(npz_bytes({{"a", npy_bytes(shape, values)}}), "x");
    RC_ASSERT(arrays.size() == 1u);
    RC_ASSERT(arrays.at("a").shape == shape);
    RC_ASSERT(arrays.at("a").numbers == values);
  }));
  const NpyArrays arrays = parse_npz(some_archive(), "x");
  REQUIRE(arrays.size() == 3);
  CHECK(arrays.at("mode").texts == std::vector<std::string>{"voltage"});
  CHECK(arrays.at("mode").shape.empty());
  CHECK(arrays.at("mode").is_text());
  CHECK(arrays.at("r").numbers == std::vector<double>{0.5});
  CHECK(arrays.at("r").type == "<f4");
  CHECK(parse_npy(npy_bytes(std::string()), "x").texts == std::vector<std::string>{""});
  CHECK(parse_npz(npz_bytes({}), "x").empty());
}

TEST_CASE("numbers of every width are understood") {
  using namespace std::string_literals;
  const std::vector<double> expected = {1, -2};
  CHECK(numbers("|i1", "\x01\xFE"s) == expected);
  CHECK(numbers("<i2", "\x01\0\xFE\xFF"s) == expected);
  CHECK(numbers("<i4", "\x01\0\0\0\xFE\xFF\xFF\xFF"s) == expected);
  CHECK(numbers("<i8", "\x01\0\0\0\0\0\0\0\xFE\xFF\xFF\xFF\xFF\xFF\xFF\xFF"s) == expected);
  CHECK(numbers("<f4", "\0\0\x80\x3F\0\0\0\xC0"s) == expected);
  CHECK(numbers("<f8", "\0\0\0\0\0\0\xF0\x3F\0\0\0\0\0\0\0\xC0"s) == expected);
  CHECK(numbers("|u1", "\x01\xFE"s) == std::vector<double>{1, 254});
  CHECK(numbers("<u2", "\x01\0\xFE\xFF"s) == std::vector<double>{1, 65534});
  CHECK(numbers("<u4", "\x01\0\0\0\xFF\xFF\xFF\xFF"s) == std::vector<double>{1, 4294967295});
  CHECK(numbers("<u8", "\x01\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0"s) ==
        std::vector<double>{1, 4294967296});
  CHECK(numbers("|b1", "\x01\0"s) == std::vector<double>{1, 0});
}

TEST_CASE("texts become UTF-8, orders become C's, versions 1 and 2 are one") {
  using namespace std::string_literals;
  const auto texts = [](const std::string& type, const std::string& data) {
    return parse_npy(npy(header(type, "()"), data), "x").texts.front();
  };
  CHECK(texts("|S5", "tnsa\0"s) == "tnsa");
  CHECK(texts("<U2", "\xB5\0\0\0S\0\0\0"s) == "\xC2\xB5S");
  CHECK(texts("<U2", "\xAC\x20\0\0\0\xF6\x01\0"s) == "\xE2\x82\xAC\xF0\x9F\x98\x80");
  const NpyArray a = parse_npy(
      npy(header("|u1", "(2, 3, 2)", true), "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0A\x0B\x0C", 2),
      "x");
  CHECK(a.numbers == std::vector<double>{1, 7, 3, 9, 5, 11, 2, 8, 4, 10, 6, 12});
  CHECK(
      parse_npy(npy(R"({"shape":(2,),"fortran_order":False,"descr":"|u1"})", "ab"), "x").numbers ==
      std::vector<double>{'a', 'b'});
  CHECK(shape_text({}) == "()");
  CHECK(shape_text({3}) == "(3,)");
  CHECK(shape_text({3, 4}) == "(3, 4)");
}

TEST_CASE("every fault of an array has its message") {
  const std::string good = header("<f8", "(1,)");
  const std::string one(8, '\0');
  says("not an array", "does not begin as one");
  says("\x93NUMPY", "cut short");
  says(npy(good, one).substr(0, 30), "cut short");
  says(npy(good, one, 3), "version 3");
  says(npy(header(">f8", "(1,)"), one), "big-endian");
  says(npy(header("<c16", "(1,)"), one), "<c16");
  says(npy(header("|O", "(1,)"), one), "'|O'");
  says(npy(header("<f3", "(1,)"), one), "<f3");
  says(npy(header("<U0", "(1,)"), ""), "<U0");
  says(npy(header("<U9999999999", "(1,)"), ""), "understood");
  says(npy("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,), }", one), "records");
  says(npy(header("<f8", "(2,)"), one), "8 bytes of data; shape (2,) of type '<f8' needs 16");
  says(npy(header("<f8", "()"), one + "x"), "9 bytes");
  says(npy(header("<f8", "(1152921504606846976, 16)"), one), "far more");
  says(npy(header("<f8", "(99999999999999999999,)"), one), "header is damaged");
  says(npy(header("<U1", "()"), std::string("\0\0\x11\0", 4)), "no character");
  says(npy(header("|S1", "()"), "\xFF"), "no character");
  for (const char* bad : {"", "{", "{}", "{'descr': '<f8'}", "{'descr': 3}", "{'shape': (1,}",
                          "{'descr': '<f8', 'fortran_order': Maybe, 'shape': (1,)}",
                          "{'descr': '<f8', 'fortran_order': True, 'shape': (-1,)}",
                          "{'descr': '<f8' 'shape': ()}", "{'descr: 1}", "{'colour': 'red'}"})
    says(npy(bad, one), "header is damaged");
}

TEST_CASE("every fault of an archive has its message") {
  const std::string good = some_archive();
  const std::size_t end = good.size() - 22;
  const std::size_t directory = good.find("PK\x01\x02");
  for (std::size_t size = 4; size < good.size(); ++size)
    archive_says(good.substr(0, size), "cut short");
  archive_says("", "no .npz file");
  archive_says("GIF89a..........................", "no .npz file");
  archive_says(npy_bytes({1}, std::vector<double>{1}), "is an .npy file");
  archive_says(patched(good, end + 10, 2, 0xFFFF), "zip64");
  archive_says(patched(good, directory + 24, 4, 0xFFFFFFFF), "zip64");
  archive_says(patched(good, end + 4, 2, 1), "one part of several");
  archive_says(patched(good, end + 16, 4, 3), "damaged");
  archive_says(patched(good, directory, 4, 0), "damaged");
  archive_says(patched(good, directory + 28, 2, 9999), "damaged");
  archive_says(patched(good, directory + 46, 1, '\n'), "damaged");
  archive_says(patched(good, directory + 8, 2, 1), "g.npy: is encrypted");
  archive_says(patched(good, directory + 10, 2, 12), "method 12");
  archive_says(patched(good, directory + 16, 4, 1), "g.npy: is damaged (its checksum");
  archive_says(patched(good, directory + 20, 4, 10), "do not decode");
  archive_says(patched(good, directory + 24, 4, 10), "do not decode");
  archive_says(patched(good, directory + 24, 4, 1 << 30), "do not decode");
  archive_says(patched(good, directory + 24, 4, 400), "holds");
  archive_says(patched(good, directory + 42, 4, 7), "points elsewhere");
  archive_says(patched(good, directory + 42, 4, 1 << 20), "points elsewhere");
  const std::string with_comment = patched(good, end + 20, 2, 5) + "hello";
  CHECK(parse_npz(with_comment, "x").size() == 3);
  CHECK_THROWS_WITH(read_npz("nowhere.npz"), Catch::Contains("nowhere.npz"));
}

TEST_CASE("damage anywhere is an error or changes nothing, never a crash") {
  const std::string archive = some_archive();
  const std::string array = npy_bytes({2, 2}, std::vector<double>{1, 2, 3, 4});
  CHECK(rc::check("any damage", [&] {
    std::mt19937 random(*rc::gen::arbitrary<std::uint32_t>());
    for (std::string bytes : {archive, array}) {
      for (std::size_t n = 1 + random() % 4; n > 0; --n)
        bytes[random() % bytes.size()] = static_cast<char>(random());
      if (random() % 4 == 0) bytes.erase(random() % bytes.size(), 1 + random() % 8);
      try {
        (void)parse_npy(bytes, "x");
      } catch (const FileError&) {
      }
      try {
        for (const auto& [key, read] : parse_npz(bytes, "x")) {
          const NpyArrays before = parse_npz(archive, "x");
          const auto found = before.find(key);
          if (found != before.end()) RC_ASSERT(read.numbers == found->second.numbers);
        }
      } catch (const FileError&) {
      }
    }
  }));
}
