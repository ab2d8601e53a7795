// A core's window.

#include <algorithm>
#include <cstring>

#include "tests/unit/driver/fake_chip.h"

namespace {

constexpr std::uint32_t kBusy = 1u << 3;
constexpr std::uint32_t kBankBusy = 1u << 4;
constexpr std::uint32_t kPoweredOff = 1u << 5;
constexpr std::uint32_t kBadSlot = 1u << 6;
constexpr std::uint32_t kBadBatch = 1u << 7;
constexpr std::uint32_t kBadWindow = 1u << 8;
constexpr std::uint32_t kOverflow = 1u << 10;

constexpr std::uint32_t kMaxCellPs = 60000000;

bool is_read_only(std::uint32_t offset) {
  return offset < 0x10 || offset == 0x14 || offset == 0x24 || (offset >= 0x3C && offset < 0x400);
}

/// A bank's memory, which takes its size at first use.
std::vector<std::uint8_t>& sized(std::vector<std::uint8_t>& bank) {
  bank.resize(0x20000);
  return bank;
}

}  // namespace

void FakeChip::reset_core(unsigned core, std::uint32_t geometry) {
  auto& values = cores_[core].registers;
  values = {{0x00, 0x4E524D52}, {0x04, core}, {0x08, geometry}, {0x30, 1}};
  for (std::uint32_t offset : {0x10, 0x14, 0x18, 0x1C, 0x20, 0x24, 0x28, 0x2C, 0x34, 0x38,
                               0x3C, 0x40, 0x44, 0x48, 0x4C, 0x50, 0x54, 0x58, 0x5C, 0x60}) {
    values.emplace(offset, 0);
  }
  for (std::uint32_t slot = 0x400; slot < 0x800; slot += 0x80) {
    for (std::uint32_t offset = 0; offset < 0x60; offset += 4) {
      values[slot + offset] = 0;
    }
    values[slot + 0x0C] = 0x403;
    values[slot + 0x10] = 1;
    values[slot + 0x14] = 100;
    values[slot + 0x1C] = 50000;
  }
}

neurram_error FakeChip::core_fault(unsigned core, std::uint32_t bits, std::uint32_t offset) {
  auto& registers = cores_[core].registers;
  if (registers[0x20] == 0) {
    registers[0x24] = offset;
  }
  registers[0x20] |= bits;
  registers[0x1C] |= 2;
  return refusal();
}

std::uint32_t FakeChip::status(unsigned core) const {
  const auto& registers = cores_[core].registers;
  return (busy(core) ? 1u : 0u) | (registers.at(0x1C) & 1u) << 1 | (awake(core) ? 4u : 0u) |
         (registers.at(0x20) != 0 ? 8u : 0u) | (cores_[core].aborted ? 16u : 0u);
}

bool FakeChip::interrupt_line() const {
  const bool any = std::any_of(cores_.begin(), cores_.end(), [](const Core& core) {
    return (core.registers.at(0x18) & core.registers.at(0x1C)) != 0;
  });
  return any && (chip_.at(0x18) & 1) != 0;
}

neurram_error FakeChip::core_read(unsigned core, std::uint32_t offset, std::uint32_t* value) {
  *value = 0;
  auto& registers = cores_[core].registers;
  if (registers.count(offset) == 0) {
    return core_fault(core, 1u << 0, offset);
  }
  *value = offset == 0x14 ? status(core) : registers[offset];
  const bool counter = offset >= 0x40 && offset < 0x58;
  if (counter && offset % 8 == 0) {
    cores_[core].frozen[offset + 4] = registers[offset + 4];
    registers[offset + 4] += 1;  // time goes on: who does not rely on the frozen word reads another
  } else if (counter) {
    *value = cores_[core].frozen[offset];
  }
  return NEURRAM_OK;
}

