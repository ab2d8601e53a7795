"""What the chip does to weights and sums, as torch operations on whole tensors."""
from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Optional

import numpy
import torch
from torch import Tensor
from torch.nn import functional as F

from .. import _neurram
from ..chip import Chip, Config
from .matrices import Quantiser, check_floats, spec_of, tensor_of

if TYPE_CHECKING:
    from .layer import ChipLayer

Product = Callable[[Tensor, Tensor, Optional[Tensor]], Tensor]

LEVELS = 48  # targets that cells are measured at
CELLS = 2048  # programmed at each of them, at least
CALIBRATION_SEED = 0x5EED  # added to seed.device: the measured cells are none of the chip's


@dataclass(frozen=True)
class Draw:
    """One chip's weights, and what its converters see of them."""

    weight: Tensor  # with the shape of the layer's, in its units
    bias: Tensor  # [outputs]
    segments: list[Segment]
    parts: list[tuple[Tensor, Tensor]]  # weight and bias by part: rows that one array holds; they add up to the above


@dataclass(frozen=True)
class Segment:
    """What one array makes of a layer's sums."""

    part: int  # in Draw.parts
    rows: int  # without bias rows
    bias_rows: int
    columns: slice  # outputs of the layer
    load_siemens: Tensor  # [columns]: sum of a column's conductances
    unit: Tensor  # [columns]: a sum in the layer's units per unit of sum(x (G+ - G-)) / load, x input codes


