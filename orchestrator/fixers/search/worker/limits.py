"""Ends what does not end by itself: steps first, then a clock, then memory, all within one process."""

from __future__ import annotations

import ast
import builtins
import resource
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

TICK = "__rung_tick__"
_MEGABYTE = 1 << 20
_STATE = {"left": 0, "armed": 0}
_setitimer, _signal, _now = signal.setitimer, signal.signal, time.perf_counter  # a test may patch the modules


class _Exceeded(BaseException):
    """No ``Exception``: code under repair must not catch it by accident."""


class StepsExceeded(_Exceeded):
    """The step budget is used up."""


class TimeExceeded(_Exceeded):
    """The clock ran out; as :class:`StepsExceeded`."""


@dataclass(frozen=True)
class Limit:
    """Steps are entered functions and started loop bodies; seconds are wall clock."""

    steps: int = 20_000
    seconds: float = 0.1


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


def tick() -> bool:
    """Count one step; always true, so that it can stand in the condition of a comprehension."""
    _STATE["left"] -= 1
    if _STATE["left"] < 0 and _STATE["armed"]:
        raise StepsExceeded
    return True


def install(memory_mb: int) -> None:
    """Make :func:`tick` known to instrumented code and limit this process's memory; 0 means no limit."""
    setattr(builtins, TICK, tick)
    if memory_mb:
        size = memory_mb * _MEGABYTE
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (size if hard < 0 else min(size, hard), hard))


def _ring(_number: int, _frame: object) -> None:
    if _STATE["armed"]:
        raise TimeExceeded


def guarded(call: Callable[[], Any], limit: Limit) -> Outcome:
    """Call, and say how it ended; nothing but an interrupt by the user is raised."""
    _signal(signal.SIGALRM, _ring)
    _STATE["left"], _STATE["armed"] = limit.steps, 1
    how = "ok"
    error: BaseException | None = None
    value: Any = None
    try:
        _setitimer(signal.ITIMER_REAL, limit.seconds, 0.05)
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
        _STATE["armed"] = 0
        _setitimer(signal.ITIMER_REAL, 0)
    if how in ("ok", "fail") and _STATE["left"] < 0:
        how = "steps"  # the code has swallowed the exception
    return Outcome(how, limit.steps - _STATE["left"], error, value)


def _call(line: int, column: int) -> ast.Call:
    name = ast.Name(id=TICK, ctx=ast.Load(), lineno=line, col_offset=column)
    call = ast.Call(func=name, args=[], keywords=[], lineno=line, col_offset=column)
    for node in (name, call):
        node.end_lineno, node.end_col_offset = line, column
    return call


def _statement(before: ast.stmt) -> ast.Expr:
    line, column = before.lineno, before.col_offset
    return ast.Expr(value=_call(line, column), lineno=line, col_offset=column, end_lineno=line, end_col_offset=column)


def counted(tree: ast.AST) -> ast.AST:
    """``tree``, with a step counted in every function, loop and comprehension; changed in place."""
    for node in list(ast.walk(tree)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            has_text = isinstance(node.body[0], ast.Expr) and isinstance(node.body[0].value, ast.Constant)
            node.body.insert(1 if has_text else 0, _statement(node.body[0]))
        elif isinstance(node, (ast.For, ast.AsyncFor, ast.While)):
            node.body.insert(0, _statement(node.body[0]))
        elif isinstance(node, ast.comprehension):
            node.ifs.insert(0, _call(node.iter.lineno, node.iter.col_offset))
    return tree


def now() -> float:
    """Seconds on a clock that never goes back."""
    return _now()
