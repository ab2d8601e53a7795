#!/usr/bin/env python3
"""Train with the chip: with its noise in training, then with the chip itself in the forward pass.

    python3 train_with_the_chip.py            # a small network on images that ship, in half a minute
    python3 train_with_the_chip.py --full     # the shipped network's layers on MNIST's training images

The images that ship are MNIST's test images: without --full the network learns from some of them and is judged by
the others.
"""
import argparse
import copy
import gzip
import os
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # beside other work, idle threads that spin slow PyTorch down

import numpy
import torch
from torch import Tensor, nn
from torch.nn import functional as F

import neurram
import neurram.torch as chips

LIMIT = 2.0  # that the top code of the activations stands for


class Net(nn.Module):
    """3 x 3 convolutions, each with stride or pool; a dense layer. All products are the chip's."""

    def __init__(self, channels: list[int], strides: list[int], pools: list[bool]) -> None:
        super().__init__()
        self.pools = pools
        self.convolutions = nn.ModuleList(
            chips.ChipLayer(nn.Conv2d(inputs, outputs, 3, stride, padding=1), input_limit=LIMIT if i > 0 else 1.0)
            for i, (inputs, outputs, stride) in enumerate(zip(channels, channels[1:], strides)))
        size = 28
        for stride, pool in zip(strides, pools):
            size = -(-size // (2 if pool else stride))
        self.dense = chips.ChipLayer(nn.Linear(channels[-1] * size * size, 10), input_limit=LIMIT)

    def forward(self, x: Tensor) -> Tensor:
        for convolution, pool in zip(self.convolutions, self.pools):
            x = F.relu(convolution(x))  # the next layer clips and rounds
            if pool:
                x = F.max_pool2d(x, 2, ceil_mode=True)
        return self.dense(x.flatten(1))


def read(name: str) -> numpy.ndarray:
    """A file of the training images, from where scripts/fetch_data.sh puts it."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "neurram/data"
    path = Path(os.environ.get("NEURRAM_DATA") or cache) / "mnist" / name
    if not path.is_file():
        raise SystemExit(f"{path}: no such file; scripts/fetch_data.sh mnist gets it, NEURRAM_DATA says where it is")
    content = gzip.decompress(path.read_bytes())
    return numpy.frombuffer(content, numpy.uint8, offset=16 if "images" in name else 8)


def pixels(images: numpy.ndarray) -> Tensor:
    return torch.from_numpy(images.reshape(-1, 1, 28, 28).astype(numpy.float32)) / 255


def train(model: Net, images: Tensor, labels: Tensor, epochs: int, rate: float) -> None:
    steps = epochs * (len(images) // 128)
    optimiser = torch.optim.Adam(model.parameters(), rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, steps)
    for step in range(steps):
        if step % (len(images) // 128) == 0:
            order = torch.randperm(len(images))
        batch = order[step % (len(images) // 128) * 128:][:128]
        loss = F.cross_entropy(model(images[batch]), labels[batch])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()


def train_on_the_chip(model: Net, chip: neurram.Chip, images: Tensor, labels: Tensor, steps: int) -> None:
    """Forward through the cells, backward through the ideal layers; new weights are written every few steps."""
    optimiser = torch.optim.Adam(model.parameters(), 2e-4)
    for step in range(steps):
        if step % 4 == 0:
            chips.program(model, chip, images[:200])
        batch = torch.randperm(len(images))[:128]
        loss = F.cross_entropy(model(images[batch]), labels[batch])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()


@torch.no_grad()
def accuracy(model: Net, images: Tensor, labels: Tensor) -> float:
    right = sum(int((model(x).argmax(1) == y).sum()) for x, y in zip(images.split(250), labels.split(250)))
    return right / len(images)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--full", action="store_true", help="seven layers, training images (minutes)")
    parser.add_argument("--epochs", type=int, help="passes over the images (default: 4; with --full 8)")
    parser.add_argument("--g-max-siemens", type=float, default=10e-6, help="conductance of the largest weight (default: "
                        "%(default)s; 40e-6 as published): the less, the more what disturbs a cell weighs")
    parser.add_argument("--seed", type=int, default=1, help="of training and chip")
    parser.add_argument("--tests", type=int, default=1000, help="images to judge by")
    arguments = parser.parse_args()
    torch.set_num_threads(min(2, os.cpu_count() or 1))
    torch.manual_seed(arguments.seed)

    config = neurram.Config.load(app="mnist", set={"chip.core.device.g_max_s": arguments.g_max_siemens}, seed=arguments.seed)
    shipped = neurram.Data.of_app(config)
    images, labels = pixels(shipped.images), torch.from_numpy(shipped.labels.astype(numpy.int64))
    tests, answers = images[-arguments.tests:], labels[-arguments.tests:]
    if arguments.full:
        images = pixels(read("train-images-idx3-ubyte.gz"))
        labels = torch.from_numpy(read("train-labels-idx1-ubyte.gz").astype(numpy.int64))
        exact = Net([1, 8, 8, 16, 16, 32, 32], [1] * 6, [False, True] * 3)
        print(f"trained on {len(images)} training images, judged by {len(tests)} test images")
    else:
        images, labels = images[:8000], labels[:8000]
        if arguments.tests > 2000:
            parser.error("--tests: 2000 at most without --full, as the others are learned from")
        exact = Net([1, 16, 16], [2, 2], [False, False])
        print(f"trained on {len(images)} of the 10000 MNIST test images, judged by {len(tests)} others")
    epochs = arguments.epochs or (8 if arguments.full else 4)

    noise = chips.NoiseModel.from_config(config)
    chip = neurram.Chip(config)
    noisy = copy.deepcopy(exact)
    train(exact, images, labels, epochs, 1e-2)
    chips.disturb(noisy, noise)
    train(noisy, images, labels, epochs, 1e-2)

    print(f"{'trained':<22}{'software':>12}{'noise model':>14}{'chip':>10}")

    def judge(name: str, model: Net) -> None:
        chips.ideal(model)
        found = [accuracy(model, tests, answers)]
        draws = []
        for _ in range(5):
            chips.disturb(model, noise, hold=True)
            model(images[:200])  # draws the cells and calibrates
            draws.append(accuracy(model, tests, answers))
        found.append(sum(draws) / len(draws))
        chips.program(model, chip, images[:200])
        found.append(accuracy(model, tests, answers))
        print(f"{name:<22}{found[0]:>12.2%}{found[1]:>14.2%}{found[2]:>10.2%}", flush=True)

    judge("without noise", exact)
    judge("with noise", noisy)
    train_on_the_chip(noisy, chip, images, labels, steps=12)
    judge("… then on the chip", noisy)
    ledger = chip.ledger
    energy_j = ledger.filter(like="energy_").sum(axis=1).groupby(ledger.kind, observed=True).sum() * 1e-15
    print(f"programming {energy_j['program'] * 1e3:.1f} mJ, products {energy_j['operation'] * 1e3:.2f} mJ, "
          f"{chip.now_ps * 1e-12:.0f} s of the chip's time")


if __name__ == "__main__":
    main()
