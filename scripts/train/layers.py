"""Layers that are trained with Gaussian noise on their weights.

A weight lives on the chip as a pair of conductances scaled to the largest weight of its
array, so what disturbs it is proportional to that largest weight, not to itself. Each
forward pass in training therefore adds N(0, noise * weight_limit) to every weight, and
weights are kept inside +-weight_limit, which keeps the distribution compact: the more of
them use the range, the less the same noise matters. Or the noise is a draw of the chip's
own cells, see neurram.torch.NoiseModel.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from neurram import Config
from neurram.torch import NoiseModel

INPUT_BITS = 3  # of all activations that these layers read


def segment_count(rows: int) -> int:
    """Arrays that a kernel of so many rows is split over."""
    chip = Config()
    return math.ceil(rows / (chip["mapper.rows_per_segment"] - chip["mapper.bias_rows"]))


class NoisyLayer(nn.Module):
    """Weight, bias and what training adds to them."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        super().__init__()
        fan_in = math.prod(shape[1:])
        self.weight = nn.Parameter(torch.empty(shape))
        self.bias = nn.Parameter(torch.zeros(shape[0]))
        self.register_buffer("weight_limit", torch.tensor(math.inf))
        self.segments = segment_count(fan_in)
        self.noise = 0.0  # standard deviation in units of weight_limit; with a chip, share of its noise
        self.chip: NoiseModel | None = None
        self.output_noise = 0.0  # the same for the sums, in units of their spread
        self.input_limit = 1.0  # what the full input code stands for
        self.generator: torch.Generator | None = None
        self._bank: Tensor | None = None

    def initialise(self, generator: torch.Generator) -> None:
        fan_in = self.weight[0].numel()
        with torch.no_grad():
            self.weight.normal_(0.0, math.sqrt(2.0 / fan_in), generator=generator)

    @torch.no_grad()
    def set_limit(self, spreads: float) -> None:
        """Fixes weight_limit at a multiple of the present standard deviation."""
        self.weight_limit.copy_(spreads * self.weight.std())
        self.clip()

    @torch.no_grad()
    def clip(self) -> None:
        """Keeps weights and bias within what the cells can hold."""
        limit = float(self.weight_limit)
        self.weight.clamp_(-limit, limit)
        bias_limit = limit * self.input_limit * self.segments
        self.bias.clamp_(-bias_limit, bias_limit)

    def noisy_parameters(self) -> tuple[Tensor, Tensor]:
        if self.noise == 0.0:
            return self.weight, self.bias
        if self.chip is not None:
            draw = self.chip.weights(
                self.weight,
                self.bias,
                input_bits=INPUT_BITS,
                input_limit=self.input_limit,
                generator=self.generator,
            )
            weight_error = (draw.weight - self.weight).detach()
            bias_error = (draw.bias - self.bias).detach()
            return self.weight + self.noise * weight_error, self.bias + self.noise * bias_error
        spread = self.noise * float(self.weight_limit)
        weight = torch.empty_like(self.weight).normal_(0.0, spread, generator=self.generator)
        bias = torch.empty_like(self.bias).normal_(
            # Bias rows are driven at full code, one in each segment.
            0.0, spread * self.input_limit * math.sqrt(self.segments), generator=self.generator
        )
        return self.weight + weight, self.bias + bias

    def add_output_noise(self, sums: Tensor) -> Tensor:
        """Conversion noise of the sums: a random window of a fixed pool of normals.

        Fresh normals would cost more than the convolutions.
        """
        if self.output_noise == 0.0:
            return sums
        count = sums.numel()
        if self._bank is None or self._bank.numel() < count + 65536:
            fixed = torch.Generator().manual_seed(self.weight.numel())
            self._bank = torch.empty(count + 65536).normal_(generator=fixed)
        start = int(torch.randint(65536, (1,), generator=self.generator))
        pool = self._bank[start : start + count].as_strided(sums.shape, sums.stride())
        return torch.add(sums, pool, alpha=self.output_noise * float(sums.detach()[:16].std()))


class NoisyConv2d(NoisyLayer):
    """Convolution with stride 1 and the padding that keeps the size."""

    def __init__(self, inputs: int, outputs: int, kernel: int = 3) -> None:
        super().__init__((outputs, inputs, kernel, kernel))
        self.padding = kernel // 2

    def forward(self, x: Tensor) -> Tensor:
        weight, bias = self.noisy_parameters()
        return self.add_output_noise(F.conv2d(x, weight, bias, padding=self.padding))


class NoisyLinear(NoisyLayer):
    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__((outputs, inputs))

    def forward(self, x: Tensor) -> Tensor:
        weight, bias = self.noisy_parameters()
        return self.add_output_noise(F.linear(x, weight, bias))
