"""Loads the project and its tests, and knows what of the project runs while that happens."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import sys
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from orchestrator.fixers.search.worker import limits
from orchestrator.fixers.search.worker.framework import with_pytest
from orchestrator.fixers.search.worker.plain import PlainSuite, is_plain

_LONGER = 5
"""So many times as long as the original may a candidate take to be loaded."""
_FEWEST_STEPS, _FEWEST_SECONDS = 10_000, 1.0
_IS_FUNCTION = 0x01
"""``CO_OPTIMIZED``: modules and the bodies of classes lack it."""


def enter(request: dict[str, Any]) -> None:
    """Make this process one in which the project of ``request`` can be imported."""
    root: str = request["root"]
    os.chdir(root)
    limits.install(0)
    sys.argv = ["rung"]
    sys.path[:0] = [os.path.join(root, path) if path else root for path in ("", *request["paths"])]


def prepare(request: dict[str, Any]) -> None:
    """Import what is the same for every candidate: the framework of the tests."""
    if not _are_plain(request):
        with contextlib.suppress(ImportError):  # it is said when the tests are loaded
            importlib.import_module("pytest")


def _are_plain(request: dict[str, Any]) -> bool:
    """Whether no test needs pytest: a ``conftest.py`` above them may hold fixtures that all of them use unasked."""
    tests = _tests(request)
    if not all(map(is_plain, tests)):
        return False
    return not any(_is_configured(path, request["root"]) for path in tests) or not _has_pytest()


def _is_configured(path: str, root: str) -> bool:
    while len(path) > len(root):
        path = os.path.dirname(path)
        if os.path.isfile(os.path.join(path, "conftest.py")):
            return True
    return False


def _has_pytest() -> bool:
    return importlib.util.find_spec("pytest") is not None


def _tests(request: dict[str, Any]) -> list[str]:
    return [os.path.join(request["root"], path) for path in request["tests"]]


def load(request: dict[str, Any], act: Callable[[Any], None]) -> str:
    """Load the tests of ``request``, and all that they import, and call ``act`` with them.

    Returns:
        What went wrong, ``""`` where nothing did.
    """
    tests = _tests(request)
    if not _are_plain(request):
        return with_pytest(tests, act)
    act(PlainSuite(tests))
    return ""


class Early:
    """A trace function: the lines of functions of the program that run before the first test does.

    What such a function has made, a decorator or a table, stays as it is when the function is exchanged later.
    """

    def __init__(self, files: dict[str, str]) -> None:
        self._files = files
        self._began, self._before = limits.now(), limits.taken()
        self.lines: dict[str, set[int]] = defaultdict(set)
        self.limit = limits.Limit()

    def start(self) -> None:
        """Begin to look."""
        sys.settrace(self._trace)

    def stop(self) -> None:
        """Look no longer; ``limit`` is what loading may cost with a candidate, after what it cost now."""
        sys.settrace(None)
        steps, seconds = limits.taken() - self._before, limits.now() - self._began
        self.limit = limits.Limit(max(_FEWEST_STEPS, _LONGER * steps), max(_FEWEST_SECONDS, _LONGER * seconds))

    def _trace(self, frame: Any, _event: str, _argument: Any) -> Any:
        code = frame.f_code
        return self._line if code.co_flags & _IS_FUNCTION and code.co_filename in self._files else None

    def _line(self, frame: Any, event: str, _argument: Any) -> Any:
        if event == "line":
            self.lines[self._files[frame.f_code.co_filename]].add(frame.f_lineno)
        return self._line
