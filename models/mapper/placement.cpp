#include "models/mapper/placement.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <string>
#include <tuple>

#include "models/base/error.h"

namespace neurram::mapper {
namespace {

struct Core {
  std::vector<int> rows;  ///< that are of use, ascending
  int next_row = 0;       ///< first of them that no segment has
  int next_column = 0;    ///< first column that no segment has
  int slots = 0;          ///< in use
  long long load = 0;     ///< vectors per image
};

/// A matrix with what its placement depends on.
struct Demand {
  int uses = 0;        ///< nodes that read it: slots per segment
  long long load = 0;  ///< vectors per image, all uses
  int columns = 0;     ///< of its widest segment
  std::vector<std::size_t> segments;
};

std::vector<Demand> demands(const Graph& graph, const std::vector<Segment>& segments) {
  std::vector<Demand> all(graph.matrices.size());
  for (const Node& node : graph.nodes) {
    if (node.kind != NodeKind::kMatrix) continue;
    Demand& demand = all[static_cast<std::size_t>(node.matrix)];
    ++demand.uses;
    demand.load += vectors_per_image(node);
  }
  for (std::size_t i = 0; i < segments.size(); ++i) {
    Demand& demand = all[static_cast<std::size_t>(segments[i].matrix)];
    demand.segments.push_back(i);
    demand.columns = std::max(demand.columns, segments[i].columns);
  }
  return all;
}

/// Fills cores one matrix at a time.
class Packer {
 public:
  Packer(std::vector<Segment>& segments, const ChipGeometry& chip, int spare_rows)
      : segments_(segments), chip_(chip), spare_rows_(spare_rows) {}

  /// Spreads matrices over the chip, least loaded core first; false where one does not fit.
  bool spread(std::vector<Demand> demands) {
    cores_.assign(static_cast<std::size_t>(chip_.cores), Core{});
    std::stable_sort(demands.begin(), demands.end(),
                     [](const Demand& a, const Demand& b) { return a.load > b.load; });
    for (const Demand& demand : demands) {
      used_.clear();
      for (std::size_t i : demand.segments) {
        const std::optional<int> core = least_loaded(segments_[i], demand);
        if (!core) return false;
        take(segments_[i], demand, *core);
      }
    }
    return true;
  }

  /// Packs as tightly as it can, opening cores as needed, also more than the chip has; their
  /// number.
  int pack(std::vector<Demand> demands) {
    cores_.clear();
    std::stable_sort(demands.begin(), demands.end(),
                     [](const Demand& a, const Demand& b) { return a.columns > b.columns; });
    for (const Demand& demand : demands) {
      for (std::size_t i : demand.segments)
        take(segments_[i], demand, fullest(segments_[i], demand));
    }
    return static_cast<int>(cores_.size());
  }

 private:
  [[nodiscard]] bool fits(const Core& core, const Segment& segment, const Demand& demand) const {
    return core.next_column + segment.columns <= chip_.array_columns &&
           core.slots + demand.uses <= chip_.slots;
  }

  [[nodiscard]] std::optional<int> least_loaded(const Segment& segment, const Demand& demand) {
    std::vector<int> candidates;
    for (int i = 0; i < chip_.cores; ++i) {
      if (fits(cores_[static_cast<std::size_t>(i)], segment, demand)) candidates.push_back(i);
    }
    std::stable_sort(candidates.begin(), candidates.end(),
                     [this](int a, int b) { return preference(a) < preference(b); });
    for (const int core : candidates) {
      if (segment.physical_rows() <= static_cast<int>(usable_rows(core).size())) return core;
    }
    return std::nullopt;
  }

  /// Rows of a core that are of use. Cores beyond the chip, which only count what is missing, are
  /// whole.
  const std::vector<int>& usable_rows(int index) {
    Core& core = cores_[static_cast<std::size_t>(index)];
    if (!core.rows.empty()) return core.rows;
    std::vector<int> bad;
    if (chip_.bad_rows && index < chip_.cores) bad = chip_.bad_rows(index);
    for (int row = 0; row < chip_.array_rows; ++row) {
      if (!std::binary_search(bad.begin(), bad.end(), row)) core.rows.push_back(row);
    }
    return core.rows;
  }

  /// Smaller is better; see place() for the reasons.
  [[nodiscard]] std::tuple<long, long long, long, int, int> preference(int core) const {
    const auto in_core = std::count(used_.begin(), used_.end(), core);
    const auto in_row = std::count_if(used_.begin(), used_.end(), [&](int other) {
      return chip_.grid_row(other) == chip_.grid_row(core);
    });
    return {in_core, cores_[static_cast<std::size_t>(core)].load, in_row, chip_.grid_row(core),
            core};
  }

