"""What is done to all chip layers of a model: onto a chip, with noise, back into software."""
from __future__ import annotations

import torch
from torch import Tensor, nn

from .. import _neurram
from ..chip import Chip
from .layer import ChipLayer, Placed
from .matrices import check_floats, check_weights
from .noise import Disturbed, NoiseModel


def ideal(model: nn.Module) -> None:
    """The model's chip layers compute in software again. ValueError: it has none."""
    for layer in _layers_of(model).values():
        layer._backend = None


def disturb(model: nn.Module, noise: NoiseModel, *, hold: bool = False,
            generator: torch.Generator | None = None) -> None:
    """The model's chip layers compute in software with the chip's noise, see NoiseModel.

    Every forward is a draw of its own, as a network in training should see; `hold`: the first forward, best with
    calibration images, draws cells and calibrates, as one chip does, and all that follow keep both. `generator`
    draws (None: PyTorch's own). ValueError: the model has no chip layer.
    """
    if not isinstance(noise, NoiseModel):
        raise TypeError(f"noise: of type {type(noise).__name__}; expected a NoiseModel")
    for layer in _layers_of(model).values():
        layer._backend = Disturbed(noise, hold, generator)


def program(model: nn.Module, chip: Chip, images: Tensor) -> _neurram.Deployment:
    """Puts the model's chip layers on `chip`: finds them cores and lines, writes their weights into cells with
    write-verify, and calibrates them one after the other, each on what the chip itself makes of `images` (at most
    calibration.images of them, inputs of `model`) up to there. From then on they run there. Call it again to write
    weights that have been trained since.

    A chip holds the layers of one call. With equal seeds the results are those of `neurram run` on the same network.
    Returns what lies in the cells: segments, slopes, failed cells (`setup`).

    TypeError, ValueError: arguments; a layer whose weights are not finite, that `model` does not use, or uses twice.
    NetworkError: the layers do not fit on the chip, or have more input bits than a core takes. Nothing has been
    changed then.
    """
    if not isinstance(chip, Chip):
        raise TypeError(f"chip: of type {type(chip).__name__}; expected a neurram.Chip")
    check_floats("images", images)
    layers = _layers_of(model)
    for name, layer in layers.items():
        check_weights(name, layer.inner.weight, layer.inner.bias)
    images = images[:chip.config["calibration.images"]]
    before = {name: layer.backend for name, layer in layers.items()}
    training = {module: module.training for module in model.modules()}
    model.eval()
    try:
        shapes = _input_shapes(model, layers, images)
        specs = [layers[name].spec(name, shape) for name, shape in shapes.items()]
        places = _programmed(chip, specs, [before[name] for name in shapes])
        for index, (name, shape) in enumerate(shapes.items()):
            layers[name]._backend = before[name] = Placed(name, chip, places, index, shape)
        _calibrate(model, [layers[name]._on_chip() for name in shapes], images)
    finally:
        for name, layer in layers.items():
            layer._backend = before[name]
        for module, was in training.items():
            module.training = was
    return places.deployment()


def _layers_of(model: nn.Module) -> dict[str, ChipLayer]:
    if not isinstance(model, nn.Module):
        raise TypeError(f"model: of type {type(model).__name__}; expected an nn.Module")
    layers = {name or "layer": module for name, module in model.named_modules() if isinstance(module, ChipLayer)}
    if not layers:
        raise ValueError(f"model: a {type(model).__name__} without chip layers; expected one ChipLayer at least")
    return layers


@torch.no_grad()
def _input_shapes(model: nn.Module, layers: dict[str, ChipLayer], images: Tensor) -> dict[str, torch.Size]:
    """Shapes of the layers' inputs, in the order in which the model uses them."""
    shapes: dict[str, torch.Size] = {}

    def note(name: str, x: Tensor) -> None:
        if name in shapes:
            raise ValueError(f"model: uses layer '{name}' twice; expected a ChipLayer for each use")
        shapes[name] = x.shape

    hooks = [layer.register_forward_pre_hook(lambda _, inputs, name=name: note(name, inputs[0]))
             for name, layer in layers.items()]
    try:
        ideal(model)
        model(images[:1])
    finally:
        for hook in hooks:
            hook.remove()
    unused = [name for name in layers if name not in shapes]
    if unused:
        raise ValueError(f"model: does not use layer '{unused[0]}'; expected all chip layers to take part")
    return shapes


def _programmed(chip: Chip, specs: list[_neurram._LayerSpec], before: list[object]) -> _neurram._Layers:
    """The layers in the cells: in the places that they have, if they have any."""
    places = before[0].layers if isinstance(before[0], Placed) and before[0].chip is chip else None
    if places is not None and all(isinstance(b, Placed) and b.layers is places and b.index == i
                                  for i, b in enumerate(before)):
        try:
            places.set(specs)
        except _neurram.UsageError:  # other shapes
            places = None
    else:
        places = None
    if places is None:
        places = _neurram._Layers(chip, specs)
    places.program()
    return places


@torch.no_grad()
def _calibrate(model: nn.Module, places: list[Placed], images: Tensor) -> None:
    for place in places:
        place.calibrating = True
    try:
        model(images)
    finally:
        for place in places:
            place.calibrating = False
