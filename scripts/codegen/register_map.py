"""The register map: read from TOML, checked, and grouped for the writers.

All offsets are in bytes from the start of a window; all registers are 32 bits wide.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WORD_BYTES = 4
WORD_BITS = 32
WORD_MASK = 0xFFFFFFFF
ACCESSES = ("rw", "ro", "w1c", "wo")


class MapError(Exception):
    """A mistake in the map: names the entry (``core.select.slot``) and says what is wrong."""


@dataclass(frozen=True)
class Field:
    """Bits ``high`` down to ``low`` of a register; ``values`` names its codes, if any."""

    name: str
    text: str
    low: int
    high: int
    values: dict[str, int]

    @property
    def width(self) -> int:
        return self.high - self.low + 1

    @property
    def mask(self) -> int:
        """Mask of the field, in place."""
        return ((1 << self.width) - 1) << self.low


@dataclass(frozen=True)
class Register:
    """A register, or an array of them: ``count`` and ``stride`` have one entry per index."""

    name: str
    offset: int
    access: str
    reset: int
    text: str
    count: tuple[int, ...]
    stride: tuple[int, ...]
    fields: tuple[Field, ...]

    @property
    def mask(self) -> int:
        """The bits that mean something: those of the fields, or all where there are none."""
        mask = 0
        for field in self.fields:
            mask |= field.mask
        return mask or WORD_MASK

    def offsets(self) -> list[int]:
        """Offsets of all elements, first index outermost."""
        offsets = [self.offset]
        for count, stride in zip(self.count, self.stride):
            offsets = [base + i * stride for base in offsets for i in range(count)]
        return offsets

    @property
    def grouped(self) -> bool:
        """True where the elements of the first index interleave with those of other registers."""
        return bool(self.stride) and self.stride[0] != WORD_BYTES

    @property
    def group(self) -> str:
        """Name of the group that a grouped register belongs to: its first word."""
        return self.name.split("_", 1)[0]

    @property
    def member(self) -> str:
        """Name within the group."""
        return self.name.split("_", 1)[1] if self.grouped else self.name

    @property
    def indices(self) -> list[tuple[str, int]]:
        """(name, stride) of each index, named by the group, or ``word`` if consecutive."""
        return [("word" if stride == WORD_BYTES else self.group, stride) for stride in self.stride]


@dataclass(frozen=True)
class Memory:
    """``count`` consecutive memories of ``bytes`` bytes each."""

    name: str
    offset: int
    bytes: int
    count: int
    access: str
    text: str

    @property
    def indices(self) -> list[tuple[str, int]]:
        """(name, stride) of the index; none where there is one memory."""
        return [("index", self.bytes)] if self.count > 1 else []


@dataclass(frozen=True)
class Group:
    """Registers that repeat together: element i of each lies ``stride`` bytes after element i-1."""

    name: str
    offset: int
    count: int
    stride: int
    registers: tuple[Register, ...]


@dataclass(frozen=True)
class Block:
    """One window; ``registers`` is sorted by offset."""

    name: str
    text: str
    registers: tuple[Register, ...]
    memories: tuple[Memory, ...]

    def items(self) -> list[Register | Group]:
        """Registers and groups in order of offset, each grouped register inside its group."""
        items: list[Register | Group] = [r for r in self.registers if not r.grouped]
        for name in {r.group: None for r in self.registers if r.grouped}:
            members = tuple(r for r in self.registers if r.grouped and r.group == name)
            first = members[0]
            items.append(Group(name, first.offset, first.count[0], first.stride[0], members))
        return sorted(items, key=lambda item: item.offset)


@dataclass(frozen=True)
class RegisterMap:
    """The chip block's window lies at 0, that of core i at ``(i + 1) * window_bytes``."""

    name: str
    version: int
    description: str
    window_bytes: int
    blocks: tuple[Block, ...]

    def block(self, name: str) -> Block:
        return next(block for block in self.blocks if block.name == name)

    @property
    def core_count(self) -> int:
        """Cores of the chip as it is described: the reset value of ``chip.core_count``."""
        return next(r.reset for r in self.block("chip").registers if r.name == "core_count")


