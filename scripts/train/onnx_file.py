"""Writes quantised feed-forward networks as ONNX, reads them back, runs them in numpy.

A network is a chain of layers. In the file each activation is limited by Clip and rounded
by a QuantizeLinear/DequantizeLinear pair, which is where a compiler finds the number of
bits: scale = limit / (2^bits - 1), zero point 0.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 13
IR_VERSION = 7


class NetworkError(Exception):
    """The file is not a network of the kind that these scripts write."""


@dataclass
class Layer:
    """One convolution (kernel OIHW, stride 1, size kept) or dense layer (weight OI)."""

    name: str
    weight: np.ndarray
    bias: np.ndarray
    limit: float | None = None  # clip level of the quantiser that follows, None: none
    bits: int = 3
    pool: str = "none"  # "none", "2x2", or "2x2_same": an odd size is padded at its end

    @property
    def is_conv(self) -> bool:
        return self.weight.ndim == 4


@dataclass
class Network:
    input_shape: tuple[int, ...]  # without the batch
    input_limit: float
    input_bits: int
    layers: list[Layer]


class _Graph:
    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: np.ndarray) -> str:
        self.constants.append(numpy_helper.from_array(np.array(value, order="C"), name))
        return name

    def node(self, kind: str, name: str, inputs: list[str], **attributes: object) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [name + "_out"], name, **attributes))
        return name + "_out"

    def quantiser(self, name: str, x: str, limit: float, bits: int) -> str:
        low = self.constant(f"{name}_min", np.float32(0.0).reshape(()))
        high = self.constant(f"{name}_max", np.float32(limit).reshape(()))
        scale = self.constant(f"{name}_scale", np.float32(limit / (2**bits - 1)).reshape(()))
        zero = self.constant(f"{name}_zero", np.uint8(0).reshape(()))
        x = self.node("Clip", f"{name}_clip", [x, low, high])
        x = self.node("QuantizeLinear", f"{name}_quantize", [x, scale, zero])
        return self.node("DequantizeLinear", f"{name}_dequantize", [x, scale, zero])


def write_network(path: Path, network: Network, metadata: dict[str, str]) -> None:
    """Input `image` [N, ...] and output `logits` [N, classes], float32."""
    graph = _Graph()
    x = graph.quantiser("image", "image", network.input_limit, network.input_bits)
    height = network.input_shape[1]
    flat = False
    for layer in network.layers:
        weight = graph.constant(f"{layer.name}_weight", layer.weight.astype(np.float32))
        bias = graph.constant(f"{layer.name}_bias", layer.bias.astype(np.float32))
        if layer.is_conv:
            size = layer.weight.shape[2]
            x = graph.node(
                "Conv",
                layer.name,
                [x, weight, bias],
                kernel_shape=[size, size],
                pads=[size // 2] * 4,
                strides=[1, 1],
            )
        else:
            if not flat:
                x = graph.node("Flatten", "flatten", [x], axis=1)
                flat = True
            x = graph.node("Gemm", layer.name, [x, weight, bias], transB=1)
        if layer.limit is not None:
            x = graph.node("Relu", f"{layer.name}_relu", [x])
            x = graph.quantiser(layer.name, x, layer.limit, layer.bits)
        if layer.pool != "none":
            end = height % 2 if layer.pool == "2x2_same" else 0
            x = graph.node(
                "MaxPool",
                f"{layer.name}_pool",
                [x],
                kernel_shape=[2, 2],
                strides=[2, 2],
                pads=[0, 0, end, end],
            )
            height = (height + end) // 2
    graph.nodes[-1].output[0] = "logits"

    classes = network.layers[-1].weight.shape[0]
    shape = ["N", *network.input_shape]
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            metadata.get("name", "network"),
            [helper.make_tensor_value_info("image", TensorProto.FLOAT, shape)],
            [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", classes])],
            graph.constants,
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        producer_name="neurram scripts/train",
        ir_version=IR_VERSION,
    )
    helper.set_model_props(model, metadata)
    onnx.checker.check_model(model, full_check=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".part")
    onnx.save(model, str(partial))
    os.replace(partial, path)


def _load(path: Path) -> onnx.ModelProto:
    try:
        return onnx.load(str(path))
    except FileNotFoundError as error:
        raise NetworkError(f"{path}: no such file") from error
    except Exception as error:  # protobuf has no common error class
        raise NetworkError(f"{path}: not an ONNX file ({error})") from error


def read_metadata(path: Path) -> dict[str, str]:
    return {entry.key: entry.value for entry in _load(path).metadata_props}


def read_network(path: Path) -> Network:
    """The chain of layers of a file that write_network wrote."""
    graph = _load(path).graph
    constants = {entry.name: numpy_helper.to_array(entry) for entry in graph.initializer}
    shape = tuple(d.dim_value for d in graph.input[0].type.tensor_type.shape.dim[1:])
    layers: list[Layer] = []
    input_limit, input_bits = 1.0, 0
    limit = 0.0
    for node in graph.node:
        if node.op_type in ("Conv", "Gemm"):
            weight, bias = (constants[name] for name in node.input[1:3])
            layers.append(Layer(node.name, weight, bias))
        elif node.op_type == "Clip":
            limit = float(constants[node.input[2]])
        elif node.op_type == "QuantizeLinear":
            top_code = round(limit / float(constants[node.input[1]]))
            bits = top_code.bit_length()
            if layers:
                layers[-1].limit, layers[-1].bits = limit, bits
            else:
                input_limit, input_bits = limit, bits
        elif node.op_type == "MaxPool":
            pads = next(list(a.ints) for a in node.attribute if a.name == "pads")
            layers[-1].pool = "2x2_same" if any(pads) else "2x2"
        elif node.op_type not in ("Relu", "DequantizeLinear", "Flatten"):
            raise NetworkError(f"{path}: node {node.name} is a {node.op_type}, not known here")
    if not layers:
        raise NetworkError(f"{path}: holds no layer")
    return Network(shape, input_limit, input_bits, layers)


def run_numpy(path: Path, images: np.ndarray) -> np.ndarray:
    """Logits, node by node as the file says: an independent check of what was written."""
    graph = _load(path).graph
    values = {entry.name: numpy_helper.to_array(entry) for entry in graph.initializer}
    values[graph.input[0].name] = images.astype(np.float32)
    for node in graph.node:
        x, *rest = (values[name] for name in node.input)
        attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        values[node.output[0]] = _OPERATIONS[node.op_type](x, rest, attributes)
    return values[graph.output[0].name]


def _conv(x: np.ndarray, rest: list[np.ndarray], attributes: dict) -> np.ndarray:
    weight, bias = rest
    top, left, bottom, right = attributes["pads"]
    x = np.pad(x, ((0, 0), (0, 0), (top, bottom), (left, right)))
    windows = np.lib.stride_tricks.sliding_window_view(x, weight.shape[2:], axis=(2, 3))
    sums = np.tensordot(windows, weight, axes=((1, 4, 5), (1, 2, 3)))
    return np.moveaxis(sums + bias, 3, 1)


def _max_pool(x: np.ndarray, rest: list[np.ndarray], attributes: dict) -> np.ndarray:
    bottom, right = attributes["pads"][2:]
    x = np.pad(x, ((0, 0), (0, 0), (0, bottom), (0, right)), constant_values=-np.inf)
    n, c, h, w = x.shape
    return x[:, :, : h // 2 * 2, : w // 2 * 2].reshape(n, c, h // 2, 2, w // 2, 2).max((3, 5))


_OPERATIONS = {
    "Clip": lambda x, r, a: np.clip(x, r[0], r[1]),
    "QuantizeLinear": lambda x, r, a: np.clip(np.rint(x / r[0]) + r[1], 0, 255).astype(np.uint8),
    "DequantizeLinear": lambda x, r, a: (x.astype(np.float32) - r[1]) * r[0],
    "Relu": lambda x, r, a: np.maximum(x, 0.0),
    "Flatten": lambda x, r, a: x.reshape(len(x), -1),
    "Gemm": lambda x, r, a: x @ r[0].T + r[1],
    "Conv": _conv,
    "MaxPool": _max_pool,
}
