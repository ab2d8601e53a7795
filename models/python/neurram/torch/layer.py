"""One layer: in software, with the chip's noise, or on a chip."""
from __future__ import annotations

from typing import Any, Protocol

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional as F

from .. import _neurram
from ..chip import Chip
from .matrices import Quantiser, check_floats, spec_of


class Backend(Protocol):
    """What computes a layer in place of software."""

    def __call__(self, layer: ChipLayer, x: Tensor) -> Tensor: ...


class ChipLayer(nn.Module):
    """A dense layer or convolution that the chip can take: `inner` with quantised inputs.

    Inputs are turned into codes of `input_bits` bits, 0 to `input_limit` (-`input_limit` to `input_limit` where
    `signed`; the sign is one of the bits); results are real numbers without activation, as those of `inner`. The
    layer computes in software until `program` puts it on a chip, or `disturb` gives it a noise model.

    `inner`: nn.Linear, inputs [..., in_features]; or nn.Conv2d, inputs [images, channels, height, width], without
    groups and dilation, padded with zeros. Its parameters are the layer's: train them, save them.

    TypeError, ValueError: an `inner` that the chip cannot take, or a quantiser that there is not; in forward, an
    input that is no tensor of finite floating-point numbers of the weights' dtype, or of another shape.
    neurram.Error in forward: the layer's cores are off, or its chip was set to something else.
    """

    def __init__(self, inner: nn.Linear | nn.Conv2d, *, input_bits: int = 3, input_limit: float = 1.0,
                 signed: bool = False) -> None:
        super().__init__()
        self.padding = _padding_of(inner)
        self.inner = inner
        self._quantiser = Quantiser(input_bits, float(input_limit), signed)
        self._backend: Backend | None = None

    @property
    def quantiser(self) -> Quantiser:
        """Of the inputs; called with a tensor it quantises."""
        return self._quantiser

    @property
    def input_limit(self) -> float:
        """What the top input code stands for. A new value reaches a chip with the next `program`."""
        return self._quantiser.limit

    @input_limit.setter
    def input_limit(self, limit: float) -> None:
        self._quantiser = Quantiser(self._quantiser.bits, float(limit), self._quantiser.signed)

    @property
    def backend(self) -> Backend | None:
        """What computes the layer; None: software."""
        return self._backend

    @property
    def next_image(self) -> int:
        """On a chip: number of the next image, which picks its read noise and grows by one per image. Set it to see
        the same noise again. neurram.Error: the layer is not on a chip."""
        return self._on_chip().next_image

    @next_image.setter
    def next_image(self, image: int) -> None:
        self._on_chip().next_image = int(image)

    def product(self, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        """The layer's arithmetic with other weights and bias, inputs as they are."""
        if isinstance(self.inner, nn.Linear):
            return F.linear(x, weight, bias)
        return F.conv2d(x, weight, bias, self.inner.stride, self.padding)

    def ideal(self, x: Tensor) -> Tensor:
        """The layer in software: quantised inputs, exact weights."""
        return self.product(self._quantiser(x), self.inner.weight, self.inner.bias)

    def forward(self, x: Tensor) -> Tensor:
        self._check(x)
        return self.ideal(x) if self._backend is None else self._backend(self, x)

    def spec(self, name: str, shape: torch.Size) -> _neurram._LayerSpec:
        """The layer for the mapper, for inputs of that shape."""
        inner = self.inner
        if isinstance(inner, nn.Linear):
            return spec_of(name, inner.weight, inner.bias, self._quantiser)
        image = (shape[2], shape[3], shape[1])
        return spec_of(name, inner.weight, inner.bias, self._quantiser, image, tuple(inner.stride), self.padding)

    def extra_repr(self) -> str:
        q = self._quantiser
        return f"input_bits={q.bits}, input_limit={q.limit:g}, signed={q.signed}"

    def __getstate__(self) -> dict[str, Any]:
        """Copies and files hold the layer in software: a chip is neither copied nor saved with it."""
        return {**self.__dict__, "_backend": None}

    def _on_chip(self) -> Placed:
        if not isinstance(self._backend, Placed):
            raise _neurram.Error("the layer is not on a chip; expected neurram.torch.program() before")
        return self._backend

    def _check(self, x: Tensor) -> None:
        check_floats("x", x)
        if x.dtype != self.inner.weight.dtype:
            raise TypeError(f"x: dtype {x.dtype}; expected that of the weights, {self.inner.weight.dtype}")
        if isinstance(self.inner, nn.Linear):
            fits = x.dim() >= 2 and x.shape[-1] == self.inner.in_features
            expected = f"[images, {self.inner.in_features}]"
        else:
            fits = x.dim() == 4 and x.shape[1] == self.inner.in_channels
            expected = f"[images, {self.inner.in_channels}, height, width]"
        if not fits or x.numel() == 0:
            raise ValueError(f"x: shape {tuple(x.shape)}; expected {expected}, images 1 or more")


class Placed:
    """A layer's place on a chip: number `index` of `layers`."""

    def __init__(self, name: str, chip: Chip, layers: _neurram._Layers, index: int, shape: torch.Size) -> None:
        self.name = name
        self.chip = chip
        self.layers = layers
        self.index = index
        self.shape = shape  # of the inputs that it was placed for
        self.next_image = 0
        self.calibrating = False

    def __call__(self, layer: ChipLayer, x: Tensor) -> Tensor:
        return _Product.apply(x, layer.inner.weight, layer.inner.bias, layer)

    def run(self, layer: ChipLayer, x: Tensor) -> Tensor:
        """The chip's results for inputs [images, …], in their dtype and on their device."""
        conv = isinstance(layer.inner, nn.Conv2d)
        if conv and x.shape[1:] != self.shape[1:]:
            raise ValueError(f"x: shape {tuple(x.shape)}; expected [images, {', '.join(map(str, self.shape[1:]))}], "
                             f"as layer '{self.name}' was programmed for")
        values = x.detach().cpu().to(torch.float32)
        values = values.permute(0, 2, 3, 1) if conv else values.reshape(-1, 1, 1, x.shape[-1])
        numbers = values.contiguous().numpy()
        if self.calibrating:
            self.layers.calibrate(self.index, numbers)
        results = torch.from_numpy(self.layers.run(self.index, numbers, self.next_image, self.calibrating))
        if not self.calibrating:
            self.next_image += len(numbers)
        results = results.permute(0, 3, 1, 2) if conv else results.reshape(*x.shape[:-1], -1)
        return results.to(x.device, x.dtype)


class _Product(torch.autograd.Function):
    """Forward on the chip; backward that of the ideal layer, its quantiser included (straight-through)."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor | None, layer: ChipLayer) -> Tensor:
        ctx.save_for_backward(x, weight, bias)
        ctx.layer, ctx.quantiser = layer, layer.quantiser
        return layer._on_chip().run(layer, x)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        tensors = [None if t is None else t.detach().requires_grad_(needed)
                   for t, needed in zip(ctx.saved_tensors, ctx.needs_input_grad)]
        with torch.enable_grad():
            ideal = ctx.layer.product(ctx.quantiser(tensors[0]), *tensors[1:])
        wanted = [i for i, t in enumerate(tensors) if t is not None and t.requires_grad]
        found = torch.autograd.grad(ideal, [tensors[i] for i in wanted], gradient)
        gradients: list[Tensor | None] = [None] * 4
        for i, value in zip(wanted, found):
            gradients[i] = value
        return tuple(gradients)


def _padding_of(inner: nn.Module) -> tuple[int, int]:
    if isinstance(inner, nn.Linear):
        return (0, 0)
    if not isinstance(inner, nn.Conv2d):
        raise TypeError(f"inner: of type {type(inner).__name__}; expected nn.Linear or nn.Conv2d")
    for name, found, expected in (("groups", inner.groups, 1), ("dilation", tuple(inner.dilation), (1, 1)),
                                  ("padding_mode", inner.padding_mode, "zeros")):
        if found != expected:
            raise ValueError(f"inner.{name}: {found!r}; expected {expected!r}: the chip takes no other convolution")
    if inner.padding == "valid":
        return (0, 0)
    if inner.padding == "same":
        if any(size % 2 == 0 for size in inner.kernel_size):
            raise ValueError(f"inner.padding: 'same' with a kernel of {tuple(inner.kernel_size)}; expected odd sizes")
        return (inner.kernel_size[0] // 2, inner.kernel_size[1] // 2)
    return tuple(inner.padding)
