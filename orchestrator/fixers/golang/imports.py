"""Adding an import where gofmt would have it: in order, in the group of the standard library."""

import re
from collections.abc import Sequence

from orchestrator.domain.suggestion import Edit
from orchestrator.fixers.places import insert_line, sorted_place

_BLOCK = re.compile(r"^import \(\n(?P<body>.*?)^\)", re.MULTILINE | re.DOTALL)
_SINGLE = re.compile(r"^import (?P<what>(?:[\w.]+ )?\"[^\"]+\")[ \t]*$", re.MULTILINE)
_PATH = re.compile(r"\s*(?:[\w.]+ )?\"(?P<path>[^\"]+)\"")


def import_edit(text: str, file: str, *, package: str) -> Edit:
    """An edit that imports ``package`` of the standard library.

    It goes into the first block; one import without a block becomes a block; else it is the first.
    """
    if block := _BLOCK.search(text):
        first = text.count("\n", 0, block.start("body")) + 1
        rows = _standard(block["body"].splitlines(), first)
        line = sorted_place(rows, package) if rows else first
        return insert_line(text, file, line=line, new=f'\t"{package}"' + ("" if rows else "\n"))
    singles = list(_SINGLE.finditer(text))
    if len(singles) == 1:
        start, end = singles[0].span()
        both = sorted((singles[0]["what"], f'"{package}"'), key=lambda one: one.partition('"')[2])
        return Edit(file, start, end, "import (\n\t" + "\n\t".join(both) + "\n)")
    line = text.count("\n", 0, singles[0].start()) + 1 if singles else _behind_package(text)
    return insert_line(text, file, line=line, new=f'import "{package}"' if singles else f'\nimport "{package}"')


def _standard(lines: Sequence[str], first: int) -> dict[int, str]:
    """Line -> path, of the first run of lines that holds a package of the standard library: no dot in its host."""
    rows: dict[int, str] = {}
    for number, line in enumerate(lines, first):
        match = _PATH.match(line)
        if match and "." not in match["path"].partition("/")[0]:
            rows[number] = match["path"]
        elif rows:
            break
    return rows


def _behind_package(text: str) -> int:
    return next((n + 1 for n, row in enumerate(text.split("\n"), 1) if row.startswith("package ")), 1)
