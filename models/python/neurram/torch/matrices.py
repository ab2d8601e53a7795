"""Weight tensors as the matrices that the mapper cuts into arrays, and back; checks of tensors."""
from __future__ import annotations

import math
from dataclasses import dataclass

import numpy
import torch
from torch import Tensor

from .. import _neurram

FLOATS = (torch.float32, torch.float64)


@dataclass(frozen=True)
class Quantiser:
    """Input codes of a layer: value = code * scale, codes from 0 (or -top_code, where signed) to top_code."""

    bits: int
    limit: float  # that the top code stands for
    signed: bool

    def __post_init__(self) -> None:
        least = 2 if self.signed else 1
        if not isinstance(self.bits, int) or isinstance(self.bits, bool):
            raise TypeError(f"input_bits: {self.bits!r}; expected a whole number, {least} or more")
        if self.bits < least:
            raise ValueError(f"input_bits: {self.bits}; expected {least} or more"
                             + (", the sign counted" if self.signed else ""))
        if not (math.isfinite(self.limit) and self.limit > 0):
            raise ValueError(f"input_limit: {self.limit}; expected a finite number above 0")

    @property
    def top_code(self) -> int:
        return 2 ** (self.bits - 1 if self.signed else self.bits) - 1

    @property
    def scale(self) -> float:
        """In single precision, as networks in files have it: codes are the same to the last tie."""
        return float(numpy.float32(self.limit / self.top_code))

    def __call__(self, x: Tensor) -> Tensor:
        """Nearest values that codes stand for; the gradient passes where `x` is not cut off."""
        # A value that another quantiser has put on the limit may be an ulp above it.
        most = self.top_code * (1 + 1e-6)
        codes = (x / self.scale).clamp(-most if self.signed else 0.0, most)
        return (codes + (codes.round() - codes).detach()) * self.scale


def matrix_of(weight: Tensor) -> numpy.ndarray:
    """[outputs, inputs] or [outputs, inputs, height, width] as float32 [rows, columns], a row for each input of the
    window: kernel row, kernel column, channel (fastest)."""
    values = weight.detach().cpu().to(torch.float32)
    if values.dim() == 4:
        values = values.permute(0, 2, 3, 1).flatten(1)
    return numpy.ascontiguousarray(values.t().numpy())


def tensor_of(matrix: Tensor, like: Tensor) -> Tensor:
    """Inverse of matrix_of(), with the shape and dtype of `like`."""
    values = matrix.t()
    if like.dim() == 4:
        outputs, channels, height, width = like.shape
        values = values.reshape(outputs, height, width, channels).permute(0, 3, 1, 2)
    return values.to(like.dtype)


def spec_of(name: str, weight: Tensor, bias: Tensor | None, quantiser: Quantiser,
            input: tuple[int, int, int] | None = None, stride: tuple[int, int] = (1, 1),
            padding: tuple[int, int] = (0, 0)) -> _neurram._LayerSpec:
    """A layer for the mapper. `input`: height, width and channels of an image; None: those of the kernel."""
    check_weights(name, weight, bias)
    kernel = tuple(weight.shape[2:]) if weight.dim() == 4 else (1, 1)
    numbers = numpy.zeros(len(weight), numpy.float32) if bias is None else bias.detach().cpu().numpy()
    return _neurram._LayerSpec(
        name=name, input=input or (*kernel, weight.shape[1]), kernel=kernel, stride=stride, padding=padding,
        scale=quantiser.scale, bits=quantiser.bits, signed=quantiser.signed, weights=matrix_of(weight), bias=numbers)


def check_weights(name: str, weight: Tensor, bias: Tensor | None) -> None:
    """TypeError, ValueError: not what a layer's weights can be; `name` is the layer's."""
    check_floats(f"{name}.weight", weight)
    if weight.dim() not in (2, 4) or weight.numel() == 0:
        raise ValueError(f"{name}.weight: shape {tuple(weight.shape)}; expected [outputs, inputs] or "
                         "[outputs, inputs, height, width]")
    if bias is not None:
        check_floats(f"{name}.bias", bias)
        if bias.shape != weight.shape[:1]:
            raise ValueError(f"{name}.bias: shape {tuple(bias.shape)}; expected ({len(weight)},)")


def check_floats(name: str, values: Tensor) -> None:
    """TypeError, ValueError: no tensor, not of floating-point numbers, or one of them is not finite."""
    if not isinstance(values, Tensor):
        raise TypeError(f"{name}: of type {type(values).__name__}; expected a torch.Tensor")
    if values.dtype not in FLOATS:
        raise TypeError(f"{name}: dtype {values.dtype}; expected torch.float32 or torch.float64")
    bad = ~torch.isfinite(values.detach())
    if bad.any():
        at = bad.nonzero()[0].tolist()
        raise ValueError(f"{name}{at}: {values.detach()[tuple(at)].item()}; expected finite numbers")
