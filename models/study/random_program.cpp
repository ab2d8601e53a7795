#include "models/study/random_program.h"

#include <algorithm>
#include <array>
#include <random>

#include <fmt/format.h>

#include "models/core/registers.h"

namespace neurram::study {
namespace {

namespace regs = map::core;
namespace chip_regs = map::chip;

/// Draws that are the same with every standard library.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : engine_(seed) {}

  /// A whole number from low to high.
  int whole(int low, int high) {
    return low + static_cast<int>(engine_() % static_cast<std::uint64_t>(high - low + 1));
  }
  /// True once in `n` times.
  bool once_in(int n) { return whole(1, n) == 1; }
  double real(double low, double high) {
    return low + (high - low) * static_cast<double>(engine_() >> 11) * 0x1p-53;
  }
  std::uint32_t word() { return static_cast<std::uint32_t>(engine_()); }
  template <class T>
  T one_of(std::initializer_list<T> values) {
    return values.begin()[whole(0, static_cast<int>(values.size()) - 1)];
  }

 private:
  std::mt19937_64 engine_;
};

/// `word` with a field set to a number, which may be none of the field's names.
template <class Field>
std::uint32_t with(std::uint32_t word, std::uint32_t number) {
  using Value = decltype(Field::get(0u));
  return Field::set(word, static_cast<Value>(number));
}

chip::ChipParameters random_chip(Draw& draw) {
  chip::ChipParameters c;
  c.grid_rows = draw.whole(1, 3);
  c.grid_columns = draw.whole(1, 2);
  c.core_count = c.grid_rows * c.grid_columns;
  c.rails.scope = draw.once_in(3) ? chip::RailScope::kCore : chip::RailScope::kChip;
  c.fabric.kind = draw.one_of({chip::FabricKind::kChain, chip::FabricKind::kIdeal});
  c.fabric.readout = draw.one_of({chip::Readout::kCount, chip::Readout::kStep});
  c.supply.drop = !draw.once_in(3);
  core::CoreParameters& core = c.core;
  core.two_phase_above = draw.one_of({3, 3, 3, 1, 8});
  core.array.rows = draw.one_of({8, 16, 32, 32, 64, 256});
  core.array.columns = draw.one_of({8, 16, 32, 32, 64, 256});
  core.array.integer_product = !draw.once_in(5);
  if (draw.once_in(4)) core.array.sensing = array::Sensing::kCurrent;
  core.array.wires = !draw.once_in(3);
  core.array.settling = !draw.once_in(4);
  core.device.read_noise = !draw.once_in(4);
  core.neuron.lfsr_pulses = draw.whole(0, 9);
  core.neuron.lfsr_shift_cycles = draw.whole(1, 3);
  core.neuron.silicon_saturation = draw.once_in(3);
  if (draw.once_in(3)) core.neuron.v_virtual_ground_v = draw.real(-0.03, 0.045);
  if (draw.once_in(3)) core.neuron.sign_threshold_v = draw.real(0, 8e-3);
  core.timing.t_cds = draw.whole(0, 4);
  core.timing.t_sample = draw.whole(0, 6);
  core.timing.t_integrate = draw.whole(0, 5);
  core.timing.t_compare = draw.whole(0, 3);
  core.timing.t_reset = draw.whole(0, 2);
  core.energy.neuron_gating = draw.once_in(3);
  return c;
}

class Writer {
 public:
  Writer(Draw& draw, Program& program) : draw_(draw), program_(program) {}

  void write() {
    write_rails();
    rail_set_ = draw_.word() % 3;
    for (int c = 0; c < cores(); ++c) {
      if (!draw_.once_in(8)) set(c, regs::kPower, 1);
    }
    wait(20'000'000);
    for (int c = 0; c < cores(); ++c) {
      poke_cells(c);
      for (int slot = 0; slot < 2; ++slot) write_slot(c, slot);
    }
    const int commands = draw_.whole(2, 5);
    for (int i = 0; i < commands; ++i) command();
    for (int c = 0; c < cores(); ++c) read_state(c);
    for (const std::uint32_t r : {chip_regs::kError, chip_regs::kErrorAddress})
      add(Action::Kind::kRead, r);
  }

