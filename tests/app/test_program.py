"""neurram program from outside: what its folder holds, what it refuses, what Ctrl-C leaves."""
import csv
import json
import os
import signal
import statistics
import subprocess
import time
import unittest
from pathlib import Path
from xml.etree import ElementTree

from tool import TOOL, AppTest

try:
    import numpy
except ImportError:
    numpy = None

FILES = {"run.toml", "summary.json", "program.csv", "pulses.csv", "levels.csv", "spread.csv", "ledger.sqlite",
         "log.txt", "pulses.svg", "levels.svg", "spread.svg", "cells.svg"}
SMALL = ["--cells", "24x40"]


class Program(AppTest):
    def program(self, name: str, *args: object) -> tuple[Path, dict]:
        folder = self.path(name)
        document = json.loads(self.done("program", "--json", "--out", folder, *args))
        self.assertEqual(document, json.loads((folder / "summary.json").read_text()))
        return folder, document

    def cells(self, folder: Path) -> list[dict]:
        with (folder / "program.csv").open(newline="") as file:
            return [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]

    def test_folder(self):
        folder, summary = self.program("out", *SMALL)
        self.assertEqual({f.name for f in folder.iterdir()}, FILES)
        for picture in folder.glob("*.svg"):
            self.assertTrue(ElementTree.parse(picture).getroot().tag.endswith("svg"))
        cells = self.cells(folder)
        self.assertEqual(len(cells), 24 * 40)
        self.assertEqual(summary["cells"], 24 * 40)
        self.assertEqual([(c["row"], c["column"]) for c in cells], [(r, c) for r in range(24) for c in range(40)])
        self.assertAlmostEqual(summary["pulses_per_cell"]["mean"], statistics.mean(c["pulses"] for c in cells))
        self.assertEqual(summary["success"]["failed"], sum(c["failed"] for c in cells))
        self.assertEqual(summary["unusable_cells"], sum(c["unusable"] for c in cells))
        for cell in cells:
            if not cell["failed"]:
                self.assertLessEqual(abs(cell["verified_us"] - cell["target_us"]), summary["tolerance_us"] + 1e-5)
        self.assertAlmostEqual(sum(summary["energy_by_component_j"].values()), summary["energy_j"], delta=1e-15)
        self.assertAlmostEqual(sum(summary["time_by_phase_s"].values()), summary["simulated_s"], delta=1e-9)
        self.assertEqual(summary["device"], "pulse")

    def test_published_figures(self):
        """Nature 608, Methods: 8.52 pulses a cell, 99 % in range; about 2.8 uS after 30 min, 2 uS after three
        passes."""
        _, summary = self.program("out")
        self.assertEqual(summary["cells"], 65536)
        by = {(it["passes"], it["age_s"]): it for it in summary["iterations"]}
        self.assertEqual(len(by), 9)
        once = by[1, summary["age_s"]]
        self.assertAlmostEqual(once["pulses_per_cell"], 8.52, delta=0.4)
        self.assertAlmostEqual(once["success"], 0.99, delta=0.003)
        self.assertAlmostEqual(by[1, 1800]["sigma_us"], 2.8, delta=0.2)
        self.assertAlmostEqual(by[3, 1800]["sigma_us"], 2.0, delta=0.15)

    def test_same_seed_same_cells(self):
        first, _ = self.program("first", *SMALL, "--seed", 3)
        again, _ = self.program("again", *SMALL, "--seed", 3)
        other, _ = self.program("other", *SMALL, "--seed", 4)
        for name in ("program.csv", "spread.csv", "levels.svg"):
            self.assertEqual((first / name).read_bytes(), (again / name).read_bytes(), name)
        self.assertNotEqual((first / "program.csv").read_bytes(), (other / "program.csv").read_bytes())

    def test_run_toml_repeats_the_run(self):
        first, _ = self.program("first", *SMALL, "--set", "chip.core.device.programming_passes=2")
        again, _ = self.program("again", *SMALL, "--config", first / "run.toml")
        self.assertEqual((first / "program.csv").read_bytes(), (again / "program.csv").read_bytes())

    def test_kind(self):
        _, summary = self.program("set", *SMALL, "--set", "chip.core.device.kind=statistical")
        self.assertEqual(summary["device"], "statistical")
        file = self.path("my.toml")
        file.write_text('[chip.core.device]\nkind = "statistical"\n')
        _, summary = self.program("file", *SMALL, "--config", file)
        self.assertEqual(summary["device"], "statistical")

    def test_levels_and_core(self):
        folder, summary = self.program("out", *SMALL, "--targets", "levels", "--core", 5)
        self.assertEqual(summary["cores"], [5])
        self.assertEqual(len({c["target_us"] for c in self.cells(folder)}), 8)
        self.assertTrue(all(level["cells"] > 100 for level in summary["levels"]))

    @unittest.skipIf(numpy is None, "there is no numpy")
    def test_targets_of_a_file(self):
        targets = numpy.linspace(1e-6, 4e-5, 12).reshape(3, 4)
        numpy.save(self.path("targets.npy"), targets)
        folder, summary = self.program("out", "--targets", self.path("targets.npy"))
        self.assertEqual(summary["cells"], 12)
        for cell, target in zip(self.cells(folder), targets.ravel()):
            self.assertAlmostEqual(cell["target_us"], 1e6 * target, delta=1e-5)
        refused = {"1-D": targets[0], "cell": -targets, "wide": numpy.zeros((2, 257)), "nan": targets * numpy.nan,
                   "empty": targets[:0]}
        for name, array in refused.items():
            with self.subTest(name):
                numpy.save(self.path("bad.npy"), array)
                self.refuses("program", "--targets", self.path("bad.npy"), "--out", self.path("no"), says="bad.npy")
        self.path("bad.npy").write_text("1 2 3")
        self.refuses("program", "--targets", self.path("bad.npy"), "--out", self.path("no"), says="bad.npy")

    def test_network(self):
        folder, summary = self.program("out", "mnist")
        self.assertEqual(summary["app"], "mnist")
        placed = json.loads(self.done("map", "mnist", "--json"))
        self.assertGreater(len(summary["cores"]), 10)
        cells = self.cells(folder)
        self.assertEqual(len(cells), summary["cells"])
        self.assertEqual(len({(c["core"], c["row"], c["column"]) for c in cells}), len(cells))
        self.assertEqual(set(summary["cores"]), {s["core"] for s in placed["segments"]})

    def test_mistakes(self):
        out = ["--out", self.path("out")]
        self.refuses("program", *out, "--core", 48, says=["--core", "47"])
        self.refuses("program", *out, "--core", "x", says="--core")
        for cells in ("0x4", "4", "4x", "257x1", "1x257", "4x4x4", "-1x4"):
            with self.subTest(cells):
                self.refuses("program", *out, "--cells=" + cells, says=["--cells", "256x256"])
        self.refuses("program", *out, "--targets", "nowhere.npy", says="nowhere.npy")
        self.refuses("program", "no-such-app", *out, says="no-such-app")
        self.refuses("program", "mnist", *out, *SMALL, says="--cells")
        self.refuses("program", "mnist", *out, "--core", 3, says="--core")
        self.refuses("program", *out, "--set", "chip.core.device.kind=valve", says="valve")
        folder, _ = self.program("kept", *SMALL)
        self.refuses("program", "--out", folder, says=[str(folder), "--force"])
        self.done("program", *SMALL, "--out", folder, "--force", "--quiet")


