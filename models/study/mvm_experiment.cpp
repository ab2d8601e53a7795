#include "models/study/mvm_experiment.h"

#include <algorithm>
#include <cmath>

#include "models/base/gaussian.h"
#include "models/core/tile_steps.h"
#include "models/device/cell.h"

namespace neurram::study {
namespace {

/// Streams of an experiment's own draws, which no core uses.
constexpr std::uint32_t kStudyCore = 0xFFFF;

core::SlotSettings with_lines(core::SlotSettings slot, const Weights& weights) {
  slot.rows.clear();
  slot.columns.clear();
  for (std::size_t r = 0; r < 2 * weights.inputs; ++r) slot.rows.push_back(static_cast<int>(r));
  for (std::size_t c = 0; c < weights.outputs; ++c) slot.columns.push_back(static_cast<int>(c));
  slot.differential = true;
  slot.direction = core::Direction::kForward;
  return slot;
}

int code_value(const core::SlotSettings& slot, std::uint8_t code) {
  return slot.is_signed ? static_cast<std::int8_t>(code) : code;
}

}  // namespace

Weights gaussian_weights(std::size_t inputs, std::size_t outputs, double largest,
                         std::uint64_t seed) {
  constexpr double kPercentile95 = 1.959964;  // of |z|
  Weights weights{inputs, outputs, std::vector<float>(inputs * outputs)};
  for (std::size_t i = 0; i < inputs; ++i) {
    for (std::size_t j = 0; j < outputs; ++j) {
      const double z =
          static_cast<double>(normal(philox_key(seed), static_cast<std::uint32_t>(j), i,
                                     draw_stream(kStudyCore, 0, DrawKind::kProgramming)));
      weights.values[i * outputs + j] =
          static_cast<float>(std::clamp(z / kPercentile95, -largest, largest));
    }
  }
  return weights;
}

CoreUnderTest::CoreUnderTest(const chip::ChipParameters& chip, int index, const Weights& weights,
                             const core::SlotSettings& slot, const core::RailSet& rails,
                             const core::Seeds& seeds)
    : parameters_(chip.of_core(index)),
      index_(index),
      weights_(weights),
      slot_(with_lines(slot, weights)),
      seeds_(seeds),
      mismatch_(parameters_.neuron, core::kNeurons, static_cast<std::uint32_t>(index),
                seeds.device),
      crossbar_(parameters_.array, device::make_device(parameters_.device),
                static_cast<std::uint32_t>(index), seeds.device) {
  const auto g_max = static_cast<float>(parameters_.device.g_max_s);
  for (std::size_t i = 0; i < weights.inputs; ++i) {
    for (std::size_t j = 0; j < weights.outputs; ++j) {
      const float w = weights.values[i * weights.outputs + j];
      const auto row = static_cast<int>(2 * i);
      const auto column = static_cast<int>(j);
      crossbar_.set_target(row, column, std::max(w, 0.0f) * g_max);
      crossbar_.set_target(row + 1, column, std::max(-w, 0.0f) * g_max);
    }
  }
  crossbar_.program(
      {0, 0, static_cast<int>(2 * weights.inputs), static_cast<int>(weights.outputs)});
  set_operation(slot, rails);
}

void CoreUnderTest::set_operation(const core::SlotSettings& slot, const core::RailSet& rails) {
  slot_ = with_lines(slot, weights_);
  const array::Selection selection = core::selection_of(slot_, rails);
  const int largest = core::largest_drive(slot_, rails);
  std::shared_ptr<const array::Transfer> transfer = plan_.transfer;
  if (transfer == nullptr || !(selection == selection_) || largest != largest_drive_)
    transfer = std::make_shared<array::Transfer>(crossbar_, selection, largest);
  selection_ = selection;
  largest_drive_ = largest;
  plan_ = core::plan_operation(slot_, rails, std::move(transfer), mismatch_, parameters_);
}

std::vector<float> CoreUnderTest::loads(const std::vector<std::uint8_t>& codes) const {
  std::vector<float> loads(codes.size() / inputs());
  std::vector<std::uint8_t> readable = codes;
  readable.resize(codes.size() + array::kDriveBlock);
  array::drive_loads(plan_.load, readable.data(), inputs(), loads.size(), loads.data());
  return loads;
}

std::vector<double> CoreUnderTest::run(const std::vector<std::uint8_t>& codes,
                                       const std::vector<float>& scale,
                                       std::uint64_t first_operation_id,
                                       std::vector<std::uint16_t>* comparisons) const {
  const std::size_t vectors = scale.size();
  const bool integers = parameters_.array.integer_product;
  core::TileSettler settler(integers);
  core::TileConverter converter(integers, static_cast<std::uint32_t>(index_), seeds_.run);
  std::vector<std::uint8_t> readable = codes;
  readable.resize(codes.size() + array::kDriveBlock);
  const std::size_t most = plan_.tile_vectors;
  AlignedVector<std::int32_t> sums(most * array::padded_columns(outputs()));
  AlignedVector<float> float_sums(sums.size());
  std::vector<std::uint32_t> pulse_weight(most);
  std::vector<std::uint16_t> steps(2 * most), compared(vectors);
  std::vector<std::int16_t> output(vectors * outputs());
  for (std::size_t first = 0; first < vectors; first += most) {
    core::Tile tile;
    tile.plan = &plan_;
    tile.first_operation_id = first_operation_id + first;
    tile.vectors = std::min(most, vectors - first);
    tile.codes = readable.data() + first * inputs();
    tile.vector_scale = scale.data() + first;
    tile.sums = sums.data();
    tile.float_sums = float_sums.data();
    tile.pulse_weight = pulse_weight.data();
    tile.output = output.data() + first * outputs();
    tile.steps = steps.data();
    tile.comparisons = compared.data() + first;
    for (tile.phase = 0; tile.phase < plan_.phases.size(); ++tile.phase) {
      settler.settle(tile);
      converter.convert(tile);
    }
  }
  if (comparisons != nullptr) *comparisons = compared;
  std::vector<double> results;
  const bool whole = plan_.phases.size() > 1;  // codes of two phases are whole steps
  for (const std::int16_t code : output)
    results.push_back(whole ? code : 0.5 * neuron::half_steps(code));
  return results;
}

std::vector<double> CoreUnderTest::exact(const std::vector<std::uint8_t>& codes) const {
  const std::size_t vectors = codes.size() / inputs();
  std::vector<double> sums(vectors * outputs(), 0.0);
  for (std::size_t v = 0; v < vectors; ++v) {
    for (std::size_t i = 0; i < inputs(); ++i) {
      const double x = code_value(slot_, codes[v * inputs() + i]);
      if (x == 0) continue;
      for (std::size_t j = 0; j < outputs(); ++j)
        sums[v * outputs() + j] += x * static_cast<double>(weights_.values[i * outputs() + j]);
    }
  }
  return sums;
}

std::vector<std::vector<float>> supply_scales(const chip::ChipParameters& chip,
                                              const std::vector<const CoreUnderTest*>& cores,
                                              const std::vector<std::uint8_t>& codes) {
  const std::size_t vectors = codes.size() / cores.front()->inputs();
  std::vector<std::vector<float>> loads;
  std::vector<std::vector<float>> scales(cores.size(), std::vector<float>(vectors, 1.0f));
  std::vector<chip::SupplyLoad> group;
  for (const CoreUnderTest* core : cores) loads.push_back(core->loads(codes));
  for (std::size_t n = 0; n < cores.size(); ++n) {
    group.push_back({chip.row_of(cores[n]->index()), chip.column_of(cores[n]->index()),
                     loads[n].data(), scales[n].data()});
  }
  chip::make_supply(chip.supply)->answer(group, vectors);
  return scales;
}

std::vector<std::vector<double>> run_group(const chip::ChipParameters& chip,
                                           const std::vector<const CoreUnderTest*>& cores,
                                           const std::vector<std::uint8_t>& codes,
                                           std::uint64_t first_operation_id) {
  const std::vector<std::vector<float>> scales = supply_scales(chip, cores, codes);
  std::vector<std::vector<double>> results;
  for (std::size_t n = 0; n < cores.size(); ++n)
    results.push_back(cores[n]->run(codes, scales[n], first_operation_id));
  return results;
}

std::vector<std::uint8_t> random_codes(const core::SlotSettings& slot, std::size_t inputs,
                                       std::size_t vectors, std::uint64_t seed) {
  const int most = (1 << slot.magnitude_bits()) - 1;
  const auto codes_count = static_cast<std::uint32_t>(slot.is_signed ? 2 * most + 1 : most + 1);
  std::vector<std::uint8_t> codes(inputs * vectors);
  for (std::size_t x = 0; x < codes.size(); ++x) {
    const PhiloxCounter words = philox(
        {static_cast<std::uint32_t>(x / 4), 0, 0, draw_stream(kStudyCore, 0, DrawKind::kReadNoise)},
        philox_key(seed));
    const auto drawn = static_cast<int>(words[x % 4] % codes_count);
    codes[x] = static_cast<std::uint8_t>(slot.is_signed ? drawn - most : drawn);
  }
  return codes;
}

std::vector<std::uint8_t> rectified_codes(const core::SlotSettings& slot, std::size_t inputs,
                                          std::size_t vectors, double deviation,
                                          std::uint64_t seed) {
  const double most = (1 << slot.magnitude_bits()) - 1;
  std::vector<std::uint8_t> codes(inputs * vectors);
  for (std::size_t v = 0; v < vectors; ++v) {
    for (std::size_t i = 0; i < inputs; ++i) {
      const double z =
          static_cast<double>(normal(philox_key(seed), static_cast<std::uint32_t>(i), v,
                                     draw_stream(kStudyCore, 0, DrawKind::kReadNoise)));
      codes[v * inputs + i] =
          static_cast<std::uint8_t>(std::lround(std::clamp(z * deviation, 0.0, most)));
    }
  }
  return codes;
}

std::vector<ColumnFit> fit_columns(const std::vector<double>& measured,
                                   const std::vector<double>& exact, std::size_t outputs) {
  const std::size_t vectors = measured.size() / outputs;
  const auto n = static_cast<double>(vectors);
  std::vector<ColumnFit> fits(outputs);
  for (std::size_t j = 0; j < outputs; ++j) {
    double mean_x = 0, mean_y = 0, xx = 0, xy = 0, rest = 0;
    for (std::size_t v = 0; v < vectors; ++v) {
      mean_x += exact[v * outputs + j] / n;
      mean_y += measured[v * outputs + j] / n;
    }
    for (std::size_t v = 0; v < vectors; ++v) {
      const double x = exact[v * outputs + j] - mean_x;
      xx += x * x;
      xy += x * (measured[v * outputs + j] - mean_y);
    }
    fits[j].slope = xx > 0 ? xy / xx : 0;
    fits[j].intercept = mean_y - fits[j].slope * mean_x;
    for (std::size_t v = 0; v < vectors; ++v) {
      const double line = fits[j].intercept + fits[j].slope * exact[v * outputs + j];
      rest += (measured[v * outputs + j] - line) * (measured[v * outputs + j] - line);
    }
    fits[j].rms_steps = std::sqrt(rest / n);
  }
  return fits;
}

}  // namespace neurram::study
