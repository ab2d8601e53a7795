"""Spelling that the writers share."""

import textwrap

GENERATED = "Made by scripts/codegen/registers.py from models/core/registers.toml: do not edit."
LINE_WIDTH = 100


def camel(name: str) -> str:
    """``slot_mode`` -> ``SlotMode``."""
    return "".join(part.capitalize() for part in name.split("_"))


def comment(prefix: str, text: str) -> list[str]:
    """``text`` wrapped to the line width, each line behind ``prefix``."""
    return textwrap.wrap(text, LINE_WIDTH, initial_indent=prefix, subsequent_indent=prefix)


def hex_offset(value: int) -> str:
    return f"0x{value:03X}"


def hex_word(value: int) -> str:
    return f"0x{value:08X}"
