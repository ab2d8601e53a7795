"""A network from Python: as the tool runs it, to the last code and femtojoule; deployments and cells as files."""
from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy
import pandas

import neurram

TOOL = os.environ.get("NEURRAM_TOOL")
IMAGES = 96


def without_wall_time(summary: dict) -> dict:
    copy = {**summary, "setup": {**summary["setup"]}}
    del copy["wall_s"], copy["setup"]["wall_s"]
    return copy


class Network(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        folder = tempfile.TemporaryDirectory(prefix="neurram-python-")
        cls.addClassCleanup(folder.cleanup)
        cls.work = Path(folder.name)
        os.environ["XDG_CACHE_HOME"] = str(cls.work / "cache")
        cls.config = neurram.Config.load(app="mnist")
        cls.deployment = neurram.Deployment.compile(cls.config)
        cls.result = neurram.run("mnist", IMAGES)

    @unittest.skipUnless(TOOL, "NEURRAM_TOOL names the tool")
    def test_as_the_tool(self):
        run = self.work / "run"
        subprocess.run([TOOL, "run", "mnist", "--images", str(IMAGES), "--quiet", "--out", run], check=True)
        summary = json.loads((run / "summary.json").read_text())
        self.assertEqual(without_wall_time(summary), without_wall_time(self.result.summary))
        with sqlite3.connect(run / "ledger.sqlite") as ledger:
            expected = pandas.read_sql("SELECT * FROM record", ledger)
        found = self.result.ledger.drop(columns="layer_name").astype({"kind": str})
        pandas.testing.assert_frame_equal(found, expected, check_dtype=False)

    def test_result(self):
        result = self.result
        self.assertEqual(result.outputs.shape, (IMAGES, 10))
        self.assertEqual((result.predictions == result.labels).mean(), result.summary["accuracy"])
        self.assertIn("conv0", set(result.ledger.layer_name))
        self.assertAlmostEqual(result.layers.energy_j.sum(), result.summary["energy_j"] * IMAGES)

    def test_folder(self):
        run = self.work / "kept"
        result = neurram.run("mnist", 6, out=run, trace_images=1)
        self.assertEqual({p.name for p in run.iterdir()},
                         {"run.toml", "summary.json", "ledger.sqlite", "log.txt", "wave.fst"})
        self.assertEqual(json.loads((run / "summary.json").read_text()), result.summary)
        again = neurram.run(images=6, config=neurram.Config.load(files=[run / "run.toml"]))
        numpy.testing.assert_array_equal(again.outputs, result.outputs)
        with self.assertRaisesRegex(neurram.FileError, "kept"):
            neurram.run("mnist", 6, out=run)
        neurram.run("mnist", 2, out=run, force=True)
        self.assertEqual(json.loads((run / "summary.json").read_text())["images"], 2)
        with self.assertRaisesRegex(ValueError, "trace_images: 1; expected out"):
            neurram.run("mnist", 2, trace_images=1)

    def test_own_images(self):
        data = neurram.Data.of_app(self.config)
        result = neurram.run("mnist", data.images[:IMAGES], labels=data.labels[:IMAGES], deployment=self.deployment)
        numpy.testing.assert_array_equal(result.outputs, self.result.outputs)
        plain = neurram.run("mnist", numpy.ascontiguousarray(data.images[:3, :, :, 0]))
        numpy.testing.assert_array_equal(plain.outputs, self.result.outputs[:3])
        self.assertIsNone(plain.labels)

    def test_deployment_file(self):
        path = self.work / "mnist.deployment"
        self.deployment.save(path)
        again = neurram.Deployment.read(path)
        for a, b in zip(self.deployment.segments, again.segments):
            numpy.testing.assert_array_equal(a.conductances_ps, b.conductances_ps)
            self.assertEqual((len(a.rows), len(a.columns)), a.targets_ps.shape)
        for a, b in zip(self.deployment.operations, again.operations):
            numpy.testing.assert_array_equal(a.slope, b.slope)
        result = neurram.run("mnist", IMAGES, deployment=path)
        numpy.testing.assert_array_equal(result.outputs, self.result.outputs)

    def test_arrays_write_through(self):
        changed = self.deployment.copy()
        changed.operations[-1].intercept[:] += 100
        self.assertNotEqual(changed.operations[-1].intercept[0], self.deployment.operations[-1].intercept[0])
        other = neurram.run("mnist", 8, deployment=changed)
        self.assertFalse(numpy.array_equal(other.outputs, self.result.outputs[:8]))
        with self.assertRaises(ValueError):
            changed.segments[0].targets_ps[0, 0] = 1

    def test_cells_of_a_deployment(self):
        path = self.work / "cells.npz"
        neurram.dump(self.deployment, path)
        changed = self.deployment.copy()
        for segment in changed.segments:
            segment.conductances_ps[...] = 1_000_000
        neurram.load(changed, path)
        for a, b in zip(self.deployment.segments, changed.segments):
            numpy.testing.assert_array_equal(a.conductances_ps, b.conductances_ps)

    def test_cells_of_a_chip(self):
        chip = neurram.Chip(self.config)
        chip.load(self.deployment)
        path = self.work / "chip.npz"
        neurram.dump(chip, path)
        other = neurram.Chip(self.config)
        neurram.load(other, path)
        segment = self.deployment.segments[-1]
        cells = other.core(segment.core).conductances[numpy.ix_(segment.rows, segment.columns)]
        numpy.testing.assert_allclose(cells, segment.conductances_ps * 1e-12, rtol=0, atol=2e-12)

    def test_cells_of_a_core(self):
        core = neurram.Chip(self.config).core(2)
        core.power_on()
        core.program(numpy.random.default_rng(3).uniform(1e-6, 40e-6, (256, 256)))
        path = self.work / "core.npz"
        neurram.dump(core, path)
        with numpy.load(path) as file:
            self.assertEqual(set(file.files), {"target_siemens", "programmed_siemens", "relaxed_siemens", "failed"})
            numpy.testing.assert_array_equal(file["failed"], core.failed)
        other = neurram.Chip(self.config).core(2)
        neurram.load(other, path)
        # The back door takes whole picosiemens.
        numpy.testing.assert_allclose(other.conductances, core.conductances, rtol=0, atol=1e-12)

    def test_mistakes(self):
        run = neurram.run
        for kind, words, call in (
                (neurram.UsageError, ["app"], lambda: run()),
                (neurram.UsageError, ["nix"], lambda: run("nix")),
                (ValueError, ["images", "0"], lambda: run("mnist", 0)),
                (ValueError, ["images", "10001", "10000"], lambda: run("mnist", 10001)),
                (TypeError, ["images", "float64"], lambda: run("mnist", numpy.zeros((2, 28, 28)))),
                (ValueError, ["images", "(28, 28)"], lambda: run("mnist", numpy.zeros((28, 28), "u1"))),
                (ValueError, ["images", "(2, 27, 28, 1)", "(images, 28, 28, 1)"], lambda: run("mnist", numpy.zeros((2, 27, 28), "u1"))),
                (ValueError, ["labels", "(3,)"],
                 lambda: run("mnist", numpy.zeros((2, 28, 28), "u1"), labels=numpy.zeros(3, int))),
                (ValueError, ["jobs"], lambda: run("mnist", 1, jobs=0)),
                (neurram.FileError, ["seed.device", "1", "5"],
                 lambda: run("mnist", 1, seed=5, deployment=self.deployment)),
                (neurram.FileError, ["configuration"],
                 lambda: run("mnist", 1, set=["chip.core.device.g_max_s=3e-5"], deployment=self.deployment)),
                (neurram.FileError, ["nowhere"], lambda: neurram.Deployment.read("nowhere")),
                (neurram.FileError, ["cells"], lambda: neurram.Chip(neurram.Config.load(
                    set={"chip.core.array.columns": 128})).load(self.deployment)),
                (TypeError, ["deployment", "str"], lambda: neurram.Chip().load("mnist")),
                (neurram.FileError, ["nowhere.npz"], lambda: neurram.load(self.deployment, "nowhere.npz")),
                (TypeError, ["holder", "int"], lambda: neurram.dump(3, self.work / "x"))):
            with self.assertRaises(kind, msg=words) as caught:
                call()
            for word in words:
                self.assertIn(word, str(caught.exception))
        numpy.testing.assert_array_equal(run("mnist", 2).outputs, self.result.outputs[:2])

    def test_wrong_cells(self):
        core = neurram.Chip(self.config).core(0)
        path = self.work / "wrong.npz"
        good = numpy.full((256, 256), 1e-5)
        nan = good.copy()
        nan[4, 7] = numpy.nan
        for kind, words, arrays in ((ValueError, ["relaxed_siemens", "(3, 3)"], {"relaxed_siemens": good[:3, :3]}),
                                    (ValueError, ["[4, 7]", "nan"], {"relaxed_siemens": nan}),
                                    (TypeError, ["complex"], {"relaxed_siemens": good * 1j}),
                                    (neurram.FileError, ["relaxed_siemens"], {"other": good}),
                                    (neurram.FileError, ["core1"], {"core1/relaxed_siemens": good})):
            numpy.savez(path, **arrays)
            with self.assertRaises(kind) as caught:
                neurram.load(core, path)
            for word in words:
                self.assertIn(word, str(caught.exception))
        path.write_bytes(b"PK\3\4 no zip")
        with self.assertRaises(neurram.FileError):
            neurram.load(core, path)
        self.assertEqual(core.conductances.max(), 0)


STOPPED = """
import os, signal, sys, threading, neurram
config = neurram.Config.load(app="mnist", seed=int(sys.argv[1]))
deployment = neurram.Deployment.compile(config) if sys.argv[1] == "1" else None
threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
try:
    {call}
    print("not stopped")
except KeyboardInterrupt:
    print("stopped")
print(neurram.run("mnist", 2).outputs.shape)
"""


class Stop(unittest.TestCase):
    """Ctrl-C ends long calls; the next ones work."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="neurram-python-")
        self.addCleanup(folder.cleanup)
        self.work = Path(folder.name)

    def stopped(self, call: str, seed: int) -> None:
        done = subprocess.run([sys.executable, "-c", STOPPED.format(call=call), str(seed)], capture_output=True,
                              text=True, timeout=300, cwd=self.work,
                              env={**os.environ, "XDG_CACHE_HOME": str(self.work / "cache")})
        self.assertEqual(done.stdout, "stopped\n(2, 10)\n", done.stderr)

    def test_run(self):
        self.stopped("neurram.run(config=config, deployment=deployment, jobs=1)", seed=1)
        self.assertEqual([p.name for p in self.work.iterdir()], ["cache"])

    def test_run_with_a_folder(self):
        self.stopped("neurram.run(config=config, deployment=deployment, jobs=2, out='run')", seed=1)
        summary = json.loads((self.work / "run" / "summary.json").read_text())
        self.assertFalse(summary["complete"])
        self.assertLess(summary["images"], 10_000)

    def test_compile(self):
        self.stopped("neurram.Deployment.compile(config)", seed=2)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job has it ignored
    unittest.main()
