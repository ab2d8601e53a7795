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
import neurram
from chip_noise import chip_accuracies, exact_accuracy, to_tensor
from neurram.torch import NoiseModel
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
    add("--set", action="append", default=[], metavar="KEY=VALUE", help="a field of the chip, as "
        "`neurram run --set`; `neurram config --dump` lists them")  # fmt: skip
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
        noise = NoiseModel.from_config(neurram.Config.load(set=args.set))
    except (datasets.DataError, NetworkError, neurram.Error, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
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
