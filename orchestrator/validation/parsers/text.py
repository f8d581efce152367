r"""Text as parsers want it: no terminal escapes, lines of bounded length, messages of one line.

Every pattern here and in the parsers is linear on a line of bounded length; what is longer is cut first.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

__all__ = ["LONGEST_LINE", "Block", "blocks", "clipped", "first_line", "indented", "lines", "plain"]

LONGEST_LINE = 4_000
"""Characters of a line that a pattern ever sees."""
_LONGEST_MESSAGE = 500
_LONGEST_DETAIL = 8_000

_CONTROL = r"\x00-\x08\x0b-\x1f\x7f-\x9f"
_ESCAPE = re.compile(
    r"\x1b\[[0-?]*+[ -/]*+[@-~]"  # CSI (ECMA-48): colours, cursor movement
    rf"|\x1b[\]PX^_][^\n{_CONTROL}]*+(?:\x07|\x1b\\)?"  # OSC and its like: titles, links
    r"|\x1b[ -/]*+[0-~]"
)
_UNPRINTABLE = re.compile(f"[{_CONTROL}\ud800-\udfff]")
_LINE_ENDS = re.compile(r"\r\n?|[\u2028\u2029\x85\x0b\x0c]")


def plain(text: str) -> str:
    """``text`` without terminal escapes and control characters; every kind of line end becomes a line feed."""
    if text.isascii() and text.isprintable():
        return text
    text = _LINE_ENDS.sub("\n", text)
    if "\x1b" in text:
        text = _ESCAPE.sub("", text)
    return _UNPRINTABLE.sub("", text)


def lines(text: str) -> Iterator[str]:
    """The lines of plain text without their ends, each cut to :data:`LONGEST_LINE`."""
    return (line[:LONGEST_LINE].rstrip() for line in text.split("\n"))


def first_line(text: str) -> str:
    """The first line of ``text`` that is not blank, cleaned and cut; ``""`` where there is none."""
    head = plain(text[: 4 * LONGEST_LINE]).lstrip()
    return " ".join(head.partition("\n")[0][:_LONGEST_MESSAGE].split())


def clipped(parts: Iterable[str] | str) -> str:
    """Lines of detail as one text, cleaned, without blank lines around it, cut in the middle where it is long."""
    text = parts if isinstance(parts, str) else "\n".join(parts)
    if len(text) > 2 * _LONGEST_DETAIL:
        text = text[:_LONGEST_DETAIL] + "\n" + text[-_LONGEST_DETAIL:]
    text = plain(text).strip("\n").rstrip()
    if len(text) <= _LONGEST_DETAIL:
        return text
    half = _LONGEST_DETAIL // 2
    return f"{text[:half]}\n[{len(text) - 2 * half} characters left out]\n{text[-half:]}"


def indented(line: str) -> int:
    """How many white-space characters a line begins with."""
    return len(line) - len(line.lstrip())


@dataclass(frozen=True, slots=True)
class Block:
    """A line that begins something, and what stands below it up to the next such line."""

    head: re.Match[str]
    body: list[str] = field(default_factory=list)


def blocks(text: str, head: re.Pattern[str]) -> Iterator[Block]:
    """The blocks of ``text``: each begins at a line where ``head`` matches; what is above the first is passed over."""
    block: Block | None = None
    for line in lines(text):
        match = head.match(line)
        if match:
            if block:
                yield block
            block = Block(match)
        elif block:
            block.body.append(line)
    if block:
        yield block
