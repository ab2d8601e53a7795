"""What the chip does to a trained network: a fast model in PyTorch.

For judging trained networks in seconds. It holds the disturbances that matter for
accuracy and leaves out voltages, wires and time; the virtual platform is the reference.

A weight is a pair of cells, G+ = max(W, 0) g_max / w_max and G- = max(-W, 0) g_max / w_max,
with w_max the largest |W| of its segment (bias row included); the idle cell rests at g_min.
Kernels taller than 100 rows are split; each segment has one bias row, driven at full code,
that holds its share of the bias. Sums of a segment are converted to half-integer codes of
the type s * (c - 1/2), mapped back with one slope and offset per column that come from
calibration images, and added. Numbers: Wan et al., Nature 608 (2022), Methods and Extended
Data Figure 3; the relaxation polynomial is the digitised fit of that figure in IBM's AIHWKit
(ReRamWan2022NoiseModel, one day).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from layers import segment_count
from onnx_file import Layer, Network

_RELAXATION_US = (0.701, 22.086, -50.773, 47.095, -16.458)  # in powers of G / 40 uS
_RELAXATION_G_US = 40.0


@dataclass(frozen=True)
class ChipNoise:
    g_max_us: float = 40.0
    g_min_us: float = 1.0
    tolerance_us: float = 1.0  # write-verify accepts within +- this: uniform error
    relaxation: float = 0.71  # of the one-day spread: three programming passes
    read_noise: float = 0.01  # per cell and word-line pulse, of g_max
    conversion_noise: float = 0.5  # Gaussian before the conversion, in steps
    magnitude_bits: int = 5
    full_scale: float = 3.75  # in standard deviations of the layer's sums
    calibrated: bool = True  # fit slope and offset of each column


def relaxation_spread(g_us: Tensor) -> Tensor:
    """Standard deviation of a cell's conductance after a day, in uS."""
    x = g_us / _RELAXATION_G_US
    result = torch.zeros_like(x)
    for coefficient in reversed(_RELAXATION_US):
        result = result * x + coefficient
    return result.clamp_(min=0.0)


@dataclass
class _Segment:
    """One array: columns of weights for the rows in use, and a bias row."""

    rows: Tensor  # 0/1 mask with the kernel's shape, without outputs
    ideal: Tensor
    ideal_bias: Tensor
    real: Tensor
    real_bias: Tensor
    w_max: float
    column_load: Tensor  # sum of all conductances of each column, relative to the mean


