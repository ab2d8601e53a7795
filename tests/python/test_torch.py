"""Layers of PyTorch on the chip: codes as from a network's run, gradients of the ideal layer, mistakes; the noise model
against what the chip does."""
from __future__ import annotations

import copy
import gzip
import os
import signal
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # idle threads that spin slow each other down on busy machines

import numpy

import neurram

try:
    import torch
    from torch import nn
    from torch.nn import functional as F
except ModuleNotFoundError:
    print("skipped: this Python has no torch; apt install python3-torch")
    raise SystemExit(77)

import neurram.torch as chips

try:
    import onnx
    from onnx import TensorProto, helper, numpy_helper
except ModuleNotFoundError:
    onnx = None

IMAGES = 40
MICRO = 1e-6


def config(**changes: object) -> neurram.Config:
    """A chip of few cores."""
    return neurram.Config.load(set={"chip.grid_rows": 1, "chip.grid_columns": 4, "chip.core_count": 4, **changes})


def write_idx(path: Path, values: numpy.ndarray) -> None:
    path.write_bytes(gzip.compress(struct.pack(f">HBB{values.ndim}I", 0, 8, values.ndim, *values.shape)
                                   + values.astype(numpy.uint8).tobytes()))


def write_onnx(path: Path, conv: nn.Conv2d, dense: nn.Linear, limit: float, size: int) -> None:
    """Quantised image, conv, ReLU, quantiser of 3 bits, dense: as training writes networks."""
    nodes, constants = [], []

    def constant(name: str, value: object) -> str:
        constants.append(numpy_helper.from_array(numpy.array(value), name))
        return name

    def node(kind: str, name: str, inputs: list[str], **attributes: object) -> str:
        nodes.append(helper.make_node(kind, inputs, [name], name, **attributes))
        return name

    def quantiser(name: str, x: str, level: float) -> str:
        zero = constant(f"{name}0", numpy.uint8(0))
        scale = constant(f"{name}_scale", numpy.float32(level / 7))
        x = node("Clip", f"{name}_clip", [x, constant(f"{name}_low", numpy.float32(0)),
                                          constant(f"{name}_high", numpy.float32(level))])
        return node("DequantizeLinear", f"{name}_d", [node("QuantizeLinear", f"{name}_q", [x, scale, zero]), scale, zero])

    x = quantiser("image_code", "image", 1.0)
    x = node("Conv", "conv", [x, constant("conv_w", conv.weight.detach().numpy()),
                              constant("conv_b", conv.bias.detach().numpy())], pads=[1, 1, 1, 1], strides=[2, 2])
    x = quantiser("hidden", node("Relu", "relu", [x]), limit)
    x = node("Flatten", "flat", [x], axis=1)
    node("Gemm", "dense", [x, constant("dense_w", dense.weight.detach().numpy()),
                           constant("dense_b", dense.bias.detach().numpy())], transB=1)
    graph = helper.make_graph(nodes, "small", [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", 1, size, size])],
                              [helper.make_tensor_value_info("dense", TensorProto.FLOAT, ["N", dense.out_features])], constants)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=7), str(path))


class Small(nn.Module):
    """Conv, quantiser, dense; the vector between them in the order of the runtime: channel fastest."""

    def __init__(self, size: int = 10, limit: float = 2.0) -> None:
        super().__init__()
        torch.manual_seed(3)
        self.conv = chips.ChipLayer(nn.Conv2d(1, 12, 3, stride=2, padding=1))
        half = (size + 1) // 2
        # 300 rows: three or four arrays, whose results are added.
        self.dense = chips.ChipLayer(nn.Linear(12 * half * half, 7), input_limit=limit)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.dense.quantiser(F.relu(self.conv(x)))
        return self.dense(x.permute(0, 2, 3, 1).flatten(1))


