"""Finds the place of a hunk in a file: exactly, or with white space that differs in one known way. Never fuzzily.

A ladder: the first rung that knows a place decides, and it must know just one. Below exact equality come white space
at line ends, a uniform shift of the indent (the replacement is shifted alike), a needless blank first line, and last
a SEARCH with ``...`` lines, each standing for the same lines in both halves.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import TypeAlias

from orchestrator.workspace.edits.lines import bare_lines, rejoin, split
from orchestrator.workspace.edits.values import Hunk

_ELISION = "..."
_MAX_COMPARED = 500
"""Lines that change within one hunk up to which the unchanged ones between them are looked for (quadratic at worst)."""


@dataclass(frozen=True, slots=True)
class Splice:
    """Lines ``start`` to ``stop`` (exclusive, 0-based) become ``lines``. An ``int`` keeps that line of the file."""

    start: int
    stop: int
    lines: tuple[str | int, ...]


Place: TypeAlias = tuple[Splice, ...]
_Rung: TypeAlias = Callable[[Sequence[str], Hunk], list[Place]]


@dataclass(frozen=True, slots=True)
class Miss:
    """No place, or too many. ``starts``: 1-based first lines of the places, where there are several."""

    starts: tuple[int, ...] = ()


def _starts(lines: Sequence[str], wanted: Sequence[str]) -> list[int]:
    """Every index at which ``wanted`` stands in ``lines``."""
    head, size = wanted[0], len(wanted)
    last = len(lines) - size
    return [i for i, line in enumerate(lines) if line == head and i <= last and list(lines[i : i + size]) == [*wanted]]


def _common(first: Sequence[str], second: Sequence[str]) -> int:
    """How many lines from the start on are equal."""
    pairs = enumerate(zip(first, second, strict=False))
    return next((index for index, (one, two) in pairs if one != two), min(len(first), len(second)))


def _kept(search: Sequence[str], keys: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of indexes of the lines that both halves of a hunk share, in order."""
    head = _common(search, keys)
    tail = _common(search[head:][::-1], keys[head:][::-1])
    old, new = search[head : len(search) - tail], keys[head : len(keys) - tail]
    pairs = [(index, index) for index in range(head)]
    if max(len(old), len(new)) <= _MAX_COMPARED:
        blocks = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
        pairs += [(head + b.a + at, head + b.b + at) for b in blocks for at in range(b.size)]
    return pairs + [(len(search) - at, len(keys) - at) for at in range(tail, 0, -1)]


def _merged(start: int, search: Sequence[str], *, keys: Sequence[str], new: Sequence[str]) -> Splice:
    """``new`` in the place of the lines from ``start`` on; a line that both halves share stays as the file has it.

    Args:
        start: index of the first line.
        search: what was matched, in the form in which it compares with ``keys``.
        keys: the replacement in that form.
        new: the replacement as it shall be written.
    """
    result: list[str | int] = list(new)
    for old_index, new_index in _kept(search, keys):
        result[new_index] = start + old_index
    return Splice(start, start + len(search), tuple(result))


def _exact(lines: Sequence[str], hunk: Hunk) -> list[Place]:
    starts = _starts(lines, hunk.search)
    return [(_merged(start, hunk.search, keys=hunk.replace, new=hunk.replace),) for start in starts]


def _loose_ends(lines: Sequence[str], hunk: Hunk) -> list[Place]:
    search, keys = ([line.rstrip() for line in half] for half in (hunk.search, hunk.replace))
    starts = _starts([line.rstrip() for line in lines], search)
    return [(_merged(start, search, keys=keys, new=hunk.replace),) for start in starts]


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _shift(have: Sequence[str], search: Sequence[str]) -> tuple[str, str] | None:
    """What to take off and what to put in front of each line of ``search``; ``None`` where that is not uniform."""
    shifts = set()
    for ours, theirs in zip(have, search, strict=True):
        if not theirs.strip():
            continue
        own, other = _indent(ours), _indent(theirs)
        if own.endswith(other):
            shifts.add(("", own[: len(own) - len(other)]))
        elif other.endswith(own):
            shifts.add((other[: len(other) - len(own)], ""))
        else:
            return None
    return shifts.pop() if len(shifts) == 1 else None


