// A chip, driven by traffic that knows nothing of it but its address map: see traffic_generator.h.
#include <cmath>
#include <cstdio>

#include <systemc>

#include "models/chip/chip.h"
#include "traffic_generator.h"

namespace {

/// Relaxed cells, noise and mismatch leave the codes about so far from a line [steps, rms].
constexpr double kTolerance = 2.5;

/// A code stands for sign · (count - 1/2) steps.
double steps(std::int16_t code) {
  return code > 0 ? code - 0.5 : code < 0 ? code + 0.5 : 0;
}

/// How codes follow what Ohm and Kirchhoff say: by a factor, which the supply's drop takes below 1
/// (calibration would take it out again), and about it.
struct Fit {
  double factor = 0;
  double rms_steps = 0;
};

Fit fit(const std::vector<double>& expected, const std::vector<std::int16_t>& codes) {
  double xx = 0, xy = 0, yy = 0;
  for (std::size_t j = 0; j < codes.size(); ++j) {
    xx += expected[j] * expected[j];
    xy += expected[j] * steps(codes[j]);
    yy += steps(codes[j]) * steps(codes[j]);
  }
  return {xy / xx, std::sqrt((yy - xy * xy / xx) / static_cast<double>(codes.size()))};
}

}  // namespace

int sc_main(int, char*[]) {
  neurram::ledger::Ledger ledger;
  neurram::chip::Chip chip("chip", neurram::chip::ChipParameters{}, neurram::core::Seeds{}, ledger);
  TrafficGenerator generator("generator");
  sc_core::sc_signal<bool> interrupt("interrupt");
  generator.socket.bind(chip.host());
  generator.interrupt.bind(interrupt);
  chip.interrupt().bind(interrupt);
  sc_core::sc_start();

  bool good = generator.finished;
  for (const std::string& fault : generator.faults) {
    std::printf("fault: %s\n", fault.c_str());
    good = false;
  }
  for (const TrafficGenerator::Product& product : generator.products) {
    const Fit found = fit(generator.expected, product.codes);
    const bool same = product.codes == generator.products.front().codes;
    std::printf("%-12s %8.2f us, %.2f of Ohm's law, %.2f steps rms about it, codes %s\n",
                product.way.c_str(), product.duration_us, found.factor, found.rms_steps,
                same ? "equal" : "DIFFERENT");
    good =
        good && same && found.factor > 0.7 && found.factor < 1.05 && found.rms_steps <= kTolerance;
  }
  if (!generator.products.empty()) {
    std::printf("codes");
    for (const std::int16_t code : generator.products.front().codes) std::printf(" %d", code);
    std::printf("\n");
  }
  std::printf("%s\n", good ? "third_party: correct" : "third_party: WRONG");
  return good ? 0 : 1;
}
