"""Checks what a formatter would: line length, trailing space, tabs, the end of the file."""

import sys
from collections.abc import Iterator
from pathlib import Path

LONGEST = 120


def faults(path: Path) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    if text and not text.endswith("\n"):
        yield f"{path}: does not end with a line break"
    for number, line in enumerate(text.splitlines(), start=1):
        if len(line) > LONGEST:
            yield f"{path}:{number}: {len(line)} characters, {LONGEST} are allowed"
        if line != line.rstrip():
            yield f"{path}:{number}: space at the end"
        if "\t" in line:
            yield f"{path}:{number}: a tab"


def main(folders: list[str]) -> int:
    files = sorted(path for folder in folders for path in Path(folder).rglob("*.py"))
    found = [fault for path in files for fault in faults(path)]
    print("\n".join(found) or f"{len(files)} files are tidy")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
