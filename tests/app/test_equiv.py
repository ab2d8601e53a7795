"""`neurram equiv`: levels of abstraction agree, and the command says how it went."""
from __future__ import annotations

import json
import os
import unittest

from tool import AppTest

PROGRAMS = int(os.environ.get("NEURRAM_EQUIV_PROGRAMS", "200"))


class Equiv(AppTest):
    def test_functional_and_phased(self):
        answer = json.loads(self.done("equiv", "--programs", PROGRAMS, "--seed", 11, "--json", timeout=3000))
        self.assertEqual(answer["programs"], PROGRAMS)
        self.assertIsNone(answer["difference"])
        self.assertGreater(answer["vectors"], 5 * PROGRAMS)

    def test_functional_and_rtl(self):
        if "rtl" not in json.loads(self.done("info", "--json"))["build"]["levels"]:
            self.skipTest("built without Verilator")
        answer = json.loads(self.done("equiv", "--programs", PROGRAMS, "--levels", "functional,rtl", "--json",
                                      timeout=3000))
        self.assertIsNone(answer["difference"])
        self.assertEqual(answer["programs"], PROGRAMS)

    def test_own_block(self):
        folder = os.environ.get("NEURRAM_RTL_LIBRARIES")
        if not folder:
            self.skipTest("NEURRAM_RTL_LIBRARIES names no folder")
        self.done("equiv", "--levels", "functional,rtl", "--block", "step_counter=channel_counters", "--folder", folder)
        self.refuses("equiv", "--levels", "functional,rtl", "--block", "step_counter=nix", "--folder", folder,
                     says="nix.so")
        self.refuses("equiv", "--block", "counter=nix", says=["chip.core.rtl.counter"])

    def test_one_program(self):
        text = self.done("equiv", "--first", 4711, "--programs", 1)
        self.assertIn("1 programs", text)

    def test_mistakes(self):
        self.refuses("equiv", "--levels", "functional", says="functional")
        self.refuses("equiv", "--levels", "functional,quantum", says=["quantum", "phased"])
        self.refuses("equiv", "--programs", 0, says="0")


class Levels(AppTest):
    def test_network(self):
        """A network's codes, scores, energy and time do not know the level."""
        functional = self.run_app("functional", "--images", 6)
        phased = self.run_app("phased", "--images", 6, "--level", "phased", "--jobs", 1)
        self.assertEqual(phased.summary["level"], "phased")
        for field in ("correct", "energy_j", "energy_by_component_j", "time_by_phase_s", "core_s", "latency_s",
                      "simulated_s", "layers"):
            self.assertEqual(functional.summary[field], phased.summary[field], field)
        everything = ("kind, core, group_start, layer, vectors, start, \"end\", cycles, operation_id, "
                      + ", ".join(functional.columns("energy_") + functional.columns("time_")))
        self.assertEqual(sorted(functional.total(everything)), sorted(phased.total(everything)))

    def test_mixed(self):
        """One core of another level among functional ones."""
        functional = self.run_app("functional", "--images", 4)
        mixed = self.run_app("mixed", "--images", 4, "--set", "chip.core[3].level=phased")
        for field in ("correct", "energy_j", "core_s", "simulated_s"):
            self.assertEqual(functional.summary[field], mixed.summary[field], field)


if __name__ == "__main__":
    unittest.main()