 private:
  [[nodiscard]] int cores() const { return program_.chip.core_count; }
  [[nodiscard]] int any_core() { return draw_.whole(0, cores() - 1); }
  [[nodiscard]] static std::uint64_t base(int core) {
    return map::core_window(static_cast<std::uint32_t>(core));
  }

  Action& add(Action::Kind kind, std::uint64_t address, std::uint32_t value = 0) {
    Action action;
    action.kind = kind;
    action.address = address;
    action.value = value;
    return program_.actions.emplace_back(std::move(action));
  }
  void set(int core, std::uint32_t offset, std::uint32_t value) {
    add(Action::Kind::kWrite, base(core) + offset, value);
  }
  void wait(std::uint32_t ps) { add(Action::Kind::kWait, 0, ps); }

  void write_rails() {
    for (std::uint32_t s = 0; s < 3; ++s) {
      const auto volts = [&](double low, double high) {
        return static_cast<std::uint32_t>(1e6 * draw_.real(low, high));
      };
      const std::uint32_t read = volts(0.1, 0.6);
      const std::uint32_t decrement = volts(0.02, 0.2);
      const auto put = [&](std::uint32_t offset, std::uint32_t value) {
        add(Action::Kind::kWrite, offset, value);
      };
      put(chip_regs::rail_v_read_plus(s), read);
      put(chip_regs::rail_v_read_minus(s), draw_.once_in(3) ? volts(0.1, 0.6) : read);
      put(chip_regs::rail_v_decrement_plus(s), decrement);
      put(chip_regs::rail_v_decrement_minus(s), draw_.once_in(3) ? volts(0.02, 0.2) : decrement);
      put(chip_regs::rail_v_comparator(s), draw_.once_in(3) ? volts(0, 0.005) : 0);
      put(chip_regs::rail_v_lfsr(s), volts(0, 0.2));
    }
  }

  void poke_cells(int core) {
    const array::ArrayParameters& a = program_.chip.core.array;
    for (int row = 0; row < a.rows; ++row) {
      Action& action = add(Action::Kind::kPokeCells, 0);
      action.core = core;
      action.row = row;
      for (int column = 0; column < a.columns; ++column) {
        const std::uint32_t g_ps = 500'000 + draw_.word() % 39'000'000;
        for (int b = 0; b < 4; ++b) action.data.push_back(static_cast<std::uint8_t>(g_ps >> 8 * b));
      }
    }
  }

  /// Lines in a row, every other one, or any; an even number unless the slot shall be refused.
  std::vector<int> lines(int most, bool even) {
    const int first = draw_.whole(0, most / 2);
    const int step = draw_.one_of({1, 1, 2});
    std::vector<int> chosen;
    for (int line = first; line < most; line += step) {
      if (!draw_.once_in(6)) chosen.push_back(line);
    }
    if (even && chosen.size() % 2 != 0) chosen.pop_back();
    if (chosen.empty()) chosen = {0, 1};
    return chosen;
  }

  void write_mask(int core, std::uint32_t first_word_offset, const std::vector<int>& chosen) {
    std::array<std::uint32_t, 8> mask{};
    for (const int line : chosen)
      mask[static_cast<std::size_t>(line / 32)] |= std::uint32_t{1} << line % 32;
    for (std::uint32_t w = 0; w < mask.size(); ++w) set(core, first_word_offset + 4 * w, mask[w]);
  }

