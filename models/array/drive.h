#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

/// Encode: the first of the three functions that make a code. Each input code becomes an integer
/// drive, the sample-weighted voltage of its line in units of the vector's scale.
namespace neurram::array {

/// Largest magnitude of a drive.
inline constexpr int kMaxDrive = 2047;

/// How codes become drives in one input phase.
///
/// The linear form (both rails equal, or a bipolar drive) gives an input one drive,
/// sign(x) · ((|x| >> shift) & mask); of a differential pair it meets the row of differences
/// G+ - G-. The table form gives every line a drive of its own (unequal rails under a ternary
/// drive, where the +1 and -1 levels are not opposite).
struct DriveEncoding {
  bool is_signed = false;  ///< codes are int8; else uint8
  int shift = 0;           ///< magnitude bits below this phase
  int mask = 0x7F;         ///< magnitude bits of this phase
  int table_lines = 0;     ///< 0: linear; else lines per input that have a table, 1 or 2
  /// Drives by code byte of the positive (or only) and the negative line.
  std::array<std::array<std::int16_t, 256>, 2> table{};
  /// Pulse weight of every vector if lines are pulsed whatever their code (bipolar); 0 if not.
  std::uint32_t constant_pulse_weight = 0;

  /// Drives per vector for `inputs` codes.
  [[nodiscard]] std::size_t drives(std::size_t inputs) const {
    return table_lines == 0 ? inputs : inputs * static_cast<std::size_t>(table_lines);
  }
};

/// Codes and drives are processed in blocks of this many: `codes` must be readable, and `drives`
/// writable, for so many elements past the last one.
inline constexpr std::size_t kDriveBlock = 32;

/// Encodes `vectors` vectors of `inputs` codes each, stored one after the other: row v of `drives`
/// starts at v · drive_stride and holds encoding.drives(inputs) of them, the rest of the stride is
/// zero. pulse_weights[v] = Σ over codes and set magnitude bits b (of the phase, counted from 0) of
/// 4^b, by which the noise of the driven word-line pulses adds up (b is sampled 2^b times), or the
/// encoding's constant.
/// drive_stride >= drives(inputs), even.
void encode(const DriveEncoding& encoding, const std::uint8_t* codes, std::size_t inputs,
            std::size_t vectors, std::int16_t* drives, std::size_t drive_stride,
            std::uint32_t* pulse_weights);

}  // namespace neurram::array
