"""The command line: ``python3 -m wordcount [--top N] [--json] FILE...``."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from wordcount.counts import add_up, count
from wordcount.report import as_json, as_text


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="wordcount", description="Counts the words of plain texts.")
    made.add_argument("files", nargs="+", type=Path, metavar="FILE")
    made.add_argument("--top", type=int, default=5, metavar="N", help="how many words to list (default: 5)")
    made.add_argument("--json", action="store_true", help="print one JSON object")
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the counts of all files together. Returns 1 after one line on stderr if a file cannot be read."""
    options = parser().parse_args(arguments)
    try:
        counts = add_up(count(file.read_text(encoding="utf-8")) for file in options.files)
    except OSError as error:
        print(f"wordcount: {error.filename}: {error.strerror}", file=sys.stderr)
        return 1
    render = as_json if options.json else as_text
    print(render(counts, options.top))
    return 0
