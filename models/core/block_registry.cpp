#include "models/core/block_registry.h"

#include <dlfcn.h>

#include <array>

#include "models/base/error.h"

namespace neurram::core {
namespace {

struct SlotShape {
  const char* slot;
  std::size_t in_bytes;
  std::size_t out_bytes;
};

template <class Slot>
constexpr SlotShape shape() {
  return {Slot::In::kSlot, sizeof(typename Slot::In), sizeof(typename Slot::Out)};
}

constexpr std::array kSlots = {
    shape<CoreController>(), shape<InputSequencer>(), shape<StepCounter>(),
    shape<SearchRegister>(), shape<LfsrPair>(),       shape<WriteVerify>(),
    shape<RowShiftChain>(),  shape<MeshRouter>(),
};

const SlotShape* shape_of(const std::string& slot) {
  for (const SlotShape& s : kSlots) {
    if (slot == s.slot) return &s;
  }
  return nullptr;
}

std::string joined(const std::vector<std::string>& names) {
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "" : ", ") + name;
  return all;
}

/// Why a library's block cannot be used; empty if it can.
std::string refusal(const BlockEntry& entry, const std::string& wanted_slot) {
  if (entry.version != kBlockVersion) {
    return "was built for version " + std::to_string(entry.version) +
           " of the block interface, this program has version " + std::to_string(kBlockVersion);
  }
  const SlotShape* const slot = shape_of(entry.slot);
  if (slot == nullptr) return "is for a slot that does not exist, " + std::string(entry.slot);
  if (!wanted_slot.empty() && wanted_slot != entry.slot)
    return "is a " + std::string(entry.slot) + ", not a " + wanted_slot;
  if (entry.in_bytes != slot->in_bytes || entry.out_bytes != slot->out_bytes)
    return "was built with other ports of a " + std::string(entry.slot);
  return "";
}

}  // namespace

void BlockRegistry::add(const std::string& slot, const std::string& name, Maker make) {
  if (!makers_[slot].emplace(name, std::move(make)).second)
    throw Error("there is already a " + slot + " of name \"" + name + "\"");
}

std::string BlockRegistry::load(const std::filesystem::path& library, const std::string& slot) {
  const std::string file = library.string();
  if (!std::filesystem::exists(library)) throw FileError(file + ": there is no such file");
  // Never closed: blocks may outlive the registry.
  void* const handle = dlopen(std::filesystem::absolute(library).c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) throw FileError(file + ": cannot be loaded: " + dlerror());
  void* const symbol = dlsym(handle, kBlockEntrySymbol);
  if (symbol == nullptr)
    throw FileError(file + ": is no block: it lacks the function " + kBlockEntrySymbol);
  const BlockEntry& entry = *reinterpret_cast<const BlockEntry* (*)()>(symbol)();
  const std::string why = refusal(entry, slot);
  if (!why.empty()) throw FileError(file + ": " + why);
  add(entry.slot, entry.name, [&entry] { return std::unique_ptr<AnyBlock>(entry.make()); });
  return entry.name;
}

const BlockRegistry::Maker& BlockRegistry::maker(const std::string& slot,
                                                 const std::string& name) const {
  const auto of_slot = makers_.find(slot);
  if (of_slot != makers_.end()) {
    const auto found = of_slot->second.find(name);
    if (found != of_slot->second.end()) return found->second;
  }
  throw Error("there is no " + slot + " of name \"" + name +
              "\" (there are: " + joined(names(slot)) + ")");
}

std::vector<std::string> BlockRegistry::names(const std::string& slot) const {
  std::vector<std::string> names;
  const auto of_slot = makers_.find(slot);
  if (of_slot == makers_.end()) return names;
  for (const auto& [name, make] : of_slot->second) names.push_back(name);
  return names;
}

}  // namespace neurram::core
