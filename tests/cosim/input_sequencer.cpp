// Bit-serial input against array::encode: the levels that a line is at, weighted by the samples of
// their planes, are its drive.
#include <algorithm>

#include "models/array/drive.h"
#include "tests/cosim/bench.h"

namespace neurram::cosim {
namespace {

const std::vector<std::string> kBins = {"ternary",
                                        "bipolar",
                                        "signed",
                                        "unsigned",
                                        "one phase",
                                        "two phases",
                                        "7 planes",
                                        "1 plane",
                                        "code -128",
                                        "code 0",
                                        "line off",
                                        "line takes the opposite",
                                        "multiplier 32",
                                        "plane of weight 64",
                                        "loaded before its end"};

struct Vector {
  core::InputSequencerIn in;
  int planes = 1;

  [[nodiscard]] int phases() const { return in.planes_low > 0 ? 2 : 1; }
  [[nodiscard]] int planes_of(int phase) const {
    return phase == 0 ? in.planes_high : in.planes_low;
  }
};

Vector choose(Bench& bench) {
  Vector v;
  v.planes = bench.chance(0.2) ? (bench.chance(0.5) ? 1 : 7) : bench.number(1, 7);
  const bool two = v.planes > 1 && bench.chance(0.5);
  v.in.planes_low = static_cast<std::uint8_t>(two ? v.planes / 2 : 0);
  v.in.planes_high = static_cast<std::uint8_t>(v.planes - v.in.planes_low);
  v.in.multiplier = static_cast<std::uint8_t>(bench.chance(0.2) ? 32 : bench.number(1, 32));
  v.in.is_signed = bench.chance(0.5);
  v.in.bipolar = bench.chance(0.5);
  v.in.mask = bench.lines(bench.real(0.3f, 1.0f));
  v.in.negate = bench.lines(0.5);
  const int most = (1 << v.planes) - 1;
  for (std::uint8_t& code : v.in.codes) {
    const int x = bench.number(v.in.is_signed ? -most : 0, most);
    code = static_cast<std::uint8_t>(v.in.is_signed && bench.chance(0.02) ? -128 : x);
  }
  return v;
}

void cover(Bench& bench, const Vector& v) {
  bench.hit(v.in.bipolar ? "bipolar" : "ternary");
  bench.hit(v.in.is_signed ? "signed" : "unsigned");
  bench.hit(v.phases() == 2 ? "two phases" : "one phase");
  bench.hit_if(v.planes == 7, "7 planes");
  bench.hit_if(v.planes == 1, "1 plane");
  bench.hit_if(v.in.multiplier == 32, "multiplier 32");
  for (std::size_t j = 0; j < core::kLines; ++j) {
    bench.hit_if(v.in.is_signed && v.in.codes[j] == 128, "code -128");
    bench.hit_if(v.in.codes[j] == 0, "code 0");
    bench.hit_if(!bit(v.in.mask, j), "line off");
    bench.hit_if(bit(v.in.negate, j), "line takes the opposite");
  }
}

/// Drives of a phase as the model encodes them.
std::vector<std::int16_t> drives_of(const Vector& v, int phase) {
  array::DriveEncoding encoding;
  encoding.is_signed = v.in.is_signed;
  encoding.shift = phase == 0 ? v.in.planes_low : 0;
  encoding.mask = (1 << v.planes_of(phase)) - 1;
  std::vector<std::uint8_t> codes(v.in.codes.begin(), v.in.codes.end());
  codes.resize(core::kLines + array::kDriveBlock);
  std::vector<std::int16_t> drives(core::kLines + array::kDriveBlock);
  std::uint32_t weight = 0;
  array::encode(encoding, codes.data(), core::kLines, 1, drives.data(), core::kLines, &weight);
  return drives;
}

class Walk {
 public:
  Walk(Bench& bench, core::InputSequencer& block, std::int64_t number)
      : bench_(bench), block_(block), vector_(choose(bench)), number_(number) {
    cover(bench, vector_);
    vector_.in.load = true;
    vector_.in.next = bench.chance(0.1);  // a new vector comes first
    out_ = &block_.clock(vector_.in);
    vector_.in.load = vector_.in.next = false;
  }

  void run() {
    for (int phase = 0; phase < vector_.phases(); ++phase) {
      std::fill(levels_.begin(), levels_.end(), 0);
      for (int plane = 0; plane < vector_.planes_of(phase); ++plane) {
        const int first_bit = phase == 0 ? vector_.in.planes_low : 0;
        for (int pass = 0; pass <= vector_.in.bipolar; ++pass) pulse(phase, plane, pass, first_bit);
      }
      check_phase(phase);
    }
  }

 private:
  void pulse(int phase, int plane, int pass, int first_bit) {
    const bool last_pulse =
        plane + 1 == vector_.planes_of(phase) && pass == static_cast<int>(vector_.in.bipolar);
    const bool last_phase = phase + 1 == vector_.phases();
    expect(static_cast<int>(out_->samples), vector_.in.multiplier << plane, "samples, vector",
           number_);
    expect(static_cast<int>(out_->plane), first_bit + plane, "plane, vector", number_);
    expect(static_cast<int>(out_->pass), pass, "pass, vector", number_);
    expect(out_->last_pulse, last_pulse, "last pulse, vector", number_);
    expect(out_->last_phase, last_phase, "last phase, vector", number_);
    bench_.hit_if(plane == 6, "plane of weight 64");
    for (std::size_t j = 0; j < core::kLines; ++j)
      levels_[j] += (bit(out_->plus, j) - bit(out_->minus, j)) * (1 << plane);
    for (int idle = bench_.number(0, 2); idle > 0; --idle) block_.clock(vector_.in);
    if (last_pulse && last_phase) return;
    vector_.in.next = true;
    out_ = &block_.clock(vector_.in);
    vector_.in.next = false;
  }

  void check_phase(int phase) {
    const std::vector<std::int16_t> drives = drives_of(vector_, phase);
    for (std::size_t j = 0; j < core::kLines; ++j) {
      int wanted = bit(vector_.in.negate, j) ? -drives[j] : drives[j];
      if (vector_.in.bipolar) wanted *= 2;
      if (!bit(vector_.in.mask, j)) wanted = 0;
      expect(levels_[j], wanted, "drive, vector " + std::to_string(number_) + ", line",
             static_cast<std::int64_t>(j));
    }
  }

  Bench& bench_;
  core::InputSequencer& block_;
  Vector vector_;
  std::int64_t number_;
  const core::InputSequencerOut* out_ = nullptr;
  std::array<int, core::kLines> levels_{};
};

void stimulus(Bench& bench) {
  const auto block = bench.block<core::InputSequencer>();
  for (std::int64_t n = 0; n < bench.rounds(800); ++n) {
    Walk walk(bench, *block, n);
    if (bench.chance(0.1)) {
      bench.hit("loaded before its end");
      continue;
    }
    walk.run();
    if (n == 400) block->reset();
  }
}

}  // namespace
}  // namespace neurram::cosim

int main(int argc, char** argv) {
  return neurram::cosim::run(argc, argv, neurram::cosim::kBins, neurram::cosim::stimulus);
}
