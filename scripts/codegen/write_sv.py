"""The register map as a SystemVerilog package of parameters, enumerations and offset functions."""

from register_map import Block, Field, Memory, Register, RegisterMap
from text import GENERATED, comment

PREAMBLE = """\
/* verilator lint_off UNUSEDPARAM */
package neurram_registers_pkg;

  localparam logic [31:0] MAP_VERSION = 32'd{version};
  localparam logic [31:0] WINDOW_BYTES = 32'h{window:08X};

  // Address of the window of a core; the chip's own window lies at 0.
  function automatic logic [31:0] core_window(logic [31:0] core);
    return (core + 32'd1) * WINDOW_BYTES;
  endfunction
"""


def word(value: int) -> str:
    return f"32'h{value:08X}"


def parameter(name: str, value: str) -> str:
    return f"  localparam logic [31:0] {name} = {value};"


def address(name: str, offset: int, indices: list[tuple[str, int]]) -> list[str]:
    """Offset of the (first) element, and a function of the indices, given as (name, stride)."""
    lines = [parameter(f"{name.upper()}_OFFSET", word(offset))]
    if indices:
        arguments = ", ".join(f"logic [31:0] {index}" for index, _ in indices)
        terms = "".join(f" + {word(stride)} * {index}" for index, stride in indices)
        lines += [
            f"  function automatic logic [31:0] {name}_offset({arguments});",
            f"    return {word(offset)}{terms};",
            "  endfunction",
        ]
    return lines


def field_lines(register: str, field: Field) -> list[str]:
    name = f"{register}_{field.name}"
    lines = comment("  // ", field.text)
    lines.append(f"  localparam int unsigned {name.upper()}_LSB = {field.low};")
    lines.append(f"  localparam int unsigned {name.upper()}_WIDTH = {field.width};")
    lines.append(parameter(f"{name.upper()}_MASK", word(field.mask)))
    if field.values:
        values = [
            f"    {name.upper()}_{value.upper()} = {field.width}'d{code}"
            for value, code in field.values.items()
        ]
        lines += [f"  typedef enum logic [{field.width - 1}:0] {{"]
        lines += [*",\n".join(values).splitlines(), f"  }} {name}_e;"]
    return lines


def register_lines(block: Block, register: Register) -> list[str]:
    name = f"{block.name}_{register.name}"
    lines = ["", *comment("  // ", f"{register.name.upper()} ({register.access}): {register.text}")]
    lines += address(name, register.offset, register.indices)
    for suffix, count in zip(("_COUNT", "_COUNT2"), register.count):
        lines.append(parameter(f"{name.upper()}{suffix}", f"32'd{count}"))
    lines.append(parameter(f"{name.upper()}_RESET_VALUE", word(register.reset)))
    for field in register.fields:
        lines += field_lines(name, field)
    return lines


def memory_lines(block: Block, memory: Memory) -> list[str]:
    name = f"{block.name}_{memory.name}"
    return [
        "",
        *comment("  // ", f"{memory.name.upper()} ({memory.access}): {memory.text}"),
        *address(name, memory.offset, memory.indices),
        parameter(f"{name.upper()}_BYTES", word(memory.bytes)),
        parameter(f"{name.upper()}_COUNT", f"32'd{memory.count}"),
    ]


def write(register_map: RegisterMap) -> str:
    lines = [f"// {GENERATED}", *comment("// ", register_map.description)]
    lines += PREAMBLE.format(
        version=register_map.version, window=register_map.window_bytes
    ).splitlines()
    for block in register_map.blocks:
        lines += ["", *comment("  // ", block.text)]
        for register in block.registers:
            lines += register_lines(block, register)
        for memory in block.memories:
            lines += memory_lines(block, memory)
    return "\n".join([*lines, "", "endpackage", "/* verilator lint_on UNUSEDPARAM */", ""])
