"""Import before numpy and torch: checks that they are there and sets OpenMP up.

Idle OpenMP threads shall sleep instead of spin: beside other work, spinning threads keep
each other from the cores, and epochs of 12 s were seen to take 90 s.
"""

import importlib.util
import os
import sys

_PACKAGES = {"numpy": "python3-numpy", "torch": "python3-torch", "onnx": "python3-onnx"}

_missing = [package for package in _PACKAGES if importlib.util.find_spec(package) is None]
if _missing:
    sys.exit(
        f"error: {sys.executable} has no {' and no '.join(_missing)}. On Debian: apt install "
        f"{' '.join(_PACKAGES[package] for package in _missing)}, and run with /usr/bin/python3."
    )
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
