"""The register map as a C11 header of macros and enumerations, usable on bare metal."""

from register_map import Block, Field, Memory, Register, RegisterMap
from text import GENERATED, comment, hex_offset, hex_word

PREAMBLE = """\
#ifndef NEURRAM_REGISTERS_H
#define NEURRAM_REGISTERS_H

#include <stdint.h>

#define NEURRAM_MAP_VERSION {version}u
#define NEURRAM_WINDOW_BYTES {window}u

/* Address of the window of a core; the chip's own window lies at 0. */
#define NEURRAM_CORE_WINDOW(core) (((uint32_t)(core) + 1u) * NEURRAM_WINDOW_BYTES)

/* Value of a field in a register word: NEURRAM_GET(NEURRAM_CORE_SELECT_SLOT, word). */
#define NEURRAM_GET(field, word) (((uint32_t)(word) & field##_MASK) >> field##_SHIFT)

/* A register word with only this field set; words of several fields are joined by |. */
#define NEURRAM_PUT(field, value) (((uint32_t)(value) << field##_SHIFT) & field##_MASK)
"""


def c_comment(text: str) -> list[str]:
    lines = comment("   ", f"{text} */")
    return [f"/* {lines[0].strip()}", *lines[1:]]


def address(macro: str, offset: int, indices: list[tuple[str, int]]) -> str:
    """The offset in the window, a macro of the indices, given as (name, stride)."""
    if not indices:
        return f"#define {macro} {hex_offset(offset)}u"
    arguments = ", ".join(index for index, _ in indices)
    terms = "".join(f" + {hex_offset(stride)}u * (uint32_t)({index})" for index, stride in indices)
    return f"#define {macro}({arguments}) ({hex_offset(offset)}u{terms})"


def counts(macro: str, register: Register) -> list[str]:
    """One count per index: _COUNT, and _COUNT2 of the second."""
    suffixes = ("_COUNT", "_COUNT2")
    return [f"#define {macro}{suffix} {n}u" for suffix, n in zip(suffixes, register.count)]


def field_lines(macro: str, field: Field) -> list[str]:
    name = f"{macro}_{field.name.upper()}"
    lines = c_comment(field.text)
    lines.append(f"#define {name}_SHIFT {field.low}")
    lines.append(f"#define {name}_MASK {hex_word(field.mask)}u")
    if field.values:
        values = [f"  {name}_{value.upper()} = {code}," for value, code in field.values.items()]
        lines += [f"enum {name.lower()} {{", *values, "};"]
    return lines


def register_lines(block: Block, register: Register) -> list[str]:
    macro = f"NEURRAM_{block.name}_{register.name}".upper()
    lines = ["", *c_comment(f"{register.name.upper()} ({register.access}): {register.text}")]
    lines.append(address(macro, register.offset, register.indices))
    lines += counts(macro, register)
    lines.append(f"#define {macro}_RESET_VALUE {hex_word(register.reset)}u")
    for field in register.fields:
        lines += field_lines(macro, field)
    return lines


def memory_lines(block: Block, memory: Memory) -> list[str]:
    macro = f"NEURRAM_{block.name}_{memory.name}".upper()
    return [
        "",
        *c_comment(f"{memory.name.upper()} ({memory.access}): {memory.text}"),
        address(macro, memory.offset, memory.indices),
        f"#define {macro}_BYTES 0x{memory.bytes:X}u",
        f"#define {macro}_COUNT {memory.count}u",
    ]


def write(register_map: RegisterMap) -> str:
    lines = [f"/* {GENERATED} */", *c_comment(register_map.description)]
    lines += PREAMBLE.format(
        version=register_map.version, window=f"0x{register_map.window_bytes:X}"
    ).splitlines()
    for block in register_map.blocks:
        lines += ["", *c_comment(block.text)]
        for register in block.registers:
            lines += register_lines(block, register)
        for memory in block.memories:
            lines += memory_lines(block, memory)
    return "\n".join([*lines, "", "#endif", ""])
