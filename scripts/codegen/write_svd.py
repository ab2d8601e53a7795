"""The register map as CMSIS-SVD 1.3, which debuggers read to show registers by name.

Registers that repeat together become an array of clusters. Memories are address blocks of a
peripheral ("buffer"): SVD has no other word for them.
"""

import xml.etree.ElementTree as ET

from register_map import (
    WORD_BITS,
    WORD_BYTES,
    WORD_MASK,
    Block,
    Field,
    Group,
    Register,
    RegisterMap,
)
from text import GENERATED, hex_word

ACCESS_NAMES = {"rw": "read-write", "ro": "read-only", "wo": "write-only", "w1c": "read-write"}
SCHEMA = {
    "schemaVersion": "1.3",
    "xmlns:xs": "http://www.w3.org/2001/XMLSchema-instance",
    "xs:noNamespaceSchemaLocation": "CMSIS-SVD.xsd",
}


def add(parent: ET.Element, **texts: str | int) -> None:
    """Appends one child element per argument, in order."""
    for tag, text in texts.items():
        ET.SubElement(parent, tag).text = str(text)


def add_dimension(parent: ET.Element, count: int, stride: int) -> None:
    add(parent, dim=count, dimIncrement=f"0x{stride:X}")


def add_field(parent: ET.Element, field: Field) -> None:
    element = ET.SubElement(parent, "field")
    add(element, name=field.name.upper(), description=field.text)
    add(element, bitOffset=field.low, bitWidth=field.width)
    if field.values:
        values = ET.SubElement(element, "enumeratedValues")
        for name, code in field.values.items():
            add(ET.SubElement(values, "enumeratedValue"), name=name.upper(), value=code)


def add_register(parent: ET.Element, register: Register, base: int = 0) -> None:
    """A register, or an array over its last index; ``base`` is its cluster's offset."""
    element = ET.SubElement(parent, "register")
    name = register.member.upper()
    if register.stride and register.stride[-1] == WORD_BYTES:
        add_dimension(element, register.count[-1], register.stride[-1])
        name += "[%s]"
    add(element, name=name, description=register.text)
    add(element, addressOffset=f"0x{register.offset - base:X}")
    add(element, access=ACCESS_NAMES[register.access], resetValue=hex_word(register.reset))
    if register.access == "w1c":
        add(element, modifiedWriteValues="oneToClear")
    if register.fields:
        fields = ET.SubElement(element, "fields")
        for field in register.fields:
            add_field(fields, field)


def add_item(parent: ET.Element, item: Register | Group) -> None:
    if isinstance(item, Register):
        add_register(parent, item)
        return
    element = ET.SubElement(parent, "cluster")
    add_dimension(element, item.count, item.stride)
    add(element, name=f"{item.name.upper()}[%s]", description=f"Registers of each {item.name}.")
    add(element, addressOffset=f"0x{item.offset:X}")
    for register in item.registers:
        add_register(element, register, item.offset)


def add_address_block(parent: ET.Element, offset: int, size: int, usage: str) -> None:
    element = ET.SubElement(parent, "addressBlock")
    add(element, offset=f"0x{offset:X}", size=f"0x{size:X}", usage=usage)


def add_peripheral(element: ET.Element, block: Block, name: str, base: int) -> None:
    """Fills the peripheral ``element`` with the window of a block."""
    add(element, name=name, description=block.text, baseAddress=f"0x{base:X}")
    last = max(offset for register in block.registers for offset in register.offsets())
    add_address_block(element, 0, last + WORD_BYTES, "registers")
    for memory in block.memories:
        add_address_block(element, memory.offset, memory.bytes * memory.count, "buffer")
    registers = ET.SubElement(element, "registers")
    for item in block.items():
        add_item(registers, item)


def write(register_map: RegisterMap) -> str:
    device = ET.Element("device", SCHEMA)
    device.append(ET.Comment(f" {GENERATED} "))
    add(device, name=register_map.name, version=register_map.version)
    add(device, description=register_map.description)
    add(device, addressUnitBits=8, width=WORD_BITS, size=WORD_BITS, resetMask=hex_word(WORD_MASK))
    peripherals = ET.SubElement(device, "peripherals")
    window = register_map.window_bytes
    chip = ET.SubElement(peripherals, "peripheral")
    add_peripheral(chip, register_map.block("chip"), "CHIP", 0)
    cores = ET.SubElement(peripherals, "peripheral")
    add_dimension(cores, register_map.core_count, window)
    add_peripheral(cores, register_map.block("core"), "CORE[%s]", window)
    ET.indent(device)
    body = ET.tostring(device, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{body}\n'
