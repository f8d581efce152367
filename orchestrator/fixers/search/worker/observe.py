"""What the original program does under its tests: lines, types, calls, steps, and how each test ends."""

from __future__ import annotations

import copy
import sys
import traceback
from collections import defaultdict
from typing import Any

from orchestrator.fixers.search.worker.limits import Limit, Outcome, guarded
from orchestrator.fixers.search.worker.plain import last_pair
from orchestrator.fixers.search.worker.program import Program

_VARARGS, _VARKEYWORDS = 0x04, 0x08
_MOST_CALLS = 60
_MOST_NAMES = 40
_MOST_SIGNS = 12


class Recorder:
    """A trace function that is told of the program's own frames only."""

    def __init__(self, program: Program, *, with_lines: bool) -> None:
        self._files = program.files
        self._with_lines = with_lines
        self._places = {(function.path, function.first): number for number, function in enumerate(program.functions)}
        self.lines: dict[str, set[int]] = defaultdict(set)
        self.types: dict[tuple[str, int], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self.attributes: dict[str, set[str]] = defaultdict(set)
        self.calls: list[tuple[int, list[Any], dict[str, Any]]] = []
        self.signs: set[str] = set()
        self.most = _MOST_CALLS
        self.changed: frozenset[tuple[str, int]] = frozenset()

    def trace(self, frame: Any, _event: str, _argument: Any) -> Any:
        """As :func:`sys.settrace` has it; entered once for each frame."""
        path = frame.f_code.co_filename
        if path not in self._files:
            return None
        if len(self.calls) < self.most and self._is_telling(frame):
            self._note_call(frame)
        return self._line if self._with_lines else None

    def _is_telling(self, frame: Any) -> bool:
        """Whether it is called from outside of the program, or changed and called by something else than itself."""
        caller, code = frame.f_back, frame.f_code
        if caller is None or caller.f_code.co_filename not in self._files:
            return True
        return (code.co_filename, code.co_firstlineno) in self.changed and caller.f_code is not code

    def _note_call(self, frame: Any) -> None:
        code = frame.f_code
        number = self._places.get((code.co_filename, code.co_firstlineno))
        if number is None:
            return
        values, count = frame.f_locals, code.co_argcount
        names = code.co_varnames
        try:
            positional = [values[name] for name in names[:count]]
            keywords = {name: values[name] for name in names[count : count + code.co_kwonlyargcount]}
            after = count + code.co_kwonlyargcount
            if code.co_flags & _VARARGS:
                positional += values[names[after]]
                after += 1
            if code.co_flags & _VARKEYWORDS:
                keywords.update(values[names[after]])
            for value in positional:
                if isinstance(value, str) and len(self.signs) < _MOST_SIGNS:
                    self.signs.update(sign for sign in value[:200] if not sign.isalnum())
            self.calls.append((number, *copy.deepcopy((positional, keywords))))
        except Exception:  # noqa: BLE001  # what cannot be copied cannot be called again
            return

    def _line(self, frame: Any, event: str, _argument: Any) -> Any:
        code = frame.f_code
        if event == "line":
            self.lines[self._files[code.co_filename]].add(frame.f_lineno)
        elif event == "return":
            known = self.types[self._files[code.co_filename], code.co_firstlineno]
            for name, value in list(frame.f_locals.items())[:_MOST_NAMES]:
                kind = type(value).__name__
                known[name].add(kind)
                if type(value).__module__ != "builtins" and kind not in self.attributes:
                    self.attributes[kind].update(list(getattr(value, "__dict__", ()))[:20])
        return self._line


def traced(call: Any, recorder: Recorder, *, limit: Limit) -> Outcome:
    """Call under ``recorder`` and ``limit``."""

    def run() -> Any:
        sys.settrace(recorder.trace)
        try:
            return call()
        finally:
            sys.settrace(None)

    outcome = guarded(run, limit)
    sys.settrace(None)
    return outcome


def places(error: BaseException | None, files: dict[str, str]) -> list[list[Any]]:
    """File and line of the program's frames in a traceback, innermost first."""
    frames = traceback.extract_tb(error.__traceback__) if error is not None else []
    return [[files[frame.filename], frame.lineno] for frame in reversed(frames) if frame.filename in files][:5]


def values() -> list[Any]:
    """What the last comparison compared, where JSON can say it."""
    return [_plain(value) for value in last_pair()]


def _plain(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in list(value)[:30]]
    if isinstance(value, str):
        return value[:300]
    is_plain = value is None or isinstance(value, (bool, float)) or (isinstance(value, int) and abs(value) < 1 << 60)
    return value if is_plain else {"type": type(value).__name__}
