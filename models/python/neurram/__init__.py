"""NeuRRAM-VP: a virtual platform of the NeuRRAM compute-in-memory chip.

    import neurram, numpy
    chip = neurram.Chip()
    core = chip.core(0)
    core.power_on()
    core.program(numpy.full((256, 256), 20e-6))         # siemens
    core.configure_slot(0, input_bits=4, output_bits=8)
    results = core.mvm(numpy.zeros((1, 128), "int8"))    # int16 [vectors, outputs]

    result = neurram.run("mnist", images=500)
    result.summary["accuracy"], result.ledger.groupby("kind").sum(numeric_only=True)
"""
import os as _os
from pathlib import Path as _Path

# An installed package brings the applications and chip files along.
if (_Path(__file__).parent / "share").is_dir():
    _os.environ.setdefault("NEURRAM_HOME", str(_Path(__file__).parent / "share"))

from ._neurram import (ConfigError, Data, Error, FileError, NetworkError, Operation, Rails, RailSet, Segment,
                       UsageError, __version__, app_names, home)
from .cells import Cells, dump, load
from .chip import Chip, Config, Core, Deployment
from .network import RunResult, run

__all__ = ["Cells", "Chip", "Config", "ConfigError", "Core", "Data", "Deployment", "Error", "FileError",
           "NetworkError", "Operation", "RailSet", "Rails", "RunResult", "Segment", "UsageError", "__version__",
           "app_names", "dump", "home", "load", "run"]
