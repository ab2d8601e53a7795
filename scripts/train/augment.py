"""Random small distortions of a batch of images."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F


@dataclass(frozen=True)
class Distortion:
    rotation_deg: float = 10.0
    scale: float = 0.10
    shear: float = 0.10
    shift_px: float = 2.0
    elastic_px: float = 1.2  # standard deviation of a smooth displacement field
    elastic_grid: int = 6  # its nodes along one side

    def scaled(self, factor: float) -> Distortion:
        return Distortion(
            self.rotation_deg * factor,
            self.scale * factor,
            self.shear * factor,
            self.shift_px * factor,
            self.elastic_px * factor,
            self.elastic_grid,
        )


def distort(images: Tensor, amount: Distortion, generator: torch.Generator) -> Tensor:
    """Applies one random affine map and one smooth displacement to each image."""
    count, _, height, width = images.shape

    def uniform(limit: float) -> Tensor:
        return (torch.rand(count, generator=generator) * 2.0 - 1.0) * limit

    angle = uniform(math.radians(amount.rotation_deg))
    scale_x, scale_y = 1.0 + uniform(amount.scale), 1.0 + uniform(amount.scale)
    shear = uniform(amount.shear)
    matrix = torch.zeros(count, 2, 3)
    matrix[:, 0, 0] = scale_x * angle.cos()
    matrix[:, 0, 1] = scale_x * (shear - angle.sin())
    matrix[:, 1, 0] = scale_y * angle.sin()
    matrix[:, 1, 1] = scale_y * angle.cos()
    matrix[:, 0, 2] = uniform(2.0 * amount.shift_px / width)
    matrix[:, 1, 2] = uniform(2.0 * amount.shift_px / height)
    grid = F.affine_grid(matrix, [count, 1, height, width], align_corners=False)
    if amount.elastic_px > 0.0:
        nodes = amount.elastic_grid
        field = torch.empty(count, 2, nodes, nodes)
        field.normal_(0.0, 2.0 * amount.elastic_px / width, generator=generator)
        field = F.interpolate(field, (height, width), mode="bilinear", align_corners=True)
        grid = grid + field.permute(0, 2, 3, 1)
    return F.grid_sample(images, grid, padding_mode="zeros", align_corners=False)