class Entry:
    """One TOML table and its place in the file; each key is taken once, none may be left."""

    def __init__(self, table: Any, place: str):
        if not isinstance(table, dict):
            raise MapError(f"{place}: expected a table")
        self._left = dict(table)
        self.place = place

    def error(self, message: str) -> MapError:
        return MapError(f"{self.place}: {message}")

    def take(self, key: str, kind: type, default: Any = None) -> Any:
        """Value of ``key``, of type ``kind``; an error where it is missing without a default."""
        if key not in self._left:
            if default is None:
                raise self.error(f"'{key}' is missing")
            return default
        value = self._left.pop(key)
        if not isinstance(value, kind) or isinstance(value, bool):
            raise self.error(f"'{key}' must be {kind.__name__}, not {value!r}")
        return value

    def number(self, key: str, low: int, high: int, default: int | None = None) -> int:
        value = self.take(key, int, default)
        if not low <= value <= high:
            raise self.error(f"'{key}' is {value}, must be {low} to {high}")
        return value

    def name(self) -> str:
        """The entry's own name, in lower case; from here on part of its place."""
        name = self.take("name", str)
        check_name(name, self)
        self.place = f"{self.place}.{name}" if self.place else name
        return name

    def access(self) -> str:
        access = self.take("access", str)
        if access not in ACCESSES:
            raise self.error(f"access '{access}' is none of {', '.join(ACCESSES)}")
        return access

    def shape(self, key: str) -> tuple[int, ...]:
        """A positive number, or a list of one or two of them; empty where the key is missing."""
        value = self.take(key, (int | list), [])
        numbers = tuple(value) if isinstance(value, list) else (value,)
        if len(numbers) > 2 or any(type(n) is not int or n < 1 for n in numbers):
            raise self.error(f"'{key}' must be one or two positive numbers, not {value!r}")
        return numbers

    def done(self) -> None:
        if self._left:
            raise self.error(f"unknown key '{min(self._left)}'")


def check_name(name: str, entry: Entry) -> None:
    """Names are lower-case identifiers, so that every writer can spell them its own way."""
    if not (name.isascii() and name.isidentifier() and name == name.lower()):
        raise entry.error(f"name {name!r} is not a lower-case identifier")


def check_unique(names: list[str], entry: Entry) -> None:
    for i, name in enumerate(names):
        if name in names[:i]:
            raise entry.error(f"duplicate name '{name}'")


def read_values(entry: Entry, width: int) -> dict[str, int]:
    """The named codes of a field: distinct, each within ``width`` bits."""
    values = entry.take("values", dict, {})
    for name, value in values.items():
        check_name(name, entry)
        if type(value) is not int or not 0 <= value < 1 << width:
            raise entry.error(f"value '{name}' = {value!r} does not fit {width} bits")
    if len(set(values.values())) != len(values):
        raise entry.error("two values share a code")
    return values


def read_field(table: Any, place: str) -> Field:
    entry = Entry(table, place)
    name = entry.name()
    bits = entry.take("bits", str)
    limits = bits.split(":")
    if len(limits) > 2 or not all(limit.isdecimal() for limit in limits):
        raise entry.error(f"bits '{bits}' must be 'high:low' or 'bit'")
    high, low = int(limits[0]), int(limits[-1])
    if not low <= high < WORD_BITS:
        raise entry.error(f"bits '{bits}' must run down within 31:0")
    field = Field(name, entry.take("text", str), low, high, read_values(entry, high - low + 1))
    entry.done()
    return field


def read_fields(entry: Entry) -> tuple[Field, ...]:
    """The fields of a register, lowest first; none may share a bit."""
    fields = [read_field(table, entry.place) for table in entry.take("fields", list, [])]
    check_unique([field.name for field in fields], entry)
    fields.sort(key=lambda field: field.low)
    for below, above in zip(fields, fields[1:]):
        if above.low <= below.high:
            raise entry.error(f"fields '{below.name}' and '{above.name}' overlap")
    return tuple(fields)


