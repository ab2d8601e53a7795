"""The generated views of the register map say the same as the map, in every format."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ET
from pathlib import Path

import views

ROOT = Path(__file__).resolve().parents[3]
MAP = ROOT / "models" / "core" / "registers.toml"
GENERATOR = ROOT / "scripts" / "codegen" / "registers.py"
C_COMPILER = os.environ.get("CC", "cc")
CXX_COMPILER = os.environ.get("CXX", "c++")
FILES = {
    "cpp": "registers.h",
    "c": "neurram_registers.h",
    "sv": "neurram_registers_pkg.sv",
    "markdown": "registers.md",
    "svd": "neurram.svd",
    "rdl": "neurram.rdl",
}

# Child elements in the order that the schema of CMSIS-SVD 1.3 demands, of those that we write.
SVD_ORDER = {
    "device": "name version description addressUnitBits width size resetMask peripherals",
    "peripheral": "dim dimIncrement name description baseAddress addressBlock registers",
    "addressBlock": "offset size usage",
    "cluster": "dim dimIncrement name description addressOffset register",
    "register": "dim dimIncrement name description addressOffset access resetValue"
    " modifiedWriteValues fields",
    "field": "name description bitOffset bitWidth enumeratedValues",
    "enumeratedValue": "name value",
}


class Views(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.files = {kind: Path(folder.name) / kind / name for kind, name in FILES.items()}
        for kind, path in cls.files.items():
            command = [sys.executable, "-B", GENERATOR, MAP, "--format", kind, "--out", path]
            subprocess.run(command, check=True)
        cls.expected = views.from_toml(MAP)

    def compare(self, actual: views.View, expected: views.View) -> None:
        self.assertEqual(sorted(actual), sorted(expected))
        for name, item in expected.items():
            self.assertEqual(actual[name], item, name)

    def test_c(self) -> None:
        actual = views.from_c(self.files["c"], self.expected, C_COMPILER)
        self.compare(actual, views.without_access(self.expected))

    def test_cpp(self) -> None:
        self.compare(views.from_cpp(self.files["cpp"], self.expected, CXX_COMPILER), self.expected)

    def test_cpp_tables(self) -> None:
        actual = views.from_cpp_table(self.files["cpp"], CXX_COMPILER)
        self.assertEqual(sorted(actual), sorted(self.expected))
        for name, item in self.expected.items():
            if isinstance(item, views.Register):
                self.assertEqual(actual[name].offsets, item.offsets, name)
                self.assertEqual(actual[name].reset, item.reset, name)
            else:
                self.assertEqual(actual[name], item, name)
        for block in ("chip", "core"):
            registers = [item for name, item in actual.items() if name.startswith(block)]
            first = [item.offsets[0] for item in registers if isinstance(item, views.Register)]
            self.assertEqual(first, sorted(first), block)

    def test_systemverilog(self) -> None:
        actual = views.from_sv(self.files["sv"], self.expected)
        self.compare(actual, views.without_access(self.expected))

    def test_systemverilog_compiles(self) -> None:
        verilator = shutil.which("verilator")
        if verilator is None:
            self.skipTest("there is no verilator")
        subprocess.run([verilator, "--lint-only", "-Wall", self.files["sv"]], check=True)

    def test_markdown(self) -> None:
        self.compare(views.from_markdown(self.files["markdown"]), self.expected)

    def test_systemrdl(self) -> None:
        self.compare(views.from_rdl(self.files["rdl"]), self.expected)

    def test_svd(self) -> None:
        expected: views.View = {}
        memories = 0
        for name, item in self.expected.items():
            if isinstance(item, views.Memory):
                name = f"{name.split('.')[0]}.{memories}"
                item = views.Memory(item.offset, item.bytes * item.count, None)
                memories += 1
            expected[name] = item
        self.compare(views.from_svd(self.files["svd"]), expected)

    def test_svd_windows(self) -> None:
        chip, cores = ET.parse(self.files["svd"]).iterfind("peripherals/peripheral")
        self.assertEqual(views.svd_number(chip, "baseAddress"), 0)
        bases = views.svd_dimension(cores, [views.svd_number(cores, "baseAddress")])
        self.assertEqual(bases, [(core + 1) << 20 for core in range(48)])

    def test_svd_keeps_the_order_of_its_schema(self) -> None:
        for element in ET.parse(self.files["svd"]).iter():
            order = SVD_ORDER.get(element.tag, "").split()
            tags = [child.tag for child in element]
            if order:
                self.assertLessEqual(set(tags), set(order), element.tag)
                self.assertEqual(tags, sorted(tags, key=order.index), element.tag)

    def test_reference_page_is_up_to_date(self) -> None:
        committed = (ROOT / "models" / "core" / "registers.md").read_text()
        message = "models/core/registers.md is old: its second line says how to write it anew"
        self.assertTrue(committed == self.files["markdown"].read_text(), message)


if __name__ == "__main__":
    unittest.main()