neurram_error FakeChip::core_write(unsigned core, std::uint32_t offset, std::uint32_t value) {
  auto& registers = cores_[core].registers;
  if (registers.count(offset) == 0) {
    return core_fault(core, 1u << 0, offset);
  }
  if (is_read_only(offset)) {
    return core_fault(core, 1u << 2, offset);
  }
  if (offset == 0x10 && value == 16) {
    if (busy(core)) {
      cores_[core].aborted = true;
      cores_[core].busy_until = now_ + 1;
      cores_[core].finish = [] {};
    }
    return NEURRAM_OK;
  }
  if (busy(core) && (offset >= 0x400 || offset == 0x2C || offset == 0x10)) {
    return core_fault(core, kBusy, offset);
  }
  if (offset == 0x10) {
    return control(core, value);
  }
  if (offset == 0x1C || offset == 0x20) {
    registers[offset] &= ~value;
    registers[0x24] = registers[0x20] == 0 ? 0 : registers[0x24];
    return NEURRAM_OK;
  }
  if (offset == 0x28) {
    cores_[core].awake_at = value == 1 ? now_ + wake_ticks : UINT64_MAX;
  }
  registers[offset] = value;
  return NEURRAM_OK;
}

neurram_error FakeChip::control(unsigned core, std::uint32_t value) {
  started_before_fence |= !posted_.empty();
  if (value == 4) {
    reset_core(core, cores_[core].registers[0x08]);
    return NEURRAM_OK;
  }
  if (value == 1) {
    const std::uint32_t why = refusal_of_start(core);
    if (why != 0) {
      return core_fault(core, why, 0x10);
    }
    begin(core, [this, core] { convert(core); });
    return NEURRAM_OK;
  }
  const std::uint32_t origin = cores_[core].registers[0x34];
  const std::uint32_t size = cores_[core].registers[0x38];
  const std::uint32_t geometry = cores_[core].registers[0x08];
  if (!awake(core)) {
    return core_fault(core, kPoweredOff, 0x10);
  }
  if ((origin & 0xFFFF) + (size & 0xFFFF) > (geometry & 0xFFFF) ||
      (origin >> 16) + (size >> 16) > geometry >> 16) {
    return core_fault(core, kBadWindow, 0x10);
  }
  cores_[core].aborted = false;
  begin(core, [this, core, value] { value == 8 ? form(core) : program(core); });
  return NEURRAM_OK;
}

/// ERROR bits that say why the armed slot cannot start now; 0 where it can.
std::uint32_t FakeChip::refusal_of_start(unsigned core) {
  const auto& registers = cores_[core].registers;
  const std::uint32_t slot = 0x400 + 0x80 * (registers.at(0x2C) & 7);
  const std::uint32_t bits = registers.at(slot + 0x0C);
  if (!awake(core)) {
    return kPoweredOff;
  }
  if (busy(core)) {
    return kBusy;
  }
  if ((bits & 15) < 1 || (bits & 15) > 8 || registers.at(slot + 0x20) == 0) {
    return kBadSlot;
  }
  return registers.at(0x30) == 0 || registers.at(0x30) > 512 ? kBadBatch : 0;
}

void FakeChip::begin(unsigned core, std::function<void()> finish) {
  if (!ignores_commands) {
    cores_[core].busy_until = now_ + command_ticks * (core + 1);
    cores_[core].finish = std::move(finish);
  }
}

/// Every output code of a vector is its first input code, so that banks and batch can be told
/// apart.
void FakeChip::convert(unsigned core) {
  auto& registers = cores_[core].registers;
  const std::uint32_t select = registers[0x2C];
  const auto& inputs = sized(cores_[core].inputs[select >> 8 & 1]);
  auto& outputs = sized(cores_[core].outputs[select >> 16 & 1]);
  for (std::uint32_t vector = 0; vector < registers[0x30]; ++vector) {
    const auto code = static_cast<std::int16_t>(static_cast<std::int8_t>(inputs[vector]));
    std::memcpy(&outputs[2 * vector], &code, sizeof code);
  }
}

