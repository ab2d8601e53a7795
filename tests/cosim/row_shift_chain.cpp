// The row shift chain against a queue of two-bit stages.
#include <deque>

#include "tests/cosim/bench.h"

namespace neurram::cosim {
namespace {

const std::vector<std::string> kBins = {"forward",          "backward",           "one file",
                                        "whole row",        "column file filled", "row file filled",
                                        "captured",         "columns cleared",    "rows cleared",
                                        "start while busy", "capture read back",  "reset"};

constexpr std::size_t kStages = core::kRowFiles * core::kLines;

bool stage(const core::RowFiles& files, std::size_t s) {
  return (files[s / 64] >> (s % 64) & 1) != 0;
}

/// Stages from the left; a stage is {+1, -1}.
class Row {
 public:
  Row() : stages_(kStages, 0) {}

  /// Returns what leaves.
  int shift(bool forward, int in) {
    const int out = leaving(forward);
    if (forward) {
      stages_.pop_back();
      stages_.push_front(in);
    } else {
      stages_.pop_front();
      stages_.push_back(in);
    }
    return out;
  }
  [[nodiscard]] int leaving(bool forward) const {
    return forward ? stages_.back() : stages_.front();
  }
  int& at(std::size_t file, std::size_t line) { return stages_[file * core::kLines + line]; }

  void check(const core::RowShiftChainOut& out, std::int64_t number) const {
    for (std::size_t s = 0; s < kStages; ++s) {
      const int seen = stage(out.plus, s) << 1 | static_cast<int>(stage(out.minus, s));
      expect(seen, stages_[s], "stage, command " + std::to_string(number) + ",",
             static_cast<std::int64_t>(s));
    }
  }

 private:
  std::deque<int> stages_;
};

class Driver {
 public:
  explicit Driver(Bench& bench) : bench_(bench), block_(bench.block<core::RowShiftChain>()) {}

  void run(std::int64_t number) {
    switch (bench_.number(0, 3)) {
      case 0:
        capture();
        break;
      case 1:
        clear();
        break;
      default:
        shift(number);
    }
    row_.check(*out_, number);
  }

  void reset() {
    bench_.hit("reset");
    row_ = Row();
    out_ = &block_->reset();
    row_.check(*out_, -1);
  }

  /// What neurons captured into a column file leaves at the left in its order.
  void read_back() {
    capture(0);
    core::RowShiftChainIn in;
    begin(in, false, 1);
    for (std::size_t j = 0; j < core::kLines; ++j) {
      const int wanted = bit(captured_plus_, j) << 1 | static_cast<int>(bit(captured_minus_, j));
      expect(static_cast<int>(out_->serial), wanted, "captured bit", static_cast<std::int64_t>(j));
      out_ = &block_->clock(in);
      row_.shift(false, 0);
    }
    bench_.hit("capture read back");
  }

 private:
  void begin(core::RowShiftChainIn& in, bool forward, int multiplier) {
    in.start = true;
    in.forward = forward;
    in.multiplier = static_cast<std::uint8_t>(multiplier);
    out_ = &block_->clock(in);
    in.start = false;
  }

  void shift(std::int64_t number) {
    const bool forward = bench_.chance(0.5);
    const int files = bench_.chance(0.2) ? (bench_.chance(0.5) ? 1 : 12) : bench_.number(1, 12);
    core::RowShiftChainIn in;
    begin(in, forward, files);
    std::vector<int> sent;
    for (std::size_t k = 0; k < static_cast<std::size_t>(files) * core::kLines; ++k) {
      expect(out_->busy, true, "busy, command", number);
      expect(static_cast<int>(out_->serial), row_.leaving(forward), "bit that leaves, command",
             number);
      in.serial = static_cast<std::uint8_t>(bench_.number(0, 3));
      in.start = bench_.chance(0.001);
      bench_.hit_if(in.start, "start while busy");
      sent.push_back(in.serial);
      row_.shift(forward, in.serial);
      out_ = &block_->clock(in);
    }
    expect(out_->busy, false, "busy after command", number);
    check_landed(sent, forward, static_cast<std::size_t>(files));
    bench_.hit(forward ? "forward" : "backward");
    bench_.hit_if(files == 1, "one file");
    bench_.hit_if(files == 12, "whole row");
  }

  /// The first 256 bits fill the file that the multiplier reaches, the first at its far end.
  void check_landed(const std::vector<int>& sent, bool forward, std::size_t files) {
    const std::size_t file = forward ? files - 1 : core::kRowFiles - files;
    for (std::size_t k = 0; k < core::kLines; ++k) {
      const std::size_t line = forward ? core::kLines - 1 - k : k;
      expect(row_.at(file, line), sent[k], "bit of the file reached", static_cast<std::int64_t>(k));
    }
    bench_.hit(file % 2 == 0 ? "column file filled" : "row file filled");
  }

  void capture() { capture(static_cast<std::size_t>(bench_.number(0, 11))); }
  void capture(std::size_t file) {
    core::RowShiftChainIn in;
    in.capture = true;
    in.capture_file = static_cast<std::uint8_t>(file);
    in.capture_plus = captured_plus_ = bench_.lines(0.5);
    in.capture_minus = captured_minus_ = bench_.lines(0.5);
    out_ = &block_->clock(in);
    for (std::size_t j = 0; j < core::kLines; ++j)
      row_.at(file, j) = bit(in.capture_plus, j) << 1 | static_cast<int>(bit(in.capture_minus, j));
    bench_.hit("captured");
  }

  void clear() {
    core::RowShiftChainIn in;
    in.clear_columns = bench_.chance(0.5);
    in.clear_rows = !in.clear_columns || bench_.chance(0.2);
    out_ = &block_->clock(in);
    for (std::size_t f = 0; f < core::kRowFiles; ++f) {
      if (!(f % 2 == 0 ? in.clear_columns : in.clear_rows)) continue;
      for (std::size_t j = 0; j < core::kLines; ++j) row_.at(f, j) = 0;
    }
    bench_.hit_if(in.clear_columns, "columns cleared");
    bench_.hit_if(in.clear_rows, "rows cleared");
  }

  Bench& bench_;
  std::unique_ptr<core::RowShiftChain> block_;
  const core::RowShiftChainOut* out_ = nullptr;
  Row row_;
  core::Lines captured_plus_{};
  core::Lines captured_minus_{};
};

void stimulus(Bench& bench) {
  Driver driver(bench);
  driver.reset();
  for (std::int64_t n = 0; n < bench.rounds(120); ++n) driver.run(n);
  driver.read_back();
  driver.reset();
}

}  // namespace
}  // namespace neurram::cosim

int main(int argc, char** argv) {
  return neurram::cosim::run(argc, argv, neurram::cosim::kBins, neurram::cosim::stimulus);
}
