#include "tests/cosim/bench.h"

#include <cstdio>
#include <exception>

#include "models/base/error.h"
#include "rtl/wrappers/blocks.h"

namespace neurram::cosim {

Bench::Bench(int argc, char** argv, const std::vector<std::string>& bins) {
  for (int i = 1; i < argc; i += 2) {
    const std::string option = argv[i];
    if (i + 1 == argc) throw UsageError(option + " needs a value");
    const std::string value = argv[i + 1];
    if (option == "--seed") {
      seed_ = std::stoull(value);
    } else if (option == "--rounds") {
      rounds_ = std::stoll(value);
    } else if (option == "--library") {
      library_ = value;
    } else if (option == "--dump") {
      dump_ = value;
    } else {
      throw UsageError("unknown option " + option +
                       " (there are --seed, --rounds, --library, --dump)");
    }
  }
  random_.seed(seed_);
  rtl::add_blocks(registry_);
  for (const std::string& bin : bins) bins_[bin] = 0;
}

void Bench::hit(const std::string& bin) {
  const auto found = bins_.find(bin);
  if (found == bins_.end()) throw std::logic_error("there is no coverage bin \"" + bin + "\"");
  ++found->second;
}

core::Lines Bench::lines(double density) {
  core::Lines lines{};
  for (std::size_t j = 0; j < core::kLines; ++j) set_bit(lines, j, chance(density));
  return lines;
}

bool Bench::report() const {
  bool complete = true;
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed_));
  for (const auto& [bin, hits] : bins_) {
    std::printf("%10lld  %s%s\n", static_cast<long long>(hits), bin.c_str(),
                hits == 0 ? "   <-- never seen" : "");
    complete = complete && hits > 0;
  }
  return complete || rounds_ > 0;
}

int run(int argc, char** argv, const std::vector<std::string>& bins, void (*stimulus)(Bench&)) {
  try {
    Bench bench(argc, argv, bins);
    stimulus(bench);
    return bench.report() ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", argv[0], error.what());
    return 1;
  }
}

}  // namespace neurram::cosim
