"""neurram crossbar from outside: files as NumPy writes them, what it prints, what it refuses."""
import io
import json
import os
import unittest
import zipfile

from tool import AppTest

try:
    import numpy
except ImportError:
    numpy = None


class Pipe(io.RawIOBase):
    """A stream that cannot seek, so that sizes follow the members of an archive."""

    def __init__(self):
        super().__init__()
        self.bytes = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data) -> int:
        self.bytes += data
        return len(data)


@unittest.skipIf(numpy is None, "there is no numpy")
class Crossbar(AppTest):
    def setUp(self):
        random = numpy.random.default_rng(1)
        self.arrays = {"g_siemens": random.uniform(1e-6, 4e-5, (12, 9)), "drive_volt": random.uniform(-.5, .5, 12),
                       "r_row_ohm": 2.0, "r_col_ohm": 3.0, "r_driver_ohm": 50.0, "mode": "voltage"}
        self.out = self.path("out.npy")

    def file(self, name: str = "in.npz", **changes) -> object:
        arrays = {key: value for key, value in {**self.arrays, **changes}.items() if value is not None}
        numpy.savez(self.path(name), **arrays)
        return self.path(name)

    def solve(self, file: object, *args: object):
        self.done("crossbar", file, "--out", self.out, "--quiet", *args)
        return numpy.load(self.out)

    def mistake(self, *says: str, **changes) -> None:
        self.refuses("crossbar", self.file(**changes), "--out", self.out, says=["in.npz", *says])

    def test_ideal_wires(self):
        g, v = self.arrays["g_siemens"], self.arrays["drive_volt"]
        zero = {"r_row_ohm": 0, "r_col_ohm": 0, "r_driver_ohm": 0}
        volts = self.solve(self.file(**zero))
        self.assertEqual((volts.dtype, volts.shape), (numpy.float64, (9,)))
        numpy.testing.assert_allclose(volts, v @ g / g.sum(0), rtol=1e-12)
        amperes = self.solve(self.file(**zero, mode="current", r_sense_ohm=0.0), "--precision", "single")
        self.assertEqual(amperes.dtype, numpy.float32)
        numpy.testing.assert_allclose(amperes, v @ g, atol=1e-10)

    def test_every_way_to_write(self):
        expected = self.solve(self.file())
        numpy.savez_compressed(self.path("small.npz"), **self.arrays)
        pipe = Pipe()
        numpy.savez(pipe, **self.arrays)
        self.path("piped.npz").write_bytes(pipe.bytes)
        fortran = self.file("fortran.npz", g_siemens=numpy.asfortranarray(self.arrays["g_siemens"]),
                            mode=numpy.array(b"voltage"), tap_row=numpy.full(9, 11, numpy.int16), extra=[1, 2])
        for file in (self.path("small.npz"), self.path("piped.npz"), fortran):
            with self.subTest(file.name):
                numpy.testing.assert_array_equal(self.solve(file), expected)
        g = self.arrays["g_siemens"].astype(numpy.float32)
        numpy.testing.assert_allclose(self.solve(self.file(g_siemens=g, r_row_ohm=numpy.uint8(2))), expected, rtol=1e-5)

    def test_several_vectors(self):
        drives = numpy.stack([self.arrays["drive_volt"], numpy.ones(12)])
        out = self.solve(self.file(drive_volt=drives))
        self.assertEqual(out.shape, (2, 9))
        numpy.testing.assert_array_equal(out[0], self.solve(self.file()))
        numpy.testing.assert_allclose(out[1], 1, rtol=1e-12)

    def test_report(self):
        out = self.solve(self.file())
        file = self.file(out=out * 1.01)
        text = self.done("crossbar", file, "--out", self.out)
        for word in ("12 x 9 cells", "voltage mode", "ms", "0.0099 of max|out|"):
            self.assertIn(word, text)
        told = json.loads(self.done("crossbar", file, "--out", self.out, "--json"))
        self.assertEqual((told["rows"], told["columns"], told["vectors"]), (12, 9, 1))
        self.assertAlmostEqual(told["relative_difference"], 0.01 / 1.01, places=9)
        self.assertAlmostEqual(told["largest"], abs(out).max(), places=12)
        told = json.loads(self.done("crossbar", self.file(), "--out", self.out, "--json"))
        self.assertIsNone(told["relative_difference"])

    def test_column_without_conductance(self):
        g = self.arrays["g_siemens"].copy()
        g[:, 4] = 0
        result = self.tool("crossbar", self.file(g_siemens=g), "--out", self.out, "--json")
        self.assertEqual(result.returncode, 0)
        self.assertIn("column 4 has no conductance", result.stderr)
        self.assertEqual(json.loads(result.stdout)["undetermined_columns"], [4])
        self.assertEqual(numpy.load(self.out)[4], 0)
        result = self.tool("crossbar", self.file(g_siemens=g * 0), "--out", self.out)
        self.assertIn("columns 0, 1, 2, 3, 4, 5, 6, 7 and 1 more have no conductance", result.stderr)
        self.assertTrue((numpy.load(self.out) == 0).all())

    def test_mistakes(self):
        g, v = self.arrays["g_siemens"], self.arrays["drive_volt"]
        wrong = g.copy()
        wrong[3, 5] = numpy.nan
        self.mistake("g_siemens[3, 5]", "NaN", g_siemens=wrong)
        wrong[3, 5] = -2e-6
        self.mistake("g_siemens[3, 5]", "negative", "-2e-06", g_siemens=wrong)
        self.mistake("drive_volt", "shape (7,)", "(12,)", drive_volt=v[:7])
        self.mistake("drive_volt[2]", "infinite", drive_volt=numpy.where(numpy.arange(12) == 2, numpy.inf, v))
        self.mistake("r_row_ohm", "negative", r_row_ohm=-1.0)
        self.mistake("mode", "power", "voltage", "current", mode="power")
        self.mistake("tap_row[0]", "12", tap_row=numpy.full(9, 12))
        self.mistake("r_sense_ohm", mode="current")
        self.mistake("g_siemens", "drive_volt", g_siemens=None)
        self.mistake("g_siemens", "<c16", g_siemens=g + 0j)
        self.mistake("drive_volt", "big-endian", drive_volt=v.astype(">f8"))
        self.mistake("drive_volt", "records", drive_volt=numpy.zeros(12, [("volt", "f8")]))
        self.mistake("out", "shape (3,)", "(9,)", out=numpy.zeros(3))

    def test_files_that_are_none(self):
        whole = self.file().read_bytes()
        cut = self.path("cut.npz")
        for size in (0, 3, 100, len(whole) // 2, len(whole) - 1):
            cut.write_bytes(whole[:size])
            self.refuses("crossbar", cut, "--out", self.out, says="cut.npz")
        cut.write_bytes(whole.replace(numpy.array(50.0).tobytes(), numpy.array(60.0).tobytes()))
        self.refuses("crossbar", cut, "--out", self.out, says=["cut.npz", "r_driver_ohm", "checksum"])
        with zipfile.ZipFile(cut, "w", zipfile.ZIP_BZIP2) as archive:
            archive.writestr("g_siemens.npy", b"x")
        self.refuses("crossbar", cut, "--out", self.out, says=["cut.npz", "g_siemens", "method 12"])
        numpy.save(self.path("one.npy"), self.arrays["g_siemens"])
        self.refuses("crossbar", self.path("one.npy"), "--out", self.out, says=["one.npy", ".npz"])
        self.refuses("crossbar", "nowhere.npz", "--out", self.out, says="nowhere.npz")
        self.refuses("crossbar", self.work, "--out", self.out, says=str(self.work))

    def test_output(self):
        file = self.file()
        self.refuses("crossbar", file, says="--out")
        self.refuses("crossbar", file, "--out", self.path("no/such/folder.npy"), says="folder.npy")
        self.refuses("crossbar", file, "--out", self.work, says=str(self.work))
        self.refuses("crossbar", file, "--out", file, says="input")
        self.refuses("crossbar", file, "--out", "/dev/null", says="/dev/null")
        self.refuses("crossbar", file, "--out", self.out, "--precision", "half", says=["--precision", "half"])
        self.refuses("crossbar", file, "--out", self.out, "--set", "run.bach=3", says="run.bach")
        self.out.write_text("old")
        self.refuses("crossbar", self.file("bad.npz", mode="x"), "--out", self.out)
        self.assertEqual(self.out.read_text(), "old")
        self.solve(file)
        self.assertEqual(len(list(self.work.glob(f"{self.out.name}*"))), 1)
        self.assertTrue(os.path.exists("/dev/null"))


if __name__ == "__main__":
    unittest.main()
