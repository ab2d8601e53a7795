// The comparison of levels sees what it must see: a changed code, femtojoule, picosecond or error.
#include <catch2/catch.hpp>

#include "models/study/equivalence.h"

using namespace neurram;
using namespace neurram::study;

namespace {

/// A program with an operation in it.
Program program_with_an_operation() {
  for (std::uint64_t number = 0;; ++number) {
    Program program = random_program(1, number);
    if (!play(program, {}).records.empty()) return program;
  }
}

}  // namespace

TEST_CASE("a program is the same whenever it is made, and another for another number") {
  const Program a = random_program(5, 17);
  const Program b = random_program(5, 17);
  const Program c = random_program(5, 18);
  REQUIRE(a.actions.size() == b.actions.size());
  for (std::size_t i = 0; i < a.actions.size(); ++i)
    CHECK(a.actions[i].text() == b.actions[i].text());
  CHECK((a.actions.size() != c.actions.size() || a.seeds.run != c.seeds.run));
}

TEST_CASE("a program played twice gives the same transcript") {
  const Program program = program_with_an_operation();
  CHECK_FALSE(first_difference(program, play(program, {}), play(program, {})));
}

TEST_CASE("every kind of difference is seen and named") {
  const Program program = program_with_an_operation();
  const Transcript a = play(program, {});
  Transcript b = a;
  SECTION("a byte that was read") {
    for (auto& answer : b.answers) {
      if (!answer.data.empty()) answer.data.back() ^= 1u;
    }
    CHECK(first_difference(program, a, b).value().find("byte 3") != std::string::npos);
  }
  SECTION("an error") {
    b.answers.front().refused = !b.answers.front().refused;
    CHECK(first_difference(program, a, b).value().find("action 0, write") != std::string::npos);
  }
  SECTION("a femtojoule") {
    b.records.back().cost.energy[2].value += 1;
    CHECK(first_difference(program, a, b).value().find("energy of neurons") != std::string::npos);
  }
  SECTION("a picosecond") {
    b.records.back().end_ps += 1;
    CHECK(first_difference(program, a, b).value().find("end [ps]") != std::string::npos);
  }
  SECTION("a busy cycle") {
    b.records.back().cycles += 1;
    CHECK(first_difference(program, a, b).value().find("busy cycles") != std::string::npos);
  }
  SECTION("a record too many") {
    b.records.push_back(b.records.back());
    CHECK(first_difference(program, a, b).value().find("records against") != std::string::npos);
  }
}

TEST_CASE("another seed of the noise gives other codes") {
  // If it did not, equal levels would prove nothing.
  std::size_t different = 0;
  for (std::uint64_t number = 0; number < 20; ++number) {
    const Program program = random_program(1, number);
    Program other = program;
    other.seeds.run += 1;
    different += first_difference(program, play(program, {}), play(other, {})).has_value();
  }
  CHECK(different > 8);
}

TEST_CASE("functional and phased cores, alone and mixed, do the same") {
  EquivalenceRequest request;
  request.programs = 40;
  request.seed = 3;
  const EquivalenceResult result = compare_levels(request);
  INFO(result.difference.value_or(""));
  CHECK_FALSE(result.difference);
  CHECK(result.programs == 40);
  CHECK(result.operations > 60);
  CHECK(result.refusals > 20);
}
