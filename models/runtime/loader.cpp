#include "models/runtime/loader.h"

#include <algorithm>
#include <set>

namespace neurram::runtime {
namespace {

std::size_t size(int n) {
  return static_cast<std::size_t>(n);
}

/// Calls visit(row, row in segment, column run) for every physical row and run of neighbouring
/// columns.
template <class Visit>
void for_each_row(const mapper::Segment& segment, Visit visit) {
  const std::vector<int> rows = segment.row_mask.lines();
  const std::vector<mapper::LineRun> columns = mapper::line_runs(segment.column_mask);
  for (std::size_t r = 0; r < rows.size(); ++r) {
    for (const mapper::LineRun& run : columns) visit(rows[r], static_cast<int>(r), run);
  }
}

std::size_t cell_index(const mapper::Segment& segment, int row, int column) {
  return size(row) * size(segment.columns) + size(column);
}

}  // namespace

neurram_slot slot_of(const mapper::Operation& operation, const mapper::Segment& segment) {
  neurram_slot slot{};
  std::copy(segment.row_mask.words.begin(), segment.row_mask.words.end(), slot.word_line_mask);
  std::copy(segment.column_mask.words.begin(), segment.column_mask.words.end(), slot.column_mask);
  slot.direction = static_cast<neurram_core_slot_mode_direction>(operation.direction);
  slot.pairing = NEURRAM_CORE_SLOT_MODE_PAIRING_DIFFERENTIAL;
  slot.signedness = operation.input_signed ? NEURRAM_CORE_SLOT_MODE_SIGNEDNESS_SIGNED
                                           : NEURRAM_CORE_SLOT_MODE_SIGNEDNESS_UNSIGNED;
  slot.input_scheme = static_cast<neurram_core_slot_mode_input_scheme>(operation.input_scheme);
  slot.conversion = static_cast<neurram_core_slot_mode_conversion>(operation.conversion);
  slot.activation = static_cast<neurram_core_slot_mode_activation>(operation.activation);
  slot.input_bits = static_cast<std::uint32_t>(operation.input_bits);
  slot.output_bits = static_cast<std::uint32_t>(operation.output_bits);
  slot.pulse_multiplier = static_cast<std::uint32_t>(operation.pulse_multiplier);
  slot.step_limit = static_cast<std::uint32_t>(operation.step_limit);
  slot.rail_set = static_cast<std::uint32_t>(operation.rail_set);
  return slot;
}

std::vector<std::uint32_t> used_cores(const mapper::Deployment& deployment) {
  std::set<std::uint32_t> cores;
  for (const mapper::Segment& segment : deployment.segments)
    cores.insert(static_cast<std::uint32_t>(segment.core));
  return {cores.begin(), cores.end()};
}

void power_cores(const mapper::Deployment& deployment, neurram_chip& chip) {
  for (const std::uint32_t core : used_cores(deployment))
    expect(neurram_power_on(&chip, core), chip, "power on");
}

std::int64_t program_cells(mapper::Deployment& deployment, neurram_chip& chip, Host& host) {
  std::int64_t failed = 0;
  for (mapper::Segment& segment : deployment.segments) {
    const auto core = static_cast<std::uint32_t>(segment.core);
    for (const mapper::LineRun& rows : mapper::line_runs(segment.row_mask)) {
      for (const mapper::LineRun& columns : mapper::line_runs(segment.column_mask)) {
        host.check_interrupt();
        std::vector<std::uint32_t> targets;
        for (int r = rows.first; r < rows.first + rows.count; ++r) {
          const auto row = segment.target_ps.begin() +
                           static_cast<std::ptrdiff_t>(cell_index(segment, r, columns.first));
          targets.insert(targets.end(), row, row + columns.count);
        }
        const neurram_window window{
            static_cast<std::uint32_t>(rows.line), static_cast<std::uint32_t>(columns.line),
            static_cast<std::uint32_t>(rows.count), static_cast<std::uint32_t>(columns.count)};
        std::uint32_t failed_cells = 0;
        expect(neurram_program(&chip, core, &window, targets.data(), &failed_cells), chip,
               "programming cells");
        failed += failed_cells;
      }
    }
    segment.conductance_ps.resize(segment.cells());
    for_each_row(segment, [&](int row, int r, const mapper::LineRun& run) {
      host.peek_cells(core, row, run.line, run.count,
                      &segment.conductance_ps[cell_index(segment, r, run.first)]);
    });
  }
  return failed;
}

void load_cells(const mapper::Deployment& deployment, Host& host) {
  for (const mapper::Segment& segment : deployment.segments) {
    for_each_row(segment, [&](int row, int r, const mapper::LineRun& run) {
      host.poke_cells(static_cast<std::uint32_t>(segment.core), row, run.line, run.count,
                      &segment.conductance_ps[cell_index(segment, r, run.first)]);
    });
  }
}

void configure_operation(const mapper::Deployment& deployment, int operation, neurram_chip& chip) {
  const mapper::Operation& op = deployment.operations[size(operation)];
  const mapper::Segment& segment = deployment.segments[size(op.segment)];
  const neurram_slot slot = slot_of(op, segment);
  expect(neurram_configure_slot(&chip, static_cast<std::uint32_t>(segment.core),
                                static_cast<std::uint32_t>(op.slot), &slot),
         chip, "configuring a slot");
}

void configure_rails(const mapper::Deployment& deployment, int set, neurram_chip& chip) {
  const mapper::RailSet& rails = deployment.rail_sets[size(set)];
  const neurram_rails values{static_cast<std::uint32_t>(rails.v_read_plus_uv),
                             static_cast<std::uint32_t>(rails.v_read_minus_uv),
                             static_cast<std::uint32_t>(rails.v_decrement_plus_uv),
                             static_cast<std::uint32_t>(rails.v_decrement_minus_uv),
                             rails.v_comparator_uv,
                             NEURRAM_CHIP_RAIL_V_LFSR_RESET_VALUE};
  expect(neurram_configure_rails(&chip, static_cast<std::uint32_t>(set), &values), chip,
         "setting rails");
}

void configure(const mapper::Deployment& deployment, neurram_chip& chip) {
  for (std::size_t set = 0; set < deployment.rail_sets.size(); ++set) {
    configure_rails(deployment, static_cast<int>(set), chip);
  }
  for (std::size_t o = 0; o < deployment.operations.size(); ++o) {
    configure_operation(deployment, static_cast<int>(o), chip);
  }
}

}  // namespace neurram::runtime
