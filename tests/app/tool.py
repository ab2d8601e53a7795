"""What the application tests share: the built tool, run as a user would run it.

The environment variable NEURRAM_TOOL names it. Every test class works in a temporary folder with a cache
of its own.
"""
from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
import unittest
from collections.abc import Iterable
from pathlib import Path

TOOL = Path(os.environ.get("NEURRAM_TOOL", "build/release/neurram")).resolve()
MNIST = Path(__file__).resolve().parents[2] / "tb/apps/mnist"
LONGEST_MESSAGE = 6  # lines
CRASH = re.compile(r"terminate called|segmentation|aborted|core dumped|assert|traceback|sanitizer|should not happen"
                   r"|\b[EF]\d{3,4}\b.*In file", re.IGNORECASE)


class Run:
    """A run's folder."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.summary = json.loads((folder / "summary.json").read_text())

    def total(self, columns: str, where: str = "1") -> list[tuple]:
        """Sums of columns of the ledger, e.g. total("layer, SUM(vectors)", "kind = 'operation'")."""
        with sqlite3.connect(f"file:{self.folder}/ledger.sqlite?mode=ro", uri=True) as ledger:
            return ledger.execute(f"SELECT {columns} FROM record WHERE {where}").fetchall()

    def columns(self, prefix: str) -> list[str]:
        with sqlite3.connect(f"file:{self.folder}/ledger.sqlite?mode=ro", uri=True) as ledger:
            return [name for (name,) in ledger.execute("SELECT name FROM column") if name.startswith(prefix)]


def without_wall_time(summary: dict) -> dict:
    """What two equal runs must agree in."""
    copy = {**summary, "setup": {**summary["setup"]}}
    del copy["wall_s"], copy["setup"]["wall_s"]
    return copy


class AppTest(unittest.TestCase):
    maxDiff = 2000

    @classmethod
    def setUpClass(cls) -> None:
        cls.work = Path(tempfile.mkdtemp(prefix="neurram-app-"))
        cls.addClassCleanup(shutil.rmtree, cls.work, ignore_errors=True)
        cls.cache = cls.work / "cache"
        cls.environment = {**os.environ, "XDG_CACHE_HOME": str(cls.cache), "LC_ALL": "C"}

    def path(self, name: str) -> Path:
        """A path of this test alone."""
        return self.work / f"{self._testMethodName}-{name}"

    @classmethod
    def tool(cls, *args: object, **options) -> subprocess.CompletedProcess:
        options = {"env": cls.environment, "cwd": cls.work, "timeout": 120, "capture_output": True, "text": True,
                   **options}
        return subprocess.run([TOOL, *map(str, args)], **options)

    def done(self, *args: object, **options) -> str:
        """Runs what must succeed; its standard output."""
        result = self.tool(*args, **options)
        self.assertEqual(result.returncode, 0, f"{' '.join(map(str, args))}: {result.stderr or result.stdout}")
        return result.stdout

    def run_app(self, name: str, *args: object, app: tuple[object, ...] = ("mnist",)) -> Run:
        """A run that must succeed, in the folder `name` of this test."""
        folder = self.path(name)
        self.done("run", *app, "--quiet", "--out", folder, *args)
        return Run(folder)

    def tree(self) -> set[str]:
        """Everything in the work folder, but for the cache."""
        everything = (p.relative_to(self.work) for p in self.work.rglob("*"))
        return {str(p) for p in everything if p.parts[0] != self.cache.name}

    def refuses(self, *args: object, says: str | Iterable[str] = (), **options) -> str:
        """A mistake of the user: exit code 2, one short message that names it, nothing on standard output,
        nothing left behind. Returns the message."""
        before = self.tree()
        result = self.tool(*args, **options)
        shown = f"`{' '.join(map(str, args))}` says: {result.stderr}{result.stdout}"
        self.assertEqual(result.returncode, 2, shown)
        self.assertEqual(result.stdout, "", shown)
        self.assertTrue(result.stderr.startswith("neurram: "), shown)
        self.assertLessEqual(len(result.stderr.splitlines()), LONGEST_MESSAGE, shown)
        self.assertIsNone(CRASH.search(result.stderr), shown)
        for word in [says] if isinstance(says, str) else says:
            self.assertIn(word, result.stderr, shown)
        self.assertEqual(self.tree(), before, f"{shown} and leaves or takes files")
        return result.stderr
