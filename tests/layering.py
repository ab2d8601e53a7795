#!/usr/bin/env python3
"""Checks the tree's own rules, from the files that git tracks:

- a folder includes, and links with CMake, only what its row in models/README.md allows;
- a folder whose row says so includes no SystemC or TLM header;
- every SC_REPORT message id stands in models/README.md;
- headers have #pragma once, no file is longer than 500 lines;
- no path of somebody's machine is left in a file.

  tests/layering.py [ROOT]     one line per fault; exit status 1 if there is any
"""
import argparse
import re
import subprocess
import sys
from pathlib import Path

LONGEST_FILE = 500
WRITTEN = {".h", ".cpp", ".c", ".sv", ".py", ".sh", ".md", ".toml", ".cmake", ".txt"}
COMPILED = {".h", ".cpp", ".c"}
# Highway includes these once per instruction set: they have a guard of their own.
GUARDED_OTHERWISE = re.compile(r"-inl\.h$")
# Written so that this file does not contain what it looks for.
MACHINE_PATH = re.compile(r"(?<![\w./-])/(?:root|home|work|Users)/\w")

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"]+)"|<([^>]+)>)', re.MULTILINE)
SYSTEMC = re.compile(r"^(?:systemc|tlm|tlm_utils/.*|sysc/.*)(?:\.h)?$")
LINK = re.compile(r"\bneurram::(\w+)")
LINK_CALL = re.compile(r"(?:neurram_add_library|target_link_libraries)\s*\(([^)]*)\)")
REPORT = re.compile(r'SC_REPORT_\w+\s*\(\s*"([^"]+)"')
TABLE_HEADER = re.compile(r"^\|\s*folder\s*\|\s*holds\s*\|\s*may include\s*\|\s*SystemC\s*\|$")


class Rules:
    """The table of models/README.md."""

    def __init__(self, text: str):
        self.direct: dict[str, set[str]] = {}
        self.systemc: dict[str, bool] = {}
        self.faults: list[str] = []
        lines = iter(text.splitlines())
        for line in lines:
            if TABLE_HEADER.match(line):
                break
        next(lines, None)
        for line in lines:
            if not line.startswith("|"):
                break
            folder, _, allowed, systemc = [cell.strip() for cell in line.strip("|").split("|")]
            self.direct[folder.strip("`")] = set(re.findall(r"`([^`]+)`", allowed))
            self.systemc[folder.strip("`")] = {"yes": True, "no": False}[systemc]
        if not self.direct:
            self.faults.append("models/README.md: the table of folders is not there")
        for folder, allowed in self.direct.items():
            for other in sorted(allowed - set(self.direct)):
                self.faults.append(f"models/README.md: the row of {folder} names {other}, which has no row")
            if not self.systemc[folder] and any(self.systemc.get(other) for other in self.reach(folder)):
                self.faults.append(f"models/README.md: {folder} is said to be free of SystemC, what it includes is not")
            if any(folder in self.reach(other) for other in self.direct[folder]):
                self.faults.append(f"models/README.md: {folder} may include itself in a circle")

    def reach(self, folder: str) -> set[str]:
        """What `folder` may include besides itself; rights are transitive."""
        reached: set[str] = set()
        waiting = sorted(self.direct.get(folder, ()))
        while waiting:
            other = waiting.pop()
            if other not in reached:
                reached.add(other)
                waiting += self.direct.get(other, ())
        return reached


def folder_of(path: str) -> str | None:
    """Row of the table that a file of the tree belongs to; None for what has none."""
    parts = path.split("/")
    if parts[0] == "models" and len(parts) > 2:
        return parts[1]
    return parts[0] if parts[0] in ("tb", "rtl") and len(parts) > 1 else None


class Tree:
    def __init__(self, root: Path):
        self.root = root
        command = ["git", "-c", "safe.directory=*", "-C", str(root)]
        command += ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        self.files = sorted(name for name in listed.split("\0") if name and (root / name).is_file())
        self.rules = Rules((root / "models/README.md").read_text(encoding="utf-8"))
        self.faults = list(self.rules.faults)
        # Headers that are included by bare name, as the driver's are, so that firmware can be built without the tree.
        self.by_name: dict[str, str] = {"neurram_registers.h": "driver"}
        for name in self.files:
            if name.endswith(".h") and folder_of(name):
                self.by_name.setdefault(Path(name).name, folder_of(name))

    def fault(self, path: str, line: int, text: str) -> None:
        self.faults.append(f"{path}:{line}: {text}")

    def check(self) -> list[str]:
        rows = {folder_of(name) for name in self.files} - {None}
        for folder in sorted(rows - set(self.rules.direct)):
            self.faults.append(f"models/README.md: {folder} has no row in the table of folders")
        for folder in sorted(set(self.rules.direct) - rows):
            self.faults.append(f"models/README.md: the table of folders has a row for {folder}, which does not exist")
        documented = (self.root / "models/README.md").read_text(encoding="utf-8")
        for name in self.files:
            content = (self.root / name).read_bytes()
            if b"\0" in content:
                continue
            text = content.decode("utf-8", errors="replace")
            suffix = Path(name).suffix
            for match in MACHINE_PATH.finditer(text):
                self.fault(name, text.count("\n", 0, match.start()) + 1, f"a path of one machine: {match.group()}…")
            if suffix in WRITTEN and text.count("\n") > LONGEST_FILE:
                self.fault(name, LONGEST_FILE, f"{text.count(chr(10))} lines: is it two files?")
            if suffix == ".h" and not GUARDED_OTHERWISE.search(name) and "#pragma once\n" not in text:
                self.fault(name, 1, "no #pragma once")
            if suffix in COMPILED:
                self.check_includes(name, text)
                for match in REPORT.finditer(text):
                    if folder_of(name) and f"`{match.group(1)}`" not in documented:
                        self.fault(name, text.count("\n", 0, match.start()) + 1,
                                   f"message id {match.group(1)} does not stand in models/README.md")
            if Path(name).name == "CMakeLists.txt":
                self.check_links(name, text)
        return self.faults

    def target_of(self, include: str) -> str | None:
        """Row of the table that an included file belongs to."""
        return folder_of(include) if "/" in include else self.by_name.get(include)

    def check_includes(self, name: str, text: str) -> None:
        folder = folder_of(name)
        if folder not in self.rules.direct:
            return
        for match in INCLUDE.finditer(text):
            include = match.group(1) or match.group(2)
            line = text.count("\n", 0, match.start()) + 1
            if SYSTEMC.match(include) and not self.rules.systemc[folder]:
                self.fault(name, line, f"{folder} has no SystemC, but includes {include}")
            target = self.target_of(include) if match.group(1) or "/" in include else None
            if include.startswith("tests/"):
                self.fault(name, line, f"{folder} may not include a test's header ({include})")
            elif target and target != folder and target not in self.rules.reach(folder):
                self.fault(name, line, f"{folder} may not include {target} ({include})")

    def check_links(self, name: str, text: str) -> None:
        folder = folder_of(name)
        if folder not in self.rules.direct:
            return
        for call in LINK_CALL.finditer(text):
            for match in LINK.finditer(call.group(1)):
                other = match.group(1)
                if other in self.rules.direct and other != folder and other not in self.rules.reach(folder):
                    line = text.count("\n", 0, call.start(1) + match.start()) + 1
                    self.fault(name, line, f"{folder} may not link {other}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("root", nargs="?", type=Path, default=Path(__file__).resolve().parents[1])
    tree = Tree(parser.parse_args().root)
    faults = tree.check()
    for fault in faults:
        print(fault)
    if not faults:
        print(f"{len(tree.files)} files keep the rules")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
