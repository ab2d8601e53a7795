#include <zlib.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "models/base/error.h"
#include "models/session/idx.h"
#include "tests/unit/temporary_folder.h"

using namespace neurram;
namespace fs = std::filesystem;

namespace {

/// A file in a folder of its own that goes when the test does.
struct TemporaryFile {
  explicit TemporaryFile(const std::string& name) : path(folder.file(name)) {}

  void write(const std::string& bytes) const { std::ofstream(path, std::ios::binary) << bytes; }
  void write_gzipped(const std::string& bytes) const {
    gzFile file = gzopen(path.c_str(), "wb");
    gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size()));
    gzclose(file);
  }

  TemporaryFolder folder;
  fs::path path;
};

/// Two images of 2 x 3.
const std::string kImages(
    "\0\0\x08\x03\0\0\0\x02\0\0\0\x02\0\0\0\x03"
    "abcdefghijkl",
    28);

}  // namespace

TEST_CASE("IDX images are read plain and gzipped") {
  const TemporaryFile file("images");
  for (const bool gzipped : {false, true}) {
    gzipped ? file.write_gzipped(kImages) : file.write(kImages);
    const runtime::Images images = session::read_idx_images(file.path, 0.5);
    CHECK(images.count == 2);
    CHECK(images.shape == mapper::Shape{2, 3, 1});
    CHECK(images.image(1)[0] == 'g');
    CHECK(images.scale == 0.5);
  }
}

TEST_CASE("every way to break an IDX file has its message, which names it") {
  const TemporaryFile file("broken");
  const auto says = [&](const std::string& what) {
    CHECK_THROWS_WITH(session::read_idx_images(file.path, 1),
                      Catch::Contains(file.path.string()) && Catch::Contains(what));
  };
  says("no such file");
  for (std::size_t length = 0; length < kImages.size(); ++length) {
    file.write(kImages.substr(0, length));
    CHECK_THROWS_AS(session::read_idx_images(file.path, 1), FileError);
  }
  file.write(kImages + "x");
  says("too long");
  std::string other = kImages;
  other[2] = 0x0D;  // floats
  file.write(other);
  says("unsigned bytes");
  std::string huge = kImages;
  huge[4] = '\x7F';
  file.write(huge);
  CHECK_THROWS_AS(session::read_idx_images(file.path, 1), FileError);
  file.write_gzipped(std::string(1000, '\x01') + kImages);
  fs::resize_file(file.path, fs::file_size(file.path) / 2);
  CHECK_THROWS_AS(session::read_idx_images(file.path, 1), FileError);
  CHECK_THROWS_WITH(session::read_idx_images(file.path.parent_path(), 1),
                    Catch::Contains("folder"));
  file.write(kImages);
  CHECK_THROWS_WITH(session::read_idx_labels(file.path), Catch::Contains("1 dimension"));
}
