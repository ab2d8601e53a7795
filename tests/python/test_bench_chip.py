"""The bench chip from Python: codes as from C++, arrays without copies, mistakes, many chips, threads, Ctrl-C."""
from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

import numpy

import neurram

MVM = os.environ.get("NEURRAM_PYTHON_MVM")
LINES = 256


def small_config() -> neurram.Config:
    return neurram.Config.load(set={"chip.grid_rows": 1, "chip.grid_columns": 2, "chip.core_count": 2})


def resident_kb() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


class Product(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cells = (1_000_000 + numpy.arange(LINES * LINES) * 7919 % 39_000_000) * 1e-12
        cls.cells = cells.reshape(LINES, LINES)
        cls.codes = (numpy.arange(LINES * LINES) * 31 % 15 - 7).astype(numpy.int8).reshape(LINES, LINES)

    def chip(self) -> tuple[neurram.Chip, neurram.Core]:
        chip = neurram.Chip()
        core = chip.core(0)
        core.power_on()
        core.load_conductances(self.cells)
        core.configure_slot(0, pairing="single", input_bits=4, output_bits=8)
        return chip, core

    @unittest.skipUnless(MVM, "NEURRAM_PYTHON_MVM names the C++ program")
    def test_codes_and_time_as_from_cpp(self):
        chip, core = self.chip()
        results = core.mvm(self.codes)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "codes.bin"
            subprocess.run([MVM, file, "1"], check=True, capture_output=True)
            expected = numpy.fromfile(file, numpy.int16).reshape(results.shape)
            numpy.testing.assert_array_equal(results, expected)
            # In turns, as the machine may be busy; the best of each counts.
            cpp, python = [], []
            out = numpy.empty_like(results)
            for _ in range(8):
                cpp.append(float(subprocess.run([MVM, file, "5"], check=True, capture_output=True).stdout))
                for _ in range(5):
                    start = time.perf_counter()
                    for _ in range(20):
                        core.mvm(self.codes, out=out)
                    python.append((time.perf_counter() - start) / 20)
                chip.clear_ledger()
        ratio = min(python) / min(cpp)
        print(f"batch of 256 on 256 x 256: C++ {min(cpp) * 1e6:.0f} us, Python {min(python) * 1e6:.0f} us, "
              f"ratio {ratio:.3f}")
        # A busy machine makes it a matter of luck: the figure is a test on demand.
        if most := os.environ.get("NEURRAM_PYTHON_MOST_RATIO"):
            self.assertLess(ratio, float(most))

    def test_batches_make_no_difference(self):
        results = self.chip()[1].mvm(numpy.tile(self.codes, (3, 1)))
        _, core = self.chip()
        parts = numpy.concatenate([core.mvm(self.codes[i:i + 64]) for _ in range(3) for i in range(0, LINES, 64)])
        numpy.testing.assert_array_equal(results, parts)

    def test_dtypes(self):
        _, core = self.chip()
        core.configure_slot(1, pairing="single", signed=False, input_bits=3)
        codes = abs(self.codes[:4])
        first = core.mvm(codes, slot=1)
        core.set_operation_id(1, 0)
        numpy.testing.assert_array_equal(first, core.mvm(codes.astype(numpy.uint8), slot=1))
        self.assertEqual(first.dtype, numpy.int16)

    def test_strided_codes(self):
        _, core = self.chip()
        first = core.mvm(numpy.ascontiguousarray(self.codes[::2]))
        core.set_operation_id(0, 0)
        numpy.testing.assert_array_equal(first, core.mvm(self.codes[::2]))

    def test_lines(self):
        _, core = self.chip()
        for rows in (slice(0, 16), range(16), list(range(16)), numpy.arange(256) < 16):
            core.configure_slot(2, rows=rows, columns=slice(None, None, 4), input_bits=4)
            self.assertEqual((core.inputs(2), core.outputs(2)), (8, 64))
        core.configure_slot(2, rows=slice(0, 16), columns=slice(0, 8), direction="backward")
        self.assertEqual((core.inputs(2), core.outputs(2)), (4, 16))
        self.assertEqual(core.mvm(numpy.ones((2, 4), numpy.int8), slot=2).shape, (2, 16))

    def test_ledger(self):
        chip, core = self.chip()
        core.mvm(self.codes)
        ledger = chip.ledger
        operation = ledger[ledger.kind == "operation"]
        self.assertEqual(list(operation.vectors), [256])
        self.assertEqual(int(operation.cycles.iloc[0]), core.counters()["cycles"])
        self.assertLess(ledger.end.max(), chip.now_ps + 1)


class Cells(unittest.TestCase):
    def test_programming_and_views(self):
        chip = neurram.Chip(small_config())
        core = chip.core(1)
        core.power_on()
        targets = numpy.linspace(1e-6, 40e-6, 64 * 32).reshape(64, 32)
        view = core.conductances
        failed = core.program(targets, row=8, column=16)
        window = numpy.s_[8:72, 16:48]
        self.assertEqual(failed, core.failed.sum())
        self.assertFalse(core.failed[:8].any())
        self.assertTrue((core.pulses[window] > 0).mean() > 0.9)
        numpy.testing.assert_allclose(core.targets[window], targets, rtol=1e-5)
        # The view taken before follows the cells: it is their memory.
        self.assertTrue(numpy.shares_memory(view, core.conductances))
        self.assertLess(abs(view[window] - targets).mean(), 6e-6)
        self.assertFalse(view.flags.writeable)
        with self.assertRaises(ValueError):
            view[0, 0] = 1
        self.assertEqual(view[:8].max(), 0)

    def test_views_outlive_the_chip(self):
        chip = neurram.Chip(small_config())
        chip.core(0).load_conductances(numpy.full((4, 4), 3e-6))
        view = chip.core(0).conductances
        del chip
        gc.collect()
        self.assertAlmostEqual(float(view[:4, :4].sum()), 48e-6)


class Mistakes(unittest.TestCase):
    def setUp(self):
        self.chip = neurram.Chip(small_config())
        self.core = self.chip.core(0)
        self.core.power_on()
        self.core.configure_slot(0)
        self.codes = numpy.zeros((2, 128), numpy.int8)

    def refused(self, kind: type[BaseException], *words: str, call) -> None:
        with self.assertRaises(kind) as caught:
            call()
        for word in words:
            self.assertIn(word, str(caught.exception))
        self.assertEqual(self.core.mvm(self.codes).shape, (2, 256))  # the chip goes on

    def test_codes(self):
        core = self.core
        self.refused(TypeError, "codes", "float64", "int8", call=lambda: core.mvm(self.codes.astype(float)))
        self.refused(TypeError, "codes", "int16", call=lambda: core.mvm(self.codes.astype(numpy.int16)))
        self.refused(TypeError, "codes", "bool", call=lambda: core.mvm(self.codes.astype(bool)))
        self.refused(TypeError, "codes", call=lambda: core.mvm(None))
        self.refused(ValueError, "codes", "(2, 127)", "(vectors, 128)", call=lambda: core.mvm(self.codes[:, 1:]))
        self.refused(ValueError, "codes", "(128,)", call=lambda: core.mvm(self.codes[0]))
        self.refused(ValueError, "codes", "(0, 128)", call=lambda: core.mvm(self.codes[:0]))
        too_large = self.codes.copy()
        too_large[1, 5] = -8
        self.refused(ValueError, "codes[1, 5]", "-8", "-7 to 7", call=lambda: core.mvm(too_large))

    def test_results(self):
        core = self.core
        self.refused(TypeError, "out", "int32", call=lambda: core.mvm(self.codes, out=numpy.zeros((2, 256), "i4")))
        self.refused(ValueError, "out", "(3, 256)", call=lambda: core.mvm(self.codes, out=numpy.zeros((3, 256), "i2")))
        frozen = numpy.zeros((2, 256), "i2")
        frozen.setflags(write=False)
        self.refused(ValueError, "out", "read-only", call=lambda: core.mvm(self.codes, out=frozen))

    def test_cells(self):
        core = self.core
        cells = numpy.full((4, 4), 1e-5)
        for bad in (numpy.nan, numpy.inf, -1e-6, 1.0):
            cells[2, 3] = bad
            for call in (core.program, core.load_conductances):
                self.refused(ValueError, "[2, 3]", "siemens", call=lambda call=call: call(cells))
        cells[2, 3] = 1e-5
        self.refused(ValueError, "targets", "row 254", call=lambda: core.program(cells, row=254))
        self.refused(IndexError, "column", "256", call=lambda: core.program(cells, column=256))
        self.refused(ValueError, "targets", "(4,)", call=lambda: core.program(cells[0]))
        self.refused(TypeError, "targets", call=lambda: core.program("cells"))
        self.refused(TypeError, "complex", call=lambda: core.program(cells.astype(complex)))

    def test_places(self):
        self.refused(IndexError, "core", "2", "0 to 1", call=lambda: self.chip.core(2))
        self.refused(IndexError, "slot", "8", "0 to 7", call=lambda: self.core.mvm(self.codes, slot=8))
        self.refused(ValueError, "slot", "5", "configure_slot", call=lambda: self.core.mvm(self.codes, slot=5))
        self.refused(neurram.Error, "core 1", "off", call=lambda: self.chip.core(1).program(numpy.ones((1, 1)) * 1e-6))
        self.core.power_off()
        with self.assertRaisesRegex(neurram.Error, "core 0 is off"):
            self.core.mvm(self.codes)
        self.core.power_on()

    def test_slots(self):
        set_up = self.core.configure_slot
        for words, wrong in ((("direction", "'up'", "forward"), {"direction": "up"}),
                             (("input_bits", "9", "1 to 8"), {"input_bits": 9}),
                             (("output_bits", "0"), {"output_bits": 0}),
                             (("rail_set", "16"), {"rail_set": 16}),
                             (("rows", "256"), {"rows": [1, 256]}),
                             (("rows", "ascending"), {"rows": [2, 1]}),
                             (("rows", "even"), {"rows": [1, 2, 3]}),
                             (("columns", "no line"), {"columns": []}),
                             (("activation_step", "nan"), {"activation_step": float("nan")}),
                             (("columns", "mask"), {"columns": [True, False]})):
            self.refused(ValueError, *words, call=lambda wrong=wrong: set_up(0, **wrong))
        self.refused(TypeError, "rows", call=lambda: set_up(0, rows=[1.5]))

    def test_rails(self):
        rails = self.chip.rails
        rails[3] = neurram.RailSet(v_read_plus_v=0.4, v_read_minus_v=0.4)
        self.assertAlmostEqual(rails[3].v_read_plus_v, 0.4)
        self.refused(IndexError, "rail set", "16", call=lambda: rails[16])
        self.refused(ValueError, "v_read_plus_v", call=lambda: rails.__setitem__(0, neurram.RailSet(v_read_plus_v=2.0)))
        self.refused(ValueError, "v_lfsr_v", "nan",
                     call=lambda: rails.__setitem__(0, neurram.RailSet(v_lfsr_v=float("nan"))))

    def test_configuration(self):
        self.refused(neurram.ConfigError, "chip.foo", call=lambda: neurram.Config.load(set=["chip.foo=1"]))
        self.refused(neurram.FileError, "nowhere.toml", call=lambda: neurram.Config.load(files=["nowhere.toml"]))
        self.refused(neurram.UsageError, "nix", "mnist", call=lambda: neurram.Config.load(app="nix"))
        self.refused(TypeError, "config", "int", call=lambda: neurram.Chip(3))
        self.refused(TypeError, "set", call=lambda: neurram.Config.load(set="a=b"))
        self.assertTrue(issubclass(neurram.ConfigError, neurram.Error))


class Many(unittest.TestCase):
    def test_one_after_the_other(self):
        config = small_config()
        codes = numpy.ones((1, 8), numpy.int8)
        cycles = int(os.environ.get("NEURRAM_PYTHON_CYCLES", "600"))

        def cycle():
            chip = neurram.Chip(config)
            core = chip.core(1)
            core.power_on()
            core.load_conductances(numpy.full((16, 4), 1e-5))
            core.configure_slot(0, rows=slice(0, 16), columns=slice(0, 4))
            return core.mvm(codes).tobytes()

        first = cycle()
        for _ in range(cycles // 3):
            self.assertEqual(cycle(), first)
        gc.collect()
        before = resident_kb()
        for _ in range(2 * cycles // 3):
            self.assertEqual(cycle(), first)
        gc.collect()
        self.assertLess(resident_kb() - before, 2048)

    def test_at_once_and_in_threads(self):
        config = small_config()
        codes = numpy.ones((64, 128), numpy.int8)

        def results(chip: neurram.Chip) -> bytes:
            core = chip.core(0)
            core.power_on()
            core.program(numpy.full((256, 32), 1e-5))
            core.configure_slot(0, columns=slice(0, 32), output_bits=8)
            return b"".join(core.mvm(codes).tobytes() for _ in range(10))

        alone = results(neurram.Chip(config))
        found: list[bytes] = []
        threads = [threading.Thread(target=lambda: found.append(results(neurram.Chip(config)))) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(found, [alone] * 4)


STOPPED = """
import os, signal, threading, time, numpy, neurram
chip = neurram.Chip()
core = chip.core(0)
core.power_on()
threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
start = time.monotonic()
try:
    {call}
    print("not stopped")
except KeyboardInterrupt:
    print("stopped after", time.monotonic() - start < 20)
core.configure_slot(1, rows=slice(0, 2), columns=slice(0, 2))
core.load_conductances(numpy.full((2, 2), 1e-5))
print(core.mvm(numpy.ones((1, 1), numpy.int8), slot=1).shape)
"""


class Stop(unittest.TestCase):
    def stopped(self, call: str) -> None:
        done = subprocess.run([sys.executable, "-c", STOPPED.format(call=call)], capture_output=True, text=True,
                              timeout=120)
        self.assertEqual(done.stdout, "stopped after True\n(1, 2)\n", done.stderr)

    def test_programming(self):
        self.stopped("[core.program(numpy.random.rand(256, 256) * 40e-6) for _ in range(200)]")

    def test_product(self):
        self.stopped("core.configure_slot(0); core.load_conductances(numpy.full((256, 256), 1e-5));"
                     " core.mvm(numpy.zeros((2_000_000, 128), numpy.int8))")


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job has it ignored
    unittest.main()
