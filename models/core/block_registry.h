#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "models/core/blocks.h"

namespace neurram::core {

/// What a shared library with a block of one slot tells of it.
struct BlockEntry {
  std::uint32_t version;   ///< kBlockVersion that it was built with
  std::uint32_t in_bytes;  ///< sizes of the slot's structs, likewise
  std::uint32_t out_bytes;
  const char* slot;
  const char* name;
  AnyBlock* (*make)();  ///< a block in reset
};

/// The symbol of such a library, extern "C":  const BlockEntry* neurram_block_entry().
inline constexpr const char* kBlockEntrySymbol = "neurram_block_entry";

/// Blocks by slot and name.
class BlockRegistry {
 public:
  using Maker = std::function<std::unique_ptr<AnyBlock>()>;

  /// Throws Error if the slot has a block of this name.
  template <class Slot>
  void add(const std::string& name, Maker make) {
    add(Slot::In::kSlot, name, std::move(make));
  }

  /// Loads a shared library that neurram_add_rtl_block() made, and adds its block. Throws FileError
  /// if there is none, if it is no block, one of another version, or one whose slot is not `slot`
  /// (empty: any). Returns the block's name.
  std::string load(const std::filesystem::path& library, const std::string& slot = "");

  /// Makes a block in reset. Throws Error if the slot has none of this name.
  template <class Slot>
  [[nodiscard]] std::unique_ptr<Slot> make(const std::string& name) const {
    std::unique_ptr<AnyBlock> block = maker(Slot::In::kSlot, name)();
    return std::unique_ptr<Slot>(static_cast<Slot*>(block.release()));
  }

  /// The names of a slot's blocks.
  [[nodiscard]] std::vector<std::string> names(const std::string& slot) const;

 private:
  void add(const std::string& slot, const std::string& name, Maker make);
  [[nodiscard]] const Maker& maker(const std::string& slot, const std::string& name) const;

  std::map<std::string, std::map<std::string, Maker>> makers_;
};

}  // namespace neurram::core
