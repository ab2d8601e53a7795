"""The folder of a run: whole or not there, whatever happens; Ctrl-C keeps what was done."""
import os
import signal
import subprocess
import time
import unittest
from pathlib import Path

from tool import TOOL, AppTest, Run


class Folders(AppTest):
    def test_default_place(self):
        self.done("run", "mnist", "--images", "2", "--quiet", cwd=self.make("cwd"))
        (run,) = (self.path("cwd") / "runs").iterdir()
        self.assertRegex(run.name, r"^mnist-\d{8}-\d{6}$")

    def test_makes_parents(self):
        self.run_app("a/b/c", "--images", 2)

    def make(self, name: str) -> Path:
        folder = self.path(name)
        folder.mkdir()
        return folder

    def test_nothing_is_overwritten(self):
        kept = self.run_app("out", "--images", 2)
        before = {f.name: f.read_bytes() for f in kept.folder.iterdir()}
        self.refuses("run", "mnist", "--images", 3, "--out", kept.folder, says=[str(kept.folder), "--force"])
        self.assertEqual({f.name: f.read_bytes() for f in kept.folder.iterdir()}, before)
        self.done("run", "mnist", "--images", 3, "--out", kept.folder, "--force", "--quiet")
        self.assertEqual(Run(kept.folder).summary["images"], 3)
        self.assertEqual([p for p in self.tree() if "partial" in p], [])

    def test_a_folder_of_something_else_is_never_replaced(self):
        folder = self.make("precious")
        (folder / "thesis.txt").write_text("mine")
        for more in ([], ["--force"]):
            self.refuses("run", "mnist", "--images", 2, "--out", folder, *more, says=[str(folder)])
        self.refuses("run", "mnist", "--images", 2, "--out", folder / "thesis.txt", "--force", says="thesis.txt")
        self.assertEqual((folder / "thesis.txt").read_text(), "mine")

    def test_an_empty_folder_is_taken(self):
        folder = self.make("empty")
        self.done("run", "mnist", "--images", 2, "--out", folder, "--quiet")
        self.assertEqual(Run(folder).summary["images"], 2)

    def test_places_that_cannot_be_written(self):
        taken = self.path("file")
        taken.write_text("")
        for place in ("/proc/nowhere/run", taken / "run"):
            self.refuses("run", "mnist", "--images", 2, "--out", place, says=str(place))
            self.refuses("compile", "mnist", "--out", place, says=str(place))
        self.refuses("compile", "mnist", "--out", self.make("folder"), says="folder")

    @unittest.skipIf(os.geteuid() == 0, "root may write anywhere")
    def test_folder_without_write_permission(self):
        folder = self.make("closed")
        folder.chmod(0o555)
        self.refuses("run", "mnist", "--images", 2, "--out", folder / "run", says=[str(folder), "denied"])


class FullDisk(AppTest):
    def mounted(self, kib: int) -> Path:
        """A file system of so many KiB, for this test."""
        folder = self.path(f"disk{kib}")
        folder.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", f"size={kib}k", "tmpfs", str(folder)]
        if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
            self.skipTest("mounting a small file system is not allowed here")
        self.addCleanup(subprocess.run, ["umount", str(folder)], check=True)
        return folder

    def test_run_folder(self):
        self.run_app("warm", "--images", 2)
        # Too small for the folder's first file, for the summary, and for the ledger at several places.
        for kib in (4, 16, 24, 28, 40, 64):
            with self.subTest(kib=kib):
                disk = self.mounted(kib)
                self.refuses("run", "mnist", "--images", 320, "--set", "run.batch=4", "--out", disk / "run",
                             says="space")
                self.assertEqual(list(disk.iterdir()), [])

    def test_waves(self):
        self.run_app("warm", "--images", 2)
        disk = self.mounted(120)
        self.refuses("run", "mnist", "--images", 2, "--trace", "--out", disk / "run", says=["wave.fst", "space"])
        self.assertEqual(list(disk.iterdir()), [])

    def test_deployment(self):
        disk = self.mounted(256)
        self.refuses("compile", "mnist", "--out", disk / "mnist.deployment", says=["mnist.deployment", "space"])

    def test_cache(self):
        disk = self.mounted(256)
        (disk / "neurram").mkdir()
        self.refuses("run", "mnist", "--images", 2, "--out", self.path("out"), says="space",
                     env={**self.environment, "XDG_CACHE_HOME": str(disk)})


