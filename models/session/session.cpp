#include "models/session/session.h"

#include <chrono>

#include "models/runtime/calibration.h"
#include "models/runtime/loader.h"
#include "models/session/hosted_chip.h"

namespace neurram::session {

struct Session::Modules : HostedChip {
  using HostedChip::HostedChip;

  neurram_chip driver{};
  bool discovered = false;
};

namespace {

/// Finds the chip, once; only within the host's process.
void discover(neurram_chip& driver, bool& discovered, ChipHost& host) {
  if (discovered) return;
  const neurram_bus bus = host.bus();
  runtime::expect(neurram_discover(&driver, &bus, 0), driver, "finding the chip");
  discovered = true;
}

}  // namespace

Session::Session(const Config& config) : config_(config) {
  sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
  modules_ = std::make_unique<Modules>(config_.chip, config_.seed, config_.digital, ledger_);
}

Session::~Session() = default;

void Session::on_interrupt_check(std::function<void()> check) {
  modules_->host.on_interrupt_check(std::move(check));
}

void Session::watch(core::WalkProbe* probe) {
  for (int c = 0; c < modules_->chip.cores(); ++c) modules_->chip.core(c).controller.watch(probe);
}

std::vector<std::string> Session::layer_names(const mapper::Graph& graph) {
  std::vector<std::string> names;
  for (const mapper::Node& node : graph.nodes) names.push_back(node.name);
  names.emplace_back("digital");
  return names;
}

void Session::compile(mapper::Deployment& deployment, const runtime::Images& images,
                      const std::function<void(int, int)>& progress) {
  runtime::check_rail_sets(deployment.graph);
  const auto wall = std::chrono::steady_clock::now();
  ledger_.set_layers(deployment.graph.nodes.size() + 1);
  ChipHost& host = modules_->host;
  host.execute([&] {
    neurram_chip& driver = modules_->driver;
    discover(driver, modules_->discovered, host);
    runtime::power_cores(deployment, driver);
    deployment.setup.failed_cells = runtime::program_cells(deployment, driver, host);
    runtime::calibrate(deployment, images, operating_scheme(config_), config_.calibration, driver,
                       host, progress);
  });
  deployment.setup.energy_fj = ledger_.total().cost.total_energy().value;
  deployment.setup.time_ps = host.now_ps();
  deployment.setup.wall_s =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - wall).count();
}

void Session::load(const mapper::Deployment& deployment) {
  deployment_ = std::make_unique<mapper::Deployment>(deployment);
  ledger_.set_layers(deployment_->graph.nodes.size() + 1);
  ChipHost& host = modules_->host;
  ledger_.pause(true);
  host.execute([&] {
    neurram_chip& driver = modules_->driver;
    discover(driver, modules_->discovered, host);
    runtime::power_cores(*deployment_, driver);
    if (config_.run.program) {
      runtime::program_cells(*deployment_, driver, host);
    } else {
      runtime::load_cells(*deployment_, host);
    }
    runtime::configure(*deployment_, driver);
    network_ = std::make_unique<runtime::Network>(*deployment_, driver, host,
                                                  config_.chip.core.two_phase_above);
  });
  ledger_.pause(false);
}

Session::Stretch Session::run(const runtime::Images& images, std::size_t first, std::size_t count) {
  Stretch stretch;
  ChipHost& host = modules_->host;
  host.execute([&] {
    const std::int64_t start_ps = host.now_ps();
    const std::vector<std::int64_t> powered_ps = modules_->chip.powered_ps(start_ps);
    stretch.outputs = network_->run(images, first, count);
    // Every batch finds the rails parked, so that what it costs does not depend on the one before.
    runtime::expect(neurram_park_rails(&modules_->driver), modules_->driver, "parking the rails");
    stretch.simulated_ps = host.now_ps() - start_ps;
    stretch.powered_ps = modules_->chip.powered_ps(host.now_ps());
    for (std::size_t c = 0; c < powered_ps.size(); ++c) stretch.powered_ps[c] -= powered_ps[c];
  });
  return stretch;
}

Session::Stretch Session::work(const std::function<void(neurram_chip&, ChipHost&)>& what) {
  Stretch stretch;
  ChipHost& host = modules_->host;
  host.execute([&] {
    discover(modules_->driver, modules_->discovered, host);
    const std::int64_t start_ps = host.now_ps();
    const std::vector<std::int64_t> powered_ps = modules_->chip.powered_ps(start_ps);
    what(modules_->driver, host);
    stretch.simulated_ps = host.now_ps() - start_ps;
    stretch.powered_ps = modules_->chip.powered_ps(host.now_ps());
    for (std::size_t c = 0; c < powered_ps.size(); ++c) stretch.powered_ps[c] -= powered_ps[c];
  });
  return stretch;
}

std::int64_t Session::latency_ps(const runtime::Images& images) {
  ledger_.pause(true);
  const std::int64_t latency_ps = run(images, 0, 1).simulated_ps;
  ledger_.pause(false);
  return latency_ps;
}

}  // namespace neurram::session