  void write_slot(int core, int slot) {
    const auto s = static_cast<std::uint32_t>(slot);
    const array::ArrayParameters& a = program_.chip.core.array;
    const bool differential = draw_.once_in(2);
    write_mask(core, regs::slot_word_line_mask(s, 0), lines(a.rows, differential));
    write_mask(core, regs::slot_column_mask(s, 0), lines(a.columns, differential));
    // One in ten slots may hold what no core can carry out.
    const bool careful = !draw_.once_in(10);
    const bool is_signed = draw_.once_in(2);
    const int bits_in = draw_.whole(1, careful && !is_signed ? 7 : 8);
    const int planes = is_signed ? std::max(1, bits_in - 1) : bits_in;
    const bool two_phases = planes > program_.chip.core.two_phase_above;
    const int fewest_out = careful && two_phases ? (planes + 1) / 2 + 1 : 1;
    using Mode = regs::SlotMode;
    std::uint32_t mode = 0;
    mode = with<Mode::Direction>(mode, draw_.word() % 4);
    mode = with<Mode::Pairing>(mode, differential ? 1 : 0);
    mode = with<Mode::Signedness>(mode, is_signed ? 1 : 0);
    mode = with<Mode::InputScheme>(mode, draw_.once_in(3) ? 1 : 0);
    mode = with<Mode::Conversion>(mode, draw_.word() % 2);
    mode = with<Mode::Activation>(
        mode, careful && two_phases ? draw_.word() % 2 : draw_.one_of({0u, 1u, 2u, 3u, 4u}));
    set(core, regs::slot_mode(s), mode);
    std::uint32_t bits = 0;
    bits = regs::SlotBits::Input::set(bits, static_cast<std::uint32_t>(bits_in));
    bits =
        regs::SlotBits::Output::set(bits, static_cast<std::uint32_t>(draw_.whole(fewest_out, 10)));
    set(core, regs::slot_bits(s), bits);
    set(core, regs::slot_pulse_multiplier(s), draw_.one_of({1u, 1u, 2u, 3u}));
    set(core, regs::slot_step_limit(s), static_cast<std::uint32_t>(draw_.whole(1, 127)));
    set(core, regs::slot_rail_set(s), slot == 1 ? rail_set_ : 0);
    set(core, regs::slot_activation_step(s),
        static_cast<std::uint32_t>(draw_.whole(5'000, 200'000)));
    set(core, regs::slot_operation_id_low(s), draw_.word());
    set(core, regs::slot_operation_id_high(s), draw_.word() % 1024);
  }

  void wake() {
    for (int c = 0; c < cores(); ++c) set(c, regs::kPower, 1);
    wait(20'000'000);
  }

  void arm(int core, std::uint32_t slot, std::uint32_t batch) {
    const std::uint32_t bank = draw_.word() % 2;
    Action& codes = add(Action::Kind::kWriteBurst, base(core) + regs::input_bank(bank));
    for (int i = 0; i < 8 * 256; ++i) codes.data.push_back(static_cast<std::uint8_t>(draw_.word()));
    std::uint32_t select = 0;
    select = regs::Select::Slot::set(select, slot);
    select = regs::Select::InputBank::set(select, bank);
    select = regs::Select::OutputBank::set(select, output_bank_ != 0);
    set(core, regs::kSelect, select);
    set(core, regs::kBatch, draw_.once_in(20) ? 0 : batch);
  }

  /// Starts a group or a lone core, disturbs it, waits, and reads what came out.
  void command() {
    if (draw_.once_in(6)) return program();
    if (!draw_.once_in(4)) wake();
    std::vector<int> group;
    for (int c = 0; c < cores(); ++c) {
      if (group.empty() || draw_.once_in(2)) group.push_back(c);
    }
    const bool alone = draw_.once_in(3);
    if (alone) group = {any_core()};
    const auto batch = static_cast<std::uint32_t>(draw_.whole(1, 6));
    const std::uint32_t slot = draw_.word() % 2;
    output_bank_ = draw_.word() % 2;
    for (const int c : group) arm(c, draw_.once_in(12) ? 1 - slot : slot, batch);
    if (alone) {
      set(group.front(), regs::kControl, regs::Control::Start::kMask);
    } else {
      std::uint32_t mask = 0;
      for (const int c : group) mask |= 1u << c;
      add(Action::Kind::kWrite, chip_regs::start_mask(0), mask);
      add(Action::Kind::kWrite, chip_regs::kStart, 1);
    }
    while (draw_.once_in(2)) disturb();
    add(Action::Kind::kWaitIdle, 0);
    for (const int c : group) {
      add(Action::Kind::kReadBurst, base(c) + regs::output_bank(output_bank_), 6 * 256 * 2);
      read_state(c);
    }
  }

