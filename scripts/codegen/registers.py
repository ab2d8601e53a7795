"""Writes one view of the register map: C++, C, SystemVerilog, reference page, CMSIS-SVD, SystemRDL.

Example:
    registers.py models/core/registers.toml --format cpp --out registers.h

Exit code 2 where the map is missing or wrong, with the file and the entry on standard error.
"""

import argparse
import sys
import tomllib
from pathlib import Path

import write_c
import write_cpp
import write_markdown
import write_rdl
import write_sv
import write_svd
from register_map import MapError, read_map

WRITERS = {
    "cpp": write_cpp.write,
    "c": write_c.write,
    "sv": write_sv.write,
    "markdown": write_markdown.write,
    "svd": write_svd.write,
    "rdl": write_rdl.write,
}


def parse_arguments(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("map", type=Path, help="register map (TOML)")
    parser.add_argument("--format", choices=WRITERS, required=True, help="view to write")
    parser.add_argument("--out", type=Path, required=True, help="file to write; its folder is made")
    return parser.parse_args(words)


def main(words: list[str] | None = None) -> int:
    """Runs with the given arguments, the command line's by default; returns the exit code."""
    arguments = parse_arguments(words)
    try:
        content = WRITERS[arguments.format](read_map(arguments.map))
        arguments.out.parent.mkdir(parents=True, exist_ok=True)
        arguments.out.write_text(content, encoding="utf-8")
    except (MapError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        print(f"{arguments.map}: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