  int fullest(const Segment& segment, const Demand& demand) {
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < cores_.size(); ++i) {
      const bool enough_rows =
          segment.physical_rows() <= static_cast<int>(usable_rows(static_cast<int>(i)).size());
      if (!enough_rows || !fits(cores_[i], segment, demand)) continue;
      if (!best || cores_[i].next_column > cores_[*best].next_column) best = i;
    }
    while (!best) {
      cores_.emplace_back();
      const std::size_t opened = cores_.size() - 1;
      const std::vector<int>& rows = usable_rows(static_cast<int>(opened));
      if (segment.physical_rows() <= static_cast<int>(rows.size())) best = opened;
    }
    return static_cast<int>(*best);
  }

  void take(Segment& segment, const Demand& demand, int index) {
    const std::vector<int>& rows = usable_rows(index);
    Core& core = cores_[static_cast<std::size_t>(index)];
    // Bad rows use up the spare ones first.
    const int shared = std::min(static_cast<int>(rows.size()), chip_.array_rows - spare_rows_);
    const bool is_diagonal = core.next_row + segment.physical_rows() <= shared;
    const int first_row = is_diagonal ? core.next_row : 0;
    segment.core = index;
    segment.row_mask = {};
    segment.column_mask = {};
    for (int i = 0; i < segment.physical_rows(); ++i)
      segment.row_mask.set(rows[static_cast<std::size_t>(first_row + i)]);
    for (int i = 0; i < segment.columns; ++i) segment.column_mask.set(core.next_column + i);
    core.next_row = std::max(core.next_row, first_row + segment.physical_rows());
    core.next_column += segment.columns;
    core.slots += demand.uses;
    core.load += demand.load;
    used_.push_back(index);
  }

  std::vector<Segment>& segments_;
  const ChipGeometry& chip_;
  int spare_rows_;
  std::vector<Core> cores_;
  std::vector<int> used_;  ///< cores of the matrix that is being placed
};

/// Every node that reads a matrix needs a slot of its own in each of the matrix's cores.
void require_slots(const Graph& graph, const std::vector<Demand>& demands,
                   const ChipGeometry& chip) {
  for (const Node& node : graph.nodes) {
    if (node.kind != NodeKind::kMatrix) continue;
    const int uses = demands[static_cast<std::size_t>(node.matrix)].uses;
    if (uses <= chip.slots) continue;
    throw NetworkError("layer '" + node.name + "': its matrix is read in " + std::to_string(uses) +
                       " places, a core has " + std::to_string(chip.slots) +
                       " slots: " + std::to_string(uses - chip.slots) + " too many");
  }
}

/// Name of the layer whose segments lie beyond the chip.
std::string layer_beyond(const Graph& graph, const std::vector<Segment>& segments, int cores) {
  for (const Node& node : graph.nodes) {
    const bool is_beyond = std::any_of(segments.begin(), segments.end(), [&](const Segment& s) {
      return node.kind == NodeKind::kMatrix && s.matrix == node.matrix && s.core >= cores;
    });
    if (is_beyond) return node.name;
  }
  return {};
}

[[noreturn]] void refuse(const Graph& graph, const std::vector<Segment>& segments,
                         const ChipGeometry& chip, int needed) {
  std::size_t cells = 0;
  for (const Segment& segment : segments) cells += segment.cells();
  const auto available = static_cast<std::size_t>(chip.cores) *
                         static_cast<std::size_t>(chip.array_rows * chip.array_columns);
  throw NetworkError("the network needs " + std::to_string(needed) + " cores, the chip has " +
                     std::to_string(chip.cores) + ": " + std::to_string(needed - chip.cores) +
                     " too many; layer '" + layer_beyond(graph, segments, chip.cores) +
                     "' is the first without a place (" + std::to_string(segments.size()) +
                     " segments, " + std::to_string(cells) + " of " + std::to_string(available) +
                     " cells)");
}

/// Nodes in order; each starts its segments together, but those in one core one after the other.
std::vector<Place> list_places(const Graph& graph, const std::vector<Segment>& segments,
                               const std::vector<Demand>& demands, const ChipGeometry& chip) {
  std::vector<Place> places;
  std::vector<int> slots(static_cast<std::size_t>(chip.cores), 0);
  int groups = 0;
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    if (graph.nodes[n].kind != NodeKind::kMatrix) continue;
    std::vector<int> rounds(static_cast<std::size_t>(chip.cores), 0);
    for (std::size_t i : demands[static_cast<std::size_t>(graph.nodes[n].matrix)].segments) {
      const auto core = static_cast<std::size_t>(segments[i].core);
      const int group = groups + rounds[core]++;
      places.push_back({static_cast<int>(n), static_cast<int>(i), slots[core]++, group});
    }
    groups += *std::max_element(rounds.begin(), rounds.end());
  }
  return places;
}

}  // namespace

std::vector<Place> place(const Graph& graph, std::vector<Segment>& segments,
                         const ChipGeometry& chip, int spare_rows) {
  const std::vector<Demand> all = demands(graph, segments);
  require_slots(graph, all, chip);
  Packer packer(segments, chip, spare_rows);
  if (!packer.spread(all)) {
    const int needed = packer.pack(all);
    if (needed > chip.cores) refuse(graph, segments, chip, needed);
  }
  return list_places(graph, segments, all, chip);
}

}  // namespace neurram::mapper