std::vector<std::uint32_t> FakeChip::window_cells(unsigned core) const {
  const std::uint32_t origin = cores_[core].registers.at(0x34);
  const std::uint32_t size = cores_[core].registers.at(0x38);
  std::vector<std::uint32_t> cells;
  for (std::uint32_t row = origin & 0xFFFF; row < (origin & 0xFFFF) + (size & 0xFFFF); ++row) {
    for (std::uint32_t column = origin >> 16; column < (origin >> 16) + (size >> 16); ++column) {
      cells.push_back(256 * row + column);
    }
  }
  return cells;
}

/// A cell takes as many pulses as its column has neighbours to the left; a stuck one takes 99.
void FakeChip::program(unsigned core) {
  Core& c = cores_[core];
  c.registers[0x3C] = 0;
  for (const std::uint32_t cell : window_cells(core)) {
    const bool stuck = stuck_cells.count(cell) != 0;
    c.registers[0x3C] += stuck ? 1 : 0;
    c.verified[cell] = stuck ? 0 : c.targets[cell];
    c.reports[cell] = static_cast<std::uint16_t>(stuck ? 99 | 0x4000 : cell % 256);
  }
}

/// Stuck cells are found un-formed.
void FakeChip::form(unsigned core) {
  Core& c = cores_[core];
  c.registers[0x3C] = 0;
  for (const std::uint32_t cell : window_cells(core)) {
    if (stuck_cells.count(cell) == 0) {
      continue;
    }
    ++c.registers[0x3C];
    c.reports[cell] = 0x8000;
  }
}

neurram_error FakeChip::core_burst(unsigned core, std::uint32_t offset, std::uint8_t* data,
                                   std::size_t bytes, bool write) {
  if (!awake(core)) {
    return core_fault(core, kPoweredOff, offset);
  }
  if (offset >= 0xE0000) {
    return reports(core, (offset - 0xE0000) / 2, data, bytes, write);
  }
  if (offset >= 0xA0000) {
    return cells(core, (offset - 0xA0000) / 4, data, bytes, write);
  }
  const bool is_input = offset < 0x60000;
  const std::uint32_t bank = (offset - (is_input ? 0x20000 : 0x60000)) / 0x20000;
  const std::uint32_t selected = cores_[core].registers[0x2C] >> (is_input ? 8 : 16) & 1;
  if (busy(core) && bank == selected) {
    return core_fault(core, kBankBusy, offset);
  }
  auto& memory = sized((is_input ? cores_[core].inputs : cores_[core].outputs)[bank]);
  std::uint8_t* place = memory.data() + offset % 0x20000;
  std::memcpy(write ? place : data, write ? data : place, bytes);
  return NEURRAM_OK;
}

neurram_error FakeChip::cells(unsigned core, std::uint32_t first, std::uint8_t* data,
                              std::size_t bytes, bool write) {
  for (std::uint32_t i = 0; i < bytes / 4; ++i) {
    std::uint32_t conductance = cores_[core].verified[first + i];
    if (!write) {
      std::memcpy(data + 4 * i, &conductance, 4);
      continue;
    }
    std::memcpy(&conductance, data + 4 * i, 4);
    if (conductance > kMaxCellPs) {
      return core_fault(core, kOverflow, 0xA0000 + 4 * (first + i));
    }
    cores_[core].targets[first + i] = conductance;
  }
  return NEURRAM_OK;
}

neurram_error FakeChip::reports(unsigned core, std::uint32_t first, std::uint8_t* data,
                                std::size_t bytes, bool write) {
  if (write) {
    return core_fault(core, 1u << 2, 0xE0000 + 2 * first);
  }
  for (std::uint32_t i = 0; i < bytes / 2; ++i) {
    const std::uint16_t report = cores_[core].reports[first + i];
    std::memcpy(data + 2 * i, &report, sizeof report);
  }
  return NEURRAM_OK;
}
