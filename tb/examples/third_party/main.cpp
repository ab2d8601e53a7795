// A chip, driven by traffic that knows nothing of it but its address map: see traffic_generator.h.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include <systemc>

#include "models/chip/chip.h"
#include "traffic_generator.h"

namespace {

/// Relaxed cells, noise and mismatch: a code may differ from what Ohm's law says by so many steps.
constexpr double kTolerance = 6;

/// A code stands for sign · (count - 1/2) steps.
double steps(std::int16_t code) {
  return code > 0 ? code - 0.5 : code < 0 ? code + 0.5 : 0;
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
    double largest = 0;
    for (std::size_t j = 0; j < product.codes.size(); ++j)
      largest = std::max(largest, std::fabs(steps(product.codes[j]) - generator.expected[j]));
    const bool same = product.codes == generator.products.front().codes;
    std::printf("%-12s %8.2f us, at most %.1f steps from Ohm's law, codes %s\n",
                product.way.c_str(), product.duration_us, largest, same ? "equal" : "DIFFERENT");
    good = good && same && largest <= kTolerance;
  }
  if (!generator.products.empty()) {
    std::printf("codes");
    for (const std::int16_t code : generator.products.front().codes) std::printf(" %d", code);
    std::printf("\n");
  }
  std::printf("%s\n", good ? "third_party: correct" : "third_party: WRONG");
  return good ? 0 : 1;
}
