"""What the chip does to a trained network: the noise model of package neurram on whole networks.

For judging trained networks in seconds. Every number is the chip's own, from its
configuration and its code (see neurram.torch.NoiseModel, which says what is left out); the
virtual platform is the reference.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from neurram.torch import ChipLayer, NoiseModel, disturb
from onnx_file import Layer, Network


class ChipNetwork(nn.Module):
    """A network from a file, its products as layers that the chip can take."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.layers = network.layers
        bits, limit = network.input_bits, network.input_limit
        products = []
        for layer in network.layers:
            products.append(ChipLayer(_product_of(layer), input_bits=bits, input_limit=limit))
            bits, limit = layer.bits, layer.limit or 1.0
        self.products = nn.ModuleList(products)

    def forward(self, x: Tensor) -> Tensor:
        for layer, product in zip(self.layers, self.products):
            x = product(x if layer.is_conv else x.flatten(1))
            if layer.limit is not None:
                x = x.clamp(0.0, layer.limit)  # rounded by the next layer
            if layer.pool != "none":
                x = F.max_pool2d(x, 2, ceil_mode=layer.pool == "2x2_same")
        return x


def _product_of(layer: Layer) -> nn.Module:
    outputs, inputs = layer.weight.shape[:2]
    if layer.is_conv:
        product = nn.Conv2d(inputs, outputs, layer.weight.shape[2:], padding="same")
    else:
        product = nn.Linear(inputs, outputs)
    product.weight.data = torch.from_numpy(layer.weight.copy())
    product.bias.data = torch.from_numpy(layer.bias.copy())
    return product


def to_tensor(images: np.ndarray) -> Tensor:
    """Grey images of bytes as network inputs in 0..1."""
    return torch.from_numpy(images.copy()).unsqueeze(1).to(torch.float32).div_(255.0)


@torch.no_grad()
def accuracy(model: nn.Module, images: Tensor, labels: np.ndarray) -> float:
    answers = [model(part).argmax(1) for part in images.split(250)]
    return float((torch.cat(answers).numpy() == labels).mean())


def exact_accuracy(network: Network, images: Tensor, labels: np.ndarray) -> float:
    """Without any noise; activations are quantised, weights are not."""
    return accuracy(ChipNetwork(network), images, labels)


def chip_accuracies(
    network: Network,
    images: Tensor,
    labels: np.ndarray,
    calibration: Tensor,
    noise: NoiseModel,
    draws: int,
    seed: int,
) -> list[float]:
    """One accuracy for each chip; chips differ in every cell."""
    model = ChipNetwork(network)
    result = []
    for draw in range(draws):
        disturb(model, noise, hold=True, generator=torch.Generator().manual_seed(seed + draw))
        with torch.no_grad():
            model(calibration)  # each layer is calibrated on what the chip itself makes of them
        result.append(accuracy(model, images, labels))
    return result
