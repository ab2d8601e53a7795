"""The register map as a reference page."""

from register_map import Block, Field, Group, Memory, Register, RegisterMap
from text import hex_offset, hex_word

PREAMBLE = """\
# Registers

<!-- Generated from registers.toml: change that, then run
     scripts/codegen/registers.py registers.toml --format markdown --out registers.md -->

{description}

The chip's window lies at address 0, that of core *i* at (*i* + 1) · 0x{window:X}. This page is
version {version} of the map.

All registers are 32 bits wide, little endian, and accessed as aligned words. Access:

| | |
|---|---|
| rw | read and write |
| ro | read only; a write sets `READ_ONLY` in the window's `ERROR` |
| wo | write only; reads as zero |
| w1c | read; writing a one clears the bit |
"""


def cell(text: str) -> str:
    """``text`` as a table cell."""
    return text.replace("|", "\\|")


def span(register: Register) -> str:
    """The offset, with the stride times its index for every index."""
    terms = (f" + {hex_offset(stride)}·{index}" for index, stride in register.indices)
    return hex_offset(register.offset) + "".join(terms)


def title(register: Register) -> str:
    return register.name.upper() + "".join(f"[{count}]" for count in register.count)


def table_row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def row(register: Register) -> str:
    reset = hex_word(register.reset)
    text = cell(register.text)
    return table_row(span(register), f"`{title(register)}`", register.access, reset, text)


def field_row(field: Field) -> str:
    bits = str(field.low) if field.width == 1 else f"{field.high}:{field.low}"
    values = ", ".join(f"{code} = `{name}`" for name, code in field.values.items())
    text = f"{field.text} {values}" if values else field.text
    return table_row(bits, field.name.upper(), cell(text))


def field_lines(register: Register) -> list[str]:
    lines = ["", f"### {title(register)}", "", "| bits | field | |", "|---|---|---|"]
    return [*lines, *(field_row(field) for field in register.fields)]


def memory_row(memory: Memory) -> str:
    size = f"{memory.count} × {memory.bytes // 1024} KiB"
    offset, name = f"0x{memory.offset:05X}", f"`{memory.name.upper()}`"
    return table_row(offset, name, memory.access, size, cell(memory.text))


def ordered(block: Block) -> list[Register]:
    """Registers by offset, those of a group together."""
    registers: list[Register] = []
    for item in block.items():
        registers += item.registers if isinstance(item, Group) else [item]
    return registers


def block_lines(block: Block) -> list[str]:
    registers = ordered(block)
    lines = ["", f"## {block.name.capitalize()}", "", block.text, ""]
    lines += ["| offset | register | access | reset | |", "|---|---|---|---|---|"]
    lines += [row(register) for register in registers]
    if block.memories:
        lines += ["", "| offset | memory | access | size | |", "|---|---|---|---|---|"]
        lines += [memory_row(memory) for memory in block.memories]
    for register in registers:
        if register.fields:
            lines += field_lines(register)
    return lines


def write(register_map: RegisterMap) -> str:
    lines = PREAMBLE.format(
        description=register_map.description,
        version=register_map.version,
        window=register_map.window_bytes,
    ).splitlines()
    for block in register_map.blocks:
        lines += block_lines(block)
    return "\n".join([*lines, ""])
