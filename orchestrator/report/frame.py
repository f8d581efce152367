"""What stands on the terminal at one moment: lines of styled text, laid out for its size. Pure; no rich here."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import TypeAlias

from orchestrator.domain.events import RunInterrupted
from orchestrator.domain.status import NodeStatus
from orchestrator.report.forecast import Remaining
from orchestrator.report.plaintext import cells, clean, clip, clip_middle, duration, pad
from orchestrator.report.record import NodeRecord
from orchestrator.report.state import RunState

Span: TypeAlias = tuple[str, str]
"""Text and a style (of rich: ``bold``, ``red``; ``""`` for none)."""
Line: TypeAlias = tuple[Span, ...]

_SHORTEST_BAR, _LONGEST_BAR = 5, 40
_ID_SHARE = 0.4
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Size:
    """Of the terminal, in columns and rows."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class _Row:
    """One node in a list: its id, a figure, and what there is to say."""

    node: str
    figure: str
    text: str


@dataclass(frozen=True, slots=True)
class _List:
    """Nodes under a title. Only the rows that are shown are made."""

    title: str
    style: str
    count: int
    rows: Iterable[_Row]


def frame(state: RunState, *, now: float, remaining: Remaining | None, size: Size) -> tuple[Line, ...]:
    """The display of a run: header, bar, what is left, then the lists of what needs attention and of what runs.

    Args:
        state: it is only read.
        now: wall clock, seconds since the epoch.
        remaining: what is left, where it can be told.
        size: of the terminal. The frame has at most ``height - 1`` lines of at most ``width - 1`` columns, so that
            nothing scrolls or wraps; a list that is cut says how many rows are missing.
    """
    width, room = max(1, size.width - 1), max(1, size.height - 1)
    lines = [_header(state, now), _progress(state, width)]
    if state.interrupted is not None:
        lines.append(_stopping(state.interrupted))
    elif remaining is not None:
        lines.append(_left(remaining))
    lists = [one for one in (_attention(state), _retrying(state, now), _running(state, now)) if one.count]
    wanted = [1 + one.count for one in lists]
    is_airy = len(lines) + sum(wanted) + len(lists) <= room
    for one, share in zip(lists, shares(wanted, room - len(lines)), strict=True):
        lines += [(), *_listed(one, share, width=width)] if is_airy else _listed(one, share, width=width)
    return tuple(_fit(line, width) for line in lines[:room])


def shares(wanted: Sequence[int], room: int) -> list[int]:
    """``room`` split so that small wishes are met whole and large ones share the rest evenly (max-min fairness)."""
    given = [0] * len(wanted)
    room = max(0, room)
    for place, index in enumerate(sorted(range(len(wanted)), key=wanted.__getitem__)):
        given[index] = min(wanted[index], room // (len(wanted) - place))
        room -= given[index]
    return given


def _header(state: RunState, now: float) -> Line:
    name = clip_middle(clean(state.name, _LONGEST), 40) or "run"
    at_once = f", {state.max_parallel} at once" if state.max_parallel else ""
    return ((name, "bold"), (f"  {duration(state.seconds(now))}{at_once}  {clean(state.run, 60)}", "dim"))


def _progress(state: RunState, width: int) -> Line:
    done, known = state.finished, len(state.nodes)
    told = f" {done:,}/{known:,} nodes"
    marks = [(f", {state.counts[status]:,} {status}", style) for status, style in _MARKED if state.counts[status]]
    room = width - cells(told) - sum(cells(text) for text, _ in marks) - 2
    bar = max(_SHORTEST_BAR, min(_LONGEST_BAR, room))
    full = bar * done // known if known else 0
    return (("[", "dim"), ("#" * full, "green"), ("-" * (bar - full), "dim"), ("]", "dim"), (told, ""), *marks)


_MARKED = (
    (NodeStatus.FAILED, "red"),
    (NodeStatus.BLOCKED, "yellow"),
    (NodeStatus.SKIPPED, "dim"),
    (NodeStatus.CANCELLED, "dim"),
)


def _stopping(interrupted: RunInterrupted) -> Line:
    if interrupted.hard:
        return (("stopping what runs", "bold yellow"),)
    return (("stopping when what runs has ended", "bold yellow"), ("  (interrupt again to stop it now)", "dim"))


def _left(remaining: Remaining) -> Line:
    path = " > ".join(clip_middle(clean(node), 24) for node in remaining.path) + (" > ..." if remaining.longer else "")
    return (
        (f"about {duration(remaining.left)} left", "bold"),
        (f"  critical path {duration(remaining.critical)}: {path}", "dim"),
    )


def _attention(state: RunState) -> _List:
    """Questions first, then failures, newest first: what is old was seen, and stands in the summary."""
    nodes = chain(reversed(state.blocked), reversed(state.failures))
    rows = (_attention_row(state, state.nodes[node]) for node in nodes)
    return _List("Failed or blocked", "bold red", len(state.blocked) + len(state.failures), rows)


def _attention_row(state: RunState, record: NodeRecord) -> _Row:
    tolerated = record.status is NodeStatus.FAILED and state.tolerates(record)
    return _Row(record.spec.id, "tolerated" if tolerated else record.status.value, record.reason)


def _retrying(state: RunState, now: float) -> _List:
    rows = (
        _Row(one.spec.id, f"in {duration((one.retry_at or now) - now)}", one.reason) for one in state.retrying.values()
    )
    return _List("Trying again", "bold yellow", len(state.retrying), rows)


def _running(state: RunState, now: float) -> _List:
    """Longest running first."""
    rows = (_running_row(one, now) for one in state.busy.values())
    return _List("Running", "bold cyan", len(state.busy), rows)


def _running_row(record: NodeRecord, now: float) -> _Row:
    again = f"attempt {record.attempts[-1].n}  " if record.attempts[-1].n > 1 else ""
    return _Row(record.spec.id, duration(now - (record.busy_since or now)), again + (record.lines or ("",))[-1])


def _listed(one: _List, share: int, *, width: int) -> Iterator[Line]:
    if share < 1:
        return
    yield ((f"{one.title} ({one.count:,})", one.style),)
    missing = one.count + 1 - share
    rows = list(islice(one.rows, max(0, share - 1 - (missing > 0))))
    column = min(max((cells(clean(row.node, _LONGEST)) for row in rows), default=0), int(width * _ID_SHARE))
    for row in rows:
        node = clip_middle(clean(row.node, _LONGEST), column)
        yield ((f"  {pad(node, column)}", ""), (f"  {row.figure:>11}", "dim"), (f"  {clean(row.text, _LONGEST)}", ""))
    if missing > 0 and share > 1:
        yield ((f"  and {one.count - len(rows):,} more", "dim"),)


def _fit(line: Line, width: int) -> Line:
    """``line`` cut at its end to ``width`` columns."""
    fitted = []
    for text, style in line:
        shown = clip(text, width)
        fitted.append((shown, style))
        width -= cells(shown)
    return tuple(span for span in fitted if span[0])
