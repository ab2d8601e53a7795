// Unary conversion against the models' own: neuron::count_by_stepping, ActivationTable.
#include <algorithm>
#include <cmath>
#include <optional>

#include "models/neuron/activation.h"
#include "models/neuron/convert.h"
#include "tests/cosim/bench.h"

namespace neurram::cosim {
namespace {

const std::vector<std::string> kBins = {"no activation",
                                        "relu",
                                        "sigmoid",
                                        "tanh",
                                        "ends before the limit",
                                        "ends at the limit",
                                        "limit 1",
                                        "limit 127",
                                        "channel off",
                                        "no channel on",
                                        "relu: all negative",
                                        "silicon: never flips",
                                        "model: never flips",
                                        "flips at the last step",
                                        "between zero and the sign threshold",
                                        "every 2nd step",
                                        "every 3rd step",
                                        "every 4th step",
                                        "counter is full",
                                        "read again",
                                        "codes of a conversion that goes on"};

struct Conversion {
  core::StepCounterIn in;
  int limit = 1;
  float ratio = 1;
  float threshold = 0;
  std::array<float, core::kLines> f{};
  std::optional<neuron::ActivationTable> table;

  [[nodiscard]] bool negative(std::size_t j) const { return f[j] < threshold; }
  [[nodiscard]] float distance(std::size_t j) const { return negative(j) ? -f[j] * ratio : f[j]; }
  /// What the comparator says after k decrements towards zero; k = 0: the sign.
  [[nodiscard]] bool comparator(std::size_t j, int k) const {
    const bool holds = k == 0 || distance(j) >= static_cast<float>(k);
    return holds != negative(j);
  }
  [[nodiscard]] bool relu() const { return in.activation == core::CountActivation::kRelu; }
  [[nodiscard]] int count(std::size_t j) const {
    return neuron::count_by_stepping(f[j], limit, ratio, threshold);
  }
  [[nodiscard]] bool never_flips(std::size_t j) const {
    return distance(j) >= static_cast<float>(limit);
  }

