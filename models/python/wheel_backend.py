"""How pip builds the package: CMake makes the compiled module, this file makes the wheel around it (PEP 517, PEP 660).

Needs nothing from a package index; the version is that of CMakeLists.txt. Objects stay in build/wheel, so that the
next build is short.
"""
from __future__ import annotations

import base64
import hashlib
import re
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build/wheel"
PACKAGE = ROOT / "models/python/neurram"
# What the package reads when it runs, beside the code: neurram/share stands for the project's folder.
SHARED = ("models/chip/*.toml", "tb/apps/*/app.toml", "tb/apps/*/*.onnx", "tb/apps/*/*ubyte*")


def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def version() -> str:
    return re.search(r"project\(NeuRRAM VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text()).group(1)


def tag() -> str:
    python = f"cp{sys.version_info.major}{sys.version_info.minor}"
    return f"{python}-{python}-{sysconfig.get_platform().replace('-', '_').replace('.', '_')}"


def metadata() -> str:
    about = project()
    lines = ["Metadata-Version: 2.1", f"Name: {about['name']}", f"Version: {version()}",
             f"Summary: {about['description']}", f"Requires-Python: {about['requires-python']}"]
    lines += [f"Requires-Dist: {requirement}" for requirement in about["dependencies"]]
    lines += ["Description-Content-Type: text/markdown", "", (ROOT / about["readme"]).read_text()]
    return "\n".join(lines)


def compile_module() -> Path:
    """Builds the compiled module; returns the folder of the package in the build tree."""
    commands = (
        ["cmake", "-S", ROOT, "-B", BUILD, "-DCMAKE_BUILD_TYPE=Release", "-DNEURRAM_TESTS=OFF", "-DNEURRAM_BENCH=OFF",
         "-DNEURRAM_PYTHON=ON", f"-DNEURRAM_PYTHON_EXECUTABLE={sys.executable}"],
        ["cmake", "--build", BUILD, "--parallel", "--target", "neurram_python"])
    for command in commands:
        if subprocess.run(command, stdout=sys.stderr).returncode != 0:
            raise SystemExit("neurram: the module does not build; is all there that scripts/setup.sh --python installs?")
    return BUILD / "python/neurram"


class Wheel:
    def __init__(self, folder: str):
        self.name = f"neurram-{version()}-{tag()}.whl"
        self.info = f"neurram-{version()}.dist-info"
        self.archive = zipfile.ZipFile(Path(folder) / self.name, "w", zipfile.ZIP_DEFLATED)
        self.record: list[str] = []

    def add(self, name: str, content: bytes) -> None:
        entry = zipfile.ZipInfo(name)  # of a fixed date: equal sources, equal wheel
        entry.external_attr = 0o644 << 16
        self.archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        self.record.append(f"{name},sha256={digest},{len(content)}")

    def close(self) -> str:
        self.add(f"{self.info}/METADATA", metadata().encode())
        self.add(f"{self.info}/WHEEL", f"Wheel-Version: 1.0\nGenerator: neurram\nRoot-Is-Purelib: false\nTag: {tag()}\n".encode())
        self.add(f"{self.info}/LICENSE", (ROOT / project()["license"]["file"]).read_bytes())
        name = f"{self.info}/RECORD"
        self.archive.writestr(name, "\n".join([*self.record, f"{name},,", ""]))
        self.archive.close()
        return self.name


def build_wheel(wheel_directory: str, config_settings: dict | None = None, metadata_directory: str | None = None) -> str:
    built = compile_module()
    wheel = Wheel(wheel_directory)
    for source in sorted(built.glob("_neurram*.so")):
        wheel.add(f"neurram/{source.name}", source.read_bytes())
    for source in sorted(PACKAGE.rglob("*.py*")) + [PACKAGE / "py.typed"]:
        if source.is_file() and source.suffix != ".pyc":
            wheel.add(f"neurram/{source.relative_to(PACKAGE)}", source.read_bytes())
    for pattern in SHARED:
        for source in sorted(ROOT.glob(pattern)):
            wheel.add(f"neurram/share/{source.relative_to(ROOT)}", source.read_bytes())
    return wheel.close()


def build_editable(wheel_directory: str, config_settings: dict | None = None, metadata_directory: str | None = None) -> str:
    """`pip install -e .`: Python finds the build tree's package, which links to the sources."""
    built = compile_module()
    wheel = Wheel(wheel_directory)
    wheel.add("neurram.pth", f"{built.parent}\n".encode())
    return wheel.close()


def build_sdist(sdist_directory: str, config_settings: dict | None = None) -> str:
    """What git tracks, as git archives it."""
    name = f"neurram-{version()}"
    path = Path(sdist_directory) / f"{name}.tar.gz"
    subprocess.run(["git", "-C", ROOT, "archive", f"--prefix={name}/", "-o", path, "HEAD"], check=True)
    return path.name
