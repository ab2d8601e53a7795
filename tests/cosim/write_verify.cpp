// Write-verify against device::write_verify, on cells that answer both alike.
#include <algorithm>

#include "models/device/write_verify.h"
#include "tests/cosim/bench.h"

namespace neurram::cosim {
namespace {

const std::vector<std::string> kBins = {"needs no pulse",
                                        "succeeds",
                                        "runs out of pulses",
                                        "runs out of reversals",
                                        "confirming read outside",
                                        "window down to zero",
                                        "starts at the end amplitude",
                                        "several reversals",
                                        "pulse of one clock",
                                        "reading at once",
                                        "reading later",
                                        "abort",
                                        "start while busy",
                                        "no reversal allowed"};

/// A cell in pS, whose answers follow from its seed and from the pulses that it was given.
class Cell : public device::PulsedCell {
 public:
  struct Kind {
    int start = 0;
    int noise = 0;
    int strength = 0;  ///< pS per mV above the threshold
    bool stuck = false;
  };

  Cell(const Kind& kind, std::uint64_t seed) : kind_(kind), g_(kind.start), random_(seed) {}

  double read() override {
    return std::max(0, g_ + std::uniform_int_distribution<int>(-kind_.noise, kind_.noise)(random_));
  }
  void apply(const device::Pulse& pulse) override {
    const int millivolts = static_cast<int>(pulse.amplitude_v / 1000);
    const int most = std::max(0, (millivolts - 1300) * kind_.strength);
    const int change = std::uniform_int_distribution<int>(0, most)(random_);
    if (kind_.stuck) return;
    g_ = std::max(0, g_ + (pulse.polarity == device::Polarity::kSet ? change : -change));
  }

