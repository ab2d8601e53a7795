#include "models/base/error.h"
#include "tests/unit/config/sample.h"
#include "tests/unit/config/temporary_file.h"

#include <catch2/catch.hpp>

#include <filesystem>
#include <limits>

namespace neurram::config {
namespace {

using sample::Level;
using sample::read;
using sample::Root;
using sample::TemporaryFile;

TEST_CASE("An empty text leaves the defaults") {
  Root root;
  read(root, "");
  CHECK(root.title == "plain");
  CHECK(root.chip.cores == 48);
  CHECK(root.chip.core.level == Level::kFunctional);
}

TEST_CASE("Values found are laid over, the others stay") {
  Root root;
  root.chip.cores = 12;
  read(root, R"(
title = "a # b"
seed = 9223372036854775807
[chip]
v_read_v = -0.25
core.noise = false
core.level = 'rtl'
core.neuron = { bits_out = 8 }
)");
  CHECK(root.title == "a # b");
  CHECK(root.seed == 9223372036854775807u);
  CHECK(root.chip.v_read_v == -0.25);
  CHECK_FALSE(root.chip.core.noise);
  CHECK(root.chip.core.level == Level::kRtl);
  CHECK(root.chip.core.neuron.bits_out == 8);
  CHECK(root.chip.cores == 12);
  CHECK(root.chip.core.neuron.offset_v == 1e-3);
}

TEST_CASE("A byte order mark and Windows line ends do no harm") {
  Root root;
  read(root, "\xEF\xBB\xBFtitle = 'x'\r\nseed = 3\r\n");
  CHECK(root.title == "x");
  CHECK(root.seed == 3);
}

TEST_CASE("Later readings build on earlier ones") {
  Root root;
  read(root, "[chip]\ncores = 96\nv_read_v = 0.3\n");
  read(root, "[chip]\nv_read_v = 0.4\n");
  CHECK(root.chip.cores == 96);
  CHECK(root.chip.v_read_v == 0.4);
}

TEST_CASE("A number takes an integer") {
  Root root;
  read(root, "chip.v_read_v = 1");
  CHECK(root.chip.v_read_v == 1.0);
}

TEST_CASE("Infinity is taken where the range has it") {
  Root root;
  read(root, "limit = -inf");
  CHECK(root.limit == -std::numeric_limits<double>::infinity());
}

TEST_CASE("Bounds belong to the range") {
  Root root;
  read(root, "seed = 0\n[chip]\nv_read_v = 1.5\ncores = 100000\n");
  CHECK(root.seed == 0);
  CHECK(root.chip.v_read_v == 1.5);
  CHECK(root.chip.cores == 100000);
}

TEST_CASE("--set takes TOML values") {
  Root root;
  set_field(root, "chip.v_read_v=2.5e-1");
  set_field(root, "chip.core.noise = false");
  set_field(root, " seed = 0x10 ");
  set_field(root, "title='single \"quoted\"'");
  CHECK(root.chip.v_read_v == 0.25);
  CHECK_FALSE(root.chip.core.noise);
  CHECK(root.seed == 16);
  CHECK(root.title == "single \"quoted\"");
}

TEST_CASE("--set takes texts and choices without quotes") {
  Root root;
  set_field(root, "chip.core.level=phased");
  CHECK(root.chip.core.level == Level::kPhased);
  for (const std::string text :
       {"two words", "12", "true", "a=b", "C:\\new", "say \"hi\"", "", "µ"}) {
    set_field(root, "title=" + text);
    CHECK(root.title == text);
  }
}

TEST_CASE("A file is read, and its path stands in messages") {
  Root root;
  {
    const TemporaryFile good("[chip]\ncores = 3\n");
    read_toml_file(good.path(), root);
    CHECK(root.chip.cores == 3);
  }
  const TemporaryFile bad("[chip]\ncores = 0\n");
  CHECK_THROWS_WITH(read_toml_file(bad.path(), root),
                    Catch::StartsWith(bad.path().string() + ":2:9: chip.cores = 0: "));
}

TEST_CASE("A file that is none is a FileError") {
  Root root;
  CHECK_THROWS_AS(read_toml_file("no/such/file.toml", root), FileError);
  CHECK_THROWS_WITH(read_toml_file("no/such/file.toml", root), "no/such/file.toml: no such file");
  CHECK_THROWS_AS(read_toml_file(std::filesystem::temp_directory_path(), root), FileError);
  CHECK_THROWS_AS(read_toml_file("/dev/zero", root), FileError);
  const TemporaryFile file("");
  CHECK_THROWS_AS(read_toml_file(file.path() / "below", root), FileError);
}

}  // namespace
}  // namespace neurram::config