class NoiseModel:
    """The disturbances of a configured chip that matter to a trained network.

    - **Cells**: what write-verify leaves inside its window and outside, and what relaxation adds by the age that is
      configured: drawn from cells of the same kind and age, programmed by the chip itself and measured once.
    - **Weights** become pairs of such cells as the mapper cuts and scales them: a row of a segment holds weight/w_max
      of g_max, and no cell lies below g_min.
    - **Sums** get the noise of cells being read, kT/C and comparator noise, and the resolution of the converter, in
      the range that calibration would choose; slope and offset of each output are fitted as calibration fits them.

    All numbers are those of the configuration and of the chip's own code. What is left out: wires, settling, supply,
    mismatch of neurons, saturation. The resolution counts as noise that is even over a step.
    """

    def __init__(self, config: Config, levels_siemens: numpy.ndarray, programmed_siemens: numpy.ndarray,
                 relaxed_siemens: numpy.ndarray) -> None:
        """`levels_siemens` [levels]: targets, the first one g_min, the others evenly spaced from just above it;
        `programmed_siemens`, `relaxed_siemens` [levels, cells]: what such cells were verified at, and became."""
        self.config = config
        fields = {name: field["value"] for name, field in config.fields().items()}
        self.g_min_siemens: float = fields["chip.core.device.g_min_s"]
        self.g_max_siemens: float = fields["chip.core.device.g_max_s"]
        self.floor_siemens: float = fields["chip.core.device.g_floor_s"]
        self.window_siemens: float = fields["chip.core.device.g_tolerance_s"]  # write-verify accepts +- this
        self.read_noise_siemens = config.read_noise_siemens  # standard deviation of a cell in one word-line pulse
        self._coverage: float = fields["calibration.coverage"]
        self.calibration_vectors: int = fields["calibration.vectors"]
        self.levels_siemens = torch.from_numpy(levels_siemens).to(torch.float32)
        column = levels_siemens[:, None]
        self._programming = torch.from_numpy(programmed_siemens - column).to(torch.float32)
        self._relaxation = torch.from_numpy(relaxed_siemens - programmed_siemens).to(torch.float32)
        self.cells_per_level = relaxed_siemens.shape[1]
        self._error = torch.from_numpy(relaxed_siemens - column).to(torch.float32)

    @classmethod
    def from_config(cls, config: Config | None = None) -> NoiseModel:
        """Programs and measures cells under `config` (None: the chip as published); takes about a second."""
        config = Config() if config is None else config
        if not isinstance(config, Config):
            raise TypeError(f"config: of type {type(config).__name__}; expected a Config, as Config.load() makes it")
        cells = config["chip.core.array.rows"] * config["chip.core.array.columns"]
        cores = min(48, math.ceil(LEVELS * CELLS / cells))
        chip = Chip(config.with_({"seed.device": config["seed.device"] + CALIBRATION_SEED, "chip.core_count": cores,
                                  "chip.grid_rows": 1, "chip.grid_columns": cores}))
        levels = _levels(config)
        programmed: list[list[numpy.ndarray]] = [[] for _ in levels]
        relaxed: list[list[numpy.ndarray]] = [[] for _ in levels]
        for core in map(chip.core, range(cores)):
            which = (numpy.arange(core.rows)[:, None] + numpy.arange(core.columns)) % LEVELS
            core.power_on()
            core.program(levels[which])
            usable = ~core.unusable.any(axis=1, keepdims=True)  # as the mapper, which leaves such rows out
            for level in range(LEVELS):
                chosen = (which == level) & usable
                programmed[level].append(core.verified[chosen])
                relaxed[level].append(core.conductances[chosen])
        count = min(sum(map(len, parts)) for parts in relaxed)

        def table(parts: list[list[numpy.ndarray]]) -> numpy.ndarray:
            return numpy.stack([numpy.concatenate(level)[:count] for level in parts]).astype(numpy.float64)

        return cls(config, levels, table(programmed), table(relaxed))

    def error_siemens(self, targets_siemens: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and standard deviation of cell minus target, for targets of any shape."""
        return self._at(self._error.mean(1), targets_siemens), self._at(self._error.std(1), targets_siemens)

    def programming_siemens(self, targets_siemens: Tensor) -> Tensor:
        """Standard deviation of what programming leaves: of the last verify, before the cells relax for good."""
        return self._at(self._programming.std(1), targets_siemens)

    def relaxation_siemens(self, targets_siemens: Tensor) -> Tensor:
        """Standard deviation of what relaxation adds after the last verify, at the configured age."""
        return self._at(self._relaxation.std(1), targets_siemens)

    def cells(self, targets_siemens: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """Cells programmed to targets of any shape: one draw, in siemens, float32."""
        check_floats("targets_siemens", targets_siemens)
        targets = targets_siemens.to(torch.float32)
        # Between two levels, a cell of one of them: as likely as the target is near to it.
        level = (self._position(targets) + torch.rand(targets.shape, generator=generator)).long()
        count = self.cells_per_level
        sample = torch.randint(count, targets.shape, generator=generator)
        error = self._error.flatten()[level.clamp_(max=LEVELS - 1) * count + sample]
        return (targets + error).clamp_(min=self.floor_siemens)

    def weights(self, weight: Tensor, bias: Tensor | None = None, *, input_bits: int = 3, input_limit: float = 1.0,
                signed: bool = False, generator: torch.Generator | None = None) -> Draw:
        """What `weight` [outputs, inputs] or [outputs, inputs, height, width] and `bias` [outputs] become in cells:
        one draw. The bias lies in rows that are driven with the top input code, so its noise depends on what that
        stands for. TypeError, ValueError: weights or quantiser that there are not; NetworkError: too many bits."""
        return self.draw(weight, bias, Quantiser(input_bits, float(input_limit), signed), generator)

    @torch.no_grad()
    def draw(self, weight: Tensor, bias: Tensor | None, quantiser: Quantiser,
             generator: torch.Generator | None = None) -> Draw:
        """weights() with a quantiser."""
        parts = _neurram._segments(self.config, spec_of("layer", weight, bias, quantiser))
        targets = [torch.from_numpy(part["targets_siemens"]) for part in parts]
        drawn = self.cells(torch.cat([t.flatten() for t in targets]), generator)
        first_rows = sorted({part["first_row"] for part in parts})
        matrix = torch.zeros(len(first_rows), weight[0].numel(), len(weight))
        biases = torch.zeros(len(first_rows), len(weight))
        segments = []
        for part, target, cells in zip(parts, targets, drawn.split([t.numel() for t in targets])):
            cells = cells.view(target.shape)
            index, rows = first_rows.index(part["first_row"]), part["rows"]
            columns = slice(part["first_column"], part["first_column"] + part["columns"])
            per_siemens = part["w_max"] / self.g_max_siemens
            values = (cells[:, 0] - cells[:, 1]) * per_siemens
            matrix[index, part["first_row"]:part["first_row"] + rows, columns] = values[:rows]
            biases[index, columns] = values[rows:].sum(0) * (quantiser.scale * quantiser.top_code)
            load = cells.sum((0, 1))
            unit = load * per_siemens * quantiser.scale
            segments.append(Segment(index, rows, len(values) - rows, columns, load, unit))
        whole = [(tensor_of(m, weight), b.to(weight.dtype)) for m, b in zip(matrix, biases)]
        if len(whole) == 1:
            return Draw(*whole[0], segments, whole)
        return Draw(tensor_of(matrix.sum(0), weight), biases.sum(0).to(weight.dtype), segments, whole)

    @torch.no_grad()
    def output_noise(self, draw: Draw, quantiser: Quantiser, inputs: Tensor, product: Product = F.linear) -> Tensor:
        """Standard deviation of each output [outputs] that reading and converting add, in the layer's units: cells
        read, kT/C, comparator, and codes that are whole steps. `inputs` are quantised, as many as the range is to be
        chosen by; product(inputs, weight, bias) is the layer's."""
        sums = [_vectors(product(inputs, *part)) for part in draw.parts]
        shares = torch.cat([(sums[s.part][:, s.columns] / s.unit).abs().flatten() for s in draw.segments])
        place = 1 + int(self._coverage * (shares.numel() - 1))
        swing = float(shares.kthvalue(place).values)
        conversion = _neurram._conversion(self.config, quantiser.bits, quantiser.signed, swing)
        read = torch.tensor(conversion["read_noise_siemens2"])
        mean = float(read[(inputs / quantiser.scale).round().abs().long()].mean())
        variance = torch.zeros(len(draw.bias))
        for s in draw.segments:
            reading = (s.rows * mean + s.bias_rows * float(read[quantiser.top_code])) / s.load_siemens.square()
            steps = conversion["noise_floor"] + 1 / 12 + reading
            variance[s.columns] += steps * (s.unit / conversion["code_gain"]).square()
        return variance.sqrt().to(inputs.dtype)

    def _position(self, targets: Tensor) -> Tensor:
        """Of targets among the levels: 0 is g_min alone, from 1 on they are evenly spaced."""
        first, last = self.levels_siemens[1], self.levels_siemens[-1]
        position = 1 + (targets - first) * ((LEVELS - 2) / (last - first))
        return torch.where(targets < first, torch.zeros(()), position.clamp(1, LEVELS - 1))

    def _at(self, values: Tensor, targets: Tensor) -> Tensor:
        """Values of the levels, linear between them."""
        position = self._position(targets.to(torch.float32))
        below = position.long().clamp(max=LEVELS - 2)
        return values[below] + (position - below) * (values[below + 1] - values[below])


class Disturbed:
    """Computes a layer in software with the chip's noise."""

    def __init__(self, noise: NoiseModel, hold: bool, generator: torch.Generator | None) -> None:
        self.noise = noise
        self.hold = hold
        self.generator = generator
        self._held: _Chip | None = None

    def __call__(self, layer: ChipLayer, x: Tensor) -> Tensor:
        weight, bias = layer.inner.weight, layer.inner.bias
        codes = layer.quantiser(x)
        chip = self._held
        draw = self.noise.draw(weight, bias, layer.quantiser, self.generator) if chip is None else chip.draw
        # The gradient is that of the weights as they have become.
        real_bias = draw.bias if bias is None else bias + (draw.bias - bias).detach()
        sums = layer.product(codes, weight + (draw.weight - weight).detach(), real_bias)
        if chip is None:
            chip = self._calibrated(layer, draw, codes.detach(), sums.detach())
        if self.hold:
            self._held = chip
        shape = (-1,) + (1,) * (sums.dim() - 2) if weight.dim() == 4 else (-1,)
        noise = torch.empty_like(sums).normal_(generator=self.generator)
        return (sums - chip.offset.view(shape)) / chip.slope.view(shape) + noise * chip.sigma.view(shape)

    @torch.no_grad()
    def _calibrated(self, layer: ChipLayer, draw: Draw, codes: Tensor, sums: Tensor) -> _Chip:
        """Slope and offset of each output by least squares on the exact sums, and the noise in the range."""
        exact = _vectors(layer.product(codes, layer.inner.weight, layer.inner.bias))
        found = _vectors(sums)
        step = math.ceil(len(exact) / self.noise.calibration_vectors)
        exact, found = exact[::step], found[::step]
        centred = exact - exact.mean(0)
        variance = centred.square().mean(0)
        slope = (centred * found).mean(0) / variance.clamp(min=1e-30)
        slope = torch.where((variance > 1e-12 * exact.square().mean(0)) & (slope.abs() > 1e-6), slope,
                            torch.ones_like(slope))
        offset = found.mean(0) - slope * exact.mean(0)
        # As many vectors as the chip calibrates by, of images spread over the batch.
        positions = codes[0].numel() // layer.inner.weight.shape[1]
        some = codes[::math.ceil(len(codes) * positions / self.noise.calibration_vectors)]
        sigma = self.noise.output_noise(draw, layer.quantiser, some, layer.product) / slope.abs()
        return _Chip(draw, slope, offset, sigma)


@dataclass(frozen=True)
class _Chip:
    """A layer's cells and calibration."""

    draw: Draw
    slope: Tensor
    offset: Tensor
    sigma: Tensor


def _vectors(results: Tensor) -> Tensor:
    """[vectors, outputs] of a layer's results."""
    return results.movedim(1, -1).flatten(0, -2) if results.dim() == 4 else results.reshape(-1, results.shape[-1])


def _levels(config: Config) -> numpy.ndarray:
    g_min, g_max = config["chip.core.device.g_min_s"], config["chip.core.device.g_max_s"]
    over = config["mapper.target_limit"] if config["mapper.weight_percentile"] < 100 else 1.0
    # A cell that is to hold nothing is a case of its own: anything below g_min will do.
    return numpy.concatenate([[g_min], numpy.linspace(g_min + 1e-4 * g_max, over * g_max, LEVELS - 1)])
