"""`rung fix` on published projects into each of which one-edit defects are seeded: what is repaired, and how truly.

Run: ``python -m benchmarks.realfixes [--cache DIR] [--only NAME] [--count N] [--seconds S] [--seed TEXT]``. What is not
in the cache is fetched by pip, as it is configured. A defect lies in a function, on a line that the project's tests
run, and some of them fail with it: its kind is drawn first, then its place, both by a seed. Repaired means: all tests
pass, and the source means what it did to the letter, or its function gives the same on the calls that the tests made
and on those calls with one argument changed (where the original returned). What is held is tried once more with
``--accept plausible``. Ends with 1 where a repair landed by itself that does something else than the original.
"""

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from benchmarks.defects.repairs import Outcome, Row, rows, seeded
from benchmarks.published.catalogue import Package, catalogue
from benchmarks.published.ecosystems import FetchError, project
from benchmarks.realpackages import default_cache

__all__ = ["PROJECTS", "main", "measure"]

PROJECTS = Path(__file__).parent / "defects" / "projects.toml"
_HEAD = ("project", "defect", "where", "fix", "claim", "known by", "s", "candidates", "with `plausible`", "said")


def measure(package: Package, cache: Path, *, count: int, seconds: float, seed: str) -> Iterator[Row]:
    """The rows of one project, as they come.

    Raises:
        FetchError: it cannot be had.
        ValueError: its own tests do not pass here.
    """
    prepared = project(package, cache)
    with tempfile.TemporaryDirectory(prefix="rung-defects-", ignore_cleanup_errors=True) as folder:
        found = seeded(prepared, Path(folder, "seeding", "project"), count=count, seed=f"{package.folder} {seed}")
        for number, defect in enumerate(found):
            yield rows(prepared, defect, folder=Path(folder, str(number)), seconds=seconds)


def _cells(row: Row) -> tuple[str, ...]:
    defect, first, second = row.defect, row.first, row.second
    accepted = " ".join(filter(None, (second.word, second.claim, second.how))) if second else "-"
    return (
        row.project, defect.kind, f"{defect.file}:{defect.line}", first.word, first.claim or "-", first.how or "-",
        f"{first.seconds:.0f}", str(first.tried), accepted, first.why[:160],
    )  # fmt: skip


def _print(cells: tuple[str, ...]) -> None:
    sys.stdout.write("| " + " | ".join(cell.replace("|", "/").replace("\n", " ") for cell in cells) + " |\n")
    sys.stdout.flush()


def _is_false(outcome: Outcome) -> bool:
    """Whether something landed by itself that is not what was there."""
    return outcome.word in {"wrong", "broken"}


def main() -> int:
    """Print the table, row by row, and how often each outcome came; 1 where a repair is not what it is said to be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, default=default_cache())
    names = [package.name for package in catalogue(PROJECTS)]
    parser.add_argument("--only", action="append", choices=names, help="a project; may be given again", metavar="NAME")
    parser.add_argument("--count", type=int, default=5, help="defects for each project")
    parser.add_argument("--seconds", type=float, default=300.0, help="after which a repair is stopped")
    parser.add_argument("--seed", default="1")
    chosen = parser.parse_args()
    outcomes, is_bad = Counter[str](), False
    _print(_HEAD)
    _print(("---",) * len(_HEAD))
    for package in catalogue(PROJECTS):
        if chosen.only and package.name not in chosen.only:
            continue
        try:
            found = measure(package, chosen.cache, count=chosen.count, seconds=chosen.seconds, seed=chosen.seed)
            for row in found:
                _print(_cells(row))
                outcomes[row.first.word] += 1
                is_bad = is_bad or _is_false(row.first) or row.first.word == "trouble"
        except (FetchError, ValueError) as error:
            is_bad = True
            _print((package.name, *["-"] * 8, f"not tried: {error}"))
    print("; ".join(f"{word}: {count}" for word, count in outcomes.most_common()))
    return 1 if is_bad else 0


if __name__ == "__main__":
    sys.exit(main())
