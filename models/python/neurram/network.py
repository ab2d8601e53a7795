"""Running a network on the chip: what `neurram run` does."""
from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy

from . import _neurram
from ._neurram import Data, Deployment
from .chip import Changes, Config, ledger_table

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True)
class RunResult:
    """What a run came to."""

    summary: dict[str, Any]  # summary.json of the tool: accuracy, energy_j, latency_s, layers …
    outputs: numpy.ndarray  # [images, outputs], float32: the network's last layer
    labels: numpy.ndarray | None  # [images], uint8
    config: Config
    deployment: Deployment
    _columns: dict[str, numpy.ndarray] = field(repr=False)
    _layers: list[str] = field(repr=False)

    @property
    def predictions(self) -> numpy.ndarray:
        """Class of each image [images]: the largest output, or the only one."""
        if self.outputs.shape[1] == 1:
            return self.outputs[:, 0].astype(numpy.int64)
        return self.outputs.argmax(axis=1)

    @property
    def ledger(self) -> pandas.DataFrame:
        """One row per command and burst, as table `record` of `ledger.sqlite`, with the layer's name: energies in
        fJ by component, times in ps by phase."""
        return ledger_table(self._columns, self._layers)

    @property
    def layers(self) -> pandas.DataFrame:
        """The summary's table by layer."""
        import pandas

        return pandas.DataFrame(self.summary["layers"])


def run(app: str = "", images: int | numpy.ndarray | None = None, *, labels: numpy.ndarray | None = None,
        config: Config | None = None, seed: int | None = None, set: Changes = (), onnx: str | os.PathLike[str] | None = None,
        data: str | os.PathLike[str] | None = None, deployment: Deployment | str | os.PathLike[str] | None = None,
        jobs: int | None = None, progress: Callable[[int, int], None] | None = None,
        out: str | os.PathLike[str] | None = None, force: bool = False, trace_images: int = 0) -> RunResult:
    """Runs a network over images on the chip, as `neurram run` does: same codes, same ledger, same summary.

    `app`     an application that ships, or `onnx` and `data`, a network of yours and the folder with its data
    `images`  how many of the data, from the first (None: all), or pixels of your own: uint8 [images, height, width]
              or [images, height, width, channels], with `labels` [images] where you have them
    `config`  a Config, instead of `seed` and `set`
    `deployment`  a Deployment or its file, instead of the cache's
    `jobs`    processes that share the images (None: the machine's cores); results do not depend on it
    `progress(images done, correct)` is called now and then
    `out`     folder that the run leaves, as the tool's: run.toml, summary.json, ledger.sqlite, log.txt, and wave.fst
              of the first `trace_images` images; with `force` an earlier run in its place is replaced

    FileError: a file is missing or damaged, or the deployment was made for another chip, network or configuration;
    `out` holds something, or cannot be written.
    UsageError, ConfigError, NetworkError as the tool. ValueError, TypeError: images or labels of another shape or
    dtype. KeyboardInterrupt on Ctrl-C: `out` then holds what was done, with `complete` false in its summary.
    """
    if config is not None and (seed is not None or set):
        raise TypeError("config: given beside seed or set; expected one of them: config.with_(set)")
    if config is None:
        config = Config.load(app=app, set=set, seed=seed)
    elif app:
        if config.app and config.app != app:
            raise _neurram.UsageError(f"app '{app}' beside the configuration of '{config.app}'")
    own = images is not None and not isinstance(images, (int, numpy.integer))
    network = (Path(onnx), Path(data)) if onnx is not None and data is not None else None
    if (onnx is None) != (data is None):
        raise _neurram.UsageError("onnx and data go together: an ONNX file and the folder with its data")
    if network is not None:
        config = config.with_({"app.name": network[0].stem})
    if labels is not None and not own:
        raise TypeError("labels: given without images; expected none, as the data have their own")
    scale = config["app.pixel_scale"]
    if own:
        data_set = Data.of_arrays(images, labels, scale)
    elif network is not None:
        data_set = Data.of_folder(config, *network)
    else:
        data_set = Data.of_app(_with_app(config))
    places = network if network is not None else (None, None)
    if deployment is None:
        deployment = Deployment.compile(config, *places)
    else:
        if not isinstance(deployment, Deployment):
            deployment = Deployment.read(deployment)
        deployment._check(config, *places)
    if jobs is None:
        jobs = len(os.sched_getaffinity(0))
    if jobs < 1:
        raise ValueError(f"jobs: {jobs}; expected 1 or more")
    answer = _neurram._run(config, deployment, data_set, None if own or images is None else int(images), jobs, progress,
                          "" if out is None else out, force, trace_images)
    count = len(answer["outputs"])
    known = data_set.labels
    return RunResult(json.loads(answer["summary"]), answer["outputs"], None if known is None else known[:count], config,
                     deployment, answer["columns"], answer["layers"])


def _with_app(config: Config) -> Config:
    if not config.app:
        raise _neurram.UsageError("give an app (such as mnist), or onnx and data")
    return config
