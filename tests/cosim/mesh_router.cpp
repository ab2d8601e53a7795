// One router of the mesh against a second router, written with queues, clock by clock.
#include <deque>
#include <optional>

#include "tests/cosim/bench.h"

namespace neurram::cosim {
namespace {

const std::vector<std::string> kBins = {"to north",
                                        "to east",
                                        "to south",
                                        "to west",
                                        "to itself",
                                        "packet of one flit",
                                        "packet of several flits",
                                        "buffer full",
                                        "output blocked",
                                        "two heads for one output",
                                        "three heads for one output",
                                        "packet holds its output",
                                        "corner of the mesh",
                                        "reset"};

constexpr std::size_t kDepth = 4;
constexpr int kPorts = static_cast<int>(core::kMeshPorts);
constexpr std::uint32_t kBody = 0u << 30;
constexpr std::uint32_t kHead = 1u << 30;
constexpr std::uint32_t kTail = 2u << 30;
constexpr std::uint32_t kSingle = 3u << 30;

bool starts(std::uint32_t flit) {
  return (flit >> 30 & 1) != 0;
}
bool ends(std::uint32_t flit) {
  return (flit >> 31) != 0;
}

/// The second router.
class Router {
 public:
  Router(int x, int y) : x_(x), y_(y) {}

  [[nodiscard]] core::MeshRouterOut outputs() const {
    core::MeshRouterOut out;
    for (int p = 0; p < kPorts; ++p) {
      const auto i = static_cast<std::size_t>(p);
      if (inputs_[i].size() < kDepth) out.ready |= static_cast<std::uint8_t>(1 << p);
      const std::optional<int> from = sender(p);
      if (!from) continue;
      out.valid |= static_cast<std::uint8_t>(1 << p);
      out.flit[i] = inputs_[static_cast<std::size_t>(*from)].front();
    }
    return out;
  }

  void clock(const core::MeshRouterIn& in) {
    const core::MeshRouterOut out = outputs();
    std::array<std::optional<int>, core::kMeshPorts> from;
    for (int o = 0; o < kPorts; ++o) from[static_cast<std::size_t>(o)] = sender(o);
    for (int o = 0; o < kPorts; ++o) {
      const auto i = static_cast<std::size_t>(o);
      if (!from[i] || (in.ready >> o & 1) == 0) continue;
      inputs_[static_cast<std::size_t>(*from[i])].pop_front();
      owner_[i] = ends(out.flit[i]) ? std::nullopt : from[i];
      last_[i] = *from[i];
    }
    for (int p = 0; p < kPorts; ++p) {
      if ((in.valid & out.ready) >> p & 1)
        inputs_[static_cast<std::size_t>(p)].push_back(in.flit[static_cast<std::size_t>(p)]);
    }
  }

  /// Inputs whose head waits for an output.
  [[nodiscard]] int heads_for(int output) const {
    int heads = 0;
    for (const auto& input : inputs_)
      heads += !input.empty() && starts(input.front()) && route(input.front()) == output;
    return heads;
  }
  [[nodiscard]] bool held(int output) const {
    return owner_[static_cast<std::size_t>(output)].has_value();
  }

 private:
  [[nodiscard]] int route(std::uint32_t flit) const {
    const int x = static_cast<int>(flit & 15);
    const int y = static_cast<int>(flit >> 4 & 15);
    if (x != x_) return static_cast<int>(x > x_ ? core::MeshPort::kEast : core::MeshPort::kWest);
    if (y != y_) return static_cast<int>(y > y_ ? core::MeshPort::kSouth : core::MeshPort::kNorth);
    return static_cast<int>(core::MeshPort::kLocal);
  }

  [[nodiscard]] std::optional<int> sender(int output) const {
    const auto o = static_cast<std::size_t>(output);
    if (owner_[o])
      return inputs_[static_cast<std::size_t>(*owner_[o])].empty() ? std::nullopt : owner_[o];
    for (int k = 1; k <= kPorts; ++k) {
      const int p = (last_[o] + k) % kPorts;
      const auto& input = inputs_[static_cast<std::size_t>(p)];
      if (!input.empty() && starts(input.front()) && route(input.front()) == output) return p;
    }
    return std::nullopt;
  }

  int x_;
  int y_;
  std::array<std::deque<std::uint32_t>, core::kMeshPorts> inputs_;
  std::array<std::optional<int>, core::kMeshPorts> owner_;
  std::array<int, core::kMeshPorts> last_{};
};

/// Packets that may arrive at one port of the router at (x, y) under dimension-ordered routing.
class Source {
 public:
  Source(Bench& bench, core::MeshPort port, int x, int y)
      : bench_(bench), port_(port), x_(x), y_(y) {}

  std::uint32_t front() {
    if (waiting_.empty()) make_packet();
    return waiting_.front();
  }
  void pop() { waiting_.pop_front(); }

