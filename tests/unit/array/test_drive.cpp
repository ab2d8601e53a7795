// Encode against its definition, one code at a time.
#include <rapidcheck.h>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <random>
#include <vector>

#include "models/array/drive.h"
#include "tests/unit/targets.h"

using namespace neurram;
using namespace neurram::array;

namespace {

constexpr std::int16_t kCanary = 31000;

struct Batch {
  std::size_t inputs = 0, vectors = 0, stride = 0;
  std::vector<std::uint8_t> codes;
  std::vector<std::int16_t> drives;
  std::vector<std::uint32_t> weights;
};

Batch make_batch(const DriveEncoding& encoding, std::size_t inputs, std::size_t vectors,
                 unsigned seed) {
  Batch b;
  b.inputs = inputs;
  b.vectors = vectors;
  b.stride = (encoding.drives(inputs) + 1) / 2 * 2;
  std::mt19937 random(seed);
  b.codes.resize(inputs * vectors + kDriveBlock);
  for (auto& c : b.codes) {
    c = static_cast<std::uint8_t>(encoding.is_signed ? static_cast<int>(random() % 255) - 127
                                                     : static_cast<int>(random() % 128));
  }
  b.drives.assign(b.stride * vectors + kDriveBlock + 16, kCanary);
  b.weights.assign(vectors + 1, 0xDEAD);
  return b;
}

int magnitude_of(const DriveEncoding& encoding, std::uint8_t byte) {
  const int x = encoding.is_signed ? static_cast<std::int8_t>(byte) : byte;
  return (std::abs(x) >> encoding.shift) & encoding.mask;
}

/// Drive of a line as the header defines it.
int drive_of(const DriveEncoding& encoding, std::uint8_t byte, std::size_t line) {
  if (encoding.table_lines != 0) return encoding.table[line][byte];
  const bool negative = encoding.is_signed && static_cast<std::int8_t>(byte) < 0;
  return negative ? -magnitude_of(encoding, byte) : magnitude_of(encoding, byte);
}

std::uint32_t weight_of(const DriveEncoding& encoding, const std::uint8_t* codes,
                        std::size_t inputs) {
  if (encoding.constant_pulse_weight != 0) return encoding.constant_pulse_weight;
  std::uint32_t weight = 0;
  for (std::size_t i = 0; i < inputs; ++i) {
    for (int b = 0; b < 7; ++b) {
      if ((magnitude_of(encoding, codes[i]) >> b & 1) != 0) weight += 1u << (2 * b);
    }
  }
  return weight;
}

/// Empty if the batch is encoded as defined, else what is wrong.
std::string fault(const DriveEncoding& encoding, Batch& b) {
  encode(encoding, b.codes.data(), b.inputs, b.vectors, b.drives.data(), b.stride,
         b.weights.data());
  const std::size_t lines = encoding.table_lines == 0 ? 1 : encoding.table_lines;
  for (std::size_t v = 0; v < b.vectors; ++v) {
    const std::uint8_t* codes = &b.codes[v * b.inputs];
    for (std::size_t k = 0; k < b.stride; ++k) {
      const int expected =
          k < lines * b.inputs ? drive_of(encoding, codes[k / lines], k % lines) : 0;
      if (b.drives[v * b.stride + k] != expected) return "drive " + std::to_string(k);
    }
    if (b.weights[v] != weight_of(encoding, codes, b.inputs)) return "pulse weight";
  }
  if (b.weights.back() != 0xDEAD) return "a pulse weight too many";
  for (std::size_t k = b.stride * b.vectors + kDriveBlock; k < b.drives.size(); ++k) {
    if (b.drives[k] != kCanary) return "written past the spare block";
  }
  return "";
}

}  // namespace

TEST_CASE("drives are the magnitude bits of their phase, with sign") {
  CHECK(rc::check("any size, phase and signedness", [] {
    DriveEncoding encoding;
    encoding.is_signed = *rc::gen::arbitrary<bool>();
    encoding.shift = *rc::gen::inRange(0, 7);
    encoding.mask = (1 << *rc::gen::inRange(1, 8 - encoding.shift)) - 1;
    encoding.constant_pulse_weight = *rc::gen::element(0u, 4711u);
    const auto inputs = *rc::gen::inRange<std::size_t>(1, 257);
    const auto vectors = *rc::gen::inRange<std::size_t>(1, 30);
    const auto seed = *rc::gen::arbitrary<unsigned>();
    for_each_instruction_set([&](const char*) {
      Batch b = make_batch(encoding, inputs, vectors, seed);
      RC_ASSERT(fault(encoding, b) == "");
    });
  }));
}

TEST_CASE("every code, alone") {
  DriveEncoding encoding;
  for_each_instruction_set([&](const char* name) {
    INFO(name);
    for (const bool is_signed : {false, true}) {
      encoding.is_signed = is_signed;
      for (int x = is_signed ? -127 : 0; x <= 127; ++x) {
        Batch b = make_batch(encoding, 1, 1, 0);
        b.codes[0] = static_cast<std::uint8_t>(x);
        REQUIRE(fault(encoding, b) == "");
        REQUIRE(b.drives[0] == x);
      }
    }
  });
}

TEST_CASE("the table form gives every line its own drive") {
  CHECK(rc::check("one or two lines an input", [] {
    std::mt19937 random(*rc::gen::arbitrary<unsigned>());
    DriveEncoding encoding;
    encoding.is_signed = *rc::gen::arbitrary<bool>();
    encoding.shift = *rc::gen::inRange(0, 4);
    encoding.mask = 0xF >> encoding.shift;
    encoding.table_lines = *rc::gen::inRange(1, 3);
    for (auto& line : encoding.table) {
      for (auto& drive : line) drive = static_cast<std::int16_t>(random() % 4095) - kMaxDrive;
    }
    Batch b = make_batch(encoding, *rc::gen::inRange<std::size_t>(1, 129),
                         *rc::gen::inRange<std::size_t>(1, 9), random());
    RC_ASSERT(fault(encoding, b) == "");
  }));
}
