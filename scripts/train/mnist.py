#!/usr/bin/python3
"""Trains the seven-layer MNIST network that fits on the chip and writes it as ONNX."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import environment  # noqa: F401  (first: see there)
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

import datasets
from augment import Distortion, distort
from chip_noise import chip_accuracies, exact_accuracy, to_tensor
from layers import INPUT_BITS, NoisyConv2d, NoisyLayer, NoisyLinear
from neurram.torch import NoiseModel
from onnx_file import Layer, Network, run_numpy, write_network
from quantise import UnsignedQuantiser, quantise_input
from training import Average, generator_for, one_cycle, ramp, save_checkpoint, set_up_torch

BITS = INPUT_BITS
CHANNELS = (1, 8, 8, 16, 16, 32, 32)
POOLS = ("none", "2x2", "none", "2x2", "none", "2x2_same")
HELD_OUT = 5000  # last images of the training set: every choice is made on these
CHIPS = 5  # drawn to judge the result
ROOT = Path(__file__).resolve().parents[2]


class MnistNet(nn.Module):
    """Six 3x3 convolutions and a dense layer, no batch norm, 3-bit activations."""

    def __init__(self) -> None:
        super().__init__()
        self.convs = nn.ModuleList(
            NoisyConv2d(CHANNELS[k], CHANNELS[k + 1]) for k in range(len(POOLS))
        )
        self.quantisers = nn.ModuleList(UnsignedQuantiser(BITS) for _ in POOLS)
        self.dense = NoisyLinear(4 * 4 * CHANNELS[-1], 10)

    def noisy_layers(self) -> list[NoisyLayer]:
        return [*self.convs, self.dense]

    def forward(self, image: Tensor) -> Tensor:
        x = quantise_input(image, BITS)
        for conv, quantiser, pool in zip(self.convs, self.quantisers, POOLS):
            x = conv(x)
            # Pooling first gives the same values as pooling last and is cheaper.
            if pool != "none":
                x = F.max_pool2d(x, 2, ceil_mode=pool == "2x2_same")
            x = quantiser(x)
        return self.dense(x.flatten(1))

    def note_input_limits(self) -> None:
        """Tells each layer what the full code at its input stands for."""
        for layer, quantiser in zip(self.noisy_layers()[1:], self.quantisers):
            layer.input_limit = float(quantiser.limit)

    @torch.no_grad()
    def initialise(self, images: Tensor, limit_spreads: float, seed: int) -> None:
        """Random weights, scaled on real images so that every layer has unit spread."""
        generator = generator_for(seed, -1)
        x = quantise_input(images, BITS)
        for index, layer in enumerate(self.noisy_layers()):
            layer.initialise(generator)
            if index == len(POOLS):
                x = x.flatten(1)
            y = layer(x)
            layer.weight.div_(y.std())
            if index < len(POOLS):
                y = y / y.std()
                if POOLS[index] != "none":
                    y = F.max_pool2d(y, 2, ceil_mode=POOLS[index] == "2x2_same")
                x = self.quantisers[index](y)
            layer.set_limit(limit_spreads)


def accuracy(model: MnistNet, images: Tensor, labels: Tensor, noise: float = 0.0) -> float:
    """Share of right answers; with noise, one draw of weights for each 250 images."""
    model.note_input_limits()
    generator = torch.Generator().manual_seed(1)
    for layer in model.noisy_layers():
        layer.noise, layer.output_noise, layer.generator = noise, 0.0, generator
        layer.chip = None
    right = 0
    with torch.no_grad():
        for start in range(0, len(images), 250):
            logits = model(as_float(images[start : start + 250]))
            right += int((logits.argmax(1) == labels[start : start + 250]).sum())
    return right / len(images)


def as_float(images: Tensor) -> Tensor:
    return images.unsqueeze(1).to(torch.float32).div_(255.0)


def train_epoch(
    model: MnistNet,
    average: Average,
    optimiser: torch.optim.Optimizer,
    images: Tensor,
    labels: Tensor,
    args: argparse.Namespace,
    epoch: int,
    chip: NoiseModel | None,
) -> float:
    generator = generator_for(args.seed, epoch)
    order = torch.randperm(len(images), generator=generator)
    steps = len(images) // args.batch
    total = 0.0
    for layer in model.noisy_layers():
        layer.generator = generator
    # The last epochs see images closer to the undistorted ones.
    last = epoch >= args.epochs - args.settle
    amount = Distortion().scaled(args.distortion * (0.5 if last else 1.0))
    for step in range(steps):
        progress = (epoch + step / steps) / args.epochs
        for group in optimiser.param_groups:
            group["lr"] = one_cycle(progress, args.rate)
        strength = ramp(progress, 0.3)
        for layer in model.noisy_layers():
            layer.noise = (args.noise if chip is None else 1.0) * strength
            layer.chip = chip
            layer.output_noise = args.output_noise * strength
        chosen = order[step * args.batch : (step + 1) * args.batch]
        batch = distort(as_float(images[chosen]), amount, generator)
        model.note_input_limits()
        logits = model(batch.contiguous(memory_format=torch.channels_last))
        loss = F.cross_entropy(logits, labels[chosen], label_smoothing=args.smoothing)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        with torch.no_grad():
            for quantiser in model.quantisers:
                quantiser.limit.clamp_(min=0.1)
        for layer in model.noisy_layers():
            layer.clip()
        average.update(model)
        total += float(loss.detach())
    return total / steps


def to_network(model: MnistNet) -> Network:
    names = [f"conv{k}" for k in range(len(POOLS))] + ["dense"]
    limits = [float(q.limit.detach()) for q in model.quantisers] + [None]
    layers = [
        Layer(name, layer.weight.detach().numpy(), layer.bias.detach().numpy(), limit, BITS, pool)
        for name, layer, limit, pool in zip(names, model.noisy_layers(), limits, [*POOLS, "none"])
    ]
    return Network((1, 28, 28), 1.0, BITS, layers)


@torch.no_grad()
def check_file(path: Path, model: MnistNet, images: Tensor) -> None:
    """The file, run node by node in numpy, must give what the model gives."""
    for layer in model.noisy_layers():
        layer.noise = layer.output_noise = 0.0
    expected = model(as_float(images)).numpy()
    worst = float(np.abs(run_numpy(path, as_float(images).numpy()) - expected).max())
    if worst > 1e-4:
        raise RuntimeError(f"{path}: logits differ from the trained model by {worst:.2g}")


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="example: scripts/train/mnist.py --out build/train/mnist/network.onnx --seed 1",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    add("--out", type=Path, default=ROOT / "build/train/mnist/network.onnx", metavar="FILE",
        help="network file to write; the checkpoint goes beside it")  # fmt: skip
    add("--data", type=Path, metavar="DIR", help="data folder instead of NEURRAM_DATA or the cache")
    add("--seed", type=int, default=1, help="the same seed gives the same network")
    add("--epochs", type=int, default=36, help="passes over the training images")
    add("--batch", type=int, default=256, help="images per step")
    add("--rate", type=float, default=4e-3, help="highest learning rate")
    add("--noise", type=float, default=0.05, help="weight noise in units of the largest weight")
    add("--chip-noise", action="store_true", help="weight noise as the chip's cells have it, in "
        "place of --noise")  # fmt: skip
    add("--output-noise", type=float, default=0.04, help="noise of sums in units of their spread")
    add("--limit-spreads", type=float, default=2.0, help="weight limit over the initial spread")
    add("--smoothing", type=float, default=0.03, help="label smoothing")
    add("--distortion", type=float, default=0.8, help="strength of the image distortions")
    add("--settle", type=int, default=4, help="last epochs with half the distortion")
    add("--decay", type=float, default=0.998, help="of the moving average of the weights")
    add("--threads", type=int, default=2, help="their number changes the order of sums")
    add("--resume", action="store_true", help="go on from the checkpoint of an interrupted run")
    add("--quick", action="store_true", help="two epochs: tries the whole path, trains little")
    args = parser.parse_args(arguments)
    if args.quick:
        args.epochs, args.settle = 2, 1
    if args.out.suffix != ".onnx":
        args.out = args.out / "network.onnx"
    return args


def recipe(args: argparse.Namespace) -> dict[str, object]:
    """The settings that decide the result."""
    ignored = {"out", "data", "threads", "resume", "quick"}
    return {key: value for key, value in vars(args).items() if key not in ignored}


def command(args: argparse.Namespace) -> str:
    defaults = recipe(parse([]))
    given = {f"--{k.replace('_', '-')}": v for k, v in recipe(args).items() if v != defaults[k]}
    words = [name if value is True else f"{name} {value}" for name, value in given.items()]
    return " ".join(["scripts/train/mnist.py", *words])


def train(args: argparse.Namespace) -> None:
    set_up_torch(args.threads)
    pixels, answers = datasets.mnist("train", args.data)
    images = torch.from_numpy(pixels.copy())
    labels = torch.from_numpy(answers.astype(np.int64))
    fit = slice(0, len(images) - HELD_OUT)
    held = slice(len(images) - HELD_OUT, len(images))

    model = MnistNet().to(memory_format=torch.channels_last)
    model.initialise(as_float(images[:1000]), args.limit_spreads, args.seed)
    model.note_input_limits()
    average = Average(model, args.decay)
    optimiser = torch.optim.Adam(
        [
            {"params": [p for n, p in model.named_parameters() if not n.endswith("limit")]},
            # Low clip levels give finer steps: a small decay keeps them from drifting up.
            {"params": [q.limit for q in model.quantisers], "weight_decay": 1e-3},
        ],
        lr=args.rate,
    )
    checkpoint = args.out.with_suffix(".checkpoint")
    chip = NoiseModel.from_config() if args.chip_noise else None
    first, seconds = 0, 0.0
    if args.resume:
        if not checkpoint.is_file():
            raise datasets.DataError(f"{checkpoint}: no checkpoint to resume from")
        state = torch.load(checkpoint)
        if state["recipe"] != recipe(args):
            raise datasets.DataError(f"{checkpoint}: belongs to other settings, cannot resume")
        model.load_state_dict(state["model"])
        average.model.load_state_dict(state["average"])
        average.steps = state["steps"]
        optimiser.load_state_dict(state["optimiser"])
        first, seconds = state["epoch"], state["seconds"]
        print(f"resumed after epoch {first}")

    for epoch in range(first, args.epochs):
        started = time.monotonic()
        loss = train_epoch(model, average, optimiser, images[fit], labels[fit], args, epoch, chip)
        clean = accuracy(average.model, images[held], labels[held])
        noisy = accuracy(average.model, images[held], labels[held], 0.10)
        took = time.monotonic() - started
        seconds += took
        print(
            f"epoch {epoch + 1:3}/{args.epochs}  loss {loss:.4f}  held-out {clean:.2%}, "
            f"with 10 % noise {noisy:.2%}  {took:.1f} s",
            flush=True,
        )
        save_checkpoint(
            checkpoint,
            {
                "recipe": recipe(args),
                "epoch": epoch + 1,
                "seconds": seconds,
                "model": model.state_dict(),
                "average": average.model.state_dict(),
                "steps": average.steps,
                "optimiser": optimiser.state_dict(),
            },
        )

    finish(average.model, images[held], labels[held], seconds, args)


def finish(
    model: MnistNet, images: Tensor, labels: Tensor, seconds: float, args: argparse.Namespace
) -> None:
    """Judges the trained network, on test images for the first time, and writes it."""
    network = to_network(model)
    test_pixels, test_answers = datasets.mnist("t10k", args.data)
    test_images = to_tensor(test_pixels)
    exact = exact_accuracy(network, test_images, test_answers)
    chips = chip_accuracies(
        network, test_images, test_answers, as_float(images[:200]), NoiseModel.from_config(),
        CHIPS, args.seed,
    )
    metadata = {
        "name": "mnist_cnn",
        "command": command(args),
        "seed": str(args.seed),
        "epochs": str(args.epochs),
        "weight_noise": "chip" if args.chip_noise else str(args.noise),
        "held_out_accuracy": f"{accuracy(model, images, labels):.4f}",
        "held_out_accuracy_10_percent_noise": f"{accuracy(model, images, labels, 0.10):.4f}",
        "test_accuracy": f"{exact:.4f}",
        "test_accuracy_noisy_chips": f"{np.mean(chips):.4f}",
    }
    write_network(args.out, network, metadata)
    check_file(args.out, model, images[:200])
    print(
        f"test images: {exact:.2%} without noise; on {CHIPS} noisy chips "
        f"mean {np.mean(chips):.2%}, lowest {min(chips):.2%}, highest {max(chips):.2%}"
    )
    print(f"trained in {seconds / 60.0:.1f} min, wrote {args.out}")


def main() -> int:
    args = parse()
    try:
        train(args)
    except (datasets.DataError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\ninterrupted; --resume goes on after the last whole epoch", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
