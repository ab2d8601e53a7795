#!/usr/bin/python3
"""Takes the calibration images of the MNIST app out of the training set.

The chip's columns are calibrated on images that look like those of the run but are not
among them. The choice is drawn with a fixed seed, the same number from each class, and
the files are the same byte for byte each time.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

import datasets

ROOT = Path(__file__).resolve().parents[2]


def choose(labels: np.ndarray, per_class: int, seed: int) -> np.ndarray:
    """Indices of images, per_class of each digit, in shuffled order."""
    random = np.random.Generator(np.random.PCG64(seed))
    chosen = [
        random.choice(np.flatnonzero(labels == digit), per_class, replace=False)
        for digit in range(10)
    ]
    return random.permutation(np.concatenate(chosen))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="example: scripts/train/make_calibration.py --out tb/apps/mnist",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--out", type=Path, default=ROOT / "tb/apps/mnist", metavar="DIR")
    parser.add_argument("--data", type=Path, metavar="DIR", help="data folder (else NEURRAM_DATA)")
    parser.add_argument("--per-class", type=int, default=50, help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=2022, help="default: %(default)s")
    args = parser.parse_args()
    try:
        images, labels = datasets.mnist("train", args.data)
        chosen = choose(labels, args.per_class, args.seed)
        args.out.mkdir(parents=True, exist_ok=True)
        datasets.write_idx(args.out / "calibration-images-idx3-ubyte.gz", images[chosen])
        datasets.write_idx(args.out / "calibration-labels-idx1-ubyte.gz", labels[chosen])
    except (datasets.DataError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(f"{len(chosen)} of {len(labels)} training images in {args.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
