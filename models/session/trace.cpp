#include "models/session/trace.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "models/base/error.h"
#include "models/core/walk_probe.h"
#include "models/ledger/fst_writer.h"
#include "models/ledger/operation_waves.h"
#include "models/runtime/loader.h"
#include "models/session/kernel.h"
#include "models/session/session.h"

namespace neurram::session {
namespace {

using ledger::WaveBook;
using Kind = ledger::WaveWriter::Kind;

/// Books what cores do, state by state, as changes of signals.
class WaveProbe : public core::WalkProbe {
 public:
  WaveProbe(const TraceWindow& window, std::vector<std::int32_t> layers,
            const ledger::Ledger& ledger, const ledger::MemoryRecorder& recorder, WaveBook& book)
      : window_(window),
        layers_(std::move(layers)),
        ledger_(ledger),
        recorder_(recorder),
        book_(book) {}

  [[nodiscard]] std::size_t vectors() const { return vectors_; }

  const std::vector<int>* vector(std::uint32_t core, std::int64_t at_ps,
                                 const core::Operation& operation, std::size_t vector) override {
    if (!wanted(at_ps)) return nullptr;
    ++vectors_;
    CoreView& view = view_of(core, operation);
    book_.change(at_ps, view.operation, std::to_string(operation.first_operation_id + vector));
    view.codes = operation.codes + vector * operation.plan->inputs();
    return &view.outputs;
  }

  void state(std::uint32_t core, std::int64_t at_ps, const StateView& s) override {
    CoreView& view = cores_.at(core);
    book_.change(at_ps, view.phase, name_of(s, view));
    const bool driven = s.state == neuron::State::kSample;
    if (!driven && !view.driven) return;
    view.driven = driven;
    for (std::size_t i = 0; i < view.lines.size(); ++i)
      book_.change(at_ps, view.lines[i], driven ? line_volts(view, i, s) : 0.0);
  }

  void integrators(std::uint32_t core, std::int64_t at_ps,
                   const std::vector<float>& volts) override {
    const CoreView& view = cores_.at(core);
    for (std::size_t n = 0; n < volts.size(); ++n)
      book_.change(at_ps, view.integrators[n], static_cast<double>(volts[n]));
  }

  void done(std::uint32_t core, std::int64_t at_ps, const core::Operation& /*operation*/,
            const std::int16_t* codes) override {
    const CoreView& view = cores_.at(core);
    for (std::size_t n = 0; n < view.outputs.size(); ++n)
      book_.change(at_ps, view.results[n], static_cast<double>(codes[view.outputs[n]]),
                   WaveBook::kEnd);
    book_.change(at_ps, view.phase, "", WaveBook::kEnd);
    book_.change(at_ps, view.operation, "", WaveBook::kEnd);
  }

  void port(std::uint32_t core, std::int64_t at_ps, const char* block, const char* port,
            const std::uint64_t* words, int bits) override {
    WaveBook::Signal& signal = ports_.emplace(std::tuple(core, block, port), -1).first->second;
    if (signal < 0) {
      signal = book_.signal(fmt::format("chip.core_{}.rtl.{}.{}", core, block, port),
                            bits == 1 ? Kind::kBit : Kind::kBits, bits);
    }
    if (bits == 1) {
      book_.change(at_ps, signal, static_cast<double>(words[0] & 1));
    } else {
      book_.change(at_ps, signal, words);
    }
  }

 private:
  /// The signals of a core for the operation at work.
  struct CoreView {
    const core::OperationPlan* plan = nullptr;
    WaveBook::Signal phase = -1, operation = -1;
    std::vector<int> outputs;  ///< results shown, by index
    std::vector<WaveBook::Signal> integrators, results, lines;
    const std::uint8_t* codes = nullptr;  ///< of the vector at work
    bool driven = false;
  };

  [[nodiscard]] bool wanted(std::int64_t at_ps) const {
    // Time 0 of the waves is the first command's start.
    const auto& records = recorder_.records();
    const std::int64_t begin_ps = records.empty() ? at_ps : records.front().start_ps;
    const double at_s = static_cast<double>(at_ps - begin_ps) * 1e-12;
    if (at_s < window_.from_s || at_s > window_.to_s) return false;
    return layers_.empty() ||
           std::find(layers_.begin(), layers_.end(), ledger_.current_layer()) != layers_.end();
  }

  CoreView& view_of(std::uint32_t core, const core::Operation& operation) {
    CoreView& view = cores_[core];
    if (view.plan == operation.plan) return view;
    const core::OperationPlan& plan = *operation.plan;
    const std::string base = fmt::format("chip.core_{}.", core);
    view = CoreView{};
    view.plan = &plan;
    view.phase = book_.signal(base + "phase", Kind::kText);
    view.operation = book_.signal(base + "operation", Kind::kText);
    const std::vector<int> lines = core::output_lines(plan.settings);
    const auto most = static_cast<std::size_t>(window_.neurons);
    for (std::size_t j = 0; j < std::min(most, lines.size()); ++j) {
      const int neuron = core::neuron_of(plan.settings, lines[j]);
      view.outputs.push_back(static_cast<int>(j));
      view.integrators.push_back(
          book_.signal(fmt::format("{}neurons.n_{}_v", base, neuron), Kind::kReal));
      view.results.push_back(
          book_.signal(fmt::format("{}neurons.n_{}_code", base, neuron), Kind::kReal));
    }
    for (std::size_t i = 0; i < std::min(most, plan.inputs()); ++i)
      view.lines.push_back(book_.signal(fmt::format("{}lines.input_{}_v", base, i), Kind::kReal));
    return view;
  }

