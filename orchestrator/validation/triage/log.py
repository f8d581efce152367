"""A log as lines that are safe to look at, whatever its size and whatever is in it."""

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

from orchestrator.validation.parsers.text import plain

__all__ = ["LONGEST", "bare", "read_lines"]

LONGEST = 1_000
"""Characters that are kept of a line."""
_BLOCK = 1 << 20
_LINE_END = re.compile(r"\r\n|\n|\r")
_SAFE = 16
"""What a line may hold beyond :data:`LONGEST` before it is cut, in multiples: room for escapes that will be removed."""

_PREFIX = re.compile(
    r"(?:[^\t\[]{1,80}\t[^\t]{1,80}\t)?"  # job and step, as some clients print them
    r"(?:\ufeff)?\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?\]? ?"
)


def read_lines(stream: BinaryIO) -> list[str]:
    r"""The lines of a log, cleaned, without their ends, each cut to :data:`LONGEST`.

    A line ends at ``\n``, ``\r\n`` or a lone ``\r``: each state of a progress bar is a line, as in most editors. Bytes
    that are no UTF-8 become U+FFFD. Memory grows with the number of lines, not with their length.
    """
    return [_clean(line) for line in _split(stream)]


def bare(line: str) -> str:
    """A line without the time that a CI system puts before it."""
    match = _PREFIX.match(line)
    return line[match.end() :] if match else line


def _clean(line: str) -> str:
    return (line if line.isprintable() else plain(line).replace("\n", " "))[:LONGEST].rstrip()


def _split(stream: BinaryIO) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    rest, is_open = "", False
    while is_open or not rest:
        block = stream.read(_BLOCK)
        is_open = bool(block)
        text = rest + decoder.decode(block, final=not block)
        held = "\r" if is_open and text.endswith("\r") else ""  # its line feed may be in the next block
        *whole, rest = _LINE_END.split(text.removesuffix(held) if held else text)
        yield from (line[: LONGEST * _SAFE] for line in whole)
        rest = rest[: LONGEST * _SAFE] + held
        if not is_open:
            break
    if rest:
        yield rest