def _shifted_half(half: Sequence[str], shift: tuple[str, str]) -> list[str] | None:
    """``half`` with its indent changed; ``None`` where a line is not indented enough for that."""
    drop, add = shift
    if any(line.strip() and not line.startswith(drop) for line in half):
        return None
    return [add + line[len(drop) :] if line.strip() else line for line in half]


def _shifted(lines: Sequence[str], hunk: Hunk) -> list[Place]:
    search, keys = ([line.rstrip() for line in half] for half in (hunk.search, hunk.replace))
    places: list[Place] = []
    for start in _starts([line.strip() for line in lines], [line.strip() for line in search]):
        shift = _shift(lines[start : start + len(search)], hunk.search)
        new = _shifted_half(hunk.replace, shift) if shift else None
        if shift and new is not None:
            places.append((_merged(start, search, keys=keys, new=new),))
    return places


_PLAIN: tuple[_Rung, ...] = (_exact, _loose_ends, _shifted)


def _first_known(lines: Sequence[str], hunk: Hunk, *, rungs: Sequence[_Rung]) -> list[Place]:
    for rung in rungs:
        places = rung(lines, hunk)
        if places:
            return places
    return []


def _without_first_blank(lines: Sequence[str], hunk: Hunk) -> list[Place]:
    if len(hunk.search) < 2 or hunk.search[0].strip():  # noqa: PLR2004 - a blank line and one more
        return []
    new = hunk.replace[1:] if hunk.replace and not hunk.replace[0].strip() else hunk.replace
    return _first_known(lines, replace(hunk, search=hunk.search[1:], replace=new), rungs=_PLAIN)


def _parts(half: Sequence[str]) -> list[tuple[str, ...]]:
    parts: list[list[str]] = [[]]
    for line in half:
        if line.strip() == _ELISION:
            parts.append([])
        else:
            parts[-1].append(line)
    return [tuple(part) for part in parts]


def _elided(lines: Sequence[str], hunk: Hunk) -> list[Place]:
    """The parts between ``...`` lines, each in a place of its own, in order."""
    olds, news = _parts(hunk.search), _parts(hunk.replace)
    if len(olds) == 1 or len(olds) != len(news) or any(new and not old for old, new in zip(olds, news, strict=True)):
        return []
    place: list[Splice] = []
    for old, new in zip(olds, news, strict=True):
        found = _first_known(lines, Hunk(old, new), rungs=_PLAIN) if old else [()]
        if len(found) != 1 or (found[0] and place and found[0][0].start < place[-1].stop):
            return []
        place += found[0]
    return [tuple(place)] if place else []


_LADDER: tuple[_Rung, ...] = (*_PLAIN, _without_first_blank, _elided)


def find_place(text: str, hunk: Hunk, *, shift: int = 0) -> Place | Miss:
    """The one place of ``hunk`` in ``text``.

    Args:
        text: the file.
        hunk: what to find; its ``search`` is not empty.
        shift: by how many lines earlier hunks of the same diff have moved the place that ``hunk.at`` names.
    """
    places = _first_known(bare_lines(text), hunk, rungs=_LADDER)
    if len(places) == 1:
        return places[0]
    at_hint = [place for place in places if hunk.at and place[0].start == hunk.at - 1 + shift]
    return at_hint[0] if at_hint else Miss(tuple(place[0].start + 1 for place in places))


def put(text: str, place: Place) -> str:
    """``text`` with the lines of ``place`` replaced; line ends, final line end and byte-order mark as before."""
    own = split(text)
    result: list[str] = []
    at = 0
    for splice in place:
        new = [own[line] if isinstance(line, int) else line for line in splice.lines]
        mark = "\ufeff" if splice.start == 0 and text.startswith("\ufeff") else ""
        if mark and new and not new[0].startswith(mark):
            new[0] = mark + new[0]
        result += [*own[at : splice.start], *new]
        at = splice.stop
    joined = rejoin([*result, *own[at:]], text)
    return joined if joined or not text.startswith("\ufeff") else "\ufeff"


def growth(place: Place) -> int:
    """By how many lines the file gets longer."""
    return sum(len(splice.lines) - (splice.stop - splice.start) for splice in place)
