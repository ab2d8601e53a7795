"""Cells in and out as `.npz` files: what a chip was asked for, what it was programmed to, what it became.

A file holds, of one core, arrays [rows, columns]

    target_siemens      what programming aimed at        relaxed_siemens   what the cell is now, after relaxation
    programmed_siemens  what the last verify read        failed            bool: outside its tolerance, or of no use

and of a chip or a deployment the same with a prefix, `core3/` or `segment0/`. Only `relaxed_siemens` is needed to load
one: a measured chip. A deployment knows targets and what the cells became. Cells go in as whole picosiemens.
"""
from __future__ import annotations

import os
import zipfile
import zlib
from dataclasses import dataclass
from typing import Union

import numpy

from ._neurram import Core, Deployment, FileError
from .chip import Chip

Holder = Union[Core, Chip, Deployment]
NAMES = ("target_siemens", "programmed_siemens", "relaxed_siemens", "failed")
PICOSIEMENS = 1e-12


@dataclass(frozen=True)
class Cells:
    """Arrays [rows, columns]; None where the file has none."""

    relaxed_siemens: numpy.ndarray
    target_siemens: numpy.ndarray | None = None
    programmed_siemens: numpy.ndarray | None = None
    failed: numpy.ndarray | None = None


def _parts(holder: Holder) -> dict[str, Cells]:
    if isinstance(holder, Core):
        return {"": Cells(holder.conductances, holder.targets, holder.verified, holder.failed)}
    if isinstance(holder, Chip):
        return {f"core{i}/": _parts(holder.core(i))[""] for i in range(holder.cores) if holder.core(i).powered}
    if isinstance(holder, Deployment):
        return {f"segment{i}/": Cells(segment.conductances_ps * PICOSIEMENS, segment.targets_ps * PICOSIEMENS)
                for i, segment in enumerate(holder.segments)}
    raise TypeError(f"holder: of type {type(holder).__name__}; expected a Core, a Chip or a Deployment")


def dump(holder: Holder, path: str | os.PathLike[str]) -> None:
    """Writes the cells of a core, of a chip's cores that are on, or of a deployment. OSError."""
    arrays = {}
    for prefix, cells in _parts(holder).items():
        for name in NAMES:
            value = getattr(cells, name)
            if value is not None:
                arrays[prefix + name] = value
    with open(path, "wb") as file:
        numpy.savez_compressed(file, **arrays)


def read(path: str | os.PathLike[str]) -> dict[str, Cells]:
    """The cells of a file by prefix, "" for a single core. FileError: not such a file."""
    try:
        with open(path, "rb") as stream, numpy.load(stream, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except (OSError, ValueError, EOFError, AttributeError, TypeError, zipfile.BadZipFile, zlib.error) as error:
        raise FileError(f"{os.fspath(path)}: {error}; expected an .npz file of cells") from None
    prefixes = [name[:-len("relaxed_siemens")] for name in arrays if name.endswith("relaxed_siemens")]
    if not prefixes:
        raise FileError(f"{os.fspath(path)}: holds {', '.join(sorted(arrays)) or 'nothing'}; expected relaxed_siemens")
    return {prefix: Cells(**{name: arrays.get(prefix + name) for name in NAMES}) for prefix in prefixes}


def load(holder: Holder, path: str | os.PathLike[str]) -> None:
    """Puts the cells of a file (`relaxed_siemens`) into a core, a chip's cores or a deployment: through the back door,
    so that a measured chip, or another's, can be run. Nothing is changed where anything does not fit.

    FileError: not such a file, or of another kind of holder. ValueError: a shape that does not fit, NaN, below 0.
    """
    wanted = _parts_to_load(holder)
    found = read(path)
    if set(found) - set(wanted) or (isinstance(holder, Deployment) and set(found) != set(wanted)):
        raise FileError(f"{os.fspath(path)}: holds cells of {_text(found)}; expected {_text(wanted)}")
    for prefix, cells in found.items():
        _check(prefix, cells.relaxed_siemens, wanted[prefix])
    for prefix, cells in found.items():
        target = wanted[prefix]
        if isinstance(target, Core):
            target.load_conductances(cells.relaxed_siemens)
        else:
            target[...] = numpy.rint(cells.relaxed_siemens / PICOSIEMENS).astype(numpy.uint32)


def _parts_to_load(holder: Holder) -> dict[str, Core | numpy.ndarray]:
    if isinstance(holder, Core):
        return {"": holder}
    if isinstance(holder, Chip):
        return {f"core{i}/": holder.core(i) for i in range(holder.cores)}
    if isinstance(holder, Deployment):
        return {f"segment{i}/": segment.conductances_ps for i, segment in enumerate(holder.segments)}
    raise TypeError(f"holder: of type {type(holder).__name__}; expected a Core, a Chip or a Deployment")


def _check(prefix: str, values: numpy.ndarray, target: Core | numpy.ndarray) -> None:
    shape = (target.rows, target.columns) if isinstance(target, Core) else target.shape
    name = f"{prefix}relaxed_siemens"
    if values.shape != shape:
        raise ValueError(f"{name}: shape {values.shape}; expected {shape}")
    if values.dtype.kind not in "fiu":
        raise TypeError(f"{name}: dtype {values.dtype}; expected real numbers, in siemens")
    most = numpy.iinfo(numpy.uint32).max * PICOSIEMENS
    bad = ~((values >= 0) & (values <= most))
    if bad.any():
        at = tuple(int(i) for i in numpy.argwhere(bad)[0])
        raise ValueError(f"{name}{list(at)}: {values[at]}; expected siemens from 0 to {most:g}")


def _text(prefixes: dict[str, object]) -> str:
    names = [prefix.rstrip("/") or "one core" for prefix in prefixes]
    return ", ".join(names[:3]) + (f" … ({len(names)})" if len(names) > 3 else "")