def read_register(table: Any, place: str, window_bytes: int) -> Register:
    entry = Entry(table, place)
    register = Register(
        name=entry.name(),
        offset=entry.number("offset", 0, window_bytes - WORD_BYTES),
        access=entry.access(),
        reset=entry.number("reset", 0, WORD_MASK, default=0),
        text=entry.take("text", str),
        count=entry.shape("count"),
        stride=entry.shape("stride"),
        fields=read_fields(entry),
    )
    entry.done()
    if len(register.count) != len(register.stride):
        raise entry.error("'count' and 'stride' must have the same length")
    if any(number % WORD_BYTES for number in (register.offset, *register.stride)):
        raise entry.error(f"offset and stride must be multiples of {WORD_BYTES}")
    if register.reset & ~register.mask:
        raise entry.error(f"reset 0x{register.reset:08X} sets a bit outside every field")
    return register


def read_memory(table: Any, place: str, window_bytes: int) -> Memory:
    entry = Entry(table, place)
    memory = Memory(
        name=entry.name(),
        offset=entry.number("offset", 0, window_bytes - WORD_BYTES),
        bytes=entry.number("bytes", WORD_BYTES, window_bytes),
        count=entry.number("count", 1, window_bytes),
        access=entry.access(),
        text=entry.take("text", str),
    )
    entry.done()
    if memory.offset % WORD_BYTES or memory.bytes % WORD_BYTES:
        raise entry.error(f"offset and bytes must be multiples of {WORD_BYTES}")
    return memory


def check_groups(block: Block, entry: Entry) -> None:
    """Every member of a group must repeat alike and lie within the first stride."""
    for group in (item for item in block.items() if isinstance(item, Group)):
        for register in group.registers:
            place = f"register '{register.name}' of group '{group.name}'"
            if "_" not in register.name:
                raise entry.error(f"{place} must be named 'group_member'")
            if (register.count[0], register.stride[0]) != (group.count, group.stride):
                raise entry.error(f"{place} has another count or stride than the group")
            if register.offset - group.offset >= group.stride:
                raise entry.error(f"{place} leaves the group's stride")


def check_overlap(block: Block, entry: Entry, window_bytes: int) -> None:
    """No two registers or memories may share an address, none may leave the window."""
    spans = [(offset, WORD_BYTES, r.name) for r in block.registers for offset in r.offsets()]
    spans += [(m.offset, m.bytes * m.count, m.name) for m in block.memories]
    spans.sort()
    for (offset, size, name), (following, _, other) in zip(spans, spans[1:]):
        if following < offset + size:
            raise entry.error(f"'{name}' and '{other}' overlap at 0x{following:X}")
    for offset, size, name in spans:
        if offset + size > window_bytes:
            raise entry.error(f"'{name}' leaves the window of 0x{window_bytes:X} bytes")


def read_block(table: Any, window_bytes: int) -> Block:
    entry = Entry(table, "")
    name = entry.name()
    text = entry.take("text", str)
    registers = [read_register(t, name, window_bytes) for t in entry.take("register", list, [])]
    memories = [read_memory(t, name, window_bytes) for t in entry.take("memory", list, [])]
    entry.done()
    check_unique([item.name for item in (*registers, *memories)], entry)
    registers.sort(key=lambda register: register.offset)
    block = Block(name, text, tuple(registers), tuple(memories))
    check_groups(block, entry)
    check_overlap(block, entry, window_bytes)
    return block


def read_map(path: Path) -> RegisterMap:
    """Reads and checks a map; raises MapError, OSError or tomllib.TOMLDecodeError."""
    root = Entry(tomllib.loads(path.read_text(encoding="utf-8")), "top level")
    head = Entry(root.take("map", dict), "map")
    name = head.take("name", str)
    version = head.number("version", 1, WORD_MASK)
    description = head.take("description", str)
    window_bytes = head.number("window_bytes", WORD_BYTES, 1 << 24)
    head.done()
    blocks = [read_block(table, window_bytes) for table in root.take("block", list)]
    root.done()
    check_unique([block.name for block in blocks], root)
    if sorted(block.name for block in blocks) != ["chip", "core"]:
        raise root.error("there must be the blocks 'chip' and 'core'")
    return RegisterMap(name, version, description, window_bytes, tuple(blocks))
