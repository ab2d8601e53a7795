#include "models/session/summary.h"

#include <algorithm>
#include <set>

#include <boost/math/distributions/binomial.hpp>
#include <nlohmann/json.hpp>

#include "models/config/config.h"
#include "models/core/operation.h"

namespace neurram::session {
namespace {

std::size_t size(int n) {
  return static_cast<std::size_t>(n);
}

constexpr int kSchema = 1;

/// Leakage of the cores that were on [fJ].
Femtojoules idle_energy(const Config& config, const std::vector<std::int64_t>& powered_ps) {
  Femtojoules sum;
  for (std::size_t c = 0; c < powered_ps.size(); ++c) {
    const double idle_w = config.chip.of_core(static_cast<int>(c)).energy.idle_w;
    sum += Femtojoules::from_joules(Picoseconds(powered_ps[c]).seconds() * idle_w);
  }
  return sum;
}

/// Products and additions of one image that weights do.
double operations_per_image(const mapper::Graph& graph) {
  double operations = 0;
  for (const mapper::Node& node : graph.nodes) {
    if (node.kind != mapper::NodeKind::kMatrix) continue;
    const mapper::Matrix& matrix = graph.matrices[size(node.matrix)];
    operations += 2.0 * matrix.rows * matrix.columns * mapper::vectors_per_image(node);
  }
  return operations;
}

std::vector<LayerSummary> layer_summaries(const RunRequest& request, const RunResult& result) {
  const mapper::Deployment& d = *request.deployment;
  std::vector<LayerSummary> layers;
  for (std::size_t n = 0; n < d.graph.nodes.size(); ++n) {
    if (d.graph.nodes[n].kind != mapper::NodeKind::kMatrix) continue;
    LayerSummary layer;
    layer.name = d.graph.nodes[n].name;
    std::set<int> cores;
    for (const mapper::Operation& operation : d.operations) {
      if (operation.node == static_cast<int>(n))
        cores.insert(d.segments[size(operation.segment)].core);
    }
    layer.cores.assign(cores.begin(), cores.end());
    const ledger::Totals& totals = result.layers[n];
    layer.mvms = totals.vectors;
    layer.vectors =
        static_cast<std::int64_t>(result.images) * mapper::vectors_per_image(d.graph.nodes[n]);
    layer.energy_j = totals.cost.total_energy().joules();
    using ledger::Phase;
    for (const Phase p :
         {Phase::kInitialise, Phase::kSample, Phase::kIntegrate, Phase::kConvert, Phase::kWait}) {
      layer.busy_s += totals.cost[p].seconds();
    }
    layers.push_back(layer);
  }
  return layers;
}

void add_area(Summary& s, const chip::ChipParameters& chip) {
  constexpr double kSquareMillimetre = 1e-6;
  const double total = chip.core_area_m2 * chip.core_count / kSquareMillimetre;
  const double rest = 1 - chip.area_share_neurons - chip.area_share_drivers - chip.area_share_array;
  s.area_by_component_mm2 = {{"neurons", total * chip.area_share_neurons},
                             {"drivers", total * chip.area_share_drivers},
                             {"array", total * chip.area_share_array},
                             {"other", total * rest}};
}

/// Precision of the network's busiest layer.
const mapper::Operation& busiest_operation(const mapper::Deployment& d) {
  const auto work = [&d](const mapper::Operation& o) {
    return d.segments[size(o.segment)].cells() *
           size(mapper::vectors_per_image(d.graph.nodes[size(o.node)]));
  };
  return *std::max_element(d.operations.begin(), d.operations.end(),
                           [&](const auto& a, const auto& b) { return work(a) < work(b); });
}

double area_of(const Summary& s) {
  double total = 0;
  for (const auto& [name, area] : s.area_by_component_mm2) total += area;
  return total;
}

nlohmann::ordered_json object_of(const std::vector<std::pair<std::string, double>>& items) {
  nlohmann::ordered_json object = nlohmann::ordered_json::object();
  for (const auto& [name, value] : items) object[name] = value;
  return object;
}

}  // namespace

Interval share_interval(std::size_t successes, std::size_t trials) {
  using Binomial = boost::math::binomial_distribution<>;
  if (trials == 0) return {0, 1};
  const auto n = static_cast<double>(trials);
  const auto k = static_cast<double>(successes);
  constexpr double kTail = 0.025;
  return {successes == 0 ? 0.0 : Binomial::find_lower_bound_on_p(n, k, kTail),
          successes == trials ? 1.0 : Binomial::find_upper_bound_on_p(n, k, kTail)};
}

double peak_tops_per_w(const Config& config, int bits_in, int bits_out) {
  const core::CoreParameters& p = config.chip.core;
  core::SlotSettings settings;
  for (int r = 0; r < p.array.rows / 2 * 2; ++r) settings.rows.push_back(r);
  for (int c = 0; c < p.array.columns; ++c) settings.columns.push_back(c);
  settings.bits_in = bits_in;
  settings.bits_out = bits_out;
  core::RailSet rails;
  rails.v_read_plus_v = rails.v_read_minus_v = config.calibration.v_read_v;
  array::Crossbar crossbar(p.array, nullptr, 0, 0);
  auto transfer =
      std::make_shared<array::Transfer>(crossbar, core::selection_of(settings, rails), 127);
  const core::OperationPlan plan = core::plan_operation(
      settings, rails, transfer, core::NeuronMismatch(p.neuron, p.array.columns, 0, 0), p);
  const std::uint16_t steps[2] = {1, 1};
  Femtojoules energy = plan.conversion_energy[size(core::comparisons(plan, steps, 1))];
  for (const Femtojoules e : plan.fixed_energy) energy += e;
  const double operations = 2.0 * static_cast<double>(settings.inputs() * settings.outputs());
  constexpr double kTera = 1e12;
  return operations / energy.joules() / kTera;
}

Summary summarize(const RunRequest& request, const RunResult& result, double wall_s) {
  Config config = *request.config;
  const mapper::Deployment& d = *request.deployment;
  Summary s;
  s.app = config.app.name;
  s.images = result.images;
  s.correct = result.correct;
  s.has_labels = request.labels != nullptr;
  const double images = std::max<double>(1, static_cast<double>(s.images));
  s.accuracy = static_cast<double>(s.correct) / images;
  const Interval interval = share_interval(s.correct, s.images);
  s.accuracy_low = interval.low;
  s.accuracy_high = interval.high;
  s.complete = result.complete;
  s.seed_device = config.seed.device;
  s.seed_run = config.seed.run;
  s.level = core::name(config.chip.core.level);
  s.fabric = config.chip.fabric.kind == chip::FabricKind::kChain ? "chain" : "ideal";
  s.setup_energy_j = Femtojoules(d.setup.energy_fj).joules();
  s.setup_simulated_s = Picoseconds(d.setup.time_ps).seconds();
  s.setup_wall_s = d.setup.wall_s;
  s.setup_failed_cells = d.setup.failed_cells;

  ledger::Totals total;
  for (const ledger::Totals& layer : result.layers) total += layer;
  ledger::Cost cost = total.cost;
  const Femtojoules idle = idle_energy(config, result.powered_ps);
  cost[ledger::Component::kIdle] += idle;
  cost[ledger::Phase::kControl] = Picoseconds(result.simulated_ps) - cost.total_time();

  using ledger::Component;
  using ledger::Phase;
  s.energy_j = cost.total_energy().joules() / images;
  s.simulated_s = Picoseconds(result.simulated_ps).seconds();
  s.interval_s = s.simulated_s / images;
  s.latency_s = Picoseconds(result.latency_ps).seconds();
  Picoseconds core_time;
  for (const Phase p : {Phase::kRails, Phase::kInitialise, Phase::kSample, Phase::kIntegrate,
                        Phase::kConvert, Phase::kWait}) {
    core_time += cost[p];
  }
  s.core_s = core_time.seconds() / images;
  s.io_s = cost[Phase::kIo].seconds() / images;
  s.wall_s = wall_s;

  Femtojoules core_energy;
  for (const Component c : {Component::kWordLines, Component::kDrive, Component::kNeurons,
                            Component::kConversion, Component::kControl}) {
    core_energy += cost[c];
  }
  constexpr double kTera = 1e12;
  if (core_energy.value > 0) {
    s.tops_per_w = operations_per_image(d.graph) * static_cast<double>(s.images) /
                   core_energy.joules() / kTera;
  }
  const mapper::Operation& busiest = busiest_operation(d);
  s.tops_per_w_peak = peak_tops_per_w(config, busiest.input_bits, busiest.output_bits);
  add_area(s, config.chip);
  for (std::size_t c = 0; c < ledger::kComponents; ++c) {
    s.energy_by_component_j.emplace_back(ledger::name(static_cast<Component>(c)),
                                         cost.energy[c].joules());
  }
  for (std::size_t p = 0; p < ledger::kPhases; ++p) {
    s.time_by_phase_s.emplace_back(ledger::name(static_cast<Phase>(p)), cost.time[p].seconds());
  }
  s.layers = layer_summaries(request, result);
  const ledger::Totals& digital = result.layers.back();
  s.layers.push_back({"digital",
                      {},
                      0,
                      0,
                      digital.cost.total_energy().joules(),
                      digital.cost[Phase::kDigital].seconds()});
  s.layers.push_back({"idle", {}, 0, 0, idle.joules(), 0});
  s.config_sha256 = config::fingerprint(config);
  s.tool_version = NEURRAM_VERSION;
  return s;
}

nlohmann::ordered_json to_json(const Summary& s) {
  nlohmann::ordered_json j;
  j["schema"] = kSchema;
  j["app"] = s.app;
  j["images"] = s.images;
  j["correct"] = s.has_labels ? nlohmann::ordered_json(s.correct) : nlohmann::ordered_json();
  j["accuracy"] = s.has_labels ? nlohmann::ordered_json(s.accuracy) : nlohmann::ordered_json();
  j["metric"] =
      s.has_labels ? nlohmann::ordered_json{{"name", "accuracy"},
                                            {"value", s.accuracy},
                                            {"low", s.accuracy_low},
                                            {"high", s.accuracy_high}}
                   : nlohmann::ordered_json{
                         {"name", "none"}, {"value", nullptr}, {"low", nullptr}, {"high", nullptr}};
  j["complete"] = s.complete;
  j["seed"] = {{"device", s.seed_device}, {"run", s.seed_run}};
  j["level"] = s.level;
  j["fabric"] = s.fabric;
  j["setup"] = {{"energy_j", s.setup_energy_j},
                {"simulated_s", s.setup_simulated_s},
                {"wall_s", s.setup_wall_s},
                {"failed_cells", s.setup_failed_cells}};
  j["energy_j"] = s.energy_j;
  j["latency_s"] = s.latency_s;
  j["interval_s"] = s.interval_s;
  j["core_s"] = s.core_s;
  j["io_s"] = s.io_s;
  j["simulated_s"] = s.simulated_s;
  j["wall_s"] = s.wall_s;
  j["tops_per_w"] = s.tops_per_w;
  j["tops_per_w_peak"] = s.tops_per_w_peak;
  j["area_mm2"] = area_of(s);
  j["area_by_component_mm2"] = object_of(s.area_by_component_mm2);
  j["energy_by_component_j"] = object_of(s.energy_by_component_j);
  j["time_by_phase_s"] = object_of(s.time_by_phase_s);
  j["layers"] = nlohmann::ordered_json::array();
  for (const LayerSummary& l : s.layers) {
    j["layers"].push_back({{"name", l.name},
                           {"cores", l.cores},
                           {"mvms", l.mvms},
                           {"vectors", l.vectors},
                           {"energy_j", l.energy_j},
                           {"busy_s", l.busy_s}});
  }
  j["config_sha256"] = s.config_sha256;
  j["tool_version"] = s.tool_version;
  return j;
}

}  // namespace neurram::session
