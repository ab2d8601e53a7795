"""Small networks and data sets, written byte by byte: ONNX in protobuf's wire format, and IDX.

The network classifies images of 8 x 8 pixels by their brightest quadrant, so its answers are known.
"""
from __future__ import annotations

import random
import struct
from pathlib import Path

SIDE = 8
CLASSES = 4
FLOAT, UINT8 = 1, 2  # TensorProto.DataType


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out) + bytes([value])


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, value: bytes | str) -> bytes:
    data = value.encode() if isinstance(value, str) else value
    return _varint(field << 3 | 2) + _varint(len(data)) + data


def node(kind: str, name: str, inputs: list[str], output: str, **integers: int) -> bytes:
    """A NodeProto."""
    attributes = b"".join(_bytes(5, _bytes(1, key) + _number(3, value) + _number(20, 2))
                          for key, value in integers.items())
    return b"".join(_bytes(1, i) for i in inputs) + _bytes(2, output) + _bytes(3, name) + _bytes(4, kind) + attributes


def tensor(name: str, dims: list[int], values: list[float], data_type: int = FLOAT) -> bytes:
    """A TensorProto."""
    raw = struct.pack(f"<{len(values)}f", *values) if data_type == FLOAT else bytes(map(int, values))
    return b"".join(_number(1, d) for d in dims) + _number(2, data_type) + _bytes(8, name) + _bytes(9, raw)


def value(name: str, dims: list[int]) -> bytes:
    """A ValueInfoProto of floats with a batch dimension N before `dims`."""
    shape = _bytes(1, _bytes(2, "N")) + b"".join(_bytes(1, _number(1, d)) for d in dims)
    return _bytes(1, name) + _bytes(2, _bytes(1, _number(1, FLOAT) + _bytes(2, shape)))


def model(nodes: list[bytes], tensors: list[bytes], source: bytes, result: bytes) -> bytes:
    """A ModelProto of one graph."""
    graph = b"".join(_bytes(1, n) for n in nodes) + _bytes(2, "test") + b"".join(_bytes(5, t) for t in tensors)
    graph += _bytes(11, source) + _bytes(12, result)
    return _number(1, 7) + _bytes(7, graph) + _bytes(8, _bytes(1, "") + _number(2, 13))


def quantiser(source: str, name: str, limit: float, bits: int) -> tuple[list[bytes], list[bytes], str]:
    """Clip, QuantizeLinear, DequantizeLinear after `source`: nodes, tensors, output."""
    n = f"{name}_min", f"{name}_max", f"{name}_scale", f"{name}_zero"
    tensors = [tensor(n[0], [], [0.0]), tensor(n[1], [], [limit]), tensor(n[2], [], [limit / (2**bits - 1)]),
               tensor(n[3], [], [0], UINT8)]
    nodes = [node("Clip", f"{name}_clip", [source, n[0], n[1]], f"{name}_c"),
             node("QuantizeLinear", f"{name}_quantize", [f"{name}_c", n[2], n[3]], f"{name}_q"),
             node("DequantizeLinear", f"{name}_dequantize", [f"{name}_q", n[2], n[3]], f"{name}_d")]
    return nodes, tensors, f"{name}_d"


def quadrant(pixel: int) -> int:
    return pixel // SIDE // (SIDE // 2) * 2 + pixel % SIDE // (SIDE // 2)


def quadrants(last: str = "Gemm", weight_rows: int = SIDE * SIDE, weight: float = 1.0) -> bytes:
    """The network; `last` replaces its last operator, `weight_rows` the height of its matrix."""
    nodes, tensors, image = quantiser("image", "image", 1.0, 3)
    nodes.append(node("Flatten", "flat", [image], "flat_out", axis=1))
    weights = [weight if quadrant(i) == j else -weight / (CLASSES - 1)
               for i in range(weight_rows) for j in range(CLASSES)]
    tensors += [tensor("w", [weight_rows, CLASSES], weights), tensor("b", [CLASSES], [0.0] * CLASSES)]
    nodes.append(node(last, "score", ["flat_out", "w", "b"], "logits"))
    return model(nodes, tensors, value("image", [1, SIDE, SIDE]), value("logits", [CLASSES]))


def wide(outputs: int) -> bytes:
    """A network of one matrix with so many outputs."""
    nodes, tensors, image = quantiser("image", "image", 1.0, 3)
    rng = random.Random(1)
    nodes.append(node("Flatten", "flat", [image], "flat_out", axis=1))
    tensors += [tensor("w", [SIDE * SIDE, outputs], [rng.uniform(-1, 1) for _ in range(SIDE * SIDE * outputs)]),
                tensor("b", [outputs], [0.0] * outputs)]
    nodes.append(node("Gemm", "huge", ["flat_out", "w", "b"], "logits"))
    return model(nodes, tensors, value("image", [1, SIDE, SIDE]), value("logits", [outputs]))


def idx(dims: list[int], data: bytes) -> bytes:
    return struct.pack(f">BBBB{len(dims)}I", 0, 0, 8, len(dims), *dims) + data


def images(count: int, side: int = SIDE, seed: int = 1) -> tuple[bytes, bytes]:
    """IDX files of images with one bright quadrant, and of the quadrants."""
    rng = random.Random(seed)
    labels = [rng.randrange(CLASSES) for _ in range(count)]
    pixels = bytearray()
    for label in labels:
        for p in range(side * side):
            bright = side == SIDE and quadrant(p) == label
            pixels.append(rng.randrange(120, 256) if bright else rng.randrange(0, 100))
    return idx([count, side, side], bytes(pixels)), idx([count], bytes(labels))


def write_data(folder: Path, count: int = 40, **files: bytes | None) -> Path:
    """A data folder as `--data` wants it; keywords `images`, `labels`, `calibration` replace a file, None
    leaves it out."""
    test_images, test_labels = images(count)
    contents = {"images": test_images, "labels": test_labels, "calibration": images(64, seed=2)[0], **files}
    names = {"images": "t10k-images-idx3-ubyte", "labels": "t10k-labels-idx1-ubyte",
             "calibration": "calibration-images-idx3-ubyte"}
    folder.mkdir(exist_ok=True)
    for key, content in contents.items():
        if content is not None:
            (folder / names[key]).write_bytes(content)
    return folder
