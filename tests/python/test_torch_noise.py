"""The noise model for training against the chip: its cells level by level, its weights, its sums."""
from __future__ import annotations

import os
import tempfile
import unittest
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # idle threads that spin slow each other down on busy machines

import numpy

import neurram

try:
    import torch
    from torch import nn
except ModuleNotFoundError:
    print("skipped: this Python has no torch; apt install python3-torch")
    raise SystemExit(77)

import neurram.torch as chips
from neurram import cells

MICRO = 1e-6
SURE = 4.5  # standard errors


def config(**changes: object) -> neurram.Config:
    """A chip of few cores."""
    return neurram.Config.load(set={"chip.grid_rows": 1, "chip.grid_columns": 4, "chip.core_count": 4, **changes})


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def spread_error(values: numpy.ndarray) -> float:
    """Standard error of a standard deviation, whatever the distribution."""
    centred = values - values.mean()
    variance = centred.var()
    return float(numpy.sqrt(max((centred ** 4).mean() - variance ** 2, 0) / len(values)) / (2 * numpy.sqrt(variance)))


class Repeatable(unittest.TestCase):
    """Layers start from the same weights, and draws are the same, in every run."""

    def setUp(self) -> None:
        torch.manual_seed(int(os.environ.get("NEURRAM_TORCH_SEED", "0")))


class Cells(Repeatable):
    def programmed(self, settings: neurram.Config) -> tuple[numpy.ndarray, numpy.ndarray]:
        """Targets and cells of a deployment [S], by way of its dump."""
        layer = chips.ChipLayer(nn.Linear(390, 120))
        layer.inner.weight.data.uniform_(-1, 1, generator=seeded(1))
        deployment = chips.program(layer, neurram.Chip(settings), torch.rand(20, 390, generator=seeded(2)))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "cells.npz"
            neurram.dump(deployment, path)
            parts = cells.read(path).values()
        return (numpy.concatenate([p.target_siemens.ravel() for p in parts]),
                numpy.concatenate([p.relaxed_siemens.ravel() for p in parts]))

    def test_levels_as_on_the_chip(self):
        for changes in ({}, {"chip.core.device.kind": "statistical"}, {"chip.core.device.programming_passes": 1,
                                                                        "chip.core.device.age_s": 1800}):
            with self.subTest(changes):
                settings = config(**changes)
                noise = chips.NoiseModel.from_config(settings)
                targets, found = self.programmed(settings)
                edges = [0.0, 1.0001, 3, 6, 10, 15, 20, 25, 30, 35, 38, 41]
                for low, high in zip(edges, edges[1:]):
                    chosen = (targets > low * MICRO) & (targets <= high * MICRO)
                    error = (found - targets)[chosen]
                    # As many draws as the model has measured cells at a level: its own error is of that size.
                    draws = noise.cells(torch.from_numpy(targets[chosen])).numpy() - targets[chosen]
                    level_cells = noise.cells_per_level
                    mean_error = error.std() * (1 / len(error) + 1 / level_cells) ** 0.5
                    self.assertAlmostEqual(error.mean(), draws.mean(), delta=SURE * mean_error, msg=(low, high))
                    sigma_error = spread_error(error) * (1 + len(error) / level_cells) ** 0.5
                    self.assertAlmostEqual(error.std(), draws.std(), delta=SURE * sigma_error, msg=(low, high))

    def test_parts_of_the_spread(self):
        noise = chips.NoiseModel.from_config(config())
        targets = torch.tensor([5, 10, 20, 30]) * MICRO
        mean, sigma = noise.error_siemens(targets)
        draws = noise.cells(targets.repeat(20000, 1), seeded(3)).double()
        torch.testing.assert_close(draws.mean(0) - targets, mean.double(), rtol=0, atol=1e-7)
        torch.testing.assert_close(draws.std(0), sigma.double(), rtol=0.03, atol=0)
        self.assertTrue((noise.programming_siemens(targets) < noise.window_siemens).all())
        self.assertTrue((noise.relaxation_siemens(targets) < sigma * 1.05).all())
        self.assertTrue((draws >= noise.floor_siemens).all())

    def test_switches(self):
        still = chips.NoiseModel.from_config(config(**{"chip.core.device.programming_spread": False,
                                                       "chip.core.device.relaxation": False,
                                                       "chip.core.device.read_noise": False}))
        targets = torch.linspace(1, 40, 100) * MICRO
        torch.testing.assert_close(still.cells(targets), targets, rtol=1e-5, atol=0)
        self.assertEqual(still.read_noise_siemens, 0)
        self.assertAlmostEqual(chips.NoiseModel.from_config(config()).read_noise_siemens, 0.01 * 40 * MICRO)