class AsTheRuntime(unittest.TestCase):
    """The independent way: the same network as an ONNX file, compiled and run."""

    @classmethod
    def setUpClass(cls) -> None:
        folder = tempfile.TemporaryDirectory(prefix="neurram-torch-")
        cls.addClassCleanup(folder.cleanup)
        cls.work = Path(folder.name)
        os.environ["XDG_CACHE_HOME"] = str(cls.work / "cache")
        cls.pixels = numpy.random.default_rng(5).integers(0, 256, (2 * IMAGES, 10, 10)).astype(numpy.uint8)
        cls.images = torch.from_numpy(cls.pixels).unsqueeze(1).float() / 255

    @unittest.skipUnless(onnx, "this Python has no onnx; apt install python3-onnx")
    def test_same_bits(self):
        for changes in ({}, {"scheme.input_scheme": "bipolar", "scheme.conversion": "unary"}):
            with self.subTest(changes):
                settings = config(**changes)
                model = Small()
                write_onnx(self.work / "small.onnx", model.conv.inner, self.file_dense(model), 2.0, 10)
                write_idx(self.work / "calibration-images-idx3-ubyte.gz", self.pixels[:IMAGES])
                write_idx(self.work / "t10k-images-idx3-ubyte.gz", self.pixels[IMAGES:])
                expected = neurram.run(onnx=self.work / "small.onnx", data=self.work, config=settings)
                deployment = chips.program(model, neurram.Chip(settings), self.images[:IMAGES])
                self.assertGreaterEqual(len(deployment.segments), 4)
                for ours, theirs in zip(deployment.segments, expected.deployment.segments):
                    numpy.testing.assert_array_equal(ours.conductances_ps, theirs.conductances_ps)
                for ours, theirs in zip(deployment.operations, expected.deployment.operations):
                    numpy.testing.assert_array_equal(ours.slope, theirs.slope)
                    numpy.testing.assert_array_equal(ours.intercept, theirs.intercept)
                found = model(self.images[IMAGES:]).detach().numpy()
                numpy.testing.assert_array_equal(found, expected.outputs)

    @staticmethod
    def file_dense(model: Small) -> nn.Linear:
        """The dense layer for a file: Flatten has the channel slowest there."""
        dense = copy.deepcopy(model.dense.inner)
        half = int((dense.in_features / 12) ** 0.5)
        weight = dense.weight.detach().reshape(-1, half, half, 12).permute(0, 3, 1, 2).flatten(1)
        dense.weight = nn.Parameter(weight.contiguous())
        return dense

    def test_codes_by_hand(self):
        """One array, driven through its slot: the layer's results are what its codes stand for."""
        chip = neurram.Chip(config())
        layer = chips.ChipLayer(nn.Linear(20, 6), input_bits=4, signed=True)
        x = torch.randn(64, 20, generator=torch.Generator().manual_seed(1)) * 0.4
        deployment = chips.program(layer, chip, x)
        found = layer(x).detach().double().numpy()
        operation, = deployment.operations
        core = chip.core(deployment.segments[0].core)
        core.set_operation_id(operation.slot, 0)
        codes = numpy.hstack([layer.quantiser(x).numpy() / layer.quantiser.scale, numpy.full((64, 1), 7)])
        results = core.mvm(numpy.rint(codes).astype(numpy.int8), slot=operation.slot)
        expected = (results - 0.5 * numpy.sign(results) - operation.intercept) / operation.slope
        numpy.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
        self.assertLess(abs(found - layer.ideal(x).detach().numpy()).std(), 0.1 * found.std())


