#!/usr/bin/python3
"""Accuracy of an ONNX network: exact, and on randomly drawn noisy chips."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import environment  # noqa: F401  (first: see there)
import numpy as np

import datasets
from chip_noise import ChipNoise, chip_accuracies, exact_accuracy, to_tensor
from onnx_file import NetworkError, read_network
from training import set_up_torch

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="example: scripts/train/evaluate.py tb/apps/mnist/network.onnx --draws 10",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    add("network", type=Path, nargs="?", default=ROOT / "tb/apps/mnist/network.onnx")
    add("--data", type=Path, metavar="DIR", help="data folder instead of NEURRAM_DATA or the cache")
    add("--part", choices=["test", "held-out"], default="test", help="test, or the last 5,000 "
        "training images")  # fmt: skip
    add("--images", type=int, help="only the first so many")
    add("--draws", type=int, default=10, help="number of chips")
    add("--seed", type=int, default=1)
    add("--calibration", type=int, default=200, help="training images to calibrate on")
    add("--no-calibration", action="store_true", help="trust the expected column scales")
    add("--relaxation", type=float, default=ChipNoise.relaxation, help="of the one-day spread")
    add("--conversion-noise", type=float, default=ChipNoise.conversion_noise, help="in steps")
    add("--full-scale", type=float, default=ChipNoise.full_scale, help="in spreads of the sums")
    add("--threads", type=int, default=2)
    add("--json", action="store_true", help="one document on standard output")
    args = parser.parse_args()
    set_up_torch(args.threads)
    try:
        network = read_network(args.network)
        train_images, train_labels = datasets.mnist("train", args.data)
        if args.part == "test":
            images, labels = datasets.mnist("t10k", args.data)
        else:
            images, labels = train_images[-5000:], train_labels[-5000:]
        images, labels = to_tensor(images[: args.images]), labels[: args.images]
    except (datasets.DataError, NetworkError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    noise = ChipNoise(
        relaxation=args.relaxation,
        conversion_noise=args.conversion_noise,
        full_scale=args.full_scale,
        calibrated=not args.no_calibration,
    )
    calibration = to_tensor(train_images[: args.calibration])
    exact = exact_accuracy(network, images, labels)
    chips = chip_accuracies(network, images, labels, calibration, noise, args.draws, args.seed)
    if args.json:
        print(json.dumps({"images": len(images), "exact": exact, "chips": chips}))
        return 0
    print(f"{len(images)} images, without noise: {exact:.2%}")
    if chips:
        print(
            f"{len(chips)} noisy chips: mean {np.mean(chips):.2%}, "
            f"lowest {min(chips):.2%}, highest {max(chips):.2%}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
