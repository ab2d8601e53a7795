#include "models/core/register_file.h"

namespace neurram::core {

void RegisterFile::declare(const map::Register& r) {
  for (std::uint32_t i = 0; i < r.count[0]; ++i) {
    for (std::uint32_t j = 0; j < r.count[1]; ++j) {
      const std::uint32_t offset = r.offset + i * r.stride[0] + j * r.stride[1];
      entries_.at(offset / 4) = {true, r.access, r.mask, r.offset, r.reset};
      words_.at(offset / 4) = r.reset;
    }
  }
}

void RegisterFile::reset() {
  for (std::size_t i = 0; i < entries_.size(); ++i) words_[i] = entries_[i].reset;
}

}  // namespace neurram::core