class ChipLayer:
    """One layer as programmed on the chip: a draw of all its cells."""

    def __init__(
        self, layer: Layer, input_limit: float, noise: ChipNoise, generator: torch.Generator
    ) -> None:
        self.layer = layer
        self.noise = noise
        self.generator = generator
        self.input_limit = input_limit
        weight = torch.from_numpy(np.array(layer.weight))
        bias = torch.from_numpy(np.array(layer.bias))
        self.step: float = 1.0
        self.slope: Tensor | None = None
        self.offset: Tensor | None = None
        self.segments = [
            self._program(weight, bias, rows) for rows in self._row_masks(weight[0])
        ]
        self.count = len(self.segments)

    def _row_masks(self, kernel: Tensor) -> list[Tensor]:
        """Rows of each segment; channels run fastest, then the columns of the kernel."""
        rows = kernel.numel()
        per_segment = math.ceil(rows / segment_count(rows))
        position = torch.arange(rows)
        if kernel.dim() == 3:
            channels, height, width = kernel.shape
            position = position.view(height, width, channels).permute(2, 0, 1)
        owner = torch.div(position, per_segment, rounding_mode="floor")
        return [(owner == s).to(torch.float32) for s in range(segment_count(rows))]

    def _cells(self, target_us: Tensor) -> Tensor:
        """Programs cells: tolerance of write-verify, then relaxation."""
        noise = self.noise
        error = torch.rand(target_us.shape, generator=self.generator) * 2.0 - 1.0
        written = (target_us + noise.tolerance_us * error).clamp_(min=0.0)
        drift = torch.empty_like(written).normal_(generator=self.generator)
        spread = noise.relaxation * relaxation_spread(written)
        return (written + spread * drift).clamp_(min=0.0)

    def _program(self, weight: Tensor, bias: Tensor, rows: Tensor) -> _Segment:
        noise = self.noise
        ideal = weight * rows
        ideal_bias = bias / segment_count(rows.numel())  # as a sum; the row is at full code
        bias_row = ideal_bias / self.input_limit
        w_max = float(max(ideal.abs().max(), bias_row.abs().max()))
        scale = noise.g_max_us / w_max
        used = torch.cat([ideal.flatten(1), bias_row[:, None]], 1)
        mask = torch.cat([rows.flatten(), torch.ones(1)])
        plus = self._cells((used * scale).clamp(min=noise.g_min_us)) * mask
        minus = self._cells((-used * scale).clamp(min=noise.g_min_us)) * mask
        real = (plus - minus) / scale
        load = (plus + minus).sum(1)
        return _Segment(
            rows,
            ideal,
            ideal_bias,
            real[:, :-1].view_as(weight),
            real[:, -1] * self.input_limit,
            w_max,
            load / load.mean(),
        )

    def _apply(self, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        """All segments at once: (images, segments, outputs, height, width)."""
        if self.layer.is_conv:
            y = F.conv2d(x, weight, bias, padding=weight.shape[2] // 2)
        else:
            y = F.linear(x.flatten(1), weight, bias)[:, :, None, None]
        return y.unflatten(1, (self.count, -1))

    def ideal_sums(self, x: Tensor) -> Tensor:
        weight = torch.cat([s.ideal for s in self.segments])
        return self._apply(x, weight, torch.cat([s.ideal_bias for s in self.segments]))

    def calibrate(self, x: Tensor) -> None:
        """Sets the step to the spread of the sums, then fits slopes and offsets."""
        expected = self.ideal_sums(x)
        # Voltage sensing divides each column by its total conductance.
        loads = torch.stack([s.column_load for s in self.segments])[None, :, :, None, None]
        spread = float((expected / loads).std())
        self.step = self.noise.full_scale * spread / 2**self.noise.magnitude_bits
        self.slope = self.offset = None
        codes = self._codes(x)
        axes = (0, 3, 4)
        mean_x = expected.mean(axes, keepdim=True)
        mean_y = codes.mean(axes, keepdim=True)
        covariance = ((expected - mean_x) * (codes - mean_y)).mean(axes, keepdim=True)
        variance = (expected - mean_x).square().mean(axes, keepdim=True)
        if self.noise.calibrated:
            self.slope = covariance / variance.clamp(min=1e-12)
            self.slope = torch.where(self.slope.abs() < 1e-6, torch.ones(()), self.slope)
            self.offset = mean_y - self.slope * mean_x
        else:
            self.slope = 1.0 / (self.step * loads)
            self.offset = torch.zeros(())

    def _codes(self, x: Tensor) -> Tensor:
        noise = self.noise
        sums = self._apply(
            x,
            torch.cat([s.real for s in self.segments]),
            torch.cat([s.real_bias for s in self.segments]),
        )
        loads = torch.stack([s.column_load for s in self.segments])[None, :, :, None, None]
        steps = self.step * loads
        # Read noise of the 2 cells of each row, weighted by what drives them.
        power = self._apply(x.square(), torch.stack([s.rows for s in self.segments]), None)
        cells = torch.tensor([2.0 * (noise.read_noise * s.w_max) ** 2 for s in self.segments])
        variance = (power + self.input_limit**2) * cells[None, :, None, None, None]
        spread = (variance / steps.square() + noise.conversion_noise**2).sqrt_()
        f = sums / steps
        f += spread * torch.empty_like(f).normal_(generator=self.generator)
        count = (f.abs().floor_() + 1.0).clamp_(max=float(2**noise.magnitude_bits))
        return torch.where(f < 0.0, 0.5 - count, count - 0.5)

    def __call__(self, x: Tensor) -> Tensor:
        values = (self._codes(x) - self.offset) / self.slope
        y = values.sum(1)
        return y if self.layer.is_conv else y[:, :, 0, 0]


def quantise_and_pool(layer: Layer, y: Tensor) -> Tensor:
    if layer.limit is not None:
        top_code = 2**layer.bits - 1
        y = (y.clamp(0.0, layer.limit) * (top_code / layer.limit)).round_()
        y.mul_(layer.limit / top_code)
    if layer.pool != "none":
        y = F.max_pool2d(y, 2, ceil_mode=layer.pool == "2x2_same")
    return y


def quantise_image(network: Network, images: Tensor) -> Tensor:
    top_code = 2**network.input_bits - 1
    x = images.clamp(0.0, network.input_limit) * (top_code / network.input_limit)
    return x.round_().mul_(network.input_limit / top_code)


def run_exact(network: Network, images: Tensor) -> Tensor:
    """Logits without any noise; activations are quantised, weights are not."""
    x = quantise_image(network, images)
    for layer in network.layers:
        weight, bias = torch.from_numpy(layer.weight.copy()), torch.from_numpy(layer.bias.copy())
        if layer.is_conv:
            x = F.conv2d(x, weight, bias, padding=weight.shape[2] // 2)
        else:
            x = F.linear(x.flatten(1), weight, bias)
        x = quantise_and_pool(layer, x)
    return x


class Chip:
    """A network programmed once on one chip and calibrated."""

    def __init__(
        self, network: Network, noise: ChipNoise, calibration: Tensor, seed: int
    ) -> None:
        self.network = network
        generator = torch.Generator().manual_seed(seed)
        self.layers: list[ChipLayer] = []
        limit = network.input_limit
        x = quantise_image(network, calibration)
        for layer in network.layers:
            placed = ChipLayer(layer, limit, noise, generator)
            placed.calibrate(x)
            self.layers.append(placed)
            # Each layer is calibrated on what the chip itself makes of the images.
            x = quantise_and_pool(layer, placed(x))
            limit = layer.limit or 1.0

    def run(self, images: Tensor, batch: int = 250) -> Tensor:
        logits = []
        for start in range(0, len(images), batch):
            x = quantise_image(self.network, images[start : start + batch])
            for layer, placed in zip(self.network.layers, self.layers):
                x = quantise_and_pool(layer, placed(x))
            logits.append(x)
        return torch.cat(logits)


def to_tensor(images: np.ndarray) -> Tensor:
    """Grey images of bytes as network inputs in 0..1."""
    return torch.from_numpy(images.copy()).unsqueeze(1).to(torch.float32).div_(255.0)


@torch.no_grad()
def exact_accuracy(network: Network, images: Tensor, labels: np.ndarray) -> float:
    answers = [run_exact(network, part).argmax(1) for part in images.split(500)]
    return float((torch.cat(answers).numpy() == labels).mean())


@torch.no_grad()
def chip_accuracies(
    network: Network,
    images: Tensor,
    labels: np.ndarray,
    calibration: Tensor,
    noise: ChipNoise,
    draws: int,
    seed: int,
) -> list[float]:
    """One accuracy for each chip; chips differ in every cell."""
    result = []
    for draw in range(draws):
        logits = Chip(network, noise, calibration, seed + draw).run(images)
        result.append(float((logits.argmax(1).numpy() == labels).mean()))
    return result
