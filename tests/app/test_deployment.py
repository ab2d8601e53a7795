"""Deployment files: the same run through file and cache; damaged, foreign and misplaced ones are refused."""
import shutil
import sqlite3
import unittest

import networks
from tool import MNIST, AppTest, Run, without_wall_time


class Deployment(AppTest):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.file = cls.work / "mnist.deployment"
        cls.tool("compile", "mnist", "--quiet", "--out", cls.file).check_returncode()
        cls.whole = cls.file.read_bytes()

    def refuses_file(self, content: bytes, *says: str) -> None:
        path = self.path("x.deployment")
        path.write_bytes(content)
        self.refuses("run", "mnist", "--images", 2, "--deployment", path, "--out", self.path("out"),
                     says=[path.name, *says])

    def test_file_equals_cache(self):
        cached = self.run_app("cached", "--images", 20)
        named = self.run_app("named", "--images", 20, "--deployment", self.file)
        again = self.run_app("again", "--images", 20)
        self.assertEqual(without_wall_time(named.summary), without_wall_time(cached.summary))
        self.assertEqual(without_wall_time(again.summary), without_wall_time(cached.summary))
        self.assertEqual(len(list((self.cache / "neurram").iterdir())), 1)

    def test_compiled_twice(self):
        again = self.path("again.deployment")
        self.done("compile", "mnist", "--quiet", "--out", again)
        other = self.path("other.deployment")
        self.done("compile", "mnist", "--quiet", "--seed", 2, "--out", other)
        self.assertEqual(self.segments(again), self.segments(self.file))
        self.assertNotEqual(self.segments(other), self.segments(self.file))

    @staticmethod
    def segments(path):
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
            return db.execute("SELECT core, target_ps, conductance_ps FROM segments").fetchall() + \
                db.execute("SELECT slope, intercept FROM operations").fetchall()

    def test_damaged_copy_in_the_cache(self):
        first = self.run_app("first", "--images", 4)
        (copy,) = (self.cache / "neurram").iterdir()
        copy.write_bytes(self.whole[:5000])
        second = self.run_app("second", "--images", 4)
        self.assertEqual(second.summary["energy_j"], first.summary["energy_j"])
        self.assertGreater(copy.stat().st_size, 5000, "made anew")

    def test_cache_that_cannot_be_made(self):
        taken = self.path("taken")
        taken.write_text("a file")
        self.refuses("run", "mnist", "--images", 2, "--out", self.path("out"), says=[str(taken), "XDG_CACHE_HOME"],
                     env={**self.environment, "XDG_CACHE_HOME": str(taken)})

    def test_missing(self):
        self.refuses("run", "mnist", "--deployment", "nowhere.deployment", "--out", self.path("out"),
                     says="nowhere.deployment")
        self.refuses("run", "mnist", "--deployment", self.work, "--out", self.path("out"), says=str(self.work))

    def test_truncated(self):
        self.refuses_file(b"")
        for size in (1, 15, 99, 100, 4096, len(self.whole) // 2, len(self.whole) - 4096, len(self.whole) - 1):
            with self.subTest(bytes=size):
                self.refuses_file(self.whole[:size])

    def test_damaged(self):
        with sqlite3.connect(f"file:{self.file}?mode=ro", uri=True) as db:
            cells, = db.execute("SELECT conductance_ps FROM segments WHERE id = 4").fetchone()
            slope, = db.execute("SELECT slope FROM operations WHERE slope IS NOT NULL LIMIT 1").fetchone()
        for name, blob in {"cells": cells[:64], "slope": slope[:16]}.items():
            with self.subTest(name):
                at = self.whole.index(blob) + 5
                self.refuses_file(self.whole[:at] + bytes([self.whole[at] ^ 4]) + self.whole[at + 1 :], "damaged")

    def test_any_flipped_bit(self):
        """A flipped bit is refused, or lies where the file keeps nothing."""
        whole = self.run_app("whole", "--images", 1, "--deployment", self.file).summary
        refused = 0
        for at in range(7, len(self.whole), len(self.whole) // 12):
            with self.subTest(byte=at):
                path = self.path("x.deployment")
                path.write_bytes(self.whole[:at] + bytes([self.whole[at] ^ 16]) + self.whole[at + 1 :])
                out = self.path("out")
                result = self.tool("run", "mnist", "--images", 1, "--deployment", path, "--quiet", "--out", out)
                if result.returncode == 0:
                    self.assertEqual(without_wall_time(Run(out).summary), without_wall_time(whole))
                    shutil.rmtree(out)
                else:
                    refused += 1
                    self.refuses("run", "mnist", "--images", 1, "--deployment", path, "--out", out, says=path.name)
        self.assertGreater(refused, 6)

    def test_foreign(self):
        self.refuses_file((MNIST / "network.onnx").read_bytes(), "not a deployment")
        other = self.path("other.sqlite")
        with sqlite3.connect(other) as db:
            db.execute("CREATE TABLE segments (id)")
        self.refuses_file(other.read_bytes(), "not a deployment")

    def test_newer_layout(self):
        newer = self.path("newer.deployment")
        shutil.copy(self.file, newer)
        with sqlite3.connect(newer) as db:
            db.execute("PRAGMA user_version = 99")
        self.refuses_file(newer.read_bytes(), "99")

    def test_another_chip(self):
        for field, says in {"chip.core_count=40": "40", "chip.core.array.rows=200": "200 x 256",
                            "chip.grid_columns=8": "8 x 8"}.items():
            with self.subTest(field):
                self.refuses("run", "mnist", "--images", 2, "--deployment", self.file, "--set", field, "--out",
                             self.path("out"), says=[self.file.name, says])

    def test_another_network(self):
        network = self.path("net.onnx")
        network.write_bytes(networks.quadrants())
        data = networks.write_data(self.path("data"))
        self.refuses("run", "--onnx", network, "--data", data, "--deployment", self.file, "--out", self.path("out"),
                     says=[self.file.name, network.name])

    def test_another_seed_or_configuration(self):
        for option, says in ((("--seed", 9), "seed.device = 1"), (("--set", "chip.core.neuron.offset=false"), "configuration")):
            with self.subTest(option):
                self.refuses("run", "mnist", "--images", 2, "--deployment", self.file, *option, "--out",
                             self.path("out"), says=[self.file.name, says])

    def test_write_verify_again(self):
        """--program repeats write-verify: the same seed gives the same cells as the file holds."""
        loaded = self.run_app("loaded", "--images", 20)
        programmed = self.run_app("programmed", "--images", 20, "--program")
        for key in ("correct", "energy_j", "energy_by_component_j", "layers"):
            self.assertEqual(programmed.summary[key], loaded.summary[key], key)


if __name__ == "__main__":
    unittest.main()