class Interrupted(AppTest):
    def test_keeps_what_was_done(self):
        for number, group in ((signal.SIGINT, False), (signal.SIGTERM, False), (signal.SIGINT, True)):
            with self.subTest(signal=number, group=group):
                out = self.path("out")
                # Small steps: ten passes of hundreds of pulses take long.
                many = ["--set", "chip.core.device.programming_passes=10",
                        "--set", "chip.core.device.programming.step_v=0.002"]
                process = subprocess.Popen([TOOL, "program", "--quiet", "--force", "--out", out, *many], cwd=self.work,
                                           env=self.environment, text=True, stderr=subprocess.PIPE,
                                           start_new_session=True)
                self.addCleanup(process.kill)
                time.sleep(2.0)
                # A terminal sends Ctrl-C to the whole group.
                (os.killpg if group else os.kill)(process.pid, number)
                _, errors = process.communicate(timeout=60)
                self.assertEqual(process.returncode, 130, errors)
                summary = json.loads((out / "summary.json").read_text())
                self.assertIs(summary["complete"], False)
                self.assertGreater(summary["cells"], 0)
                self.assertEqual(summary["cells"] % 256, 0)
                self.assertEqual({f.name for f in out.iterdir()}, FILES - {"spread.csv", "spread.svg"})
                self.assertEqual([p for p in self.tree() if "partial" in p], [])


class Pictures(AppTest):
    PYTHON = "/usr/bin/python3"
    SCRIPT = Path(__file__).resolve().parents[2] / "scripts/plot/program.py"

    def test_script(self):
        modules = [self.PYTHON, "-c", "import matplotlib, numpy"]
        if not Path(self.PYTHON).exists() or subprocess.run(modules, capture_output=True, check=False).returncode != 0:
            self.skipTest("there is no matplotlib")
        folder = self.path("run")
        self.done("program", *SMALL, "--out", folder, "--quiet")
        subprocess.run([self.PYTHON, "-B", self.SCRIPT, folder], check=True, capture_output=True, timeout=120)
        self.assertEqual({p.stem for p in folder.glob("*.png")}, {p.stem for p in folder.glob("*.svg")})
        wrong = subprocess.run([self.PYTHON, "-B", self.SCRIPT, self.work], capture_output=True, text=True, check=False)
        self.assertEqual(wrong.returncode, 2)
        self.assertIn("summary.json", wrong.stderr)


if __name__ == "__main__":
    unittest.main()
