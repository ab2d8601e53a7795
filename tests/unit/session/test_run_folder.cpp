#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "models/base/error.h"
#include "models/session/run_folder.h"
#include "tests/unit/temporary_folder.h"

using namespace neurram;
using session::RunFolder;
namespace fs = std::filesystem;

namespace {

void finished_run(const fs::path& path, const std::string& text) {
  RunFolder folder(path, true);
  folder.write("run.toml", text);
  folder.write("summary.json", "{}");
  folder.keep();
}

}  // namespace

TEST_CASE("a run appears whole or not at all") {
  const TemporaryFolder place;
  {
    RunFolder folder(place.path() / "a" / "b" / "r", false);
    folder.write("run.toml", "x");
    CHECK_FALSE(fs::exists(place.path() / "a" / "b" / "r"));
  }
  CHECK(place.empty());  // parents that it made are gone too
  finished_run(place.path() / "a" / "r", "one");
  CHECK(fs::exists(place.path() / "a" / "r" / "summary.json"));
  CHECK(std::distance(fs::directory_iterator(place.path() / "a"), {}) == 1);
}

TEST_CASE("what is there stays, unless it is a run and may be replaced") {
  const TemporaryFolder place;
  finished_run(place.path() / "r", "one");
  CHECK_THROWS_WITH(RunFolder(place.path() / "r", false), Catch::Contains("--force"));
  finished_run(place.path() / "r", "two");
  std::string text;
  std::ifstream(place.path() / "r" / "run.toml") >> text;
  CHECK(text == "two");

  fs::create_directory(place.path() / "mine");
  std::ofstream(place.path() / "mine" / "precious.txt") << "mine";
  CHECK_THROWS_AS(RunFolder(place.path() / "mine", true), FileError);
  CHECK(fs::exists(place.path() / "mine" / "precious.txt"));
}

TEST_CASE("places that cannot be written are named") {
  CHECK_THROWS_WITH(RunFolder("/proc/no/such/place", false),
                    Catch::Contains("/proc/no/such/place"));
}
