#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <csignal>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "models/session/programming_summary.h"

using namespace neurram;
using namespace neurram::session;

namespace {

Config small_config(int passes = 2) {
  Config config;
  config.chip.grid_rows = 1;
  config.chip.grid_columns = config.chip.core_count = 2;
  config.chip.core.array.rows = 32;
  config.chip.core.array.columns = 24;
  config.chip.core.device.kind = "pulse";
  config.chip.core.device.programming_passes = passes;
  return config;
}

std::vector<TargetWindow> two_windows(const Config& config) {
  TargetWindow first = pattern_window(TargetPattern::kUniform, 1, 32, 24, config.chip.core.device);
  TargetWindow second = pattern_window(TargetPattern::kLevels, 0, 5, 7, config.chip.core.device);
  second.cells.first_row = 20;
  second.cells.first_column = 11;
  return {first, second};
}

ProgrammingResult program(const Config& config, const std::vector<TargetWindow>& windows,
                          bool iterations = false) {
  ProgrammingRequest request;
  request.config = &config;
  request.windows = &windows;
  request.iterations = iterations;
  return run_programming(request);
}

}  // namespace

TEST_CASE("patterns of targets are even, and levels are levels", "[programming]") {
  const device::DeviceParameters device;
  const TargetWindow uniform = pattern_window(TargetPattern::kUniform, 7, 256, 256, device);
  CHECK(uniform.core == 7);
  REQUIRE(uniform.targets_ps.size() == 65536);
  std::vector<std::uint32_t> sorted = uniform.targets_ps;
  std::sort(sorted.begin(), sorted.end());
  CHECK(sorted.front() >= 1'000'000);
  CHECK(sorted.back() <= 40'000'000);
  std::vector<int> bins(39, 0);
  for (const std::uint32_t t : sorted) ++bins[std::min<std::uint32_t>(t / 1'000'000 - 1, 38)];
  const auto [fewest, most] = std::minmax_element(bins.begin(), bins.end());
  CHECK(*fewest >= 1679);
  CHECK(*most <= 1682);

  const TargetWindow levels = pattern_window(TargetPattern::kLevels, 0, 64, 10, device);
  std::map<std::uint32_t, int> counts;
  for (const std::uint32_t t : levels.targets_ps) ++counts[t];
  CHECK(counts.size() == kLevels);
  CHECK(counts.begin()->first == 1'000'000);
  CHECK(counts.rbegin()->first == 40'000'000);
  for (const auto& [target, count] : counts) CHECK(std::abs(count - 80) <= 2);
  for (int l = 0; l < kLevels; ++l) CHECK(nearest_level(device, level_us(device, l) + 2.7) == l);
  CHECK(nearest_level(device, 0) == 0);
  CHECK(nearest_level(device, 80) == kLevels - 1);
}

TEST_CASE("windows cover a network's cells, each once", "[programming]") {
  mapper::Segment segment;
  segment.core = 3;
  segment.rows = 2;
  segment.columns = 5;
  for (const int row : {0, 1, 9, 255}) segment.row_mask.set(row);
  for (const int column : {4, 5, 6, 40, 41}) segment.column_mask.set(column);
  for (std::uint32_t i = 0; i < 20; ++i) segment.target_ps.push_back(i);
  mapper::Deployment deployment;
  deployment.segments = {segment, segment};
  deployment.segments[1].core = 4;
  const std::vector<TargetWindow> windows = target_windows(deployment);
  CHECK(windows.size() == 2 * 3 * 2);
  std::map<std::tuple<std::uint32_t, int, int>, std::uint32_t> cells;
  for (const TargetWindow& w : windows) {
    REQUIRE(static_cast<std::int64_t>(w.targets_ps.size()) == w.cells.cells());
    std::size_t i = 0;
    for (int r = 0; r < w.cells.rows; ++r) {
      for (int c = 0; c < w.cells.columns; ++c) {
        const std::tuple cell{w.core, w.cells.first_row + r, w.cells.first_column + c};
        CHECK(cells.emplace(cell, w.targets_ps[i++]).second);
      }
    }
  }
  REQUIRE(cells.size() == 40);
  CHECK(cells.at({3, 0, 4}) == 0);
  CHECK(cells.at({3, 1, 40}) == 8);
  CHECK(cells.at({4, 9, 6}) == 12);
  CHECK(cells.at({4, 255, 41}) == 19);
}

