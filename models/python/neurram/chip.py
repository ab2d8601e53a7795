"""Config and Chip with what is easier said in Python; the rest of them is in the compiled module."""
from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Union

from . import _neurram
from ._neurram import Core, Deployment

if TYPE_CHECKING:
    import pandas

Changes = Union[Iterable[str], Mapping[str, object]]


def assignments(changes: Changes) -> list[str]:
    """{"chip.fabric.kind": "ideal"} or ["chip.fabric.kind=ideal"] as the latter."""
    if isinstance(changes, str):
        raise TypeError(f"set: {changes!r}; expected a list of KEY=VALUE, or a dictionary")
    if not isinstance(changes, Mapping):
        return [str(change) for change in changes]
    return [f"{key}={str(value).lower() if isinstance(value, bool) else value}" for key, value in changes.items()]


class Config(_neurram.Config):
    """Everything that a chip and a run depend on: the fields that `neurram config --dump` prints.

    Does not change: `with_` and `load` make new ones.

        config = Config.load(app="mnist", set={"chip.fabric.kind": "ideal"})
        config["chip.core.array.rows"]
    """

    def __init__(self, other: _neurram.Config | None = None) -> None:
        super().__init__(other if other is not None else _neurram.Config._load("neurram", "", [], []))

    @classmethod
    def load(cls, chip: str | os.PathLike[str] = "neurram", app: str = "", files: Iterable[str | os.PathLike[str]] = (),
             set: Changes = (), seed: int | None = None) -> Config:
        """Defaults, then the chip's file (a name that ships, or a path), the app's, `files` (TOML), `set`.

        `seed` sets seed.device and seed.run. ConfigError names field, value and what was expected; FileError,
        UsageError (there is no such app).
        """
        changes = assignments(set)
        if seed is not None:
            changes += [f"seed.device={seed}", f"seed.run={seed}"]
        return cls(_neurram.Config._load(os.fspath(chip), app, [os.fspath(file) for file in files], changes))

    def with_(self, set: Changes) -> Config:
        """A copy with other values: config.with_({"seed.run": 7})."""
        return type(self)(self._with(assignments(set)))

    def fields(self) -> dict[str, dict[str, Any]]:
        """Every field by name: value, default, kind, unit, low, high, choices, affects, text."""
        return json.loads(self._fields())

    def __getitem__(self, name: str) -> Any:
        """Value of a field. KeyError: there is none of that name."""
        return self.fields()[name]["value"]


class Chip(_neurram.Chip):
    """A chip on the bench: cores, cells and slots by hand.

    Any number of them, at once or one after the other, in one process. Calls may come from any thread and release
    the GIL; chips take turns. After an exception the chip goes on.
    """

    def __init__(self, config: _neurram.Config | None = None) -> None:
        """`config`: a Config; None: the chip as published."""
        if config is not None and not isinstance(config, _neurram.Config):
            raise TypeError(f"config: of type {type(config).__name__}; expected a Config, as Config.load() makes it")
        super().__init__(config if config is not None else Config())

    @property
    def config(self) -> Config:
        return Config(super().config)

    @property
    def ledger(self) -> pandas.DataFrame:
        """One row per command and burst so far, as `ledger.sqlite` has it: energies in fJ, times in ps."""
        return ledger_table(self._records())

    def load(self, deployment: Deployment) -> None:
        """Puts a compiled deployment on the chip: cores on, cells through the back door, rails and slots.

        FileError: the deployment was made for another chip, or holds no conductances.
        """
        if not isinstance(deployment, Deployment):
            raise TypeError(f"deployment: of type {type(deployment).__name__}; expected a Deployment")
        deployment._load_on(self)


def ledger_table(columns: dict[str, Any], layers: list[str] | None = None) -> pandas.DataFrame:
    import pandas

    table = pandas.DataFrame(columns, copy=False)
    table["kind"] = pandas.Categorical.from_codes(table["kind"], _neurram._KINDS)
    if layers is not None:
        table.insert(5, "layer_name", pandas.Categorical.from_codes(table["layer"], layers))
    return table


__all__ = ["Chip", "Config", "Core", "Deployment"]
