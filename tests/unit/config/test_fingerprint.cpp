#include "models/base/error.h"
#include "tests/unit/config/sample.h"
#include "tests/unit/config/temporary_file.h"

#include <catch2/catch.hpp>

#include <filesystem>
#include <utility>
#include <vector>

namespace neurram::config {
namespace {

using sample::Root;

TEST_CASE("SHA-256 of the standard's examples") {
  // FIPS 180-4, example values published with the standard.
  CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("SHA-256 of a file is that of its bytes") {
  const std::string bytes(200001, 'a');
  const sample::TemporaryFile file(bytes);
  CHECK(sha256_file(file.path()) == sha256_hex(bytes));
  CHECK_THROWS_AS(sha256_file("no/such/file"), FileError);
  CHECK_THROWS_AS(sha256_file(std::filesystem::temp_directory_path()), FileError);
}

TEST_CASE("A fingerprint is the checksum of the sorted canonical text") {
  sample::Neuron neuron;
  CHECK(fingerprint(neuron) == sha256_hex("bits_out=6\noffset_v=0.001\n"));
  CHECK(fingerprint(neuron, Affects::kRun) == sha256_hex("bits_out=6\n"));
}

TEST_CASE("A fingerprint changes exactly with the fields of its class") {
  Root plain;
  const std::vector<std::pair<std::string, Affects>> changes = {
      {"title=x", Affects::kRun},
      {"seed=2", Affects::kDeployment},
      {"chip.cores=47", Affects::kDeployment},
      {"chip.core.level=rtl", Affects::kRun},
      {"chip.core[3].noise=false", Affects::kRun},
      {"chip.core[3].neuron.offset_v=0.002", Affects::kDeployment},
  };
  for (const auto& [assignment, affected] : changes) {
    INFO(assignment);
    Root root;
    set_field(root, assignment);
    CHECK(fingerprint(root) != fingerprint(plain));
    for (const Affects affects : {Affects::kDeployment, Affects::kRun}) {
      CHECK((fingerprint(root, affects) != fingerprint(plain, affects)) == (affects == affected));
    }
  }
}

TEST_CASE("A part equal to its base leaves no trace") {
  Root plain;
  Root root;
  set_field(root, "chip.core[3].noise=true");
  CHECK(fingerprint(root) == fingerprint(plain));
}

}  // namespace
}  // namespace neurram::config
