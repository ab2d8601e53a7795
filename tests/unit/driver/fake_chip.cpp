#include "tests/unit/driver/fake_chip.h"

#include <utility>

namespace {

std::map<std::uint32_t, std::uint32_t> chip_reset_values(unsigned cores) {
  std::map<std::uint32_t, std::uint32_t> values{
      {0x00, 0x4E524D43}, {0x04, 1}, {0x08, cores}, {0x0C, 0x00060008}, {0x10, 0},
      {0x14, 0},          {0x18, 0}, {0x20, 0},     {0x24, 0xFF},       {0x28, 0}};
  for (std::uint32_t word = 0; word < 8; ++word) {
    values[0x40 + 4 * word] = 0;
    values[0x60 + 4 * word] = 0;
  }
  for (std::uint32_t set = 0x100; set < 0x300; set += 0x20) {
    values[set + 0x00] = values[set + 0x04] = 500000;
    values[set + 0x08] = values[set + 0x0C] = 100000;
    values[set + 0x10] = 0;
    values[set + 0x14] = 100000;
  }
  return values;
}

}  // namespace

FakeChip::FakeChip(unsigned cores, std::uint32_t geometry) : chip_(chip_reset_values(cores)) {
  cores_.resize(cores);
  for (unsigned core = 0; core < cores; ++core) {
    reset_core(core, geometry);
  }
}

neurram_bus FakeChip::bus(bool interrupts) {
  neurram_bus bus{};
  bus.user = this;
  bus.read32 = [](void* user, std::uint64_t address, std::uint32_t* value) {
    return static_cast<FakeChip*>(user)->read(address, value);
  };
  bus.write32 = [](void* user, std::uint64_t address, std::uint32_t value) {
    return static_cast<FakeChip*>(user)->write(address, value);
  };
  bus.write_burst = [](void* user, std::uint64_t address, const void* data, std::size_t bytes) {
    auto* bytes_of_data = const_cast<std::uint8_t*>(static_cast<const std::uint8_t*>(data));
    return static_cast<FakeChip*>(user)->burst(address, bytes_of_data, bytes, true);
  };
  bus.read_burst = [](void* user, std::uint64_t address, void* data, std::size_t bytes) {
    return static_cast<FakeChip*>(user)->burst(address, static_cast<std::uint8_t*>(data), bytes,
                                               false);
  };
  bus.fence = [](void* user) { return static_cast<FakeChip*>(user)->fence(); };
  if (interrupts) {
    bus.wait_interrupt = [](void* user) { return static_cast<FakeChip*>(user)->wait_interrupt(); };
  }
  return bus;
}

void FakeChip::set_counter(unsigned core, std::uint32_t low_offset, std::uint64_t value) {
  core_register(core, low_offset) = static_cast<std::uint32_t>(value);
  core_register(core, low_offset + 4) = static_cast<std::uint32_t>(value >> 32);
}

// The bus: every access takes a tick; bursts are carried out at the fence.

void FakeChip::tick() {
  ++now_;
  for (auto& core : cores_) {
    if (core.finish && now_ >= core.busy_until) {
      std::exchange(core.finish, nullptr)();
      core.registers[0x1C] |= 1;
      ++core.registers[0x58];
    }
  }
}

bool FakeChip::admit() {
  tick();
  if (fail_after == 0) {
    fail_after = -1;
    return false;
  }
  fail_after -= fail_after > 0 ? 1 : 0;
  return true;
}

neurram_error FakeChip::read(std::uint64_t address, std::uint32_t* value) {
  if (!admit()) {
    return NEURRAM_ERROR_BUS;
  }
  const std::uint64_t window = (address - kBase) >> 20;
  const auto offset = static_cast<std::uint32_t>((address - kBase) & 0xFFFFF);
  const neurram_error error = window == 0
                                  ? chip_read(offset, value)
                                  : core_read(static_cast<unsigned>(window - 1), offset, value);
  accesses.push_back({'r', address, *value});
  return error;
}