class Layers(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.images = torch.rand(60, 1, 10, 10, generator=torch.Generator().manual_seed(2))

    def test_deterministic(self):
        def outputs() -> torch.Tensor:
            model = Small()
            chips.program(model, neurram.Chip(config()), self.images)
            return torch.stack([model(self.images), model(self.images)])

        first = outputs()
        self.assertTrue(torch.equal(first, outputs()))
        self.assertFalse(torch.equal(first[0], first[1]))  # other images, other noise

    def test_batches_make_no_difference(self):
        model = Small()
        chips.program(model, neurram.Chip(config()), self.images)
        whole = model(self.images)
        model.conv.next_image = model.dense.next_image = 0
        parts = torch.cat([model(part) for part in self.images.split(17)])
        self.assertTrue(torch.equal(whole, parts))
        self.assertEqual(model.conv.next_image, 60)

    def test_weights_written_again(self):
        model, chip = Small(), neurram.Chip(config())
        chips.program(model, chip, self.images)
        before = chip.ledger
        with torch.no_grad():
            model.dense.inner.weight.mul_(-1)
            model.dense.inner.bias.mul_(-1)
        deployment = chips.program(model, chip, self.images)
        self.assertGreater((chip.ledger.kind == "program").sum(), (before.kind == "program").sum())
        self.assertGreater(deployment.setup["energy_fj"], 0)
        chip_sums, ideal = model(self.images), Small()(self.images)
        correlation = numpy.corrcoef(chip_sums.detach().ravel(), ideal.detach().ravel())[0, 1]
        self.assertLess(correlation, -0.95)

    def test_shapes(self):
        x = torch.rand(3, 5, 4, dtype=torch.float64)
        layer = chips.ChipLayer(nn.Linear(4, 2, bias=False).double())
        chips.program(layer, neurram.Chip(config()), x)
        self.assertEqual((layer(x).shape, layer(x).dtype), ((3, 5, 2), torch.float64))
        self.assertEqual(layer.next_image, 30)

    def test_copies_are_software(self):
        model = Small()
        chips.program(model, neurram.Chip(config()), self.images)
        twin = copy.deepcopy(model)
        self.assertTrue(torch.equal(twin(self.images), Small()(self.images)))
        self.assertIsNotNone(model.conv.backend)
        chips.ideal(model)
        self.assertTrue(torch.equal(twin(self.images), model(self.images)))


class Gradients(unittest.TestCase):
    """Against the layer written down anew with PyTorch's functions, and finite differences."""

    def on_chip(self, inner: nn.Module, x: torch.Tensor, **quantiser: object) -> None:
        layer = chips.ChipLayer(inner, **quantiser)
        chips.program(layer, neurram.Chip(config()), x.detach())
        low = -layer.input_limit if layer.quantiser.signed else 0.0
        chip_x, ideal_x = x.clone().requires_grad_(), x.clone().requires_grad_()
        result = layer(chip_x)
        direction = torch.randn(result.shape, dtype=x.dtype, generator=torch.Generator().manual_seed(4))
        result.backward(direction)

        def ideal(values: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None) -> torch.Tensor:
            clipped = F.hardtanh(values, low, layer.input_limit)
            steps = clipped / layer.quantiser.scale
            codes = clipped + (steps.round() - steps).detach() * layer.quantiser.scale
            if isinstance(inner, nn.Linear):
                return F.linear(codes, weight, bias)
            return F.conv2d(codes, weight, bias, inner.stride, inner.padding)

        weight = inner.weight.detach().clone().requires_grad_()
        bias = None if inner.bias is None else inner.bias.detach().clone().requires_grad_()
        ideal(ideal_x, weight, bias).backward(direction)
        for found, expected in ((chip_x.grad, ideal_x.grad), (inner.weight.grad, weight.grad),
                                *([] if bias is None else [(inner.bias.grad, bias.grad)])):
            torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-6)
        outside = (x < low) | (x > layer.input_limit)
        self.assertTrue(outside.any() and (chip_x.grad[outside] == 0).all() and (chip_x.grad[~outside] != 0).any())
        # Finite differences of the ideal layer: exact in the weights, in which it is linear.
        place = (1,) * weight.dim() if weight.dim() == 4 and weight.shape[1] > 1 else (0,) * weight.dim()
        more, less = weight.detach().clone(), weight.detach().clone()
        more[place] += 0.5
        less[place] -= 0.5
        slope = (direction * (ideal(x, more, bias) - ideal(x, less, bias))).sum()
        self.assertAlmostEqual(float(slope), float(inner.weight.grad[place]), places=6)

    def inputs(self, *shape: int) -> torch.Tensor:
        return torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(6))

    def test_dense(self):
        self.on_chip(nn.Linear(9, 4).double(), self.inputs(30, 9), input_limit=1.2)

    def test_convolution(self):
        self.on_chip(nn.Conv2d(2, 3, 3, stride=2, padding=1, bias=False).double(), self.inputs(8, 2, 7, 6),
                     input_bits=4, signed=True)

    def test_only_what_is_asked_for(self):
        layer = chips.ChipLayer(nn.Linear(9, 4))
        x = self.inputs(5, 9).float()
        chips.program(layer, neurram.Chip(config()), x)
        layer.inner.weight.requires_grad_(False)
        layer(x).sum().backward()
        self.assertIsNone(layer.inner.weight.grad)
        torch.testing.assert_close(layer.inner.bias.grad, torch.full((4,), 5.0))


