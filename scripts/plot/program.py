"""Draws the pictures of a `neurram program` run as PNG, from its CSV files.

    python3 scripts/plot/program.py runs/program-20260131-174500

Needs matplotlib and NumPy (scripts/setup.sh --train installs them).
"""
from __future__ import annotations

import argparse
import csv
import json
import sys
from pathlib import Path

import matplotlib
import numpy as np

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402  (after the choice of what draws)

MOST_PULSES = 60
BIN_US = 0.25
MAP_SIZE = 256


def columns(path: Path) -> dict[str, np.ndarray]:
    """The columns of a CSV file of numbers, by name."""
    with path.open(newline="") as file:
        reader = csv.reader(file)
        names = next(reader)
        rows = [[float(value) for value in row] for row in reader]
    table = np.array(rows).reshape(len(rows), len(names))
    return {name: table[:, i] for i, name in enumerate(names)}


def age_text(age_s: float) -> str:
    """1 s, 30 min, 1 day"""
    for unit_s, unit in ((86400, "day"), (3600, "h"), (60, "min")):
        if age_s >= unit_s:
            value = age_s / unit_s
            return f"{value:.3g} {unit}" + ("s" if unit == "day" and value != 1 else "")
    return f"{age_s:.3g} s"


def draw_pulses(cells: dict[str, np.ndarray], summary: dict):
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(9, 3.6))
    figure.suptitle(f"Pulses per cell: {summary['pulses_per_cell']['mean']:.2f} in the mean of "
                    f"{summary['passes']} pass{'' if summary['passes'] == 1 else 'es'}")
    pulses = np.minimum(cells["pulses"], MOST_PULSES)
    left.hist(pulses, bins=np.arange(MOST_PULSES + 2) - 0.5, histtype="stepfilled", alpha=0.4)
    left.set(xlabel=f"SET and RESET pulses ({MOST_PULSES} or more in the last bar)", ylabel="cells")
    counts = np.arange(MOST_PULSES)
    right.plot(counts, [100 * np.mean(cells["pulses"] <= count) for count in counts])
    right.set(xlabel="SET and RESET pulses", ylabel="cells that need no more [%]", ylim=(0, 100))
    return figure


def draw_levels(cells: dict[str, np.ndarray], summary: dict):
    levels = np.array([level["target_us"] for level in summary["levels"]])
    nearest = np.argmin(np.abs(cells["target_us"][:, None] - levels), axis=1)
    high = 10 * np.ceil(round(levels[-1], 3) / 10) + 10
    figure, axes = pyplot.subplots(2, 1, figsize=(9, 5.4), sharex=True)
    figure.suptitle("Conductance at eight levels (targets moved to the nearest)")
    titles = ("last verify read", f"{age_text(summary['age_s'])} later")
    for axis, name, title in zip(axes, ("verified_us", "final_us"), titles):
        for number, level in enumerate(levels):
            mine = nearest == number
            moved = level + cells[name][mine] - cells["target_us"][mine]
            axis.hist(np.clip(moved, 0, high), bins=np.arange(0, high + BIN_US, BIN_US), histtype="stepfilled",
                      alpha=0.5)
        axis.set(title=title, ylabel="cells", xlim=(0, high))
    axes[1].set_xlabel("level + conductance − target [µS]")
    return figure


def draw_spread(spread: dict[str, np.ndarray], summary: dict):
    figure, ((by_age, by_passes), (mean, shift)) = pyplot.subplots(2, 2, figsize=(9, 7))
    figure.suptitle("Spread of conductance about its target")
    passes = np.unique(spread["passes"])
    ages = np.unique(spread["age_s"])

    def lines(count: float, age_s: float) -> np.ndarray:
        return (spread["passes"] == count) & (spread["age_s"] == age_s)

    for age_s in ages:
        mine = lines(1, age_s)
        by_age.plot(spread["target_us"][mine], spread["sigma_us"][mine], label=age_text(age_s))
        mean.plot(passes, [spread["sigma_us"][lines(count, age_s)].mean() for count in passes], "o-",
                  label=age_text(age_s))
    for count in passes:
        mine = lines(count, summary["age_s"])
        label = f"{count:.0f} pass" + ("es" if count > 1 else "")
        by_passes.plot(spread["target_us"][mine], spread["sigma_us"][mine], label=label)
        shift.plot(spread["target_us"][mine], spread["mean_us"][mine], label=label)
    later = f"{age_text(summary['age_s'])} after the last pass"
    by_age.set(title="after one pass", xlabel="target [µS]", ylabel="standard deviation [µS]")
    by_passes.set(title=later, xlabel="target [µS]", ylabel="standard deviation [µS]")
    mean.set(title="mean over targets", xlabel="passes", ylabel="standard deviation [µS]", xticks=passes)
    shift.set(title=later, xlabel="target [µS]", ylabel="mean error [µS]")
    for axis in (by_age, by_passes, mean, shift):
        axis.legend(frameon=False)
    for axis in (by_age, by_passes, mean):
        axis.set_ylim(bottom=0)
    return figure


def draw_cells(cells: dict[str, np.ndarray]):
    core = cells["core"][0] if len(cells["core"]) else 0
    here = cells["core"] == core
    unusable = here & (cells["unusable"] == 1)
    missed = here & (cells["failed"] == 1) & ~unusable
    figure, axis = pyplot.subplots(figsize=(5.4, 5.4))
    figure.suptitle(f"Cells of core {core:.0f} that missed their target")
    axis.scatter(cells["column"][missed], cells["row"][missed], s=8, label="missed")
    axis.scatter(cells["column"][unusable], cells["row"][unusable], s=30, label="unusable")
    axis.set(xlabel="column", ylabel="row", xlim=(0, MAP_SIZE), ylim=(0, MAP_SIZE))
    axis.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncol=2, frameon=False)
    return figure


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path, help="folder that `neurram program` wrote")
    parser.add_argument("--out", type=Path, help="folder of the pictures (default: the run's)")
    arguments = parser.parse_args()
    run: Path = arguments.run
    try:
        summary = json.loads((run / "summary.json").read_text())
        cells = columns(run / "program.csv")
        spread = columns(run / "spread.csv") if (run / "spread.csv").exists() else None
    except FileNotFoundError as error:
        print(f"program.py: {error.filename}: missing; is {run} the folder of a `neurram program`?", file=sys.stderr)
        return 2
    out: Path = arguments.out or run
    out.mkdir(parents=True, exist_ok=True)
    figures = {"pulses": draw_pulses(cells, summary), "levels": draw_levels(cells, summary),
               "cells": draw_cells(cells)}
    if spread is not None:  # an interrupted run has none
        figures["spread"] = draw_spread(spread, summary)
    for name, figure in figures.items():
        figure.tight_layout()
        figure.savefig(out / f"{name}.png", dpi=120)
        print(out / f"{name}.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
