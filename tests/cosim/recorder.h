#pragma once

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "models/core/blocks.h"

/// Stimulus and response as text that any simulator can read. A line per clock, hexadecimal:
///
///   RST_NI INPUTS OUTPUTS
///
/// INPUTS and OUTPUTS hold all ports side by side, in the order of the slot's table, the first in
/// the highest bits; OUTPUTS are those after the clock's edge. FILE.sv is a bench that replays
/// FILE.
namespace neurram::cosim {

/// A port and the bits that it takes.
struct Port {
  std::string name;
  int bits;
};

/// Collects ports as one hexadecimal number.
class HexLine {
 public:
  /// `bits` of a value whose memory is little endian.
  void add(const void* value, std::size_t bytes, int bits);
  [[nodiscard]] std::string text() const;

 private:
  std::vector<bool> bits_;  ///< the highest first
};

/// Writes the bench that replays `dump`, with a module of name `slot`.
void write_replay(const std::filesystem::path& dump, const std::string& slot,
                  const std::vector<Port>& inputs, const std::vector<Port>& outputs);

/// A block that writes down all that another does.
template <class Slot>
class Recorder : public Slot {
 public:
  using typename Slot::In;
  using typename Slot::Out;

  Recorder(std::unique_ptr<Slot> block, const std::filesystem::path& dump)
      : block_(std::move(block)), file_(dump) {
    write_replay(dump, In::kSlot, port_list(In{}), port_list(Out{}));
    reset();
  }

  const Out& reset() override { return record(0, In{}, block_->reset()); }
  const Out& clock(const In& in) override { return record(1, in, block_->clock(in)); }

 private:
  template <class Ports>
  static std::vector<Port> port_list(const Ports& ports) {
    std::vector<Port> list;
    Ports::ports(ports, [&list](const char* name, const auto&, int bits) {
      list.push_back({name, bits});
    });
    return list;
  }

  template <class Ports>
  static std::string text(const Ports& ports) {
    HexLine line;
    Ports::ports(ports, [&line](const char*, const auto& value, int bits) {
      line.add(&value, sizeof value, bits);
    });
    return line.text();
  }

  const Out& record(int rst_ni, const In& in, const Out& out) {
    file_ << rst_ni << ' ' << text(in) << ' ' << text(out) << '\n';
    return out;
  }

  std::unique_ptr<Slot> block_;
  std::ofstream file_;
};

}  // namespace neurram::cosim
