"""Mistakes in a register map are refused with one line that names the file and the entry."""

import contextlib
import io
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "scripts" / "codegen"))

import registers  # noqa: E402

GOOD = """
[map]
name = "Chip"
version = 1
description = "A chip."
window_bytes = 0x1000

[[block]]
name = "chip"
text = "The chip."
[[block.register]]
name = "core_count"
offset = 0x000
access = "ro"
reset = 2
text = "Cores."

[[block]]
name = "core"
text = "A core."
[[block.register]]
name = "mode"
offset = 0x000
access = "rw"
reset = 0
text = "Mode."
fields = [
  {name = "kind", bits = "1:0", text = "Kind.", values = {near = 0, far = 1}},
  {name = "on", bits = "4", text = "On."},
]
[[block.register]]
name = "slot_mask"
offset = 0x100
count = [4, 2]
stride = [0x20, 4]
access = "rw"
reset = 0
text = "Mask."
[[block.register]]
name = "slot_bits"
offset = 0x110
count = 4
stride = 0x20
access = "rw"
reset = 0
text = "Bits."
[[block.memory]]
name = "bank"
offset = 0x800
bytes = 0x200
count = 2
access = "rw"
text = "Banks."
"""

# What is replaced by what, and what the message must say.
MISTAKES = [
    ('version = 1', '', "map: 'version' is missing"),
    ('version = 1', 'version = "1"', "map: 'version' must be int, not '1'"),
    ('version = 1', 'version = 1\nvendor = "x"', "map: unknown key 'vendor'"),
    ('name = "chip"', 'name = "board"', "there must be the blocks 'chip' and 'core'"),
    ('text = "A core."', 'text = "A core."\ncolour = "red"', "core: unknown key 'colour'"),
    ('name = "mode"', 'name = "Mode"', "core: name 'Mode' is not a lower-case identifier"),
    ('name = "mode"', 'name = "slot_bits"', "core: duplicate name 'slot_bits'"),
    ('name = "bank"', 'name = "mode"', "core: duplicate name 'mode'"),
    ('name = "on"', 'name = "kind"', "core.mode: duplicate name 'kind'"),
    ('text = "On."', 'txt = "On."', "core.mode.on: 'text' is missing"),
    ('text = "On."', 'text = "On.", width = 1', "core.mode.on: unknown key 'width'"),
    ('bits = "4"', 'bits = "4:"', "core.mode.on: bits '4:' must be 'high:low' or 'bit'"),
    ('bits = "4"', 'bits = "4:5"', "core.mode.on: bits '4:5' must run down within 31:0"),
    ('bits = "4"', 'bits = "32"', "core.mode.on: bits '32' must run down within 31:0"),
    ('bits = "4"', 'bits = "4:1"', "core.mode: fields 'kind' and 'on' overlap"),
    ('far = 1', 'far = 4', "core.mode.kind: value 'far' = 4 does not fit 2 bits"),
    ('far = 1', 'far = 0', "core.mode.kind: two values share a code"),
    ('access = "ro"', 'access = "r"', "chip.core_count: access 'r' is none of rw, ro, w1c, wo"),
    ('reset = 2', 'reset = -2', "chip.core_count: 'reset' is -2, must be 0 to 4294967295"),
    ('reset = 2', 'reset = true', "chip.core_count: 'reset' must be int, not True"),
    ('reset = 0\ntext = "Mode."', 'reset = 4\ntext = "Mode."',
     "core.mode: reset 0x00000004 sets a bit outside every field"),
    ('offset = 0x110', 'offset = 0x112', "core.slot_bits: offset and stride must be"),
    ('offset = 0x110', 'offset = 0x104', "core: 'slot_bits' and 'slot_mask' overlap at 0x104"),
    ('offset = 0x110', 'offset = 0x1000', "core.slot_bits: 'offset' is 4096, must be 0 to 4092"),
    ('offset = 0x110', 'offset = 0x120', "core: register 'slot_bits' of group 'slot' leaves the"),
    ('count = 4\n', 'count = 5\n', "core: register 'slot_bits' of group 'slot' has another count"),
    ('name = "slot_bits"', 'name = "bits"', "of group 'bits' must be named 'group_member'"),
    ('count = 4\n', 'count = [4, 2]\n', "core.slot_bits: 'count' and 'stride' must have the same"),
    ('count = 4\n', 'count = 0\n', "core.slot_bits: 'count' must be one or two positive numbers"),
    ('count = 4\n', 'count = [1, 2, 3]\n', "core.slot_bits: 'count' must be one or two positive"),
    ('offset = 0x800', 'offset = 0x000', "core: 'mode' and 'bank' overlap at 0x0"),
    ('bytes = 0x200', 'bytes = 0x600', "core: 'bank' leaves the window of 0x1000 bytes"),
    ('bytes = 0x200', 'bytes = 0x201', "core.bank: offset and bytes must be multiples of 4"),
    ('[map]', '[map', "Expected ']'"),
]  # fmt: skip


class MapTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.map = Path(folder.name) / "map.toml"
        self.out = Path(folder.name) / "made" / "registers.h"

    def generate(self, text: str | None) -> tuple[int, str]:
        """Exit code and standard error of the generator for a map, None for a missing one."""
        if text is not None:
            self.map.write_text(text)
        words = [str(self.map), "--format", "cpp", "--out", str(self.out)]
        with contextlib.redirect_stderr(io.StringIO()) as errors:
            return registers.main(words), errors.getvalue()

    def test_a_good_map_is_taken(self) -> None:
        self.assertEqual(self.generate(GOOD), (0, ""))
        self.assertTrue(self.out.exists())

    def test_mistakes_are_refused(self) -> None:
        for old, new, message in MISTAKES:
            with self.subTest(message):
                self.assertIn(old, GOOD)
                code, errors = self.generate(GOOD.replace(old, new, 1))
                self.assertEqual(code, 2, errors)
                self.assertTrue(errors.startswith(f"{self.map}: "), errors)
                self.assertIn(message, errors)
                self.assertEqual(errors.count("\n"), 1, errors)
                self.assertFalse(self.out.exists())

    def test_a_missing_map_is_named(self) -> None:
        code, errors = self.generate(None)
        self.assertEqual(code, 2)
        self.assertIn(str(self.map), errors)


if __name__ == "__main__":
    unittest.main()
