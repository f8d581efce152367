"""Packs the program into one file that Python runs: ``python3 tools/pack.py TARGET``."""

import sys
import tempfile
import zipapp
from pathlib import Path
from shutil import copytree, ignore_patterns

PACKAGE = "wordcount"


def pack(target: Path) -> None:
    """Write ``target``, whose folder is made if need be."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        copytree(PACKAGE, Path(scratch, PACKAGE), ignore=ignore_patterns("__pycache__"))
        zipapp.create_archive(scratch, target, interpreter="/usr/bin/env python3", main=f"{PACKAGE}.cli:main")


if __name__ == "__main__":
    pack(Path(sys.argv[1]))
