"""Lines and columns, as tools count them, to character offsets; small edits by line."""

from bisect import bisect_right
from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import pairwise

from orchestrator.domain.diagnosis import Diagnosis
from orchestrator.domain.suggestion import Edit

Width = Callable[[str], int]


def utf8(text: str) -> int:
    """Bytes in UTF-8, which is how compilers of C, Go and Rust count columns."""
    return len(text.encode("utf-8", "surrogatepass"))


def utf16(text: str) -> int:
    """Code units in UTF-16, which is how JavaScript counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@lru_cache(maxsize=64)
def _starts(text: str) -> tuple[int, ...]:
    return (0, *(place + 1 for place, char in enumerate(text) if char == "\n"))


def offset(text: str, line: int, *, column: int = 1, width: Width = len) -> int:
    """The character at 1-based ``line`` and ``column``, counted in units of ``width``; clipped to the text."""
    starts = _starts(text)
    if line < 1 or line > len(starts):
        return len(text)
    return starts[line - 1] + prefix(line_at(text, line), column - 1, width=width)


def prefix(text: str, units: int, *, width: Width) -> int:
    """How many characters of ``text`` make up ``units`` units."""
    if width is len:
        return max(0, min(units, len(text)))
    if units >= width(text):
        return len(text)
    low, high = 0, len(text)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if width(text[:middle]) < units else (low, middle)
    return low


def line_at(text: str, line: int) -> str:
    """1-based ``line`` without its end; ``""`` where there is none."""
    starts = _starts(text)
    if line < 1 or line > len(starts):
        return ""
    end = starts[line] - 1 if line < len(starts) else len(text)
    return text[starts[line - 1] : end].removesuffix("\r")


def line_of(text: str, place: int) -> int:
    """The 1-based line that holds the character ``place``."""
    return bisect_right(_starts(text), place)


def replace_line(text: str, file: str, *, line: int, new: str) -> Edit:
    """An edit that gives ``line`` the text ``new``; its end stays."""
    start = offset(text, line)
    return Edit(file, start, start + len(line_at(text, line)), new)


def delete_line(text: str, file: str, *, line: int) -> Edit:
    """An edit that takes ``line`` out with its end."""
    return Edit(file, offset(text, line), offset(text, line + 1), "")


def insert_line(text: str, file: str, *, line: int, new: str) -> Edit:
    """An edit that makes ``new`` the 1-based ``line``; what was there moves down."""
    place = offset(text, line)
    lead = "\n" if place == len(text) and text and not text.endswith("\n") else ""
    return Edit(file, place, place, f"{lead}{new}\n")


def sorted_place(rows: Mapping[int, str], new: str) -> int:
    """The line to put ``new`` on: among ``rows`` (line -> text) where those are sorted, else below them; 1 for none."""
    lines = sorted(rows)
    if any(rows[one] > rows[other] for one, other in pairwise(lines)):
        return lines[-1] + 1
    return next((line for line in lines if rows[line] > new), max(lines, default=0) + 1)


def indent_of(line: str) -> str:
    """The white space at its start."""
    return line[: len(line) - len(line.lstrip(" \t"))]


def fingerprint_at(diagnosis: Diagnosis, file: str, *, line: int) -> str:
    """Fingerprint of the first finding at ``line`` of ``file``; ``""`` without one."""
    return next((one.fingerprint for one in diagnosis.findings if (one.file, one.line) == (file, line)), "")
