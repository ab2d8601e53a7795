#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "models/core/block_registry.h"
#include "tests/cosim/recorder.h"

/// What the benches of the SystemVerilog blocks share: options, random numbers, named coverage bins
/// and checks.
///
///   cosim_NAME [--seed N] [--rounds N] [--library FILE.so] [--dump FILE]
///
/// --rounds makes the stimulus shorter or longer, and then forgives what it has not seen;
/// --library tests a user's block in place of ours; --dump writes stimulus and response of every
/// clock, and beside it a SystemVerilog bench that replays them (recorder.h).
namespace neurram::cosim {

class Bench {
 public:
  /// `bins`: what the bench must have seen at the end.
  Bench(int argc, char** argv, const std::vector<std::string>& bins);

  /// The block under test.
  template <class Slot>
  std::unique_ptr<Slot> block() {
    auto made = registry_.make<Slot>(library_.empty() ? "rtl" : registry_.load(library_));
    if (dump_.empty()) return made;
    return std::make_unique<Recorder<Slot>>(std::move(made), dump_);
  }
  /// A block of ours that the one under test needs around it.
  template <class Slot>
  std::unique_ptr<Slot> other() {
    return registry_.make<Slot>("rtl");
  }

  /// How often to do what the bench does `usual` times by itself.
  [[nodiscard]] std::int64_t rounds(std::int64_t usual) const {
    return rounds_ > 0 ? rounds_ : usual;
  }

  /// Counts a bin.
  void hit(const std::string& bin);
  void hit_if(bool condition, const std::string& bin) {
    if (condition) hit(bin);
  }

  /// A uniform integer, both ends included.
  int number(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
  bool chance(double probability) { return std::bernoulli_distribution(probability)(random_); }
  float real(float low, float high) {
    return std::uniform_real_distribution<float>(low, high)(random_);
  }
  core::Lines lines(double density);
  std::mt19937_64& random() { return random_; }

  /// Prints the bins; false if one is empty that should not be.
  [[nodiscard]] bool report() const;

 private:
  std::uint64_t seed_ = 1;
  std::int64_t rounds_ = 0;
  std::filesystem::path library_;
  std::filesystem::path dump_;
  std::mt19937_64 random_;
  core::BlockRegistry registry_;
  std::map<std::string, std::int64_t> bins_;
};

/// Throws if two values differ; `what` ends with what `where` counts.
template <class Value>
void expect(const Value& seen, const Value& wanted, const std::string& what, std::int64_t where) {
  if (seen == wanted) return;
  throw std::runtime_error(what + " " + std::to_string(where) + ": " + std::to_string(seen) +
                           " instead of " + std::to_string(wanted));
}

[[nodiscard]] inline bool bit(const core::Lines& lines, std::size_t j) {
  return (lines[j / 64] >> (j % 64) & 1) != 0;
}
inline void set_bit(core::Lines& lines, std::size_t j, bool value) {
  lines[j / 64] &= ~(std::uint64_t{1} << (j % 64));
  lines[j / 64] |= std::uint64_t{value} << (j % 64);
}

/// Runs a bench: its exit status, with what went wrong printed.
int run(int argc, char** argv, const std::vector<std::string>& bins, void (*stimulus)(Bench&));

}  // namespace neurram::cosim
