#!/usr/bin/env python3
"""Look into an array: what programming aimed at, what it reached, what relaxation left; and back in from a file.

    python3 look_into_an_array.py [--dump cells.npz]
"""
import argparse
import tempfile
from pathlib import Path

import numpy

import neurram

MICRO = 1e-6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dump", type=Path, help="write the cells to this .npz file")
    arguments = parser.parse_args()
    core = neurram.Chip().core(0)
    core.power_on()
    levels = numpy.linspace(1e-6, 40e-6, 8)
    targets = numpy.tile(levels, (256, 32))
    failed = core.program(targets)
    print(f"{targets.size} cells, {failed} outside their tolerance, {core.pulses.mean():.1f} pulses a cell")

    # Views of the model's own memory: no copies, and they follow the cells.
    good = ~core.failed
    print("target [uS]   verified: error, sigma   relaxed: error, sigma")
    for level in levels:
        cells = good & (targets == level)
        line = [level / MICRO]
        for values in (core.verified, core.conductances):
            error = (values[cells] - level) / MICRO
            line += [error.mean(), error.std()]
        print("{:11.2f}   {:15.3f} {:6.3f}   {:14.3f} {:6.3f}".format(*line))

    with tempfile.TemporaryDirectory() as folder:
        path = arguments.dump or Path(folder) / "cells.npz"
        neurram.dump(core, path)
        # Another chip, with these cells: so a measured chip comes in, too.
        other = neurram.Chip().core(5)
        neurram.load(other, path)
        difference = abs(other.conductances - core.conductances).max()
        print(f"loaded into another core: largest difference {difference / MICRO:.1e} uS")


if __name__ == "__main__":
    main()
