#!/usr/bin/env python3
"""Line coverage and cover points of the SystemVerilog blocks, over all their benches.

  scripts/rtl_coverage.py [--build FOLDER] [--least PERCENT]

Builds the benches of tests/cosim once more, with counters in the Verilated code, runs them, and prints what each
file reached. Exit status 1 if the whole lies below --least, or if a cover point was never met. A line counts as
covered if every branch that it holds was taken.
"""
import argparse
import os
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BENCHES = ROOT / "tests/cosim"
POINT = re.compile(r"^C '(.*)' (\d+)$")


def run(*command: object, **options: object) -> None:
    subprocess.run([str(word) for word in command], check=True, **options)


def build(folder: Path) -> list[Path]:
    """The benches, built to count."""
    run("cmake", "-S", ROOT, "-B", folder, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release", "-DNEURRAM_BENCH=OFF",
        "-DNEURRAM_RTL=ON", "-DNEURRAM_RTL_COVERAGE=ON", stdout=subprocess.DEVNULL)
    names = re.findall(r"^neurram_add_cosim\((\w+)", (BENCHES / "CMakeLists.txt").read_text(), re.MULTILINE)
    targets = [f"cosim_{name}" for name in names]
    run("cmake", "--build", folder, "--target", *targets, stdout=subprocess.DEVNULL)
    return [folder / "tests/cosim" / target for target in targets]


def measure(benches: list[Path], folder: Path) -> Path:
    """Runs the benches; the file that holds all their counters."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for bench in benches:
        run(bench, env=os.environ | {"NEURRAM_RTL_COVERAGE": str(folder)}, stdout=subprocess.DEVNULL)
    run("verilator_coverage", "--write", folder / "all.dat", *sorted(folder.glob("*_*.dat")),
        stdout=subprocess.DEVNULL)
    return folder / "all.dat"


def lines_of(ranges: str) -> list[int]:
    lines: list[int] = []
    for part in ranges.split(","):
        first, _, last = part.partition("-")
        lines += range(int(first), int(last or first) + 1)
    return lines


class Counts:
    def __init__(self, data: Path):
        # By file and point, instances added up.
        points: dict[tuple[str, str, str, str], int] = defaultdict(int)
        for line in data.read_text(encoding="utf-8").splitlines():
            match = POINT.match(line)
            if not match:
                continue
            fields = dict(field.split("\2", 1) for field in match[1].split("\1") if "\2" in field)
            key = (fields["f"], fields["page"].split("/")[0], fields.get("S", ""), fields["l"] + "." + fields["n"])
            if key[1] == "v_user":
                key = (fields["f"], "v_user", "", fields["h"].split(".")[-1])
            points[key] += int(match[2])
        self.lines: dict[str, dict[int, bool]] = defaultdict(dict)
        self.cover: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for (file, page, ranges, name), count in points.items():
            if page == "v_user":
                self.cover[file][name] += count
            elif ranges:
                for line in lines_of(ranges):
                    self.lines[file][line] = self.lines[file].get(line, True) and count > 0


def report(counts: Counts, least: float) -> bool:
    total = covered = 0
    unmet = []
    for file in sorted(counts.lines):
        lines = counts.lines[file]
        missed = sorted(line for line, hit in lines.items() if not hit)
        total += len(lines)
        covered += len(lines) - len(missed)
        points = counts.cover[file]
        unmet += [f"{file}: {name}" for name, count in points.items() if count == 0]
        met = sum(count > 0 for count in points.values())
        missing = f"   not: {', '.join(map(str, missed))}" if missed else ""
        print(f"{file:24} {100 * (1 - len(missed) / len(lines)):6.1f} % of {len(lines):3} lines"
              f"   {met} of {len(points)} cover points{missing}")
    share = 100 * covered / total
    print(f"{'all':24} {share:6.1f} % of {total:3} lines")
    for point in unmet:
        print(f"never met: {point}")
    return share >= least and not unmet


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, default=ROOT / "build/rtl-coverage", help="folder to build in")
    parser.add_argument("--least", type=float, default=95.0, help="percent of all lines that must be covered")
    arguments = parser.parse_args()
    benches = build(arguments.build)
    counts = Counts(measure(benches, arguments.build / "counters"))
    return 0 if report(counts, arguments.least) else 1


if __name__ == "__main__":
    sys.exit(main())