class Weights(Repeatable):
    @classmethod
    def setUpClass(cls) -> None:
        cls.noise = chips.NoiseModel.from_config(config())

    def test_spread_as_on_the_chip(self):
        inner = nn.Conv2d(24, 32, 3, padding=1)
        inner.weight.data.normal_(0, 0.1, generator=seeded(1))
        layer = chips.ChipLayer(inner)
        deployment = chips.program(layer, neurram.Chip(config()), torch.rand(4, 24, 6, 6, generator=seeded(2)))
        errors = []
        for segment in deployment.segments:
            per_siemens = segment.w_max / self.noise.g_max_siemens
            pairs = [(values[0::2].astype(float) - values[1::2]) * 1e-12 * per_siemens
                     for values in (segment.conductances_ps, segment.targets_ps)]
            errors.append((pairs[0] - pairs[1])[:-1].ravel())  # without the bias row
        errors = numpy.concatenate(errors)
        draw = self.noise.weights(inner.weight, inner.bias, generator=seeded(3))
        exact = chips.NoiseModel.from_config(config(**{"chip.core.device.programming_spread": False,
                                                       "chip.core.device.relaxation": False}))
        still = exact.weights(inner.weight, inner.bias)
        found = (draw.weight - still.weight).numpy().ravel()
        self.assertEqual(draw.weight.shape, inner.weight.shape)
        self.assertAlmostEqual(found.std(), errors.std(), delta=SURE * 1.5 * spread_error(errors))
        # What g_min hides is all that is left: G+ - G- of a weight is short of one g_min.
        largest = float(inner.weight.abs().max()) * self.noise.g_min_siemens / self.noise.g_max_siemens
        self.assertLess(float((still.weight - inner.weight).abs().max()), 1.001 * largest)

    def test_where_the_bias_lies(self):
        weight = torch.full((3, 150), 0.5)

        def biases(of: list[float], input_limit: float) -> torch.Tensor:
            return torch.stack([self.noise.weights(weight, torch.tensor(of), input_limit=input_limit,
                                                   generator=seeded(i)).bias for i in range(300)])

        bias = [-1.0, 0.0, 2.0]
        torch.testing.assert_close(biases(bias, 4.0).mean(0), torch.tensor(bias), rtol=0.05, atol=0.1)
        # A bias row is driven with the full code, so its noise grows with what that stands for.
        large, small = (float(biases([-0.1, 0.0, 0.1], limit).std(0)[1]) for limit in (4.0, 0.4))
        self.assertAlmostEqual(large / small, 10, delta=1)

    def test_same_generator_same_draw(self):
        weight = torch.randn(8, 20, generator=seeded(5))
        a, b = (self.noise.weights(weight, generator=seeded(7)).weight for _ in range(2))
        self.assertTrue(torch.equal(a, b))
        self.assertFalse(torch.equal(a, self.noise.weights(weight, generator=seeded(8)).weight))

    def test_mistakes(self):
        for kind, words, call in (
                (TypeError, ["config", "str"], lambda: chips.NoiseModel.from_config("mnist")),
                (TypeError, ["weight", "int64"], lambda: self.noise.weights(torch.ones(2, 2, dtype=torch.int64))),
                (ValueError, ["weight", "(2, 2, 2)"], lambda: self.noise.weights(torch.ones(2, 2, 2))),
                (ValueError, ["weight[1, 0]", "nan"], lambda: self.noise.weights(torch.tensor([[1.0], [numpy.nan]]))),
                (ValueError, ["bias", "(3,)", "(2,)"], lambda: self.noise.weights(torch.ones(2, 2), torch.ones(3))),
                (ValueError, ["input_bits", "0"], lambda: self.noise.weights(torch.ones(2, 2), input_bits=0)),
                (neurram.NetworkError, ["9 bits"], lambda: self.noise.weights(torch.ones(2, 2), input_bits=9)),
                (ValueError, ["targets_siemens", "inf"], lambda: self.noise.cells(torch.tensor([numpy.inf])))):
            with self.assertRaises(kind, msg=words) as caught:
                call()
            for word in words:
                self.assertIn(word, str(caught.exception))


