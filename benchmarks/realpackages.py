"""`rung validate` on published packages: as they are, and broken in one line in three ways.

Run: ``python -m benchmarks.realpackages [--cache DIR] [--only NAME] [--seed TEXT]``. What is not in the cache (by
default one below the user's cache folder) is fetched by the tools of its ecosystem: pip, npm, cargo, go, mvn. A break
is a function's head that is not closed (*syntax*), the name of a called function misspelt (*name*), or another
comparison or constant (*logic*), at a place that a seed chooses and that the package's own test command notices. It
is named exactly where every new finding is in the line of the break and, where tests find it, the tests named are just
those that newly fail by that command. Ends with 1 where something is not as it should be.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.published.catalogue import Package, catalogue
from benchmarks.published.ecosystems import ECOSYSTEMS, FetchError, project
from benchmarks.published.trial import Row, trial

__all__ = ["default_cache", "main"]

_HEAD = ("package", "language", "tests", "broken", "where", "verdict", "new", "named exactly", "seconds")


def default_cache() -> Path:
    """The user's own cache folder for packages."""
    caches = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(caches, "rung-benchmarks", "packages")


def _rows(package: Package, cache: Path, *, seed: str) -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="rung-packages-", ignore_cleanup_errors=True) as folder:
        yield from trial(package, project(package, cache), folder=Path(folder, "work"), seed=seed)


def _cells(row: Row) -> tuple[str, ...]:
    return (
        f"{row.package.name} {row.package.version}", ECOSYSTEMS[row.package.ecosystem].language, str(row.tests),
        row.kind or "-", row.where or "-", row.verdict, str(row.named),
        "no: " + "; ".join(row.problems[:3]) if row.problems else "yes", f"{row.seconds:.1f}",
    )  # fmt: skip


def _print(cells: tuple[str, ...]) -> None:
    sys.stdout.write("| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |\n")
    sys.stdout.flush()


def main() -> int:
    """Print the table, row by row; 1 where something is not as it should be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, default=default_cache())
    names = [package.name for package in catalogue()]
    parser.add_argument("--only", action="append", choices=names, help="a package; may be given again", metavar="NAME")
    parser.add_argument("--seed", default="1")
    chosen = parser.parse_args()
    wrong = 0
    _print(_HEAD)
    _print(("---",) * len(_HEAD))
    for package in catalogue():
        if chosen.only and package.name not in chosen.only:
            continue
        try:
            for row in _rows(package, chosen.cache, seed=chosen.seed):
                _print(_cells(row))
                wrong += bool(row.problems)
        except FetchError as error:
            wrong += 1
            _print((package.name, ECOSYSTEMS[package.ecosystem].language, *["-"] * 5, f"not tried: {error}", "-"))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
