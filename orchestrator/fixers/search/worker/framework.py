"""Tests that the project's own pytest collects and drives, warm: one session, each test many times."""

from __future__ import annotations

import ast
import copy
import types
from collections.abc import Callable
from importlib.machinery import SourceFileLoader
from typing import Any

from orchestrator.fixers.search.worker.plain import keeps_state, with_pairs

_UNUSED = ("cacheprovider", "xdist", "timeout")
"""Plug-ins that would write into the project, start processes, or set alarms of their own."""


class TestFailedError(AssertionError):
    """A test that pytest reports as failed."""


class FrameworkSuite:
    """The collected items. Those that use no fixture are called directly, in a module that can be loaded afresh."""

    ordered = False

    def __init__(self, items: list[Any], runner: Any) -> None:
        self._items = items
        self._run: Callable[..., Any] = runner
        self.names = [item.nodeid for item in items]
        self._simple = [_is_simple(item) for item in items]
        self._codes = _codes(items) if all(self._simple) else {}
        self._modules: dict[str, dict[str, Any]] = {}

    def fresh(self) -> None:
        """Load the test modules afresh where all that they hold can be called directly."""
        self._modules = {}
        for path, (name, code) in self._codes.items():
            module = types.ModuleType(name)
            module.__file__ = path
            self._modules[path] = vars(module)
            exec(code, vars(module))  # noqa: S102  # the project's own test, in a process made for it

    def call(self, number: int) -> Any:
        """Run one test; it raises where it fails."""
        item = self._items[number]
        if not self._simple[number]:
            return self._report(item)
        values = dict(item.callspec.params) if hasattr(item, "callspec") else {}
        module = self._modules.get(str(item.fspath), {})
        function = module.get(item.originalname, item.obj)
        return function(**_copied(values))

    def _report(self, item: Any) -> None:
        for report in self._run(item, log=False, nextitem=None):
            if report.failed:
                raise TestFailedError(str(report.longrepr)[-2000:])


def _is_simple(item: Any) -> bool:
    params = set(item.callspec.params) if hasattr(item, "callspec") else set()
    marks = {mark.name for mark in item.iter_markers()} - {"parametrize"}
    is_function = isinstance(getattr(item, "obj", None), types.FunctionType) and getattr(item, "cls", None) is None
    is_sync = is_function and not item.obj.__code__.co_flags & 0x2A0
    return is_sync and not marks and set(getattr(item, "fixturenames", ())) <= params


def _codes(items: list[Any]) -> dict[str, tuple[str, types.CodeType]]:
    found: dict[str, Any] = {}
    for item in items:
        path = str(item.fspath)
        if path not in found:
            with open(path, encoding="utf-8") as stream:
                tree = with_pairs(ast.parse(stream.read(), path))
            found[path] = (
                (item.module.__name__, compile(tree, path, "exec", dont_inherit=True)) if keeps_state(tree) else None
            )
    return {path: code for path, code in found.items() if code}


def _copied(values: dict[str, Any]) -> dict[str, Any]:
    try:
        return copy.deepcopy(values)
    except Exception:  # noqa: BLE001  # a value that cannot be copied is shared, as pytest itself does
        return values


def _tell_pairs(paths: list[str]) -> None:
    """Load the tests in ``paths`` such that what they compare is known.

    It takes the place of pytest's own way, which writes a text for each assertion that fails: most of them do here.
    """
    code = SourceFileLoader.source_to_code

    def source_to_code(self: SourceFileLoader, source: Any, path: str, **options: Any) -> Any:
        return code(self, with_pairs(ast.parse(source, path)) if path in paths else source, path, **options)

    SourceFileLoader.source_to_code = source_to_code  # type: ignore[assignment,method-assign]  # the import system is the seam


def with_pytest(paths: list[str], action: Callable[[Any], None]) -> str:
    """Collect the tests in ``paths`` and call ``action`` with them, inside of pytest's session.

    Returns:
        What went wrong, ``""`` where nothing did.
    """
    try:
        import pytest  # the project's own
        from _pytest.runner import runtestprotocol
    except ImportError:
        return "no pytest in this interpreter"
    seen: list[str] = []

    class Plugin:
        """Takes the place of pytest's own loop."""

        def pytest_collectreport(self, report: Any) -> None:
            """Remember what cannot be collected."""
            if report.failed:
                seen.append(str(report.longrepr)[-2000:])

        @pytest.hookimpl(tryfirst=True)
        def pytest_runtestloop(self, session: Any) -> bool:
            """Do everything in here."""
            if session.items and not seen:
                seen.append("")
                action(FrameworkSuite(session.items, runtestprotocol))
            return True

    _tell_pairs(paths)
    options = ["-q", *(part for name in _UNUSED for part in ("-p", f"no:{name}")), "--capture=no", "--assert=plain"]
    code = pytest.main([*options, *paths], plugins=[Plugin()])
    return next(iter(seen), f"pytest found no test (exit {int(code)})")
