"""What every training shares: set-up, schedules, averaging, checkpoints."""

from __future__ import annotations

import copy
import ctypes
import math
import os
from pathlib import Path
from typing import Any

import torch
from torch import nn

_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_THRESHOLD = -1, -2, -3


def set_up_torch(threads: int) -> None:
    """Threads, and an allocator that keeps its memory.

    By default glibc gives every large buffer back to the system and page-faults it in
    again; for networks this small that costs more than the arithmetic (measured: a step
    takes 2.4 times as long).
    """
    torch.set_num_threads(threads)
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return  # not glibc: slower, nothing else
    mallopt(_M_MMAP_THRESHOLD, 1 << 30)
    mallopt(_M_TRIM_THRESHOLD, (1 << 31) - 1)
    mallopt(_M_TOP_PAD, 1 << 26)


def generator_for(seed: int, epoch: int) -> torch.Generator:
    """Randomness of one epoch: a resumed run repeats what an unbroken one does."""
    return torch.Generator().manual_seed(seed * 1_000_003 + epoch)


def one_cycle(progress: float, peak: float, warm_up: float = 0.1, floor: float = 0.002) -> float:
    """Learning rate at a progress of 0..1: linear rise, cosine fall."""
    if progress < warm_up:
        return peak * (0.05 + 0.95 * progress / warm_up)
    fall = 0.5 + 0.5 * math.cos(math.pi * (progress - warm_up) / (1.0 - warm_up))
    return peak * (floor + (1.0 - floor) * fall)


def ramp(progress: float, end: float) -> float:
    """Rises from 0 to 1 over the first part of the training."""
    return min(1.0, progress / end) if end > 0.0 else 1.0


class Average:
    """Exponential moving average of a model's parameters."""

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.model = copy.deepcopy(model)
        self.decay = decay
        self.steps = 0

    @torch.no_grad()
    def update(self, model: nn.Module) -> None:
        self.steps += 1
        decay = min(self.decay, self.steps / (self.steps + 10.0))
        for mine, new in zip(self.model.state_dict().values(), model.state_dict().values()):
            if mine.dtype.is_floating_point and mine.isfinite().all():
                mine.lerp_(new, 1.0 - decay)
            else:
                mine.copy_(new)


def save_checkpoint(path: Path, state: dict[str, Any]) -> None:
    """Written under a temporary name, so that an interruption leaves the old one whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".part")
    torch.save(state, partial)
    os.replace(partial, path)
