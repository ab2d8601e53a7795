"""The installed package, used as somebody outside the tree would: examples are built against it and run.

Environment: NEURRAM_BUILD names the build tree, NEURRAM_CMAKE, NEURRAM_CC and NEURRAM_CXX the programs that built
it, NEURRAM_BUILD_TYPE how. The package is installed into a temporary folder and then moved.
"""
from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("NEURRAM_BUILD", SOURCE / "build/release")).resolve()
CMAKE = os.environ.get("NEURRAM_CMAKE", "cmake")
CC = os.environ.get("NEURRAM_CC", "cc")
CXX = os.environ.get("NEURRAM_CXX", "c++")
RELEASE = os.environ.get("NEURRAM_BUILD_TYPE", "Release") == "Release"
SKIPPED = 77  # what CMakeLists.txt tells ctest

# A program with its own main, for find_package, and one with its own sc_main, for pkg-config.
PROJECT = """
cmake_minimum_required(VERSION 3.25)
project(user LANGUAGES C CXX)
find_package(NeuRRAM 0.1 REQUIRED)
add_executable(user user.cpp)
target_link_libraries(user PRIVATE NeuRRAM::session)
file(WRITE ${CMAKE_BINARY_DIR}/home "${NeuRRAM_HOME}")
"""
MAPPING = """
#include <cstdio>
#include "models/session/compile.h"
int main() {
  neurram::session::ConfigSources sources;
  sources.app = "mnist";
  const neurram::session::Config config = neurram::session::load_config(sources);
  const auto files = neurram::session::app_files(config);
  const auto deployment = neurram::session::map_network(config, files.network);
  std::printf("%d cores, %zu segments\\n", config.chip.core_count, deployment.segments.size());
}
"""
SESSION = """
#include <cstdio>
#include <systemc>
#include "models/session/session.h"
int sc_main(int, char*[]) {
  neurram::session::Session session(neurram::session::load_config({}));
  std::printf("%lld records\\n", static_cast<long long>(session.ledger().records()));
  return 0;
}
"""


def environment(**changes: str) -> dict[str, str]:
    """Ours without anything that points at headers, packages or apps."""
    unset = {"CPATH", "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH", "LIBRARY_PATH", "CMAKE_PREFIX_PATH", "NEURRAM_HOME",
             "NeuRRAM_DIR", "PKG_CONFIG_PATH"}
    return {**{name: value for name, value in os.environ.items() if name not in unset}, "LC_ALL": "C", **changes}


def done(*command: object, **changes: str) -> str:
    """Output of a command that must succeed; standard error goes with it where it does not."""
    words = [str(word) for word in command]
    run = subprocess.run(words, env=environment(**changes), capture_output=True, text=True, timeout=300)
    if run.returncode != 0:
        raise AssertionError(f"{' '.join(words)}: exit status {run.returncode}\n{run.stdout}{run.stderr}")
    return run.stdout


