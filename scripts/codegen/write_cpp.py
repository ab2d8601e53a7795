"""The register map as a C++17 header of constants, fields and tables."""

from register_map import Block, Field, Memory, Register, RegisterMap
from text import GENERATED, camel, comment, hex_offset, hex_word

ACCESS_NAMES = {
    "rw": "Access::kReadWrite",
    "ro": "Access::kReadOnly",
    "w1c": "Access::kWriteOneToClear",
    "wo": "Access::kWriteOnly",
}

PREAMBLE = """\
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace neurram::map {{

inline constexpr std::uint32_t kVersion = {version};
inline constexpr std::uint32_t kWindowBytes = {window};

/// Address of the window of core `core`; the chip's own window lies at 0.
constexpr std::uint64_t core_window(std::uint64_t core) {{ return (core + 1) * kWindowBytes; }}

enum class Access {{ kReadWrite, kReadOnly, kWriteOneToClear, kWriteOnly }};

/// One register, or an array of count[0] x count[1] of them, `stride` bytes apart (0: one only).
struct Register {{
  std::string_view name;
  std::uint32_t offset;
  std::array<std::uint32_t, 2> count;
  std::array<std::uint32_t, 2> stride;
  Access access;
  std::uint32_t reset;
  std::uint32_t mask;  ///< bits that fields define; all where the register is one number
}};

/// `count` consecutive memories of `bytes` bytes each.
struct Memory {{
  std::string_view name;
  std::uint32_t offset;
  std::uint32_t bytes;
  std::uint32_t count;
  Access access;
}};

/// `width` bits of a register from bit `shift` up, read and written as a `T`.
template <class T, unsigned shift, unsigned width>
struct Field {{
  using Value = T;
  static constexpr unsigned kShift = shift;
  static constexpr unsigned kWidth = width;
  /// Mask of the field, in place.
  static constexpr std::uint32_t kMask = (~std::uint32_t{{0}} >> (32 - width)) << shift;

  [[nodiscard]] static constexpr T get(std::uint32_t word) {{
    return static_cast<T>((word & kMask) >> kShift);
  }}
  /// `word` with this field replaced; bits of `value` beyond the width are dropped.
  [[nodiscard]] static constexpr std::uint32_t set(std::uint32_t word, T value) {{
    return (word & ~kMask) | ((static_cast<std::uint32_t>(value) << kShift) & kMask);
  }}
}};
"""


def constant(name: str, value: str) -> str:
    return f"inline constexpr std::uint32_t {name} = {value};"


def address(name: str, offset: int, indices: list[tuple[str, int]]) -> list[str]:
    """The offset: a constant, or a function of the indices, given as (name, stride)."""
    if not indices:
        return [constant(f"k{camel(name)}", hex_offset(offset))]
    arguments = ", ".join(f"std::uint32_t {index}" for index, _ in indices)
    terms = "".join(f" + {hex_offset(stride)} * {index}" for index, stride in indices)
    return [
        f"constexpr std::uint32_t {name}({arguments}) {{",
        f"  return {hex_offset(offset)}{terms};",
        "}",
    ]


def enumeration(field: Field) -> list[str]:
    values = [f"    k{camel(name)} = {value}," for name, value in field.values.items()]
    return [f"  enum class {camel(field.name)}Value : std::uint32_t {{", *values, "  };"]


def field_lines(field: Field) -> list[str]:
    kind = "bool" if field.width == 1 else "std::uint32_t"
    lines = comment("  /// ", field.text)
    if field.values:
        lines += enumeration(field)
        kind = f"{camel(field.name)}Value"
    return [*lines, f"  using {camel(field.name)} = Field<{kind}, {field.low}, {field.width}>;"]


def register_lines(register: Register) -> list[str]:
    name = camel(register.name)
    lines = ["", *comment("/// ", f"{register.name.upper()} ({register.access}): {register.text}")]
    lines += address(register.name, register.offset, register.indices)
    lines.append(constant(f"k{name}Reset", hex_word(register.reset)))
    if register.count:
        kind = f"std::array<std::uint32_t, {len(register.count)}>"
        counts = ", ".join(str(count) for count in register.count)
        lines.append(f"inline constexpr {kind} k{name}Count{{{counts}}};")
    if register.fields:
        fields = [line for field in register.fields for line in field_lines(field)]
        lines += [f"struct {name} {{", *fields, "};"]
    return lines


def memory_lines(memory: Memory) -> list[str]:
    name = camel(memory.name)
    return [
        "",
        *comment("/// ", f"{memory.name.upper()} ({memory.access}): {memory.text}"),
        *address(memory.name, memory.offset, memory.indices),
        constant(f"k{name}Bytes", f"0x{memory.bytes:X}"),
        constant(f"k{name}Count", str(memory.count)),
    ]


def table_row(register: Register) -> str:
    padding = (0,) * (2 - len(register.count))
    count = ", ".join(str(n) for n in (*register.count, *(1 for _ in padding)))
    stride = ", ".join(hex_offset(n) if n else "0" for n in (*register.stride, *padding))
    access, reset, mask = ACCESS_NAMES[register.access], register.reset, register.mask
    return (
        f'    {{"{register.name}", {hex_offset(register.offset)}, {{{count}}}, {{{stride}}},\n'
        f"     {access}, {hex_word(reset)}, {hex_word(mask)}}},"
    )


def table_lines(block: Block) -> list[str]:
    lines = ["", "/// All registers, sorted by the offset of their first element."]
    lines.append(f"inline constexpr std::array<Register, {len(block.registers)}> kRegisters{{{{")
    lines += [*(table_row(register) for register in block.registers), "}};"]
    if block.memories:
        lines += ["", f"inline constexpr std::array<Memory, {len(block.memories)}> kMemories{{{{"]
        lines += [
            f'    {{"{m.name}", {hex_offset(m.offset)}, 0x{m.bytes:X}, {m.count}, '
            f"{ACCESS_NAMES[m.access]}}},"
            for m in block.memories
        ]
        lines.append("}};")
    return lines


def block_lines(block: Block) -> list[str]:
    lines = ["", *comment("// ", block.text), f"namespace {block.name} {{"]
    for register in block.registers:
        lines += register_lines(register)
    for memory in block.memories:
        lines += memory_lines(memory)
    return [*lines, *table_lines(block), "", f"}}  // namespace {block.name}"]


def write(register_map: RegisterMap) -> str:
    lines = [f"// {GENERATED}", *comment("// ", register_map.description)]
    lines += PREAMBLE.format(
        version=register_map.version, window=f"0x{register_map.window_bytes:X}"
    ).splitlines()
    for block in register_map.blocks:
        lines += block_lines(block)
    return "\n".join([*lines, "", "}  // namespace neurram::map", ""])
