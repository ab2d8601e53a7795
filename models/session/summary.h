#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "models/session/shards.h"

namespace neurram::session {

/// One line of the table by layer.
struct LayerSummary {
  std::string name;
  std::vector<int> cores;
  std::int64_t mvms = 0;     ///< products of one core
  std::int64_t vectors = 0;  ///< products of the layer
  double energy_j = 0;
  double busy_s = 0;
};

/// What a run came to: energies and times of the whole run unless the name says otherwise. Written
/// as summary.json; see to_json() for the fields.
struct Summary {
  std::string app;
  std::size_t images = 0;
  std::size_t correct = 0;
  bool has_labels = false;
  double accuracy = 0, accuracy_low = 0, accuracy_high = 0;  ///< with the exact 95 % interval
  bool complete = true;
  std::uint64_t seed_device = 0, seed_run = 0;
  std::string level, fabric;
  double setup_energy_j = 0, setup_simulated_s = 0, setup_wall_s = 0;
  std::int64_t setup_failed_cells = 0;
  double energy_j = 0;          ///< per image
  double latency_s = 0;         ///< one image alone
  double interval_s = 0;        ///< simulated_s / images
  double core_s = 0, io_s = 0;  ///< per image
  double simulated_s = 0;
  double wall_s = 0;
  double tops_per_w = 0;       ///< used products and additions over the energy of the cores
  double tops_per_w_peak = 0;  ///< full arrays at the network's precision, one sample per unit
  std::vector<std::pair<std::string, double>> area_by_component_mm2;
  std::vector<std::pair<std::string, double>> energy_by_component_j;
  std::vector<std::pair<std::string, double>> time_by_phase_s;
  std::vector<LayerSummary> layers;
  std::string config_sha256;
  std::string tool_version;
};

[[nodiscard]] Summary summarize(const RunRequest& request, const RunResult& result, double wall_s);

/// Exact (Clopper-Pearson) 95 % interval of a share.
struct Interval {
  double low;
  double high;
};
[[nodiscard]] Interval share_interval(std::size_t successes, std::size_t trials);

/// Operations per joule [TOPS/W] of full 256 x 256 arrays at given precisions, cores alone.
[[nodiscard]] double peak_tops_per_w(const Config& config, int bits_in, int bits_out);

[[nodiscard]] nlohmann::ordered_json to_json(const Summary& summary);

/// A screenful for people.
[[nodiscard]] std::string to_text(const Summary& summary, bool colour);

}  // namespace neurram::session
