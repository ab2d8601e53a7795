"""Reads the generated views back, each by its own means, into one form that can be compared.

A view is a dictionary from ``block.register`` to Register and from ``block.memory`` to Memory, with
names in lower case as in the TOML file. What a format does not say is None.
"""

import re
import subprocess
import tomllib
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field, replace
from pathlib import Path

SVD_ACCESS = {"read-write": "rw", "read-only": "ro", "write-only": "wo"}
RDL_ACCESS = {
    "sw = rw;": "rw",
    "sw = r;": "ro",
    "sw = w;": "wo",
    "sw = rw; onwrite = woclr;": "w1c",
}
CPP_ACCESS = ["rw", "ro", "w1c", "wo"]


@dataclass
class Field:
    low: int
    width: int
    values: dict[str, int] = field(default_factory=dict)


@dataclass
class Register:
    offsets: list[int]
    reset: int
    access: str | None
    fields: dict[str, Field] = field(default_factory=dict)


@dataclass
class Memory:
    offset: int
    bytes: int
    count: int | None


View = dict[str, Register | Memory]


def without_access(view: View) -> View:
    return {
        name: replace(item, access=None) if isinstance(item, Register) else item
        for name, item in view.items()
    }


def spread(offsets: list[int], count: int, stride: int) -> list[int]:
    return [offset + i * stride for offset in offsets for i in range(count)]


def toml_register(table: dict) -> Register:
    offsets = [table["offset"]]
    counts, strides = table.get("count", []), table.get("stride", [])
    if isinstance(counts, int):
        counts, strides = [counts], [strides]
    for count, stride in zip(counts, strides):
        offsets = spread(offsets, count, stride)
    register = Register(offsets, table.get("reset", 0), table["access"])
    for entry in table.get("fields", []):
        high, _, low = entry["bits"].rpartition(":")
        width = int(high or low) - int(low) + 1
        register.fields[entry["name"]] = Field(int(low), width, entry.get("values", {}))
    return register


def from_toml(path: Path) -> View:
    view: View = {}
    for block in tomllib.loads(path.read_text())["block"]:
        for table in block.get("register", []):
            view[f"{block['name']}.{table['name']}"] = toml_register(table)
        for table in block.get("memory", []):
            memory = Memory(table["offset"], table["bytes"], table["count"])
            view[f"{block['name']}.{table['name']}"] = memory
    return view


def indices(register: Register, counts: list[int]) -> list[tuple[int, ...]]:
    """All index tuples of an array, first index outermost; one empty tuple of a single register."""
    tuples: list[tuple[int, ...]] = [()]
    for count in counts:
        tuples = [(*t, i) for t in tuples for i in range(count)]
    assert len(tuples) == len(register.offsets)
    return tuples