neurram_error FakeChip::write(std::uint64_t address, std::uint32_t value) {
  if (!admit()) {
    return NEURRAM_ERROR_BUS;
  }
  accesses.push_back({'w', address, value});
  const std::uint64_t window = (address - kBase) >> 20;
  const auto offset = static_cast<std::uint32_t>((address - kBase) & 0xFFFFF);
  return window == 0 ? chip_write(offset, value)
                     : core_write(static_cast<unsigned>(window - 1), offset, value);
}

neurram_error FakeChip::burst(std::uint64_t address, std::uint8_t* data, std::size_t bytes,
                              bool write) {
  if (!admit()) {
    return NEURRAM_ERROR_BUS;
  }
  accesses.push_back({write ? 'W' : 'R', address, bytes});
  const auto core = static_cast<unsigned>(((address - kBase) >> 20) - 1);
  const auto offset = static_cast<std::uint32_t>((address - kBase) & 0xFFFFF);
  posted_.push_back([=] { return core_burst(core, offset, data, bytes, write); });
  return NEURRAM_OK;
}

neurram_error FakeChip::fence() {
  neurram_error result = admit() ? NEURRAM_OK : NEURRAM_ERROR_BUS;
  for (const auto& burst : std::exchange(posted_, {})) {
    const neurram_error error = burst();
    result = result == NEURRAM_OK ? error : result;
  }
  return result;
}

neurram_error FakeChip::wait_interrupt() {
  if (!admit()) {
    return NEURRAM_ERROR_BUS;
  }
  ++interrupt_waits;
  for (unsigned patience = 0; !interrupt_line(); ++patience) {
    if (patience > 10 * command_ticks) {
      waited_for_nothing = true;
      return NEURRAM_ERROR_BUS;
    }
    tick();
  }
  return NEURRAM_OK;
}

// The chip's window.

neurram_error FakeChip::chip_fault(std::uint32_t bits, std::uint32_t offset) {
  if (chip_[0x10] == 0) {
    chip_[0x14] = offset;
  }
  chip_[0x10] |= bits;
  return refusal();
}

neurram_error FakeChip::chip_read(std::uint32_t offset, std::uint32_t* value) {
  *value = 0;
  if (chip_.count(offset) == 0) {
    return chip_fault(1u << 0, offset);
  }
  *value = chip_[offset];
  return NEURRAM_OK;
}

neurram_error FakeChip::chip_write(std::uint32_t offset, std::uint32_t value) {
  if (chip_.count(offset) == 0) {
    return chip_fault(1u << 0, offset);
  }
  if (offset < 0x10 || offset == 0x14 || offset == 0x28 || (offset >= 0x60 && offset < 0x80)) {
    return chip_fault(1u << 2, offset);
  }
  if (offset == 0x10) {
    chip_[0x10] &= ~value;
    chip_[0x14] = chip_[0x10] == 0 ? 0 : chip_[0x14];
    return NEURRAM_OK;
  }
  if (offset == 0x20) {
    return start_group();
  }
  if (offset == 0x24) {
    for (unsigned core = 0; core < cores_.size(); ++core) {
      if (busy(core)) {
        return chip_fault(1u << 3, offset);
      }
    }
  }
  chip_[offset] = value;
  return NEURRAM_OK;
}

neurram_error FakeChip::start_group() {
  started_before_fence |= !posted_.empty();
  bool refused = false;
  std::vector<unsigned> group;
  for (unsigned core = 0; core < cores_.size(); ++core) {
    if ((chip_[0x40 + 4 * (core / 32)] >> core % 32 & 1) != 0) {
      group.push_back(core);
      if (const std::uint32_t why = refusal_of_start(core); why != 0) {
        core_fault(core, why, 0x10);
        refused = true;
      }
    }
  }
  if (refused) {
    return chip_fault(1u << 5, 0x20);
  }
  for (unsigned core : group) {
    begin(core, [this, core] { convert(core); });
  }
  return NEURRAM_OK;
}