 private:
  Kind kind_;
  int g_;
  std::mt19937_64 random_;
};

/// What is asked for; voltages in uV and conductances in pS on both sides, so that both are exact.
struct Job {
  core::WriteVerifyIn in;
  device::Window window;
  device::ProgrammingParameters parameters;
  Cell::Kind cell;
  std::uint64_t seed = 0;
};

Job choose(Bench& bench) {
  Job job;
  core::WriteVerifyIn& in = job.in;
  const int target = bench.number(0, 40'000'000);
  const int tolerance = bench.number(200'000, 2'000'000);
  in.low = static_cast<std::uint32_t>(std::max(0, target - tolerance));
  in.high = static_cast<std::uint32_t>(target + tolerance);
  in.end = static_cast<std::uint32_t>(bench.number(20, 40) * 100'000);
  in.set_start = static_cast<std::uint32_t>(bench.number(10, 40) * 100'000);
  in.reset_start = static_cast<std::uint32_t>(bench.number(10, 40) * 100'000);
  in.step = static_cast<std::uint32_t>(bench.number(1, 4) * 50'000);
  in.end_pulses = static_cast<std::uint16_t>(bench.number(1, 12));
  in.reversals = static_cast<std::uint16_t>(bench.number(0, 8));
  in.pulse_clocks = static_cast<std::uint32_t>(bench.chance(0.3) ? 1 : bench.number(2, 20));
  bench.hit_if(in.low == 0, "window down to zero");
  bench.hit_if(in.set_start >= in.end || in.reset_start >= in.end, "starts at the end amplitude");
  bench.hit_if(in.pulse_clocks == 1, "pulse of one clock");
  bench.hit_if(in.reversals == 0, "no reversal allowed");

  job.window = {static_cast<double>(in.low), static_cast<double>(in.high), 0};
  job.parameters.set_start_v = in.set_start;
  job.parameters.reset_start_v = in.reset_start;
  job.parameters.step_v = in.step;
  job.parameters.end_v = in.end;
  job.parameters.end_pulses = in.end_pulses;
  job.parameters.reversals = in.reversals;

  job.cell.start = bench.chance(0.1) ? target : bench.number(0, 45'000'000);
  job.cell.noise = bench.chance(0.5) ? 0 : bench.number(0, tolerance);
  job.cell.strength = bench.number(200, 20'000);
  job.cell.stuck = bench.chance(0.05);
  job.seed = bench.random()();
  return job;
}

class Driver {
 public:
  Driver(Bench& bench, core::WriteVerify& block, Job job)
      : bench_(bench), block_(block), job_(std::move(job)), cell_(job_.cell, job_.seed) {}

  /// Runs to the end, or to an abort: then false.
  bool run() {
    job_.in.start = true;
    out_ = &block_.clock(job_.in);
    const bool aborts = bench_.chance(0.05);
    for (std::int64_t clock = 0; !out_->done; ++clock) {
      job_.in.start = bench_.chance(0.05);
      bench_.hit_if(job_.in.start, "start while busy");
      if (aborts && bench_.chance(0.01)) return abort();
      step();
      if (clock > 1'000'000) throw std::runtime_error("the cell is never done");
    }
    job_.in.start = false;
    return true;
  }

  void check(std::int64_t number) {
    Cell twin(job_.cell, job_.seed);
    const device::WriteVerifyResult wanted =
        device::write_verify(twin, job_.window, job_.parameters);
    expect(static_cast<int>(out_->pulses), wanted.pulses, "pulses, cell", number);
    expect(static_cast<int>(out_->reads), wanted.reads, "reads, cell", number);
    expect(static_cast<int>(out_->reversals), wanted.reversals, "reversals, cell", number);
    expect(static_cast<double>(out_->verified), wanted.verified_s, "last reading, cell", number);
    expect(out_->failed, wanted.failed, "failed, cell", number);
    cover(wanted);
    out_ = &block_.clock(job_.in);
    expect(out_->busy || out_->done, false, "idle after cell", number);
  }

 private:
  void step() {
    if (out_->pulse) {
      ++pulse_clocks_;
      pulse_ = {out_->is_reset ? device::Polarity::kReset : device::Polarity::kSet,
                static_cast<double>(out_->amplitude), 0, 0};
    } else if (pulse_clocks_ > 0) {
      expect(pulse_clocks_, static_cast<std::int64_t>(job_.in.pulse_clocks), "pulse", 0);
      cell_.apply(pulse_);
      pulse_clocks_ = 0;
    }
    job_.in.reading_valid = out_->read && bench_.chance(0.5);
    if (job_.in.reading_valid) job_.in.reading = static_cast<std::uint32_t>(cell_.read());
    if (out_->read) bench_.hit(job_.in.reading_valid ? "reading at once" : "reading later");
    out_ = &block_.clock(job_.in);
    job_.in.reading_valid = false;
  }

  bool abort() {
    bench_.hit("abort");
    job_.in.start = false;
    job_.in.abort = true;
    out_ = &block_.clock(job_.in);
    expect(out_->busy || out_->done, false, "busy after abort", 0);
    return false;
  }

  void cover(const device::WriteVerifyResult& result) {
    const bool spent = result.failed && result.reversals < job_.in.reversals;
    bench_.hit_if(result.pulses == 0, "needs no pulse");
    bench_.hit_if(!result.failed && result.pulses > 0, "succeeds");
    bench_.hit_if(spent, "runs out of pulses");
    bench_.hit_if(result.failed && !spent, "runs out of reversals");
    bench_.hit_if(result.reversals > 2, "several reversals");
    // One read first, one after every pulse, one that confirms; more of those were not confirmed.
    bench_.hit_if(result.reads > result.pulses + 2, "confirming read outside");
  }

  Bench& bench_;
  core::WriteVerify& block_;
  Job job_;
  Cell cell_;
  const core::WriteVerifyOut* out_ = nullptr;
  std::int64_t pulse_clocks_ = 0;
  device::Pulse pulse_;
};

void stimulus(Bench& bench) {
  const auto block = bench.block<core::WriteVerify>();
  for (std::int64_t n = 0; n < bench.rounds(2000); ++n) {
    Driver driver(bench, *block, choose(bench));
    if (driver.run()) driver.check(n);
    if (n == 1000) block->reset();
  }
}

}  // namespace
}  // namespace neurram::cosim

int main(int argc, char** argv) {
  return neurram::cosim::run(argc, argv, neurram::cosim::kBins, neurram::cosim::stimulus);
}