class Sums(Repeatable):
    @classmethod
    def setUpClass(cls) -> None:
        cls.noise = chips.NoiseModel.from_config(config())

    @torch.no_grad()
    def test_repeated_codes(self):
        """The same vectors again and again: the spread of the chip's answers is the model's, and so is the error."""
        for rows, bits, signed in ((300, 3, False), (90, 4, True), (90, 6, False), (20, 1, False)):
            with self.subTest(rows=rows, bits=bits, signed=signed):
                torch.manual_seed(0)
                layer = chips.ChipLayer(nn.Linear(rows, 40), input_bits=bits, signed=signed)
                x = torch.rand(600, rows, generator=seeded(1)) * (2 if signed else 1) - (1 if signed else 0)
                chips.program(layer, neurram.Chip(config()), x)
                again = torch.stack([layer(x[:100]) for _ in range(30)])
                repeated = float(again.var(0).mean().sqrt())
                exact, found = layer.ideal(x), layer(x)
                draw = self.noise.weights(layer.inner.weight, layer.inner.bias, input_bits=bits, signed=signed)
                sigma = self.noise.output_noise(draw, layer.quantiser, layer.quantiser(x))
                # Calibration chooses whole pulses: where the choice is narrow, another chip takes one more or less.
                self.assertAlmostEqual(repeated / float(sigma.square().mean().sqrt()), 1, delta=0.2)
                chips.disturb(layer, self.noise, hold=True, generator=seeded(2))
                model = layer(x)
                self.assertAlmostEqual(float((model - exact).std() / (found - exact).std()), 1, delta=0.15)

    @torch.no_grad()
    def test_held_chips(self):
        layer = chips.ChipLayer(nn.Linear(50, 20))
        x = torch.rand(200, 50, generator=seeded(1))
        chips.disturb(layer, self.noise, hold=True, generator=seeded(2))
        first, second = layer(x), layer(x)
        one_draw = float((first - second).std())
        chips.disturb(layer, self.noise, generator=seeded(2))
        self.assertTrue(torch.equal(layer(x), first))
        self.assertGreater(float((layer(x) - first).std()), 1.2 * one_draw)  # other cells, too

    def test_gradients(self):
        layer = chips.ChipLayer(nn.Conv2d(2, 3, 3))
        chips.disturb(layer, self.noise, generator=seeded(1))
        x = torch.rand(16, 2, 6, 6, generator=seeded(3)).requires_grad_()
        direction = torch.randn(16, 3, 4, 4, generator=seeded(4))
        layer(x).backward(direction)
        noisy = layer.inner.weight.grad.clone()
        chips.ideal(layer)
        layer.zero_grad()
        layer(x).backward(direction)
        exact = layer.inner.weight.grad
        self.assertGreater(float(torch.cosine_similarity(noisy.flatten(), exact.flatten(), 0)), 0.99)
        self.assertTrue(x.grad.abs().sum() > 0)


if __name__ == "__main__":
    unittest.main()
