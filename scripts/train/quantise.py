"""Unsigned activation quantiser with a learned clip level (PACT).

y = round(clip(x, 0, limit) / limit * n) / n * limit with n = 2^bits - 1. The rounding
passes gradients straight through; the clip level collects the gradients of all values
that it cuts off (Choi et al., "PACT", arXiv:1805.06085).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class _ClippedRounding(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x: Tensor, limit: Tensor, top_code: int) -> Tensor:
        level = float(limit)
        ctx.level = level
        ctx.save_for_backward(x)
        return F.hardtanh(x, 0.0, level).mul_(top_code / level).round_().mul_(level / top_code)

    @staticmethod
    def backward(ctx, grad: Tensor) -> tuple[Tensor, Tensor, None]:
        # The native kernels of hardtanh and threshold are several times faster than masks.
        (x,) = ctx.saved_tensors
        inside = torch.ops.aten.hardtanh_backward(grad, x, 0.0, ctx.level)
        above = torch.ops.aten.threshold_backward(grad, x, ctx.level).sum()
        return inside, above, None


class UnsignedQuantiser(nn.Module):
    """ReLU, clip at a learned level, rounding to 2^bits equally spaced values."""

    def __init__(self, bits: int, limit: float = 3.0) -> None:
        super().__init__()
        self.top_code = 2**bits - 1
        self.limit = nn.Parameter(torch.tensor(limit))

    def forward(self, x: Tensor) -> Tensor:
        return _ClippedRounding.apply(x, self.limit, self.top_code)


def quantise_input(x: Tensor, bits: int, limit: float = 1.0) -> Tensor:
    """The same quantiser with a fixed level, without gradients (network inputs)."""
    top_code = 2**bits - 1
    return x.clamp(0.0, limit).mul_(top_code / limit).round_().mul_(limit / top_code)
