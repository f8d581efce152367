"""Rows of text in columns."""

from collections.abc import Sequence

from orchestrator.report.plaintext import cells, clean, clip, pad

_WIDEST = 40
_GAP = "  "


def table(rows: Sequence[Sequence[str]]) -> str:
    """A line for each row, columns aligned, two spaces between them; ``""`` for no rows.

    Text is made fit for a terminal. A cell is cut at 40 columns, but for the last one of its row, which decides
    nothing about the width of its column unless the row is as long as the first.
    """
    shown = [[clean(cell) if last else clip(clean(cell), _WIDEST) for cell, last in _marked(row)] for row in rows]
    widths = [max(cells(cell) for cell in column) for column in zip(*_whole(shown), strict=True)]
    return "".join(_GAP.join(_padded(row, widths)).rstrip() + "\n" for row in shown)


def _marked(row: Sequence[str]) -> list[tuple[str, bool]]:
    return [(cell, index == len(row) - 1) for index, cell in enumerate(row)]


def _whole(rows: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    """The rows as long as the first, with nothing in what a shorter row's text may run over."""
    longest = len(rows[0]) if rows else 0
    return [row if len(row) == longest else [*row[:-1], *[""] * (longest - len(row) + 1)] for row in rows]


def _padded(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    return [pad(cell, widths[index]) for index, cell in enumerate(row)]