class Install(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.work = Path(tempfile.mkdtemp(prefix="neurram-install-"))
        cls.addClassCleanup(shutil.rmtree, cls.work, ignore_errors=True)
        done(CMAKE, "--install", BUILD, "--prefix", cls.work / "installed")
        cls.prefix = cls.work / "moved"
        (cls.work / "installed").rename(cls.prefix)
        cls.include = cls.prefix / "include/neurram"
        cls.data = cls.prefix / "share/neurram"
        cls.packages = next(cls.prefix.rglob("neurram.pc")).parent

    def project(self, name: str) -> Path:
        """A copy of an installed example."""
        return Path(shutil.copytree(self.data / "tb/examples" / name, self.work / f"{self.id()}-{name}"))

    def build(self, source: Path, target: str) -> Path:
        """Builds a CMake project against the package."""
        done(CMAKE, "-S", source, "-B", source / "build", f"-DCMAKE_PREFIX_PATH={self.prefix}",
             f"-DCMAKE_C_COMPILER={CC}", f"-DCMAKE_CXX_COMPILER={CXX}")
        done(CMAKE, "--build", source / "build", "--parallel", "2")
        return source / "build" / target

    def flags(self, package: str, *what: str) -> list[str]:
        return done("pkg-config", *what, package, PKG_CONFIG_PATH=str(self.packages)).split()

    def test_what_is_installed(self):
        for name in ("bin/neurram", "share/neurram/tb/apps/mnist/network.onnx", "share/neurram/models/chip/neurram.toml",
                     "share/neurram/registers/neurram.svd", "share/neurram/registers/neurram.rdl",
                     "share/neurram/registers/neurram_registers_pkg.sv", "include/neurram/models/core/registers.h"):
            self.assertTrue((self.prefix / name).is_file(), name)
        for header in self.include.rglob("*"):
            self.assertTrue(header.is_dir() or header.suffix == ".h", header)
        self.assertEqual(list(self.include.rglob("*-inl.h")), [])
        self.assertEqual([p for p in self.prefix.rglob("*") if p.name == "__pycache__"], [])

    @unittest.skipUnless(RELEASE, "debug information names the folders it was made from")
    def test_no_path_of_the_build(self):
        for path in (SOURCE, BUILD, self.work / "installed"):
            named = [f for f in self.prefix.rglob("*") if f.is_file() and os.fsencode(path) in f.read_bytes()]
            self.assertEqual(named, [], f"these name {path}")

    def test_headers_are_complete(self):
        headers = sorted(str(h.relative_to(self.include)) for h in self.include.rglob("*.h"))
        unit = self.work / "headers.cpp"
        unit.write_text("".join(f'#include "{header}"\n' for header in headers))
        done(CXX, "-std=c++17", "-fsyntax-only", *self.flags("neurram", "--cflags"), unit)
        unit = self.work / "headers.c"
        unit.write_text('#include "neurram_bus_mmio.h"\n#include "neurram_driver.h"\n#include "neurram_registers.h"\n')
        done(CC, "-std=c11", "-pedantic", "-Wall", "-Werror", "-fsyntax-only", f"-I{self.include}", unit)

    def test_tool(self):
        info = json.loads(done(self.prefix / "bin/neurram", "info", "--json"))
        self.assertEqual(Path(info["folders"]["home"]), self.data)
        self.assertIn("[chip]", done(self.prefix / "bin/neurram", "config", "--dump"))

    def test_third_party(self):
        source = self.project("third_party")
        generator = (source / "traffic_generator.cpp").read_text() + (source / "traffic_generator.h").read_text()
        ours = {name for name in re.findall(r'#\s*include\s*[<"]([^>"]+)', generator)
                if (self.include / name).exists() or "neurram" in name}
        self.assertEqual(ours, set())
        out = done(self.build(source, "third_party"))
        for way in ("b_transport", "nb_transport", "DMI"):
            self.assertRegex(out, rf"(?m)^{way} .*codes equal$")
        self.assertIn("third_party: correct", out)

    def test_own_platform(self):
        program = self.build(self.project("own_platform"), "own_platform")
        out = done(program)
        self.assertIn("own_platform: correct", out)
        self.assertRegex(out, r"io +\d")
        self.assertNotRegex(done(program, "fabric.kind=ideal"), r"(?m)^ +io ")
        wrong = subprocess.run([program, "fabric.knd=ideal"], capture_output=True, text=True, env=environment())
        self.assertEqual(wrong.returncode, 2)
        self.assertIn("fabric.kind", wrong.stderr)

    @unittest.skipUnless(shutil.which("make"), "there is no make")
    def test_own_platform_with_make(self):
        source = self.project("own_platform")
        done("make", "-C", source, f"CXX={CXX}", PKG_CONFIG_PATH=str(self.packages))
        self.assertIn("own_platform: correct", done(source / "own_platform"))

    def test_session_in_a_program(self):
        source = self.work / "session"
        source.mkdir()
        (source / "CMakeLists.txt").write_text(PROJECT)
        (source / "user.cpp").write_text(MAPPING)
        program = self.build(source, "user")
        home = (source / "build/home").read_text()
        self.assertEqual(Path(home), self.data)
        self.assertRegex(done(program, NEURRAM_HOME=home), r"48 cores, [1-9]\d* segments")

    def test_session_beside_a_users_sc_main(self):
        source = self.work / "sc_main.cpp"
        source.write_text(SESSION)
        program = self.work / "sc_main"
        done(CXX, "-std=c++17", *self.flags("neurram", "--cflags"), "-o", program, source,
             *self.flags("neurram", "--libs"))
        [home] = self.flags("neurram", "--variable=home")
        self.assertEqual(Path(home).resolve(), self.data.resolve())
        self.assertIn("0 records", done(program, NEURRAM_HOME=home))


if __name__ == "__main__":
    for needed in (CC, CXX, "pkg-config"):
        if shutil.which(needed) is None:
            print(f"skipped: there is no {needed} to build the examples with")
            sys.exit(SKIPPED)
    unittest.main()
