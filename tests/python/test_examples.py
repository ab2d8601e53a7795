"""The examples run, and say what they are there to show."""
import importlib.util
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parents[2] / "tb/examples"


class Examples(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        folder = tempfile.TemporaryDirectory(prefix="neurram-examples-")
        cls.addClassCleanup(folder.cleanup)
        cls.work = Path(folder.name)

    def example(self, name: str, *arguments: object) -> str:
        environment = {**os.environ, "XDG_CACHE_HOME": str(self.work / "cache")}
        done = subprocess.run([sys.executable, "-B", EXAMPLES / name, *map(str, arguments)], cwd=self.work,
                              env=environment, capture_output=True, text=True, timeout=120)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def test_first_mvm(self):
        out = self.example("first_mvm.py")
        self.assertGreater(float(re.search(r"correlation of 3200 results: (\S+)", out).group(1)), 0.95)

    def test_look_into_an_array(self):
        out = self.example("look_into_an_array.py", "--dump", self.work / "cells.npz")
        self.assertIn("65536 cells", out)
        self.assertTrue((self.work / "cells.npz").is_file())

    def test_calibrate_by_hand(self):
        errors = [float(e) for e in re.findall(r"error +(\S+) %", self.example("calibrate_by_hand.py"))]
        self.assertLess(errors[1], 0.8 * errors[0])

    def test_sweep_and_plot(self):
        out = self.example("sweep_and_plot.py", "--images", 50, "--plot", self.work / "sweep.png")
        accuracies = [float(line.split()[1]) for line in out.splitlines()[2:]]
        self.assertEqual(len(accuracies), 5)
        self.assertGreater(accuracies[0], accuracies[-1])
        self.assertTrue((self.work / "sweep.png").is_file())

    @unittest.skipUnless(importlib.util.find_spec("torch"), "this Python has no torch; apt install python3-torch")
    def test_train_with_the_chip(self):
        out = self.example("train_with_the_chip.py")
        self.assertIn("trained on 8000 of the 10000 MNIST test images, judged by 1000 others", out)
        exact, noisy, tuned = ([float(share) for share in re.findall(r"(\S+)%", line)] for line in out.splitlines()[2:5])
        for software, model, chip in (exact, noisy, tuned):
            self.assertGreater(software, 90)
            self.assertLess(abs(model - chip), 6)
        self.assertGreater(noisy[2], exact[2])
        self.assertGreater(tuned[2], exact[2])


if __name__ == "__main__":
    unittest.main()