  /// Write-verify of a few cells, sometimes ended early.
  void program() {
    const int core = any_core();
    for (int i = 0; i < 2; ++i) {
      Action& targets =
          add(Action::Kind::kWriteBurst, base(core) + regs::kConductance + 4 * 256 * (i + 2u));
      for (int k = 0; k < 3; ++k) {
        const std::uint32_t g_ps =
            draw_.once_in(20) ? 900'000'000 : 1'000'000 + draw_.word() % 39'000'000;
        for (int b = 0; b < 4; ++b)
          targets.data.push_back(static_cast<std::uint8_t>(g_ps >> 8 * b));
      }
    }
    set(core, regs::kProgramOrigin, 2);
    set(core, regs::kProgramSize,
        regs::ProgramSize::Rows::set(0, 2) | regs::ProgramSize::Columns::set(0, 3));
    set(core, regs::kControl, regs::Control::Program::kMask);
    if (draw_.once_in(3)) set(core, regs::kControl, regs::Control::Abort::kMask);
    while (draw_.once_in(2)) disturb();
    add(Action::Kind::kWaitIdle, 0);
    add(Action::Kind::kReadBurst, base(core) + regs::kConductance + 4 * 256 * 2, 3 * 4);
    add(Action::Kind::kRead, base(core) + regs::kProgramPulses);
    read_state(core);
  }

  /// Something that a careful host would not do while cores are busy, or at all.
  void disturb() {
    const int core = any_core();
    switch (draw_.whole(0, 9)) {
      case 0:
        return wait(draw_.word() % 60'000'000);
      case 1:
        return set(core, regs::kControl, regs::Control::Start::kMask);
      case 2:
        add(Action::Kind::kReadBurst, base(core) + regs::output_bank(draw_.word() % 2), 16);
        return;
      case 3:
        add(Action::Kind::kWriteBurst, base(core) + regs::input_bank(draw_.word() % 2))
            .data.assign(16, 3);
        return;
      case 4:
        return set(core, regs::kPower, draw_.word() % 2);
      case 5:
        return set(core, regs::slot_mode(draw_.word() % 2), draw_.word());
      case 6:
        add(Action::Kind::kWrite, chip_regs::kRailSelect, draw_.word() % 3);
        return;
      case 7:
        add(Action::Kind::kRead, base(core) + 4 * (draw_.word() % 0x500));
        return;
      case 8:
        add(Action::Kind::kWrite, base(core) + 4 * (draw_.word() % 8),
            draw_.word() & ~std::uint32_t{0xE});
        return;
      default:
        read_state(core);
    }
  }

  void read_state(int core) {
    for (const std::uint32_t r :
         {regs::kStatus, regs::kInterruptStatus, regs::kError, regs::kErrorAddress,
          regs::kEnergyLow, regs::kEnergyHigh, regs::kCyclesLow, regs::kVectorsLow, regs::kCommands,
          regs::slot_operation_id_low(0)}) {
      add(Action::Kind::kRead, base(core) + r);
    }
  }

  Draw& draw_;
  Program& program_;
  std::uint32_t rail_set_ = 0;     ///< of every core's slot 1
  std::uint32_t output_bank_ = 0;  ///< of the last command
};

std::string place(std::uint64_t address) {
  const std::uint64_t window = address / map::kWindowBytes;
  const std::uint64_t offset = address % map::kWindowBytes;
  return window == 0 ? fmt::format("chip + {:#x}", offset)
                     : fmt::format("core {} + {:#x}", window - 1, offset);
}

}  // namespace

std::string Action::text() const {
  switch (kind) {
    case Kind::kWrite:
      return fmt::format("write {:#x} to {}", value, place(address));
    case Kind::kRead:
      return fmt::format("read {}", place(address));
    case Kind::kWriteBurst:
      return fmt::format("write {} bytes to {}", data.size(), place(address));
    case Kind::kReadBurst:
      return fmt::format("read {} bytes from {}", value, place(address));
    case Kind::kPokeCells:
      return fmt::format("set cells of core {}, row {}", core, row);
    case Kind::kWait:
      return fmt::format("wait {} ps", value);
    case Kind::kWaitIdle:
      return "wait until no core is busy";
  }
  return "";
}

Program random_program(std::uint64_t seed, std::uint64_t number) {
  // Neighbouring seeds of the engine give related sequences unless they are mixed.
  Draw draw(std::mt19937_64(seed * 0x9E3779B97F4A7C15u + number)());
  Program program;
  program.chip = random_chip(draw);
  program.seeds = {draw.word(), draw.word()};
  Writer(draw, program).write();
  return program;
}

}  // namespace neurram::study
