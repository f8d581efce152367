"""Markdown fences in a reply, read as CommonMark does, except where models write what it cannot express.

* A fence line indented four or more columns deeper than the opening one is content (a fence in a doc-string).
* In a fenced diff every deeper one is content: its first column tells added, deleted and kept lines.
* A fence line with an info string inside a fence opens an inner one, which its own closing line ends.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from orchestrator.errors import TruncatedReplyError
from orchestrator.workspace.edits.lines import without_indent

_FENCE = re.compile(r"^(?P<indent>[ \t]*)(?P<mark>`{3,}|~{3,})(?P<info>.*)$")
_DEEPER = 4
_DIFF = re.compile(r"(?:diff|patch|udiff)\b")
_DIFF_START = re.compile(r"(?:diff --git|---|@@) ")


@dataclass(frozen=True, slots=True)
class Fence:
    """One fenced block. ``start`` and ``stop`` are the 0-based indexes of its opening and its closing line."""

    start: int
    stop: int
    info: str
    lines: tuple[str, ...]

    def holds(self, index: int) -> bool:
        """Whether the reply's line ``index`` is content of this block."""
        return self.start < index < self.stop


@dataclass(frozen=True, slots=True)
class _Mark:
    indent: str
    char: str
    length: int
    info: str

    def may_close(self, opening: "_Mark", *, deeper: int) -> bool:
        """Whether it is a fence line for ``opening``: alike, as long, and not ``deeper`` columns further in."""
        column = len(self.indent.expandtabs()) - len(opening.indent.expandtabs())
        return self.char == opening.char and self.length >= opening.length and column < deeper


def _mark(line: str) -> _Mark | None:
    match = _FENCE.match(line)
    if match is None or (match["mark"][0] == "`" and "`" in match["info"]):
        return None
    return _Mark(match["indent"], match["mark"][0], len(match["mark"]), match["info"].strip())


def _closing(lines: Sequence[str], start: int, *, opening: _Mark, is_opaque: Callable[[int], bool]) -> int:
    """Index of the line that closes the fence opened at ``start``; -1 where none does."""
    open_inside = [opening]
    is_diff = _DIFF.match(opening.info) or (start + 1 < len(lines) and _DIFF_START.match(lines[start + 1]))
    deeper = 1 if is_diff else _DEEPER
    for index in range(start + 1, len(lines)):
        mark = None if is_opaque(index) else _mark(lines[index])
        if mark is None or not mark.may_close(open_inside[-1], deeper=deeper):
            continue
        if mark.info:
            open_inside.append(mark)
            continue
        open_inside.pop()
        if not open_inside:
            return index
    return -1


def find_fences(lines: Sequence[str], is_opaque: Callable[[int], bool]) -> tuple[Fence, ...]:
    """Every outermost fenced block, in order.

    Args:
        lines: the reply, without line ends.
        is_opaque: tells of a line's index whether it is content of something else and can be no fence.

    Raises:
        TruncatedReplyError: a fence is never closed.
    """
    found: list[Fence] = []
    index = 0
    while index < len(lines):
        mark = None if is_opaque(index) else _mark(lines[index])
        if mark is not None:
            stop = _closing(lines, index, opening=mark, is_opaque=is_opaque)
            if stop < 0:
                what = "the reply ends inside a fenced block"
                raise TruncatedReplyError(what, line=index + 1, hint="send it again, complete, in smaller edits")
            found.append(Fence(index, stop, mark.info, without_indent(lines[index + 1 : stop], mark.indent)))
            index = stop
        index += 1
    return tuple(found)