def shape(register: Register) -> list[int]:
    """Counts per index, told apart by the jump between the words of two outer elements."""
    offsets = register.offsets
    count = len(offsets)
    if count == 1:
        return []
    inner = next((i for i in range(1, count) if offsets[i] != offsets[i - 1] + 4), count)
    return [count] if inner in (1, count) else [count // inner, inner]


def run_program(compiler: list[str], source: Path, body: str, prologue: str) -> list[list[str]]:
    """Compiles and runs ``body`` as a program; the words of each line that it prints."""
    source.write_text(f"{prologue}\nint main(void) {{\n{body}\nreturn 0;\n}}\n")
    program = source.with_suffix("")
    subprocess.run([*compiler, str(source), "-o", str(program)], check=True)
    return [line.split() for line in subprocess.check_output([program], text=True).splitlines()]


def from_lines(lines: list[list[str]]) -> View:
    """What the C and C++ programs print: one fact a line, registers before their fields."""
    view: View = {}
    for kind, name, *words in lines:
        numbers = [int(word) for word in words if word.isdecimal()]
        if kind == "register":
            view[name] = Register(numbers[1:], numbers[0], None)
        elif kind == "field":
            view[name].fields[words[0]] = Field(*numbers)
        elif kind == "value":
            view[name].fields[words[0]].values[words[1]] = numbers[0]
        elif kind == "memory":
            view[name] = Memory(*numbers)
        elif kind == "access":
            view[name].access = CPP_ACCESS[numbers[0]]
    return view


def print_line(*words: str) -> str:
    """A statement that prints its words: "quoted" ones as they are, others as numbers."""
    pattern = " ".join(word[1:-1] if word.startswith('"') else "%lu" for word in words)
    values = "".join(f", (unsigned long)({word})" for word in words if not word.startswith('"'))
    return f'printf("{pattern}\\n"{values});'


def print_item(name: str, item: Register | Memory, spell: "type[CSpelling]") -> list[str]:
    if isinstance(item, Memory):
        address = spell.offset(name, (0,) if item.count > 1 else ())
        return [print_line('"memory"', f'"{name}"', address, *spell.memory(name))]
    offsets = [spell.offset(name, index) for index in indices(item, shape(item))]
    lines = [print_line('"register"', f'"{name}"', spell.reset(name), *offsets)]
    for part, entry in item.fields.items():
        lines.append(print_line('"field"', f'"{name}"', f'"{part}"', *spell.field(name, part)))
        for value in entry.values:
            code = spell.value(name, part, value)
            lines.append(print_line('"value"', f'"{name}"', f'"{part}"', f'"{value}"', code))
    return lines


class CSpelling:
    """How the C header spells things."""

    @staticmethod
    def macro(name: str) -> str:
        return f"NEURRAM_{name.replace('.', '_').upper()}"

    @classmethod
    def offset(cls, name: str, index: tuple[int, ...]) -> str:
        return cls.macro(name) + (f"({', '.join(map(str, index))})" if index else "")

    @classmethod
    def reset(cls, name: str) -> str:
        return f"{cls.macro(name)}_RESET_VALUE"

    @classmethod
    def memory(cls, name: str) -> tuple[str, str]:
        return f"{cls.macro(name)}_BYTES", f"{cls.macro(name)}_COUNT"

    @classmethod
    def field(cls, name: str, part: str) -> tuple[str, str]:
        macro = f"{cls.macro(name)}_{part.upper()}"
        return f"{macro}_SHIFT", f"__builtin_popcount({macro}_MASK)"

    @classmethod
    def value(cls, name: str, part: str, value: str) -> str:
        return f"{cls.macro(name)}_{part.upper()}_{value.upper()}"


class CppSpelling(CSpelling):
    """How the C++ header spells things."""

    @staticmethod
    def camel(name: str) -> str:
        return "".join(part.capitalize() for part in name.split("_"))

    @classmethod
    def join(cls, name: str, prefix: str, suffix: str = "") -> str:
        block, register = name.split(".")
        return f"{block}::{prefix}{cls.camel(register)}{suffix}"

    @classmethod
    def offset(cls, name: str, index: tuple[int, ...]) -> str:
        if not index:
            return cls.join(name, "k")
        return f"{name.replace('.', '::')}({', '.join(map(str, index))})"

    @classmethod
    def reset(cls, name: str) -> str:
        return cls.join(name, "k", "Reset")

    @classmethod
    def memory(cls, name: str) -> tuple[str, str]:
        return cls.join(name, "k", "Bytes"), cls.join(name, "k", "Count")

    @classmethod
    def field(cls, name: str, part: str) -> tuple[str, str]:
        kind = f"{cls.join(name, '')}::{cls.camel(part)}"
        return f"{kind}::kShift", f"{kind}::kWidth"

    @classmethod
    def value(cls, name: str, part: str, value: str) -> str:
        return f"{cls.join(name, '')}::{cls.camel(part)}::Value::k{cls.camel(value)}"


def from_c(header: Path, expected: View, compiler: str) -> View:
    body = [line for name, item in expected.items() for line in print_item(name, item, CSpelling)]
    command = [compiler, "-std=c11", "-Wall", "-Wextra", "-Wconversion", "-Werror", "-pedantic"]
    prologue = f'#include <stdio.h>\n#include "{header}"'
    source = header.parent / "print_registers.c"
    return from_lines(run_program(command, source, "\n".join(body), prologue))


def from_cpp(header: Path, expected: View, compiler: str) -> View:
    """The constants, and the access from the tables."""
    body = [line for name, item in expected.items() for line in print_item(name, item, CppSpelling)]
    for block in ("chip", "core"):
        body.append(
            f"for (const Register& r : {block}::kRegisters)"
            f' printf("access {block}.%s %d\\n", r.name.data(), static_cast<int>(r.access));'
        )
    command = [compiler, "-std=c++17", "-Wall", "-Wextra", "-Wconversion", "-Werror", "-pedantic"]
    prologue = f'#include <cstdio>\n#include "{header}"\nusing namespace neurram::map;'
    source = header.parent / "print_registers.cpp"
    return from_lines(run_program(command, source, "\n".join(body), prologue))


def from_cpp_table(header: Path, compiler: str) -> View:
    """Offsets and resets from the tables alone, which no constant enters."""
    body = """
    const auto print = [](const char* block, const Register& r) {
      printf("register %s.%s %lu", block, r.name.data(), (unsigned long)r.reset);
      for (unsigned i = 0; i < r.count[0]; ++i)
        for (unsigned j = 0; j < r.count[1]; ++j)
          printf(" %lu", (unsigned long)(r.offset + i * r.stride[0] + j * r.stride[1]));
      printf("\\n");
    };
    for (const Register& r : chip::kRegisters) print("chip", r);
    for (const Register& r : core::kRegisters) print("core", r);
    for (const Memory& m : core::kMemories)
      printf("memory core.%s %u %u %u\\n", m.name.data(), m.offset, m.bytes, m.count);"""
    prologue = f'#include <cstdio>\n#include "{header}"\nusing namespace neurram::map;'
    source = header.parent / "print_table.cpp"
    return from_lines(run_program([compiler, "-std=c++17"], source, body, prologue))


def from_sv(path: Path, expected: View) -> View:
    """Parameters and enumerations by pattern; the offset functions from their return statement."""
    text = path.read_text()
    numbers = {
        name: int(digits, 16 if base == "h" else 10)
        for name, _, base, digits in re.findall(r"(\w+) = (\d+'([hd]))?([0-9A-F]+)\b", text)
    }
    strides = {
        name: [int(stride, 16) for stride in re.findall(r"32'h(\w+) \*", terms)]
        for name, terms in re.findall(r"(\w+)_offset\(.*\);\n\s+return (.*);", text)
    }
    view: View = {}
    for name, item in expected.items():
        key = name.replace(".", "_").upper()
        counts = [numbers[k] for k in (f"{key}_COUNT", f"{key}_COUNT2") if k in numbers]
        if isinstance(item, Memory):
            view[name] = Memory(numbers[f"{key}_OFFSET"], numbers[f"{key}_BYTES"], counts[0])
            continue
        offsets = [numbers[f"{key}_OFFSET"]]
        for count, stride in zip(counts, strides.get(key.lower(), [])):
            offsets = spread(offsets, count, stride)
        view[name] = Register(offsets, numbers[f"{key}_RESET_VALUE"], None)
        for part, entry in item.fields.items():
            prefix = f"{key}_{part.upper()}"
            values = {value: numbers[f"{prefix}_{value.upper()}"] for value in entry.values}
            fields = Field(numbers[f"{prefix}_LSB"], numbers[f"{prefix}_WIDTH"], values)
            view[name].fields[part] = fields
    return view


def svd_number(element: ET.Element, tag: str) -> int:
    return int(element.findtext(tag), 0)


def svd_dimension(element: ET.Element, offsets: list[int]) -> list[int]:
    if element.find("dim") is None:
        return offsets
    return spread(offsets, svd_number(element, "dim"), svd_number(element, "dimIncrement"))


def svd_name(element: ET.Element) -> str:
    return element.findtext("name").removesuffix("[%s]").lower()


def svd_register(element: ET.Element, bases: list[int]) -> Register:
    offsets = [base + svd_number(element, "addressOffset") for base in bases]
    access = SVD_ACCESS[element.findtext("access")]
    if element.findtext("modifiedWriteValues") == "oneToClear":
        access = "w1c"
    register = Register(svd_dimension(element, offsets), svd_number(element, "resetValue"), access)
    for part in element.iterfind("fields/field"):
        values = {
            value.findtext("name").lower(): svd_number(value, "value")
            for value in part.iterfind("enumeratedValues/enumeratedValue")
        }
        place = svd_number(part, "bitOffset"), svd_number(part, "bitWidth")
        register.fields[svd_name(part)] = Field(*place, values)
    return register


def from_svd(path: Path) -> View:
    """Memories have no name in SVD: they are called by their order."""
    view: View = {}
    for peripheral in ET.parse(path).iterfind("peripherals/peripheral"):
        block = svd_name(peripheral)
        for element in peripheral.iterfind("registers/register"):
            view[f"{block}.{svd_name(element)}"] = svd_register(element, [0])
        for cluster in peripheral.iterfind("registers/cluster"):
            bases = svd_dimension(cluster, [svd_number(cluster, "addressOffset")])
            for element in cluster.iterfind("register"):
                name = f"{block}.{svd_name(cluster)}_{svd_name(element)}"
                view[name] = svd_register(element, bases)
        for i, buffer in enumerate(peripheral.iterfind("addressBlock[usage='buffer']")):
            place = svd_number(buffer, "offset"), svd_number(buffer, "size")
            view[f"{block}.{i}"] = Memory(*place, None)
    return view


def rdl_instance(line: str) -> tuple[str, list[int]]:
    """Name and offsets of the line that ends a component: ``} name[8] @ 0x400 += 0x80;``."""
    pattern = r"} \\?(\w+)(?:\[(\d+)\])? @ 0x(\w+)(?: \+= 0x(\w+))?;"
    name, count, offset, stride = re.fullmatch(pattern, line).groups()
    return name, spread([int(offset, 16)], int(count or 1), int(stride or "4", 16))


def rdl_field(lines: list[str]) -> tuple[str, Field, int, str]:
    """Name, place, reset and access of a field, given its lines after the enumeration."""
    name, high, low, reset = re.fullmatch(r"} \\?(\w+)\[(\d+):(\d+)\] = (\w+);", lines[-1]).groups()
    access = re.match(r"(sw = \w+;(?: onwrite = woclr;)?)", lines[2]).group(1)
    place = Field(int(low), int(high) - int(low) + 1)
    return name, place, int(reset, 0) << int(low), RDL_ACCESS[access]


def rdl_register(lines: list[str]) -> tuple[str, Register]:
    """A register from its own lines, first to last."""
    name, offsets = rdl_instance(lines[-1])
    register = Register(offsets, 0, None)
    values: dict[str, int] = {}
    for i, line in enumerate(lines):
        if line.startswith("enum"):
            values = {key: int(code) for key, code in re.findall(r"(\w+) = (\d+);", line)}
        if line == "field {":
            end = next(k for k in range(i, len(lines)) if re.match(r"} .*\] = ", lines[k]))
            part, place, reset, register.access = rdl_field(lines[i : end + 1])
            register.fields[part] = replace(place, values=values)
            register.reset |= reset
            values = {}
    if list(register.fields) == ["value"]:
        register.fields = {}
    return name, register


def from_rdl(path: Path) -> View:
    """One pass over the lines."""
    view: View = {}
    block, entries = "", 0
    register: list[str] = []  # lines of the register that is open
    held: dict[str, Register] = {}  # registers of the block or register file that is open
    for line in (raw.strip() for raw in path.read_text().splitlines()):
        if match := re.match(r"addrmap neurram_(\w+)", line):
            block = match.group(1)
        if line == "reg {" or register:
            register.append(line)
        if register and re.match(r"} .* @ ", line):
            name, item = rdl_register(register)
            held[name] = item
            register = []
        elif line == "regfile {" or line == "external mem {":
            view.update({f"{block}.{name}": item for name, item in held.items()})
            held, entries = {}, 0
        elif match := re.match(r"mementries = (\d+); memwidth = 32;", line):
            entries = int(match.group(1))
        elif match := re.fullmatch(r"} \\?(\w+)(?:\[\d+\])? @ .*", line):
            name, bases = rdl_instance(line)
            if entries:
                view[f"{block}.{name}"] = Memory(bases[0], 4 * entries, len(bases))
            for member, item in held.items():
                offsets = [base + offset for base in bases for offset in item.offsets]
                view[f"{block}.{name}_{member}"] = replace(item, offsets=offsets)
            held = {}
        elif line == "};":
            view.update({f"{block}.{name}": item for name, item in held.items()})
            held = {}
    return view


def markdown_offsets(text: str, counts: list[int]) -> list[int]:
    """``0x420 + 0x080·slot + 0x004·word``"""
    base, *strides = [int(number, 16) for number in re.findall(r"0x(\w+)", text)]
    offsets = [base]
    for count, stride in zip(counts, strides):
        offsets = spread(offsets, count, stride)
    return offsets


def from_markdown(path: Path) -> View:
    view: View = {}
    block, current = "", None
    for line in path.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if match := re.fullmatch(r"## (\w+)", line):
            block = match.group(1).lower()
        elif match := re.fullmatch(r"### (\w+?)((?:\[\d+\])*)", line):
            current = view[f"{block}.{match.group(1).lower()}"]
        elif len(cells) == 5 and cells[0].startswith("0x"):
            name, *counts = re.findall(r"\w+", cells[1])
            key = f"{block}.{name.lower()}"
            if size := re.match(r"(\d+) × (\d+) KiB", cells[3]):
                view[key] = Memory(int(cells[0], 16), 1024 * int(size.group(2)), int(size.group(1)))
            else:
                offsets = markdown_offsets(cells[0], [int(count) for count in counts])
                view[key] = Register(offsets, int(cells[3], 16), cells[2])
        elif len(cells) == 3 and (match := re.fullmatch(r"(?:(\d+):)?(\d+)", cells[0])):
            high, low = int(match.group(1) or match.group(2)), int(match.group(2))
            values = {name: int(code) for code, name in re.findall(r"(\d+) = `(\w+)`", cells[2])}
            current.fields[cells[1].lower()] = Field(low, high - low + 1, values)
    return view