class Signals(AppTest):
    def start(self, *args: str, cache: Path | None = None) -> subprocess.Popen:
        """A long run of small batches."""
        command = [TOOL, "run", "mnist", "--set", "run.batch=8", "--quiet", "--out", self.path("out"), *args]
        environment = {**self.environment, "XDG_CACHE_HOME": str(cache or self.cache)}
        process = subprocess.Popen(command, cwd=self.work, env=environment, text=True, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        self.addCleanup(process.kill)
        return process

    def wait_for(self, what) -> None:
        """Waits until what() is true."""
        deadline = time.monotonic() + 60
        while not what():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)

    def children(self, process: subprocess.Popen) -> list[int]:
        path = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        return [int(pid) for pid in path.read_text().split()] if path.exists() else []

    def started(self, process: subprocess.Popen, workers: int) -> None:
        """Waits until the workers of a run on a warm cache have done some images, but not nearly all."""
        self.wait_for(lambda: len(self.children(process)) == workers)
        time.sleep(max(0.6, 2 * self.warm_s))

    def warm_up(self) -> None:
        """Fills the cache, and measures a run of few images."""
        for name in ("cold", "warm"):
            begin = time.monotonic()
            self.run_app(name, "--images", 2, "--set", "run.batch=8")
            self.warm_s = time.monotonic() - begin

    def partial(self) -> list[str]:
        return [p for p in self.tree() if p.startswith(self.path("out").name)]

    def test_interrupt_keeps_what_was_done(self):
        self.warm_up()
        for number, jobs in ((signal.SIGINT, 1), (signal.SIGINT, 2), (signal.SIGTERM, 2)):
            with self.subTest(signal=number, jobs=jobs):
                process = self.start("--jobs", str(jobs), "--force")
                self.started(process, jobs)
                process.send_signal(number)
                _, errors = process.communicate(timeout=30)
                self.assertEqual(process.returncode, 130, errors)
                run = Run(self.path("out"))
                self.assertIs(run.summary["complete"], False)
                self.assertGreater(run.summary["images"], 0)
                self.assertLess(run.summary["images"], 10000)
                self.assertLessEqual(run.summary["correct"], run.summary["images"])
                self.assertAlmostEqual(sum(run.summary["energy_by_component_j"].values()),
                                       run.summary["energy_j"] * run.summary["images"], delta=1e-12)
                # The first matrix meets 784 vectors of every image that counts, and of no other.
                ((vectors,),) = run.total("SUM(vectors)", "kind = 'operation' AND core = 0")
                self.assertEqual(vectors, 784 * run.summary["images"])
                self.assertEqual([p for p in self.partial() if "partial" in p], [])

    def test_interrupted_part_equals_a_short_run(self):
        self.warm_up()
        process = self.start("--jobs", "1")
        self.started(process, 1)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
        cut = Run(self.path("out")).summary
        whole = self.run_app("whole", "--images", cut["images"], "--set", "run.batch=8").summary
        for key in ("correct", "energy_j", "simulated_s", "latency_s", "layers", "time_by_phase_s"):
            self.assertEqual(cut[key], whole[key], key)

    def test_interrupt_while_compiling(self):
        cache = self.path("cold-cache")
        process = self.start("--set", "calibration.vectors=200000", cache=cache)
        self.wait_for(lambda: self.children(process))
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130, errors)
        self.assertEqual(self.partial(), [])
        self.assertEqual([p for p in cache.rglob("*") if p.is_file()], [])

    def test_a_worker_that_dies(self):
        self.warm_up()
        process = self.start("--jobs", "2")
        self.started(process, 2)
        os.kill(self.children(process)[1], signal.SIGKILL)
        _, errors = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 2, errors)
        self.assertIn("died", errors)
        self.assertEqual(self.partial(), [])


if __name__ == "__main__":
    unittest.main()
