// Random bits against neuron::Lfsr, shift by shift.
#include "models/neuron/lfsr.h"
#include "tests/cosim/bench.h"

namespace neurram::cosim {
namespace {

const std::vector<std::string> kBins = {
    "loaded", "loaded empty", "from reset", "shifted over 256 times", "loaded while shifting",
    "idle"};

void compare(const core::LfsrPairOut& out, const neuron::Lfsr& lfsr, std::int64_t clock) {
  for (std::size_t w = 0; w < out.up.size(); ++w) {
    expect(out.up[w], lfsr.up()[w], "up chain, clock", clock);
    expect(out.down[w], lfsr.down()[w], "down chain, clock", clock);
    expect(out.bits[w], lfsr.bits()[w], "bits, clock", clock);
  }
}

void load(Bench& bench, core::LfsrPairIn& in, neuron::Lfsr& lfsr) {
  in.load = true;
  in.up = bench.chance(0.2) ? core::Lines{} : bench.lines(0.5);
  in.down = bench.chance(0.2) ? core::Lines{} : bench.lines(0.5);
  lfsr.load(in.up, in.down);
  bench.hit("loaded");
  bench.hit_if(in.up == core::Lines{} || in.down == core::Lines{}, "loaded empty");
  bench.hit_if(in.shift, "loaded while shifting");
}

void stimulus(Bench& bench) {
  const auto block = bench.block<core::LfsrPair>();
  neuron::Lfsr lfsr;
  compare(block->reset(), lfsr, 0);
  bench.hit("from reset");
  core::LfsrPairIn in;
  int shifts = 0;
  for (std::int64_t clock = 1; clock < bench.rounds(20000); ++clock) {
    in.load = false;
    in.shift = bench.chance(0.8);
    if (bench.chance(0.002)) {
      load(bench, in, lfsr);
      shifts = 0;
    } else if (in.shift) {
      lfsr.shift(1);
      ++shifts;
    } else {
      bench.hit("idle");
    }
    bench.hit_if(shifts > 256, "shifted over 256 times");
    compare(block->clock(in), lfsr, clock);
  }
}

}  // namespace
}  // namespace neurram::cosim

int main(int argc, char** argv) {
  return neurram::cosim::run(argc, argv, neurram::cosim::kBins, neurram::cosim::stimulus);
}
