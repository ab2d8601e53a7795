"""neurram characterize from outside: files, laws that its numbers obey, what it refuses."""
import csv
import json
import os
import unittest

from tool import AppTest

SMALL = ["--inputs", 32, "--outputs", 32, "--vectors", 100]


class Characterize(AppTest):
    def characterize(self, name: str, *args) -> dict:
        return json.loads(self.done("characterize", *SMALL, "--json", "--out", self.path(name), *args))

    @staticmethod
    def errors(result: dict) -> dict:
        return {point["name"]: point["error"]["calibrated"] for point in result["ablation"]}

    def test_folder(self):
        result = self.characterize("out")
        self.assertTrue(result["complete"])
        for name in ("run.toml", "summary.json", "scatter.svg", "precision.svg", "ablation.svg"):
            self.assertTrue(os.path.isfile(os.path.join(self.path("out"), name)), name)
        with open(os.path.join(self.path("out"), "ablation.csv"), newline="") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual([row["name"] for row in rows], [point["name"] for point in result["ablation"]])
        self.refuses("characterize", *SMALL, "--out", self.path("out"), says=["--force"])
        self.done("characterize", *SMALL, "--quiet", "--force", "--out", self.path("out"))

    def test_laws(self):
        errors = self.errors(self.characterize("a"))
        # Each non-ideality leaves its mark, and none takes error away that the converter makes.
        for name, error in errors.items():
            self.assertGreater(error, 0.95 * errors["none"], name)
        for name in ("device.relaxation", "device.programming_spread", "device.read_noise"):
            self.assertGreater(errors[name], 1.1 * errors["none"], name)
        self.assertGreater(errors["all"], errors["device.relaxation"])

    def test_products_agree(self):
        whole = self.errors(self.characterize("a"))
        single = self.errors(self.characterize("b", "--set", "chip.core.array.integer_product=false"))
        for name, error in whole.items():
            self.assertAlmostEqual(single[name], error, delta=0.01 * error + 1e-4, msg=name)

    def test_mistakes(self):
        out = ["--out", self.path("out")]
        self.refuses("characterize", *out, "--inputs", 200, says=["--inputs", "128"])
        self.refuses("characterize", *out, "--inputs", 128, "--set", "chip.core.array.rows=64", says=["64 rows"])
        self.assertFalse(os.path.exists(self.path("out")))


if __name__ == "__main__":
    unittest.main()
