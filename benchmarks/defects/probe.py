"""Looks into a project while its own interpreter runs its tests; a program by itself that needs pytest alone.

``lines OUT``: which lines of functions the tests run; ``calls OUT FILE FUNCTION``: with what a function is called;
``replay OUT CALLS``: what comes of those calls, and of calls like them, in the project as it is now. Started in the
project's folder; writes JSON (``calls``: a pickle).
"""

import copy
import importlib
import inspect
import itertools
import json
import os
import pickle
import re
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

_MOST_CALLS = 200
_MOST_REPLAYED = 1500
_SECONDS = 1
_MOST_TEXT = 2000


def _run_tests() -> None:
    import pytest

    pytest.main(["-q", "-p", "no:cacheprovider"])


def lines(out: str) -> None:
    """Write file -> lines."""
    root, seen = f"{Path.cwd()}{os.sep}", set[tuple[str, int]]()

    def inside(frame: Any, event: str, argument: object) -> Any:
        del argument
        if event == "line":
            seen.add((frame.f_code.co_filename, frame.f_lineno))
        return inside

    def enter(frame: Any, event: str, argument: object) -> Any:
        del event, argument
        code = frame.f_code
        is_ours = code.co_filename.startswith(root) and f"{os.sep}.venv{os.sep}" not in code.co_filename
        return inside if is_ours and not code.co_name.startswith("<") else None

    sys.settrace(enter)
    _run_tests()
    sys.settrace(None)
    found: dict[str, list[int]] = {}
    for file, line in sorted(seen):
        found.setdefault(os.path.relpath(file, root), []).append(line)
    Path(out).write_text(json.dumps(found), encoding="utf-8")


def calls(out: str, file: str, function: str) -> None:
    """Write the module's name, the function's, and a pickle of the arguments of each call that has one."""
    path, found, modules = str(Path(file).resolve()), list[bytes](), set[str]()

    def enter(frame: Any, event: str, argument: object) -> None:
        del argument
        code = frame.f_code
        if event == "call" and code.co_filename == path and code.co_qualname == function and len(found) < _MOST_CALLS:
            modules.add(frame.f_globals["__name__"])
            count = code.co_argcount + code.co_kwonlyargcount
            try:
                given = {name: frame.f_locals[name] for name in code.co_varnames[:count]}
                kept = pickle.dumps((given, code.co_argcount))
            except Exception:  # noqa: BLE001  # whatever an argument does when it is pickled: it is left out
                return
            if kept not in found:
                found.append(kept)

    sys.setprofile(enter)
    _run_tests()
    sys.setprofile(None)
    Path(out).write_bytes(pickle.dumps((sorted(modules)[:1], function, found)))


def replay(out: str, recorded: str) -> None:
    """Write the outcome of each call: whether it was recorded as it is, whether it returned, and what."""
    modules, name, found = pickle.loads(Path(recorded).read_bytes())
    outcomes = []
    if modules:
        function = _function(importlib.import_module(modules[0]), name)
        for is_recorded, given, count in itertools.islice(_inputs(found), _MOST_REPLAYED):
            outcomes.append([is_recorded, *_outcome(function, given, count=count)])
    Path(out).write_text(json.dumps(outcomes), encoding="utf-8")


def _function(module: Any, name: str) -> Any:
    found = module
    for part in name.split("."):
        found = inspect.getattr_static(found, part)
        found = getattr(found, "fget", None) or getattr(found, "__func__", found)
    return inspect.unwrap(found)


def _inputs(found: list[bytes]) -> Iterator[tuple[bool, dict[str, Any], int]]:
    """The recorded calls, then each with one argument changed; and how many arguments go by position."""
    yield from ((True, *pickle.loads(one)) for one in found)
    for one in found:
        given, count = pickle.loads(one)
        for name, value in given.items():
            yield from ((False, {**copy.deepcopy(given), name: other}, count) for other in _others(value))


def _others(value: Any) -> list[Any]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1, value - 1, -value, 0]
    if isinstance(value, float):
        return [value + 0.5, -value, 0.0]
    if isinstance(value, str):
        return ["", value[:-1], value[1:], value + value, value[::-1], value.upper()]
    if isinstance(value, list | tuple):
        return [value[:0], value[:-1], value[::-1], value * 2]
    return [None]


class _EndlessError(BaseException):
    pass


def _outcome(function: Callable[..., Any], given: dict[str, Any], *, count: int) -> tuple[bool, str]:
    def stop(*_: object) -> None:
        raise _EndlessError

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(_SECONDS)
    try:
        names = list(given)
        value = function(*map(given.get, names[:count]), **{name: given[name] for name in names[count:]})
        if inspect.isgenerator(value):
            value = list(itertools.islice(value, 100))
        return True, f"{_shown(value)} {_shown(list(given.values()))}"[:_MOST_TEXT]
    except BaseException as error:  # noqa: BLE001  # the code that is compared may raise anything
        return False, type(error).__name__
    finally:
        signal.alarm(0)


def _shown(value: Any) -> str:
    if hasattr(value, "__dict__") and repr(value) == object.__repr__(value):
        return f"{type(value).__name__} {vars(value)!r}"
    return re.sub(r" at 0x[0-9a-f]+", "", repr(value))


if __name__ == "__main__":
    sys.path[0] = str(Path.cwd())  # not this program's folder: as ``python -m pytest`` has it
    ways: dict[str, Callable[..., None]] = {"lines": lines, "calls": calls, "replay": replay}
    ways[sys.argv[1]](*sys.argv[2:])
