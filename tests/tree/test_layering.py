"""tests/layering.py finds each kind of fault in a small tree, and none in a good one."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[1] / "layering.py"

README = """
| folder | holds | may include | SystemC |
|---|---|---|---|
| `base` | units | – | no |
| `array` | wires | `base` | no |
| `core` | modules | `array` | yes |
| `driver` | C11 | – | no |

`base/known` is a message.
"""

GOOD = {
    "models/README.md": README,
    "models/base/units.h": "#pragma once\n#include <cmath>\n",
    "models/array/wire.h": '#pragma once\n#include "models/base/units.h"\n',
    "models/array/CMakeLists.txt": "neurram_add_library(array SOURCES wire.cpp DEPENDS neurram::base)\n",
    "models/core/core.cpp": '#include <systemc>\n#include "models/base/units.h"\nvoid f() { SC_REPORT_ERROR("base/known", ""); }\n',
    "models/driver/neurram_driver.h": '#pragma once\n#include "neurram_registers.h"\n',
    "scripts/go.sh": "echo $HOME/x\n",
}


class Layering(unittest.TestCase):
    def faults(self, changes: dict[str, str]) -> list[str]:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            for name, text in {**GOOD, **changes}.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text)
            subprocess.run(["git", "init", "-q", folder], check=True)
            subprocess.run(["git", "-C", folder, "add", "-A"], check=True)
            done = subprocess.run([sys.executable, "-B", SCRIPT, folder], capture_output=True, text=True)
            self.assertEqual(done.stderr, "")
            lines = done.stdout.splitlines()
            self.assertEqual(done.returncode, 0 if "keep the rules" in done.stdout else 1)
            return [] if done.returncode == 0 else lines

    def expect(self, fault: str, path: str, text: str) -> None:
        self.assertEqual(self.faults({path: text}), [fault])

    def test_good(self):
        self.assertEqual(self.faults({}), [])

    def test_include_above(self):
        self.expect("models/base/units.h:3: base may not include array (models/array/wire.h)", "models/base/units.h",
                    '#pragma once\n\n#  include "models/array/wire.h"\n')

    def test_include_by_bare_name(self):
        self.expect("models/array/wire.h:2: array may not include driver (neurram_driver.h)", "models/array/wire.h",
                    '#pragma once\n#include "neurram_driver.h"\n')

    def test_generated_registers_belong_to_the_driver(self):
        self.expect("models/array/wire.h:2: array may not include driver (neurram_registers.h)", "models/array/wire.h",
                    '#pragma once\n#include "neurram_registers.h"\n')

    def test_systemc(self):
        for header in ("systemc", "systemc.h", "tlm", "tlm_utils/simple_target_socket.h", "sysc/kernel/sc_time.h"):
            self.expect(f"models/base/units.h:2: base has no SystemC, but includes {header}", "models/base/units.h",
                        f"#pragma once\n#include <{header}>\n")

    def test_tests_header(self):
        self.expect("models/array/wire.h:2: array may not include a test's header (tests/unit/x.h)",
                    "models/array/wire.h", '#pragma once\n#include "tests/unit/x.h"\n')

    def test_link(self):
        self.expect("models/array/CMakeLists.txt:2: array may not link core", "models/array/CMakeLists.txt",
                    "neurram_add_library(array\n  DEPENDS neurram::core)\n")

    def test_folder_without_row(self):
        self.expect("models/README.md: study has no row in the table of folders", "models/study/sweep.h", "#pragma once\n")

    def test_row_without_folder(self):
        self.expect("models/README.md: the table of folders has a row for soc, which does not exist",
                    "models/README.md", README.replace("| `driver`", "| `soc` | a RISC-V | – | no |\n| `driver`"))

    def test_systemc_by_the_back_door(self):
        found = self.faults({"models/README.md": README.replace("| C11 | – |", "| C11 | `core` |")})
        self.assertEqual(found, ["models/README.md: driver is said to be free of SystemC, what it includes is not"])

    def test_circle(self):
        found = self.faults({"models/README.md": README.replace("| units | – |", "| units | `array` |")})
        self.assertIn("models/README.md: base may include itself in a circle", found)

    def test_no_table(self):
        self.assertIn("models/README.md: the table of folders is not there",
                      self.faults({"models/README.md": "`base/known`\n"}))

    def test_pragma_once(self):
        self.expect("models/base/units.h:1: no #pragma once", "models/base/units.h", "#include <cmath>\n")

    def test_long_file(self):
        self.expect("models/base/a.cpp:500: 501 lines: is it two files?", "models/base/a.cpp", "\n" * 501)

    def test_machine_path(self):
        home = "/" + "home"  # in two pieces, as this file is checked too
        self.expect(f"scripts/go.sh:2: a path of one machine: {home}/s…", "scripts/go.sh", f"echo\ncd {home}/somebody/x\n")

    def test_message_id(self):
        self.expect("models/core/core.cpp:1: message id core/new does not stand in models/README.md",
                    "models/core/core.cpp", 'void f() { SC_REPORT_ERROR("core/new", ""); }\n')


if __name__ == "__main__":
    unittest.main()
