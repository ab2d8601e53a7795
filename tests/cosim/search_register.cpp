// Binary search against neuron::count_by_binary_search, with steps of every size.
#include <algorithm>
#include <cmath>

#include "models/neuron/search.h"
#include "tests/cosim/bench.h"

namespace neurram::cosim {
namespace {

const std::vector<std::string> kBins = {"1 bit",
                                        "10 bits",
                                        "exactly halved steps",
                                        "steps of their own",
                                        "relu",
                                        "stochastic",
                                        "channel off",
                                        "largest count, positive",
                                        "largest count, negative",
                                        "smallest count",
                                        "crosses zero"};

/// Voltage of a channel as the decrements move it, in steps, up positive.
class Integrator {
 public:
  Integrator(float f, bool negative, const neuron::SearchSteps& steps)
      : rest_(negative ? -f : f), negative_(negative), steps_(steps) {}

  /// Is it still, or again, on the side that it began on?
  [[nodiscard]] bool holds() const { return holds_; }
  [[nodiscard]] bool comparator() const { return holds_ != negative_; }

  void decrement(int b) {
    const auto& own = negative_ ? steps_.negative : steps_.positive;
    const auto& other = negative_ ? steps_.positive : steps_.negative;
    const auto i = static_cast<std::size_t>(b);
    rest_ = holds_ ? rest_ - own[i] : rest_ + other[i];
    holds_ = rest_ >= 0;
  }

 private:
  float rest_;
  bool negative_;
  bool holds_ = true;
  const neuron::SearchSteps& steps_;
};

neuron::SearchSteps choose_steps(Bench& bench, int bits) {
  neuron::SearchSteps steps = neuron::SearchSteps::halved(bits);
  steps.search = neuron::Search::kAlternate;
  if (bench.chance(0.4)) {
    bench.hit("exactly halved steps");
    return steps;
  }
  bench.hit("steps of their own");
  for (auto* sizes : {&steps.positive, &steps.negative}) {
    for (float& size : *sizes) size *= bench.real(0.8f, 1.2f);
  }
  return steps;
}

int expected(const core::SearchRegisterIn& in, const neuron::SearchSteps& steps, float f,
             float threshold, std::size_t j) {
  if (!bit(in.mask, j)) return 0;
  const int count = neuron::count_by_binary_search(f, steps, threshold);
  return in.relu ? std::max(count, 0) : count;
}

void convert(Bench& bench, core::SearchRegister& block, std::int64_t number) {
  const int bits = bench.chance(0.2) ? (bench.chance(0.5) ? 1 : 10) : bench.number(1, 10);
  const neuron::SearchSteps steps = choose_steps(bench, bits);
  const float threshold = bench.chance(0.5) ? 0.0f : bench.real(-1.0f, 1.0f);
  const float spread = std::ldexp(bench.real(0.1f, 1.3f), bits - 1);
  core::SearchRegisterIn in;
  in.magnitude_bits = static_cast<std::uint8_t>(bits - 1);
  in.relu = bench.chance(0.3);
  in.mask = bench.lines(bench.real(0.5f, 1.0f));
  std::array<float, core::kLines> f;
  std::vector<Integrator> channels;
  for (float& each : f) {
    each = bench.real(-spread, spread);
    if (bench.chance(0.05)) each = std::round(each);
    channels.emplace_back(each, each < threshold, steps);
  }
  for (int b = bits - 1; b >= 0; --b) {  // the sign, then b - 1 decrements follow
    in.compare = true;
    in.first = b == bits - 1;
    for (std::size_t j = 0; j < core::kLines; ++j)
      set_bit(in.comparator, j, channels[j].comparator());
    expect(block.clock(in).found, b == 0, "found, conversion", number);
    in.compare = false;
    for (int idle = bench.number(0, 2); idle > 0; --idle) block.clock(in);
    if (b == 0) break;
    for (Integrator& channel : channels) {
      channel.decrement(b - 1);
      bench.hit_if(!channel.holds(), "crosses zero");
    }
  }
  in.read = true;
  const core::Codes codes = block.clock(in).codes;
  const int largest = 1 << (bits - 1);
  for (std::size_t j = 0; j < core::kLines; ++j) {
    const int wanted = expected(in, steps, f[j], threshold, j);
    expect(static_cast<int>(codes[j]), wanted, "code, conversion " + std::to_string(number),
           static_cast<std::int64_t>(j));
    bench.hit_if(!bit(in.mask, j), "channel off");
    bench.hit_if(wanted == largest, "largest count, positive");
    bench.hit_if(wanted == -largest, "largest count, negative");
    bench.hit_if(std::abs(wanted) == 1, "smallest count");
  }
  bench.hit_if(bits == 1, "1 bit");
  bench.hit_if(bits == 10, "10 bits");
  bench.hit_if(in.relu, "relu");
  bench.hit_if(in.relu && bits == 1, "stochastic");
}

void stimulus(Bench& bench) {
  const auto block = bench.block<core::SearchRegister>();
  for (std::int64_t n = 0; n < bench.rounds(2000); ++n) convert(bench, *block, n);
  block->reset();
  convert(bench, *block, -1);
}

}  // namespace
}  // namespace neurram::cosim

int main(int argc, char** argv) {
  return neurram::cosim::run(argc, argv, neurram::cosim::kBins, neurram::cosim::stimulus);
}