 private:
  void make_packet() {
    const int length = bench_.chance(0.4) ? 1 : bench_.number(2, 9);
    const std::uint32_t head = destination();
    if (length == 1) {
      waiting_.push_back(kSingle | head);
      bench_.hit("packet of one flit");
      return;
    }
    waiting_.push_back(kHead | head);
    for (int k = 2; k < length; ++k) waiting_.push_back(kBody | data());
    waiting_.push_back(kTail | data());
    bench_.hit("packet of several flits");
  }

  std::uint32_t data() { return static_cast<std::uint32_t>(bench_.number(0, (1 << 30) - 1)); }

  /// A head's data: never back to where it came from, nor along x once it has turned to y.
  std::uint32_t destination() {
    int low_x = 0, high_x = 15, low_y = 0, high_y = 15;
    if (port_ == core::MeshPort::kEast) high_x = x_;
    if (port_ == core::MeshPort::kWest) low_x = x_;
    if (port_ == core::MeshPort::kNorth || port_ == core::MeshPort::kSouth) low_x = high_x = x_;
    if (port_ == core::MeshPort::kNorth) low_y = y_;
    if (port_ == core::MeshPort::kSouth) high_y = y_;
    int x = bench_.number(low_x, high_x);
    const int y = bench_.number(low_y, high_y);
    if (bench_.chance(0.5)) x = x_;
    return (data() & ~0xFFu) | static_cast<std::uint32_t>(y << 4 | x);
  }

  Bench& bench_;
  core::MeshPort port_;
  int x_;
  int y_;
  std::deque<std::uint32_t> waiting_;
};

void cover(Bench& bench, const Router& router, const core::MeshRouterOut& out, std::uint8_t ready) {
  constexpr const char* kTo[] = {"to north", "to east", "to south", "to west", "to itself"};
  bench.hit_if(out.ready != 31, "buffer full");
  for (int o = 0; o < kPorts; ++o) {
    const bool valid = (out.valid >> o & 1) != 0;
    bench.hit_if(valid, kTo[o]);
    bench.hit_if(valid && (ready >> o & 1) == 0, "output blocked");
    bench.hit_if(router.heads_for(o) == 2, "two heads for one output");
    bench.hit_if(router.heads_for(o) == 3, "three heads for one output");
    bench.hit_if(router.held(o) && router.heads_for(o) > 0, "packet holds its output");
  }
}

void compare(const core::MeshRouterOut& seen, const core::MeshRouterOut& wanted,
             std::int64_t clock) {
  expect(static_cast<int>(seen.ready), static_cast<int>(wanted.ready), "ready, clock", clock);
  expect(static_cast<int>(seen.valid), static_cast<int>(wanted.valid), "valid, clock", clock);
  for (std::size_t p = 0; p < core::kMeshPorts; ++p)
    expect(seen.flit[p], wanted.flit[p], "flit of port " + std::to_string(p) + ", clock", clock);
}

void run(Bench& bench, core::MeshRouter& block, int clocks) {
  const int x = bench.chance(0.2) ? 0 : bench.number(0, 15);
  const int y = bench.chance(0.2) ? 0 : bench.number(0, 15);
  bench.hit_if(x == 0 && y == 0, "corner of the mesh");
  const double load = bench.real(0.05f, 1.0f);
  const double drain = bench.real(0.2f, 1.0f);
  Router router(x, y);
  std::vector<Source> sources;
  for (int p = 0; p < kPorts; ++p)
    sources.emplace_back(bench, static_cast<core::MeshPort>(p), x, y);
  core::MeshRouterIn in;
  in.x = static_cast<std::uint8_t>(x);
  in.y = static_cast<std::uint8_t>(y);
  const core::MeshRouterOut* out = &block.reset();
  for (std::int64_t clock = 0; clock < clocks; ++clock) {
    compare(*out, router.outputs(), clock);
    in.valid = in.ready = 0;
    for (int p = 0; p < kPorts; ++p) {
      in.valid |= static_cast<std::uint8_t>(bench.chance(load) << p);
      in.ready |= static_cast<std::uint8_t>(bench.chance(drain) << p);
      in.flit[static_cast<std::size_t>(p)] = sources[static_cast<std::size_t>(p)].front();
    }
    cover(bench, router, *out, in.ready);
    const int accepted = in.valid & out->ready;
    router.clock(in);
    out = &block.clock(in);
    for (int p = 0; p < kPorts; ++p) {
      if (accepted >> p & 1) sources[static_cast<std::size_t>(p)].pop();
    }
  }
}

void stimulus(Bench& bench) {
  const auto block = bench.block<core::MeshRouter>();
  for (std::int64_t n = 0; n < bench.rounds(60); ++n) {
    run(bench, *block, 2000);
    bench.hit("reset");
  }
}

}  // namespace
}  // namespace neurram::cosim

int main(int argc, char** argv) {
  return neurram::cosim::run(argc, argv, neurram::cosim::kBins, neurram::cosim::stimulus);
}
