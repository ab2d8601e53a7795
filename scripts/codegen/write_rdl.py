"""The register map as SystemRDL 2.0, which EDA tools read.

Registers that repeat together become an array of register files; a register without fields has
one field named ``value``.
"""

from register_map import WORD_BITS, WORD_BYTES, Block, Field, Group, Memory, Register, RegisterMap
from text import GENERATED

FIELD_ACCESS = {
    "rw": "sw = rw; hw = r;",
    "ro": "sw = r; hw = rw;",
    "wo": "sw = w; hw = r;",
    "w1c": "sw = rw; onwrite = woclr; hw = w;",
}
MEMORY_ACCESS = {"rw": "sw = rw;", "ro": "sw = r;", "wo": "sw = w;"}

KEYWORDS = set(
    """abstract accesstype addressingtype addrmap alias all alternate bit boolean bothedge byte
    compact component componentwidth constraint default encode enum external false field fullalign
    hw inside int internal level longint mem na negedge nonsticky number onreadtype onwritetype
    posedge precedencetype property r rclr real ref reg regalign regfile rset ruser rw rw1 shortint
    shortreal signal signed string struct sw this true type unsigned w w1 wclr with within woclr
    woset wot wr wset wuser wzc wzs wzt""".split()
)


def identifier(name: str) -> str:
    """``name``, escaped where SystemRDL reserves it."""
    return f"\\{name}" if name in KEYWORDS else name


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def field_lines(field: Field, register: Register) -> list[str]:
    reset = (register.reset & field.mask) >> field.low
    lines = ["field {", f"  desc = {quoted(field.text)};", f"  {FIELD_ACCESS[register.access]}"]
    if field.values:
        values = " ".join(f"{identifier(name)} = {code};" for name, code in field.values.items())
        enumeration = f"{register.name}_{field.name}_e"
        lines.insert(0, f"enum {enumeration} {{ {values} }};")
        lines.append(f"  encode = {enumeration};")
    return [*lines, f"}} {identifier(field.name)}[{field.high}:{field.low}] = 0x{reset:X};"]


def register_lines(register: Register, base: int = 0) -> list[str]:
    """A register, or an array over its last index; ``base`` is the offset of the file around it."""
    fields = register.fields or (Field("value", "The number.", 0, WORD_BITS - 1, {}),)
    lines = ["reg {", f"  desc = {quoted(register.text)};"]
    lines += [f"  {line}" for field in fields for line in field_lines(field, register)]
    repeats = register.stride and register.stride[-1] == WORD_BYTES
    array = f"[{register.count[-1]}]" if repeats else ""
    return [*lines, f"}} {identifier(register.member)}{array} @ 0x{register.offset - base:X};"]


def item_lines(item: Register | Group) -> list[str]:
    if isinstance(item, Register):
        return register_lines(item)
    lines = [line for register in item.registers for line in register_lines(register, item.offset)]
    instance = f"{identifier(item.name)}[{item.count}] @ 0x{item.offset:X} += 0x{item.stride:X}"
    return ["regfile {", *(f"  {line}" for line in lines), f"}} {instance};"]


def memory_lines(memory: Memory) -> list[str]:
    array, stride = "", ""
    if memory.count > 1:
        array, stride = f"[{memory.count}]", f" += 0x{memory.bytes:X}"
    return [
        "external mem {",
        f"  desc = {quoted(memory.text)};",
        f"  mementries = {memory.bytes // WORD_BYTES}; memwidth = {WORD_BITS};",
        f"  {MEMORY_ACCESS[memory.access]}",
        f"}} {identifier(memory.name)}{array} @ 0x{memory.offset:X}{stride};",
    ]


def block_lines(block: Block) -> list[str]:
    body = [f"desc = {quoted(block.text)};"]
    for item in block.items():
        body += item_lines(item)
    for memory in block.memories:
        body += memory_lines(memory)
    return [f"addrmap neurram_{block.name} {{", *(f"  {line}" for line in body), "};", ""]


def write(register_map: RegisterMap) -> str:
    lines = [f"// {GENERATED}", ""]
    for block in register_map.blocks:
        lines += block_lines(block)
    window = f"0x{register_map.window_bytes:X}"
    return "\n".join(
        [
            *lines,
            "addrmap neurram {",
            f"  name = {quoted(register_map.name)};",
            f"  desc = {quoted(register_map.description)};",
            "  littleendian;",
            "  neurram_chip chip @ 0x0;",
            f"  neurram_core cores[{register_map.core_count}] @ {window} += {window};",
            "};",
            "",
        ]
    )