  [[nodiscard]] static double line_volts(const CoreView& view, std::size_t input,
                                         const StateView& s) {
    const core::OperationPlan& plan = *view.plan;
    const std::uint8_t byte = view.codes[input];
    const int code = plan.settings.is_signed ? static_cast<std::int8_t>(byte) : byte;
    const int bit = plan.phases[s.phase].encoding.shift + s.visit->plane;
    const int level = core::line_level(plan.settings, code, bit, s.visit->pass);
    return level > 0 ? plan.rails.v_read_plus_v : level < 0 ? -plan.rails.v_read_minus_v : 0.0;
  }

  [[nodiscard]] static std::string name_of(const StateView& s, const CoreView& view) {
    if (s.state == neuron::State::kInitialise) return "initialise";
    if (s.state == neuron::State::kConvert)
      return s.comparison == 0 ? "sign" : fmt::format("compare {}", s.comparison);
    if (s.visit->plane < 0) return "random pulse";
    const int bit = view.plan->phases[s.phase].encoding.shift + s.visit->plane;
    const bool two_passes = view.plan->settings.input_scheme == core::InputScheme::kBipolar;
    return fmt::format("{} bit {}{}", s.state == neuron::State::kSample ? "sample" : "integrate",
                       bit, two_passes ? (s.visit->pass == 0 ? " +" : " -") : "");
  }

  const TraceWindow& window_;
  std::vector<std::int32_t> layers_;  ///< indices; empty: all
  const ledger::Ledger& ledger_;
  const ledger::MemoryRecorder& recorder_;
  WaveBook& book_;
  std::map<std::uint32_t, CoreView> cores_;
  std::map<std::tuple<std::uint32_t, const char*, const char*>, WaveBook::Signal> ports_;
  std::size_t vectors_ = 0;
};

std::vector<int> cores_of(const mapper::Deployment& deployment, const TraceWindow& window) {
  std::vector<int> used;
  for (const std::uint32_t core : runtime::used_cores(deployment))
    used.push_back(static_cast<int>(core));
  if (window.cores.empty()) return used;
  for (const int core : window.cores) {
    if (std::find(used.begin(), used.end(), core) == used.end())
      throw UsageError(fmt::format("core {} is none that '{}' uses: {}", core,
                                   deployment.network_name, fmt::join(used, ", ")));
  }
  return window.cores;
}

std::vector<std::int32_t> layers_of(const mapper::Deployment& deployment,
                                    const TraceWindow& window) {
  const std::vector<std::string> names = Session::layer_names(deployment.graph);
  std::vector<std::int32_t> layers;
  for (const std::string& layer : window.layers) {
    const auto found = std::find(names.begin(), names.end(), layer);
    if (found == names.end())
      throw UsageError(fmt::format("there is no layer '{}' in '{}'; there are {}", layer,
                                   deployment.network_name, fmt::join(names, ", ")));
    layers.push_back(static_cast<std::int32_t>(found - names.begin()));
  }
  return layers;
}

}  // namespace

std::string wave_file_name() {
  return ledger::FstWriter::available() ? "wave.fst" : "wave.vcd";
}

TraceResult trace_window(const RunRequest& request, const TraceWindow& window,
                         const std::filesystem::path& file) {
  const mapper::Deployment& deployment = *request.deployment;
  const std::vector<int> cores = cores_of(deployment, window);
  Config config = *request.config;
  config.run.batch = 1;
  for (const int c : cores) {
    core::CoreParameters parameters = config.chip.of_core(c);
    parameters.level = window.level;
    config.chip.core_overrides.insert_or_assign(c, parameters);
  }
  const std::vector<std::int32_t> layers = layers_of(deployment, window);
  ledger::expect_wave_suffix(file);
  // A kernel of its own: the process may have others.
  const Kernel kernel;
  const Kernel::Use use(kernel);
  ledger::MemoryRecorder recorder;
  Session session(config);
  session.load(deployment);
  session.ledger().attach(&recorder);
  WaveBook book;
  WaveProbe probe(window, layers, session.ledger(), recorder, book);
  session.watch(&probe);

  TraceResult result;
  for (std::size_t i = 0; i < window.images; ++i) {
    result.simulated_ps += session.run(*request.images, window.first_image + i, 1).simulated_ps;
    if (request.progress) request.progress(i + 1, 0);
  }
  session.watch(nullptr);
  session.ledger().detach(&recorder);
  result.vectors = probe.vectors();
  result.records = recorder.records();

  ledger::WaveScene scene;
  scene.layers = Session::layer_names(deployment.graph);
  for (const std::uint32_t core : runtime::used_cores(deployment)) {
    const int c = static_cast<int>(core);
    scene.cores.push_back(c);
    scene.rows.push_back(deployment.chip.grid_row(c));
    const bool looked_at = std::find(cores.begin(), cores.end(), c) != cores.end();
    scene.exact.push_back(looked_at && window.level != core::Level::kFunctional);
  }
  try {
    ledger::write_waves(result.records, scene, book, *ledger::open_waves(file));
  } catch (...) {
    std::error_code none;
    std::filesystem::remove(file, none);  // part of a waveform is none
    throw;
  }
  return result;
}

}  // namespace neurram::session
