"""Chooses the lines of a log that matter, within a budget.

Lines are joined into blocks: an error and what explains it. Blocks that say the same again are dropped but for the
first. Every block that is chosen gives its head; what is left of the budget goes to the rest of the heaviest blocks,
then to the lines around them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from orchestrator.validation.triage.salience import ANCHOR, continues
from orchestrator.validation.triage.templates import masked

__all__ = ["Range", "chosen", "ranges_of"]

Range = tuple[int, int]
"""First and last line, 1-based, both inside."""

_HEAD = 10
_BEFORE, _AFTER = 4, 6
_LATE = 0.8
_MOST_BLANK = 1


@dataclass(frozen=True, slots=True)
class _Block:
    first: int
    last: int
    weight: float


def chosen(lines: Sequence[str], scores: Mapping[int, int], *, budget: int) -> list[int]:
    """Numbers (0-based, rising) of at most ``budget`` lines; all of them where the log is not longer than that.

    Args:
        lines: the log.
        scores: number of a line -> its salience, for the lines that have one.
        budget: how many lines may be kept, at least 1.
    """
    if len(lines) <= budget:
        return list(range(len(lines)))
    blocks = sorted(_distinct(lines, _blocks(lines, scores)), key=lambda block: -block.weight)
    kept: dict[int, None] = {}
    for number in _by_importance(lines, blocks):
        if len(kept) >= budget:
            break
        kept[number] = None
    return sorted(kept)


def ranges_of(numbers: Sequence[int]) -> tuple[Range, ...]:
    """Rising 0-based numbers as 1-based ranges."""
    found: list[Range] = []
    for number in numbers:
        if found and found[-1][1] == number:
            found[-1] = (found[-1][0], number + 1)
        else:
            found.append((number + 1, number + 1))
    return tuple(found)


def _blocks(lines: Sequence[str], scores: Mapping[int, int]) -> Iterator[_Block]:
    anchors = sorted(number for number, score in scores.items() if score >= ANCHOR) or sorted(scores)
    end = -1
    for number in anchors:
        if number > end:
            end = _end(lines, scores, start=number)
            late = 1 if number >= _LATE * len(lines) else 0
            inside = (scores.get(one, 0) for one in range(number, end + 1))
            yield _Block(number, end, max(inside) + late + number / (len(lines) + 1))


def _end(lines: Sequence[str], scores: Mapping[int, int], *, start: int) -> int:
    """The last line of the block that begins at ``start``: blank lines may stand inside it, not at its end."""
    end, blank = start, 0
    for number in range(start + 1, len(lines)):
        line = lines[number]
        if scores.get(number, 0) >= ANCHOR or (line.strip() and continues(line)):
            end, blank = number, 0
        elif line.strip() or blank >= _MOST_BLANK:
            break
        else:
            blank += 1
    return end


def _distinct(lines: Sequence[str], blocks: Iterable[_Block]) -> Iterator[_Block]:
    seen: set[tuple[str, ...]] = set()
    for block in blocks:
        key = masked(lines[block.first])
        if key not in seen:
            seen.add(key)
            yield block


def _by_importance(lines: Sequence[str], blocks: Sequence[_Block]) -> Iterator[int]:
    """Numbers of lines, the most important first; some come twice."""
    for block in blocks:
        yield from range(block.first, min(block.last + 1, block.first + _HEAD))
    for block in blocks:
        yield from range(block.first, block.last + 1)
    for block in blocks:
        yield from range(block.last + 1, min(len(lines), block.last + 1 + _AFTER))
        yield from range(max(0, block.first - _BEFORE), block.first)
    yield from range(len(lines) - 1, -1, -1)
