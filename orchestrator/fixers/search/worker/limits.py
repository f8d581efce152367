"""Ends what does not end by itself: steps first, then a clock, then memory, all within one process."""

from __future__ import annotations

import ast
import builtins
import re
import resource
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

TICK = "__rung_tick__"
_MEGABYTE = 1 << 20
_STATE = [0, 0]
"""Steps that are left, and whether a limit holds."""
_PATIENCE, _MOST_PATIENCE = 4, 1.0
"""So many times its seconds of processor time may a call last, at most so many seconds more: one that sleeps uses none.
"""
_FOR = re.compile(r"\bfor\b")
_setitimer, _signal = signal.setitimer, signal.signal  # a test may patch the modules
_now, _spent, _usage = time.perf_counter, time.process_time, resource.getrusage


class _Exceeded(BaseException):
    """No ``Exception``: code under repair must not catch it by accident."""


class StepsExceeded(_Exceeded):
    """The step budget is used up."""


class TimeExceeded(_Exceeded):
    """The clock ran out; as :class:`StepsExceeded`."""


@dataclass(frozen=True)
class Limit:
    """Steps are entered functions and started loop bodies; seconds are processor time."""

    steps: int = 20_000
    seconds: float = 0.1

    @property
    def wall(self) -> float:
        """Seconds by the clock that go with those of the processor; more, for a machine may be busy."""
        return min(_PATIENCE * self.seconds, self.seconds + _MOST_PATIENCE)


@dataclass(frozen=True)
class Outcome:
    """How a call ended: ``ok``, ``fail``, ``skip``, ``steps``, ``time`` or ``memory``; ``steps`` used."""

    how: str
    steps: int
    error: BaseException | None = None
    value: Any = None

    @property
    def is_ok(self) -> bool:
        """Whether it returned, or was skipped."""
        return self.how in ("ok", "skip")

    @property
    def is_limit(self) -> bool:
        """Whether a limit ended it."""
        return self.how in ("steps", "time")


def tick(_state: list[int] = _STATE) -> bool:  # a local is found soonest, and this is called most of all
    """Count one step; always true, so that it can stand in the condition of a comprehension."""
    _state[0] -= 1
    if _state[0] < 0 and _state[1]:
        raise StepsExceeded
    return True


def taken() -> int:
    """Steps that were counted since this module was loaded or :func:`guarded` last began, less those it allowed."""
    return -_STATE[0]


def install(memory_mb: int) -> None:
    """Make :func:`tick` known to instrumented code and limit this process's memory; 0 means no limit."""
    setattr(builtins, TICK, tick)
    if memory_mb:
        size = memory_mb * _MEGABYTE
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (size if hard < 0 else min(size, hard), hard))


def _ring(_number: int, _frame: object) -> None:
    if _STATE[1]:
        raise TimeExceeded


def guarded(call: Callable[[], Any], limit: Limit) -> Outcome:
    """Call, and say how it ended; nothing but an interrupt by the user is raised."""
    _signal(signal.SIGALRM, _ring)
    _signal(signal.SIGPROF, _ring)
    _STATE[:] = limit.steps, 1
    how = "ok"
    error: BaseException | None = None
    value: Any = None
    try:
        _setitimer(signal.ITIMER_PROF, limit.seconds, 0.05)
        _setitimer(signal.ITIMER_REAL, limit.wall, 0.05)
        value = call()
    except StepsExceeded as raised:
        how, error = "steps", raised
    except TimeExceeded as raised:
        how, error = "time", raised
    except (MemoryError, RecursionError) as raised:
        how, error = ("memory" if isinstance(raised, MemoryError) else "fail"), raised
    except KeyboardInterrupt:
        raise
    except BaseException as raised:  # noqa: BLE001  # code under test may raise anything, SystemExit too
        how, error = ("skip" if type(raised).__name__ in ("SkipTest", "Skipped") else "fail"), raised
    finally:
        _STATE[1] = 0
        _setitimer(signal.ITIMER_PROF, 0)
        _setitimer(signal.ITIMER_REAL, 0)
    if how in ("ok", "fail") and _STATE[0] < 0:
        how = "steps"  # the code has swallowed the exception
    return Outcome(how, limit.steps - _STATE[0], error, value)


def _call(line: int, column: int) -> ast.Call:
    name = ast.Name(id=TICK, ctx=ast.Load(), lineno=line, col_offset=column)
    call = ast.Call(func=name, args=[], keywords=[], lineno=line, col_offset=column)
    for node in (name, call):
        node.end_lineno, node.end_col_offset = line, column
    return call


def _statement(before: ast.stmt) -> ast.Expr:
    line, column = before.lineno, before.col_offset
    return ast.Expr(value=_call(line, column), lineno=line, col_offset=column, end_lineno=line, end_col_offset=column)


def _blocks(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes that hold statements; expressions are not looked into."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        for name in ("body", "orelse", "finalbody", "handlers", "cases"):
            inner = getattr(node, name, None)
            if type(inner) is list and inner:
                waiting += inner
        yield node


def fors(text: str) -> int:
    """How often the word stands in ``text``."""
    return len(_FOR.findall(text))


def loops(tree: ast.AST) -> int:
    """For how many occurrences of ``for`` in the text of ``tree`` there is a loop or a comprehension."""
    return sum(isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)) for node in ast.walk(tree))


def counted(tree: ast.AST, words: int | None = None) -> ast.AST:
    """``tree``, with a step counted in every function, loop and comprehension; changed in place.

    ``words``: how often ``for`` stands in its text. Where loops account for all of them nothing is looked for in
    expressions, which takes longest.
    """
    statements = 0
    for node in list(_blocks(tree)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            has_text = isinstance(node.body[0], ast.Expr) and isinstance(node.body[0].value, ast.Constant)
            node.body.insert(1 if has_text else 0, _statement(node.body[0]))
        elif isinstance(node, (ast.For, ast.AsyncFor, ast.While)):
            node.body.insert(0, _statement(node.body[0]))
            statements += not isinstance(node, ast.While)
    if words is None or words > statements:
        for node in ast.walk(tree):
            if isinstance(node, ast.comprehension):
                node.ifs.insert(0, _call(node.iter.lineno, node.iter.col_offset))
    return tree


def now() -> float:
    """Seconds on a clock that never goes back."""
    return _now()


def spent() -> float:
    """Seconds of processor time that this process has used."""
    return _spent()


def spent_below() -> float:
    """Seconds of processor time that its children have used which have ended."""
    usage = _usage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
