"""The chip in PyTorch: layers that run on a simulated chip, and its noise for training.

    import neurram, neurram.torch as chips, torch

    model = torch.nn.Sequential(chips.ChipLayer(torch.nn.Linear(784, 64), input_bits=3),
                                torch.nn.ReLU(), chips.ChipLayer(torch.nn.Linear(64, 10), input_limit=4.0))
    chips.disturb(model, chips.NoiseModel.from_config())       # train with what the chip does to weights and sums
    chips.program(model, neurram.Chip(), images)               # cells written, layers calibrated
    model(images).sum().backward()                             # forward on the chip, gradient of the ideal layer
    chips.ideal(model)                                         # in software again

Nothing of this is imported by `import neurram`.
"""
try:
    import torch as _torch  # noqa: F401
except ModuleNotFoundError:
    raise ModuleNotFoundError("neurram.torch needs PyTorch, which this Python does not have: on Debian, "
                              "apt install python3-torch", name="torch") from None

from .layer import ChipLayer
from .model import disturb, ideal, program
from .noise import NoiseModel

__all__ = ["ChipLayer", "NoiseModel", "disturb", "ideal", "program"]
