#!/usr/bin/env python3
"""Sweep the cells' read noise, run MNIST at each value, and plot accuracy with its interval.

    python3 sweep_and_plot.py [--images 500] [--plot sweep.png]
"""
import argparse
from pathlib import Path

import pandas

import neurram

FIELD = "chip.core.device.sigma_read"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=200)
    parser.add_argument("--plot", type=Path, help="write a picture (matplotlib)")
    arguments = parser.parse_args()
    field = neurram.Config.load(app="mnist").fields()[FIELD]
    print(f"{FIELD}: {field['text']}, default {field['default']}")

    # Each chip is programmed and calibrated for itself, once: the next sweep finds it in the cache.
    rows = []
    for value in (0.0, 0.01, 0.1, 0.3, 1.0):
        summary = neurram.run("mnist", arguments.images, set={FIELD: value}).summary
        rows.append({"sigma_read": value, "accuracy": summary["accuracy"], "low": summary["metric"]["low"],
                     "high": summary["metric"]["high"], "energy_uj": summary["energy_j"] * 1e6})
    table = pandas.DataFrame(rows)
    print(table.to_string(index=False))

    if arguments.plot is not None:
        import matplotlib

        matplotlib.use("Agg")
        from matplotlib import pyplot

        errors = [table.accuracy - table.low, table.high - table.accuracy]
        pyplot.errorbar(table.sigma_read, 100 * table.accuracy, [100 * e for e in errors], marker="o", capsize=3)
        pyplot.xlabel("read noise, share of g_max")
        pyplot.ylabel(f"MNIST accuracy of {arguments.images} images [%]")
        pyplot.savefig(arguments.plot, dpi=120, bbox_inches="tight")


if __name__ == "__main__":
    main()
