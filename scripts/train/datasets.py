"""Finds, reads and writes data files in the IDX format (MNIST)."""

from __future__ import annotations

import gzip
import os
import struct
from pathlib import Path

import numpy as np

_UINT8 = 0x08


class DataError(Exception):
    """A data file is missing or is not what its name says."""


def data_folders(given: Path | None = None) -> list[Path]:
    """Folders that are searched for data sets, in order."""
    if given is not None:
        return [given]
    folders = []
    if os.environ.get("NEURRAM_DATA"):
        folders.append(Path(os.environ["NEURRAM_DATA"]))
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folders.append(Path(cache) / "neurram" / "data")
    return folders


def find(relative: str, given: Path | None = None) -> Path:
    """Path of a data file such as `mnist/train-images-idx3-ubyte.gz`."""
    folders = data_folders(given)
    for folder in folders:
        for candidate in (folder / relative, folder / Path(relative).name):
            if candidate.is_file():
                return candidate
    looked = ", ".join(str(folder) for folder in folders)
    raise DataError(
        f"{relative} not found in {looked}. "
        "Run scripts/fetch_data.sh, or name the folder with --data or NEURRAM_DATA."
    )


def read_idx(path: Path) -> np.ndarray:
    """An IDX file of unsigned bytes, plain or gzipped, as an array."""
    try:
        raw = path.read_bytes()
        if raw[:2] == b"\x1f\x8b":
            raw = gzip.decompress(raw)
        zero, kind, rank = struct.unpack(">HBB", raw[:4])
        shape = struct.unpack(f">{rank}I", raw[4 : 4 + 4 * rank])
        values = np.frombuffer(raw, np.uint8, offset=4 + 4 * rank)
    except (OSError, EOFError, struct.error) as error:
        raise DataError(f"{path}: cannot be read as IDX ({error})") from error
    if zero != 0 or kind != _UINT8 or values.size != np.prod(shape, dtype=np.int64):
        raise DataError(f"{path}: not an IDX file of unsigned bytes, or cut short")
    return values.reshape(shape)


def write_idx(path: Path, values: np.ndarray) -> None:
    """Writes unsigned bytes as gzipped IDX; the same array gives the same file."""
    header = struct.pack(">HBB", 0, _UINT8, values.ndim)
    header += struct.pack(f">{values.ndim}I", *values.shape)
    packed = gzip.compress(header + values.astype(np.uint8).tobytes(), 9, mtime=0)
    partial = path.with_name(path.name + ".part")
    partial.write_bytes(packed)
    partial.replace(path)


def mnist(part: str, given: Path | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Images (N, 28, 28) and labels (N) of `train` or `t10k`."""
    images = read_idx(find(f"mnist/{part}-images-idx3-ubyte.gz", given))
    labels = read_idx(find(f"mnist/{part}-labels-idx1-ubyte.gz", given))
    if len(images) != len(labels):
        raise DataError(f"mnist/{part}: {len(images)} images but {len(labels)} labels")
    return images, labels