TEST_CASE("the chip's cells are those of the crossbar alone", "[programming]") {
  const Config config = small_config();
  const std::vector<TargetWindow> windows = two_windows(config);
  const ProgrammingResult result = program(config, windows);
  CHECK(result.complete);
  REQUIRE(result.cells.size() == 32 * 24 + 5 * 7);
  for (const TargetWindow& w : windows) {
    const auto device =
        std::shared_ptr<const device::Device>(device::make_device(config.chip.core.device));
    array::Crossbar crossbar(config.chip.core.array, device, w.core, config.seed.device);
    for (int i = 0; i < w.cells.cells(); ++i) {
      crossbar.set_target(w.cells.first_row + i / w.cells.columns,
                          w.cells.first_column + i % w.cells.columns,
                          static_cast<float>(w.targets_ps[static_cast<std::size_t>(i)] * 1e-12));
    }
    crossbar.program(w.cells);
    int different = 0;
    for (const CellOutcome& cell : result.cells) {
      if (cell.core != w.core) continue;
      const array::CellRecord& record = crossbar.record(cell.row, cell.column);
      const auto ps = [](float g_s) { return static_cast<std::uint32_t>(std::lround(g_s * 1e12)); };
      const bool same = cell.final_ps == ps(crossbar.conductance(cell.row, cell.column)) &&
                        cell.verified_ps == ps(crossbar.verified(cell.row, cell.column)) &&
                        cell.pulses == record.pulses &&
                        cell.failed == record.is(array::CellRecord::kFailed) &&
                        cell.unusable == record.is(array::CellRecord::kUnusable);
      different += same ? 0 : 1;
    }
    CHECK(different == 0);
  }
}

TEST_CASE("cost is the records' and the cores' leakage, over all of the time", "[programming]") {
  const Config config = small_config();
  const ProgrammingResult result = program(config, two_windows(config));
  ledger::Cost sum;
  int commands = 0;
  for (const ledger::Record& record : result.records) {
    sum += record.cost;
    commands += record.kind == ledger::Kind::kProgram ? 1 : 0;
  }
  CHECK(commands == 2);
  const auto programming = result.cost[ledger::Component::kProgramming];
  CHECK(programming.value > 0);
  CHECK(programming == sum[ledger::Component::kProgramming]);
  CHECK(result.cost.total_time().value == result.simulated_ps);
  // Both cores are on from nearly the start.
  const double idle_j =
      2 * Picoseconds(result.simulated_ps).seconds() * config.chip.core.energy.idle_w;
  CHECK(result.cost[ledger::Component::kIdle].joules() == Approx(idle_j).epsilon(0.01));
}

TEST_CASE("iterations of as many passes and the same age are the chip's own", "[programming]") {
  const Config config = small_config(3);
  const std::vector<TargetWindow> windows = two_windows(config);
  const ProgrammingResult result = program(config, windows, true);
  REQUIRE(result.iterations.size() == 3 * 3);
  const ProgrammingSummary summary = summarize(config, "here", windows, result, 0);
  for (const Iteration& it : result.iterations) {
    if (it.passes != 3 || it.age_s != config.chip.core.device.age_s) continue;
    CHECK(it.success == Approx(summary.success));
    CHECK(it.pulses_per_cell == Approx(summary.pulses_per_cell));
  }
  for (std::size_t i = 1; i < 3; ++i)
    CHECK(result.iterations[i].sigma_us > result.iterations[i - 1].sigma_us);

  std::int64_t cells = 0;
  for (const LevelSummary& level : summary.levels) {
    cells += level.cells;
    CHECK(level.verified.sigma_us < level.final.sigma_us);
  }
  CHECK(cells == summary.cells);
  CHECK(summary.cores == std::vector<std::uint32_t>{0, 1});
  CHECK(summary.rows == 32 + 5);
  const nlohmann::ordered_json json = to_json(summary);
  CHECK(json["levels"].size() == kLevels);
  CHECK(json["complete"] == true);
}

TEST_CASE("a stop keeps the rows that are done", "[programming]") {
  const Config config = small_config(3);
  TargetWindow window = pattern_window(TargetPattern::kUniform, 0, 32, 24, config.chip.core.device);
  const std::vector<TargetWindow> windows(400, window);  // the same cells, again and again
  const ProgrammingResult result = [&] {
    ProgrammingRequest request;
    request.config = &config;
    request.windows = &windows;
    request.iterations = false;
    request.progress = [stopped = false](std::size_t done, std::size_t, std::int64_t) mutable {
      if (stopped || done == 0) return;
      stopped = true;
      std::raise(SIGINT);
    };
    return run_programming(request);
  }();
  CHECK_FALSE(result.complete);
  CHECK(result.iterations.empty());
  CHECK(result.cells.size() >= 24);
  CHECK(result.cells.size() < 400 * 32 * 24);
  CHECK(result.cells.size() % 24 == 0);
  CHECK(result.simulated_ps > 0);
  // A cell that was formed conducts, whatever a noisy read of it saw.
  for (const CellOutcome& cell : result.cells) CHECK(cell.final_ps > 0);
}