class Mistakes(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.images = torch.rand(30, 1, 10, 10, generator=torch.Generator().manual_seed(2))
        cls.chip = neurram.Chip(config())
        cls.model = Small()
        chips.program(cls.model, cls.chip, cls.images)
        cls.expected = cls.model(cls.images)

    def refused(self, kind: type[BaseException], *words: str, call) -> None:
        with self.assertRaises(kind, msg=words) as caught:
            call()
        for word in words:
            self.assertIn(word, str(caught.exception))
        self.model.conv.next_image = self.model.dense.next_image = 0
        self.assertTrue(torch.equal(self.model(self.images), self.expected))  # the chip goes on

    def test_inputs(self):
        conv, dense = self.model.conv, self.model.dense
        nan = self.images.clone()
        nan[3, 0, 4, 5] = numpy.nan
        self.refused(ValueError, "x[3, 0, 4, 5]", "nan", "finite", call=lambda: conv(nan))
        self.refused(TypeError, "x", "int64", "float32", call=lambda: conv(torch.ones(1, 1, 10, 10, dtype=torch.int64)))
        self.refused(TypeError, "x", "float64", call=lambda: conv(self.images.double()))
        self.refused(TypeError, "x", "ndarray", call=lambda: conv(self.images.numpy()))
        self.refused(ValueError, "x", "(30, 2, 10, 10)", call=lambda: conv(torch.cat([self.images] * 2, 1)))
        self.refused(ValueError, "x", "(30, 1, 9, 10)", "1, 10, 10", call=lambda: conv(self.images[:, :, 1:]))
        self.refused(ValueError, "x", "(4, 299)", "300", call=lambda: dense(torch.zeros(4, 299)))
        self.refused(ValueError, "x", "(0, 300)", "1 or more", call=lambda: dense(torch.zeros(0, 300)))

    def test_layers(self):
        layer = chips.ChipLayer
        self.refused(TypeError, "inner", "ReLU", call=lambda: layer(nn.ReLU()))
        self.refused(ValueError, "groups", "2", call=lambda: layer(nn.Conv2d(4, 4, 3, groups=2)))
        self.refused(ValueError, "dilation", "(2, 2)", call=lambda: layer(nn.Conv2d(4, 4, 3, dilation=2)))
        self.refused(TypeError, "input_bits", "3.5", call=lambda: layer(nn.Linear(2, 2), input_bits=3.5))
        self.refused(ValueError, "input_bits", "1", "2 or more", call=lambda: layer(nn.Linear(2, 2), input_bits=1, signed=True))
        self.refused(ValueError, "input_limit", "0", call=lambda: layer(nn.Linear(2, 2), input_limit=0.0))
        self.refused(neurram.Error, "not on a chip", call=lambda: layer(nn.Linear(2, 2)).next_image)

    def test_programming(self):
        model, chip, images = self.model, self.chip, self.images
        linear = chips.ChipLayer(nn.Linear(4, 4))
        x = torch.ones(2, 4)
        self.refused(TypeError, "chip", "int", call=lambda: chips.program(model, 3, images))
        self.refused(TypeError, "model", "str", call=lambda: chips.program("model", chip, images))
        self.refused(ValueError, "model", "Linear", call=lambda: chips.program(nn.Linear(2, 2), chip, images))
        self.refused(TypeError, "images", "uint8", call=lambda: chips.program(model, chip, images.byte()))
        self.refused(ValueError, "twice", "'0'", call=lambda: chips.program(nn.Sequential(linear, linear), chip, x))
        self.refused(ValueError, "does not use", "'layers.1'", call=lambda: chips.program(
            First(linear, chips.ChipLayer(nn.Linear(2, 2))), chip, x))
        self.refused(neurram.NetworkError, "cores", "too many", "'0'", call=lambda: chips.program(
            nn.Sequential(chips.ChipLayer(nn.Linear(4, 9000))), chip, x))
        self.refused(neurram.NetworkError, "9 bits", call=lambda: chips.program(
            chips.ChipLayer(nn.Linear(4, 4), input_bits=9), chip, x))
        broken = Small()
        broken.conv.inner.weight.data[2, 0, 1, 1] = numpy.inf
        self.refused(ValueError, "conv.weight[2, 0, 1, 1]", "inf", call=lambda: chips.program(broken, chip, images))
        self.refused(TypeError, "noise", "NoneType", call=lambda: chips.disturb(model, None))

    def test_a_chip_that_is_off(self):
        core = self.chip.core(0)
        core.power_off()
        with self.assertRaisesRegex(neurram.Error, "core 0 is off"):
            self.model(self.images)
        core.power_on()
        self.refused(ValueError, "x", call=lambda: self.model.conv(self.images[:0]))

    def test_a_chip_that_was_set_anew(self):
        chip = neurram.Chip(config())
        model, other = Small(), chips.ChipLayer(nn.Linear(4, 4))
        chips.program(model, chip, self.images)
        chips.program(other, chip, torch.rand(9, 4))
        with self.assertRaisesRegex(neurram.Error, "set anew.*program"):
            model(self.images)
        other(torch.rand(2, 4))
        chip.core(3).configure_slot(7)
        with self.assertRaisesRegex(neurram.Error, "set anew"):
            other(torch.rand(2, 4))
        chips.program(model, chip, self.images)
        self.assertEqual(model(self.images).shape, (30, 7))


class First(nn.Module):
    """A model that uses one of its layers only."""

    def __init__(self, *layers: nn.Module) -> None:
        super().__init__()
        self.layers = nn.ModuleList(layers)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layers[0](x)


STOPPED = """
import os, signal, threading, time, torch, neurram, neurram.torch as chips
layer = chips.ChipLayer(torch.nn.Linear(200, 40))
chips.program(layer, neurram.Chip(), torch.rand(60, 200))
x = torch.rand(400_000, 200)
threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
start = time.monotonic()
try:
    while True:
        layer(x)
except KeyboardInterrupt:
    print("stopped after", time.monotonic() - start < 20)
print(tuple(layer(x[:3]).shape))
"""


class Stop(unittest.TestCase):
    def test_forward(self):
        done = subprocess.run([sys.executable, "-c", STOPPED], capture_output=True, text=True, timeout=120)
        self.assertEqual(done.stdout, "stopped after True\n(3, 40)\n", done.stderr)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    unittest.main()
