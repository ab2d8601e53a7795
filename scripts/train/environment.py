"""Import before numpy and torch: checks that the packages are there and sets OpenMP up.

Idle OpenMP threads shall sleep instead of spin: beside other work, spinning threads keep
each other from the cores, and epochs of 12 s were seen to take 90 s.
"""

import importlib.util
import os
import sys
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
_PACKAGES = {"numpy": "python3-numpy", "torch": "python3-torch", "onnx": "python3-onnx"}

_missing = [package for package in _PACKAGES if importlib.util.find_spec(package) is None]
if _missing:
    sys.exit(
        f"error: {sys.executable} has no {' and no '.join(_missing)}. On Debian: apt install "
        f"{' '.join(_PACKAGES[package] for package in _missing)}, and run with /usr/bin/python3."
    )
if importlib.util.find_spec("neurram") is None:
    # A build in this tree will do; whatever is installed or in PYTHONPATH comes first.
    sys.path.append(str(_ROOT / "build/release/python"))
    if importlib.util.find_spec("neurram") is None:
        sys.exit(
            f"error: {sys.executable} has no neurram, the Python package of this project, from "
            "which the scripts take what they know of the chip. scripts/setup.sh --python and "
            "cmake --preset release && cmake --build --preset release make it in "
            "build/release/python; any other place belongs into PYTHONPATH. "
            "See models/python/README.md."
        )
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
