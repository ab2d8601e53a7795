#pragma once

#include <algorithm>
#include <chrono>
#include <vector>

#include <benchmark/benchmark.h>

/// Times two things in turn, so that both meet the same machine: reports ours as the time, theirs
/// and the ratio of the medians as counters. `per` things are done in one call of each.
template <class Ours, class Theirs>
void compare(benchmark::State& state, double per, Ours ours, Theirs theirs) {
  using Clock = std::chrono::steady_clock;
  std::vector<double> ours_s;
  std::vector<double> theirs_s;
  const auto timed = [](auto& work) {
    const auto start = Clock::now();
    work();
    return std::chrono::duration<double>(Clock::now() - start).count();
  };
  ours();
  theirs();
  for (auto _ : state) {
    ours_s.push_back(timed(ours));
    theirs_s.push_back(timed(theirs));
    state.SetIterationTime(ours_s.back());
  }
  const auto median = [](std::vector<double>& v) {
    std::nth_element(v.begin(), v.begin() + static_cast<std::ptrdiff_t>(v.size() / 2), v.end());
    return v[v.size() / 2];
  };
  const double a = median(ours_s);
  const double b = median(theirs_s);
  constexpr double kNano = 1e-9;
  state.counters["ours_ns"] = a / per / kNano;
  state.counters["theirs_ns"] = b / per / kNano;
  state.counters["ratio"] = a / b;
}
