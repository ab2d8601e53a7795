"""Builds the driver as RISC-V firmware and checks what it links.

Exit code 77 (skipped) where the cross compiler is absent.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SKIPPED = 77
ABIS = {"rv64imac": "lp64", "rv32imac": "ilp32"}
WARNINGS = "-Wall -Wextra -Wconversion -Wshadow -Werror -pedantic".split()
CODE_LIMIT_BYTES = 12 * 1024  # measured 6 KiB with start-up code; a libc's stdio alone takes more
FORBIDDEN = {
    *("malloc", "calloc", "realloc", "free", "sbrk", "_sbrk"),
    *("printf", "puts", "fopen", "stdout", "exit", "abort", "__assert_func"),
}


def run(*command: str | Path) -> str:
    """Standard output of a command that must succeed."""
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if result.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))}\n{result.stdout}{result.stderr}")
    return result.stdout


def build(compiler: str, arch: str, includes: list[str], sources: list[Path], out: Path) -> None:
    machine = [f"-march={arch}", f"-mabi={ABIS[arch]}", "-mcmodel=medany", "--specs=picolibc.specs"]
    language = ["-std=c11", "-Os", "-ffunction-sections", "-Wl,--gc-sections"]
    run(compiler, *machine, *language, *WARNINGS, *includes, *sources, "-o", out)


def check(tools: str, firmware: Path) -> str:
    """Code size in bytes as a sentence; exits where the firmware is too large or links too much."""
    symbols = {line.split()[-1] for line in run(f"{tools}nm", firmware).splitlines()}
    unwanted = sorted(symbols & FORBIDDEN)
    if unwanted:
        raise SystemExit(f"{firmware.name} links {', '.join(unwanted)}")
    missing = sorted({"neurram_discover", "neurram_wait", "neurram_program"} - symbols)
    if missing:
        raise SystemExit(f"{firmware.name} lacks {', '.join(missing)}")
    text = int(run(f"{tools}size", firmware).splitlines()[1].split()[0])
    if text > CODE_LIMIT_BYTES:
        raise SystemExit(f"{firmware.name}: {text} bytes of code, limit {CODE_LIMIT_BYTES}")
    return f"{firmware.name}: {text} bytes of code"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", type=Path, required=True, help="root of the project")
    parser.add_argument("--generated", type=Path, required=True, help="folder of the C header")
    parser.add_argument("--tools", default="riscv64-unknown-elf-", help="prefix of the cross tools")
    arguments = parser.parse_args()
    compiler = shutil.which(f"{arguments.tools}gcc")
    if compiler is None:
        print(f"skipped: there is no {arguments.tools}gcc")
        return SKIPPED
    driver = arguments.source / "models" / "driver"
    here = Path(__file__).resolve().parent
    includes = [f"-I{driver}", f"-I{arguments.generated}"]
    sources = [*sorted(driver.glob("*.c")), here / "bare_metal.c"]
    with tempfile.TemporaryDirectory() as folder:
        for arch in ABIS:
            firmware = Path(folder) / f"{arch}.elf"
            build(compiler, arch, includes, sources, firmware)
            print(check(arguments.tools, firmware))
    return 0


if __name__ == "__main__":
    sys.exit(main())
