"""Foreign text made fit to be shown: nothing in it can move a cursor, end a line or turn the reading order.

Ids, reasons and output lines come from workflow files, commands and models. Whatever is not printable in
the sense of :meth:`str.isprintable` (control characters, terminal escapes, bidirectional and other format
controls, lone surrogates, unassigned code points) is shown as its Python escape, so that it stays visible.
"""

import re
import unicodedata
from datetime import UTC, datetime
from itertools import islice

ELLIPSIS = "..."
_MINUTE, _HOUR = 60, 3600
_FOREIGN = re.compile(r"\s*at .*(?:\bnode_modules/|\bnode:)")


def clean(text: str, limit: int = 0) -> str:
    """``text`` as one printable line of at most ``limit`` characters (0: no limit).

    Tabs and odd spaces become spaces, line ends and all else that does not print become escapes.
    The result may be longer than ``text``; ``""`` stays ``""``.
    """
    if limit and len(text) > limit:
        text = text[: limit - len(ELLIPSIS)] + ELLIPSIS
    if not text.isprintable():
        text = "".join(map(_visible, text))
    return text[: limit - len(ELLIPSIS)] + ELLIPSIS if limit and len(text) > limit else text


def _visible(char: str) -> str:
    if char.isprintable():
        return char
    if char == "\t" or unicodedata.category(char) == "Zs":
        return " "
    return char.encode("unicode_escape").decode("ascii")


def without_frames(text: str) -> str:
    """``text`` without the frames of a JavaScript trace that are of the runner and its packages, not of the project."""
    return "\n".join(line for line in text.splitlines() if not _FOREIGN.match(line))


def last_lines(text: str, wanted: int, *, limit: int = 400) -> list[str]:
    """The last ``wanted`` lines of ``text`` that hold something, each made clean; ``[]`` for blank text."""
    lines = (line.rstrip() for line in reversed(text.splitlines()))
    return [clean(line, limit) for line in islice(filter(None, lines), wanted)][::-1]


def encodable(text: str, encoding: str) -> str:
    """``text`` with escapes in place of what ``encoding`` cannot hold (an unknown encoding counts as ASCII)."""
    if text.isascii():
        return text
    try:
        return text.encode(encoding, "backslashreplace").decode(encoding)
    except LookupError:
        return text.encode("ascii", "backslashreplace").decode("ascii")


def cells(text: str) -> int:
    """Columns that clean ``text`` takes on a terminal: wide characters two, combining marks none."""
    return len(text) if text.isascii() else sum(map(_char_cells, text))


def _char_cells(char: str) -> int:
    if unicodedata.category(char) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1


def clip(text: str, width: int) -> str:
    """Clean ``text`` cut at its end to at most ``width`` columns; the cut shows as ``...`` where there is room."""
    if cells(text) <= width:
        return text
    mark = ELLIPSIS if width > len(ELLIPSIS) else ""
    return _head(text, width - len(mark)) + mark


def clip_middle(text: str, width: int) -> str:
    """Clean ``text`` cut in its middle: of a long id both where it comes from and which one it is stay readable."""
    if cells(text) <= width:
        return text
    room = width - len(ELLIPSIS)
    if room < len(ELLIPSIS):
        return clip(text, width)
    tail = _head(text[::-1], room // 2)[::-1]
    return _head(text, room - cells(tail)) + ELLIPSIS + tail


def wrap(text: str, width: int) -> list[str]:
    """Clean ``text`` as lines of at most ``width`` columns, broken at a space in the second half of a line."""
    lines = []
    while cells(text) > width:
        head = _head(text, width)
        space = head.rfind(" ")
        cut = space if space > len(head) // 2 else max(1, len(head))
        lines.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*lines, text]


def _head(text: str, width: int) -> str:
    used = 0
    for index, char in enumerate(text):
        used += _char_cells(char)
        if used > width:
            return text[:index]
    return text


def pad(text: str, width: int) -> str:
    """Clean ``text`` filled up with spaces to ``width`` columns."""
    return text + " " * (width - cells(text))


def duration(seconds: float) -> str:
    """Seconds for a person: ``0.4 s``, ``41 s``, ``2 min 05 s``, ``3 h 02 min``; negative counts as 0."""
    seconds = max(0.0, seconds)
    if seconds < 9.95:  # noqa: PLR2004 - what would round to 10.0
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE:02d} s"
    return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE:02d} min"


def count(number: int, noun: str) -> str:
    """``1 node``, ``1,200 nodes``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def timestamp(at: float) -> str:
    """Seconds since the epoch as RFC 3339 in UTC, cut to milliseconds: ``2025-01-02T03:04:05.678Z``."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def local_time(at: float) -> str:
    """Seconds since the epoch as the time of day where the reader is: ``12:03:04``."""
    return datetime.fromtimestamp(at, UTC).astimezone().strftime("%H:%M:%S")
