#pragma once

#include <array>
#include <cstdint>

#include <tlm>

#include "models/core/registers.h"

namespace neurram::core {

/// One window's worth of 32-bit registers: storage, and the checks that every access passes. What a
/// register does beyond being stored is its owner's.
class RegisterFile {
 public:
  static constexpr std::uint32_t kBytes = 0x800;

  template <std::size_t count>
  explicit RegisterFile(const std::array<map::Register, count>& registers) {
    for (const map::Register& r : registers) declare(r);
  }

  struct Entry {
    bool exists = false;
    map::Access access = map::Access::kReadOnly;
    std::uint32_t mask = 0;
    std::uint32_t base = 0;  ///< offset of the register's first element
    std::uint32_t reset = 0;
  };

  /// Entry of the register at an aligned offset below kBytes.
  [[nodiscard]] const Entry& entry(std::uint32_t offset) const { return entries_[offset / 4]; }
  [[nodiscard]] std::uint32_t operator[](std::uint32_t offset) const { return words_[offset / 4]; }
  std::uint32_t& operator[](std::uint32_t offset) { return words_[offset / 4]; }
  void reset();

 private:
  void declare(const map::Register& r);

  std::array<Entry, kBytes / 4> entries_{};
  std::array<std::uint32_t, kBytes / 4> words_{};
};

/// Is this a whole aligned word without byte enables, as every register access must be? Sets the
/// response status if not.
[[nodiscard]] inline bool is_word_access(tlm::tlm_generic_payload& payload) {
  if (payload.get_byte_enable_ptr() != nullptr) {
    payload.set_response_status(tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
    return false;
  }
  if (payload.get_data_length() != 4 || payload.get_streaming_width() < 4 ||
      payload.get_address() % 4 != 0) {
    payload.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
    return false;
  }
  return true;
}

}  // namespace neurram::core