  [[nodiscard]] int code(std::size_t j) const {
    if (!bit(in.mask, j)) return 0;
    int c = count(j);
    if (never_flips(j) && in.silicon) c = 0;
    if (relu()) return std::max(c, 0);
    return table ? table->code(c) : c;
  }
  /// Steps of the slowest channel, as convert() counts them.
  [[nodiscard]] int steps() const {
    int most = 1;
    for (std::size_t j = 0; j < core::kLines; ++j) {
      if (bit(in.mask, j) && !(relu() && negative(j))) most = std::max(most, std::abs(count(j)));
    }
    return most;
  }
};

void choose_activation(Bench& bench, Conversion& c) {
  c.in.activation = static_cast<core::CountActivation>(bench.number(0, 3));
  if (c.in.activation < core::CountActivation::kSigmoid) return;
  const auto activation = c.in.activation == core::CountActivation::kTanh
                              ? neuron::Activation::kTanh
                              : neuron::Activation::kSigmoid;
  const double step = std::exp(bench.real(-6.0f, 2.3f));
  const auto from = neuron::counting_thresholds(activation, step);
  const auto port = [](int count) { return static_cast<std::uint8_t>(std::min(count, 255)); };
  c.in.every_2nd = port(from.every_2nd);
  c.in.every_3rd = port(from.every_3rd);
  c.in.every_4th = port(from.every_4th);
  c.in.full = port(from.full);
  c.table.emplace(activation, c.limit, step);
  c.in.top = static_cast<std::uint8_t>(c.table->top());
  bench.hit_if(c.table->top() >= from.every_2nd, "every 2nd step");
  bench.hit_if(c.table->top() >= from.every_3rd, "every 3rd step");
  bench.hit_if(c.table->top() >= from.every_4th, "every 4th step");
  bench.hit_if(c.table->top() >= from.full, "counter is full");
}

Conversion choose(Bench& bench) {
  Conversion c;
  constexpr int kEdges[] = {1, 2, 127};
  c.limit = bench.chance(0.2) ? kEdges[bench.number(0, 2)] : bench.number(1, 127);
  c.in.step_limit = static_cast<std::uint8_t>(c.limit);
  c.in.silicon = bench.chance(0.3);
  c.in.mask = bench.lines(bench.chance(0.1) ? 0.0 : bench.real(0.0f, 1.0f));
  if (bench.chance(0.5)) c.in.mask = {~0ull, ~0ull, ~0ull, ~0ull};
  c.ratio = bench.chance(0.5) ? 1.0f : bench.real(0.5f, 2.0f);
  c.threshold = bench.chance(0.5) ? 0.0f : bench.real(-1.0f, 1.0f);
  choose_activation(bench, c);
  const float spread = static_cast<float>(c.limit) * bench.real(0.05f, 1.5f);
  const float shift = bench.chance(0.1) ? -1.01f * spread : 0.0f;
  for (float& f : c.f) {
    f = bench.real(-spread, spread) + shift;
    if (bench.chance(0.1)) f = std::round(f);  // exactly at a step
  }
  return c;
}

void cover(Bench& bench, const Conversion& c, int steps) {
  constexpr const char* kActivations[] = {"no activation", "relu", "sigmoid", "tanh"};
  bench.hit(kActivations[static_cast<int>(c.in.activation)]);
  bench.hit(steps < c.limit ? "ends before the limit" : "ends at the limit");
  bench.hit_if(c.limit == 1, "limit 1");
  bench.hit_if(c.limit == 127, "limit 127");
  bench.hit_if(c.in.mask == core::Lines{}, "no channel on");
  bool all_negative = true;
  for (std::size_t j = 0; j < core::kLines; ++j) {
    all_negative = all_negative && c.negative(j);
    bench.hit_if(!bit(c.in.mask, j), "channel off");
    const bool never = c.never_flips(j);
    bench.hit_if(never, c.in.silicon ? "silicon: never flips" : "model: never flips");
    bench.hit_if(!never && std::abs(c.count(j)) == c.limit, "flips at the last step");
    bench.hit_if(c.distance(j) < 0, "between zero and the sign threshold");
  }
  bench.hit_if(c.relu() && all_negative, "relu: all negative");
}

void convert(Bench& bench, core::StepCounter& block, std::int64_t number) {
  Conversion c = choose(bench);
  int k = 0;
  for (;; ++k) {
    c.in.compare = true;
    c.in.first = k == 0;
    for (std::size_t j = 0; j < core::kLines; ++j) set_bit(c.in.comparator, j, c.comparator(j, k));
    const bool flipped = block.clock(c.in).flipped;
    c.in.compare = false;
    for (int idle = bench.number(0, 3); idle > 0; --idle) block.clock(c.in);
    if (flipped) break;
    if (bench.chance(0.01)) {
      c.in.read = true;
      block.clock(c.in);
      c.in.read = false;
      bench.hit("codes of a conversion that goes on");
    }
    if (k > 200) throw std::runtime_error("the conversion does not end");
  }
  expect(k, c.steps(), "steps", number);
  c.in.read = true;
  const core::Codes codes = block.clock(c.in).codes;
  for (std::size_t j = 0; j < core::kLines; ++j)
    expect(static_cast<int>(codes[j]), c.code(j), "code, conversion " + std::to_string(number),
           static_cast<std::int64_t>(j));
  if (bench.chance(0.1) && block.clock(c.in).codes == codes) bench.hit("read again");
  cover(bench, c, k);
}

void stimulus(Bench& bench) {
  const auto block = bench.block<core::StepCounter>();
  for (std::int64_t n = 0; n < bench.rounds(1500); ++n) convert(bench, *block, n);
  block->reset();
  convert(bench, *block, -1);
}

}  // namespace
}  // namespace neurram::cosim

int main(int argc, char** argv) {
  return neurram::cosim::run(argc, argv, neurram::cosim::kBins, neurram::cosim::stimulus);
}
