"""`neurram trace`: what a window of a run shows agrees with the ledger, with the states' published lengths and with
itself at every level."""
from __future__ import annotations

import json
import os
import re
import unittest
from pathlib import Path

from tool import AppTest

LIBRARIES = os.environ.get("NEURRAM_RTL_LIBRARIES", "")
CLOCK_PS = 10_000


class Vcd:
    """Value changes by hierarchical name: lists of (time in ps, value)."""

    def __init__(self, path: Path):
        self.changes: dict[str, list[tuple[int, str]]] = {}
        scope: list[str] = []
        names: dict[str, str] = {}
        now = 0
        for line in path.read_text().splitlines():
            words = line.split()
            if words[0] == "$scope":
                scope.append(words[2])
            elif words[0] == "$upscope":
                scope.pop()
            elif words[0] == "$var":
                names[words[3]] = ".".join([*scope, words[4]])
            elif line[0] == "#":
                now = int(line[1:])
            elif line[0] in "srb":
                self.changes.setdefault(names[words[1]], []).append((now, words[0][1:]))
            elif line[0] in "01":
                self.changes.setdefault(names[line[1:]], []).append((now, line[0]))

    def at(self, name: str, time: int) -> str:
        return [value for when, value in self.changes[name] if when <= time][-1]


class Trace(AppTest):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.folder = cls.work / "run"
        cls.tool("run", "mnist", "--images", 3, "--quiet", "--out", cls.folder)
        cls.levels = json.loads(cls.tool("info", "--json").stdout)["build"]["levels"]

    def waves(self, *args: object) -> Vcd:
        path = self.path(f"{len(list(self.work.glob('*.vcd')))}.vcd")
        self.done("trace", self.folder, "--quiet", "--out", path, *args)
        return Vcd(path)

    def test_states_are_as_long_as_published(self):
        """conv1, 3-bit inputs: 28 clocks, 33 for each plane, 28 for each further sample, 27 for each comparison."""
        vcd = self.waves("--layer", "conv1", "--core", 1)
        phases = vcd.changes["chip.core_1.phase"]
        self.assertGreater(len(phases), 784 * 10)
        clocks = {"initialise": 28, "sample": 33, "integrate": 28, "sign": 27, "compare": 27}
        for (start, name), (end, _) in list(zip(phases, phases[1:]))[:2000]:
            if not name:
                continue
            length = (end - start) // CLOCK_PS
            kind = name.split("_")[0]
            # Samples of one plane that follow each other keep the name.
            self.assertEqual(length % clocks[kind], 0, (name, length))
        names = [name for _, name in phases if name]
        self.assertEqual(names[:4], ["initialise", "sample_bit_0", "sample_bit_1", "integrate_bit_1"])

    def test_staircase(self):
        """A conversion takes the integrator towards zero, and its code is what the decrements were."""
        vcd = self.waves("--layer", "conv1", "--core", 1, "--neurons", 4)
        phases = vcd.changes["chip.core_1.phase"]
        signs = [time for time, name in phases if name == "sign"][:300]
        checked = 0
        for neuron in range(4):
            volts = vcd.changes[f"chip.core_1.neurons.n_{neuron}_v"]
            codes = vcd.changes[f"chip.core_1.neurons.n_{neuron}_code"]
            step = None
            for sign in signs:
                converted = next(time for time, name in phases if time > sign and "compare" not in name)
                held = [float(v) for t, v in volts if sign <= t < converted]
                code = [int(float(v)) for t, v in codes if t <= converted][-1]
                falls = [abs(a - b) for a, b in zip(held, held[1:])]
                if len(falls) < 5:
                    continue
                self.assertEqual(code > 0, held[0] >= 0, (neuron, sign, code, held))
                # Halved each time, the last one a step.
                for larger, smaller in zip(falls, falls[1:]):
                    self.assertAlmostEqual(larger / smaller, 2, delta=1e-3)
                step = falls[-1]
                self.assertLessEqual(abs(code) - 1 - 1e-4, abs(held[0]) / step)
                self.assertLessEqual(abs(held[0]) / step, abs(code) + 1e-4)
                checked += 1
        self.assertGreater(checked, 500)

    def test_lines_are_driven_in_samples_only(self):
        vcd = self.waves("--layer", "conv1", "--core", 1)
        phases = vcd.changes["chip.core_1.phase"]
        driven = [(t, float(v)) for t, v in vcd.changes["chip.core_1.lines.input_3_v"]]
        self.assertEqual({v for _, v in driven}, {0.0, 0.5})
        sampling = {t for t, name in phases if name.startswith("sample")}
        self.assertTrue({t for t, v in driven if v > 0} <= sampling)

    def test_windows_of_time(self):
        """--from and --to count as the waves do."""
        whole = self.waves("--layer", "conv1", "--core", 1)
        starts = [t for t, name in whole.changes["chip.core_1.phase"] if name == "initialise"]
        middle = starts[len(starts) // 2]
        before = self.waves("--layer", "conv1", "--core", 1, "--to", (middle - 1) * 1e-12)
        after = self.waves("--layer", "conv1", "--core", 1, "--from", (middle - 1) * 1e-12)
        parts = [[t for t, name in part.changes["chip.core_1.phase"] if name == "initialise"] for part in (before, after)]
        self.assertEqual(parts, [[t for t in starts if t < middle], [t for t in starts if t >= middle]])

    def test_windows_are_small(self):
        whole, part = self.path("whole.fst"), self.path("part.fst")
        self.done("trace", self.folder, "--quiet", "--out", whole)
        self.done("trace", self.folder, "--quiet", "--out", part, "--layer", "dense", "--core", 9)
        self.assertLess(whole.stat().st_size, 20_000_000)
        self.assertLess(part.stat().st_size, whole.stat().st_size / 20)
        answer = json.loads(self.done("trace", self.folder, "--json", "--out", part, "--layer", "dense", "--core", 9))
        self.assertEqual(answer["vectors"], 1)

    def test_timeline(self):
        """Slices and counters say what the ledger of the image says."""
        path = self.path("timeline.json")
        self.done("trace", self.folder, "--quiet", "--out", self.path("w.fst"), "--timeline", path)
        events = json.loads(path.read_text())["traceEvents"]
        alone = self.run_app("alone", "--images", 1)
        ((femtojoules,),) = alone.total(" + ".join(f"SUM({c})" for c in alone.columns("energy_")))
        energy = [e["args"]["value"] for e in events if e["ph"] == "C" and e["name"].startswith("energy")]
        self.assertAlmostEqual(energy[-1], femtojoules * 1e-6, delta=1e-3)
        operations = [e for e in events if e["ph"] == "X" and e["name"].startswith("operation")]
        ((count, cycles),) = alone.total("COUNT(*), SUM(cycles)", "kind = 'operation'")
        self.assertEqual((len(operations), sum(e["args"]["cycles"] for e in operations)), (count, cycles))

    def test_rtl_shows_the_same(self):
        if "rtl" not in self.levels:
            self.skipTest("built without Verilator")
        phased = self.waves("--layer", "dense", "--core", 9)
        rtl = self.waves("--layer", "dense", "--core", 9, "--level", "rtl")
        codes = [name for name in phased.changes if name.endswith("_code")]
        self.assertEqual(len(codes), 8)
        for name in codes:
            self.assertEqual(phased.changes[name][-1][1], rtl.changes[name][-1][1], name)
        busy = rtl.changes["chip.core_9.rtl.core_controller.busy_o"]
        self.assertEqual([value for _, value in busy], ["0", "1", "0"])
        states = {value for _, value in rtl.changes["chip.core_9.rtl.core_controller.state_o"]}
        self.assertGreater(len(states), 20)
        self.assertEqual([p for p in phased.changes["chip.core_9.phase"] if p[1]][0][1],
                         [p for p in rtl.changes["chip.core_9.phase"] if p[1]][0][1])

    def test_mistakes(self):
        out = ("--out", self.path("no.fst"))
        self.refuses("trace", self.work / "nowhere", says=["nowhere", "run.toml"])
        self.refuses("trace", self.folder, *out, "--layer", "conv9", says=["conv9", "conv0"])
        self.refuses("trace", self.folder, *out, "--core", 47, says="47")
        self.refuses("trace", self.folder, *out, "--image", 10000, says="10000")
        self.refuses("trace", self.folder, *out, "--level", "quantum", says="quantum")
        self.refuses("trace", self.folder, "--out", self.path("no.txt"), says=[".fst", ".vcd"])


class Rtl(AppTest):
    """A core whose control is SystemVerilog among functional ones; a block of one's own, chosen at run time."""

    def setUp(self) -> None:
        if "rtl" not in json.loads(self.done("info", "--json"))["build"]["levels"]:
            self.skipTest("built without Verilator")

    def same(self, name: str, *changes: str) -> None:
        settings = [word for change in changes for word in ("--set", change)]
        chip = ("--chip", "neurram-deployed") if "deployed" in name else ()
        functional = self.run_app(name + "-functional", "--images", 3, *chip)
        rtl = self.run_app(name, "--images", 3, *chip, *settings)
        for field in ("correct", "energy_j", "energy_by_component_j", "core_s", "time_by_phase_s", "simulated_s"):
            self.assertEqual(functional.summary[field], rtl.summary[field], field)

    def test_one_core(self):
        self.same("binary-search", "chip.core[3].level=rtl")

    def test_unary_and_bipolar(self):
        self.same("deployed", "chip.core[5].level=rtl")

    def test_own_step_counter(self):
        if not LIBRARIES:
            self.skipTest("NEURRAM_RTL_LIBRARIES names no folder")
        self.same("own-deployed", "chip.core[5].level=rtl", "chip.core[5].rtl.step_counter=channel_counters",
                  f"chip.core[5].rtl.folder={LIBRARIES}")

    def test_mistakes(self):
        core = ("run", "mnist", "--images", 1, "--out", self.path("no"), "--set", "chip.core[5].level=rtl")
        self.refuses(*core, "--set", "chip.core[5].rtl.step_counter=mine", says=["step_counter", "mine", "rtl"])
        self.refuses(*core, "--set", "chip.core[5].rtl.step_counter=mine", "--set",
                     f"chip.core[5].rtl.folder={self.work}", says="mine.so")
        if LIBRARIES:
            self.refuses(*core, "--set", "chip.core[5].rtl.lfsr_pair=channel_counters", "--set",
                         f"chip.core[5].rtl.folder={LIBRARIES}", says=["step_counter", "lfsr_pair"])


if __name__ == "__main__":
    unittest.main()
