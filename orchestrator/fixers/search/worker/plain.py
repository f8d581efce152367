"""Tests that need no framework: asserts, check functions, ``test_`` functions without parameters, ``unittest``."""

from __future__ import annotations

import ast
import builtins
import copy
import os
import sys
import types
import unittest
from collections.abc import Callable
from typing import Any

PAIR = "__rung_pair__"
_PREFIX = "__rung_test_"
_LAST: list[Any] = []


def compared(actual: Any, expected: Any) -> Any:
    """Whether both are equal, as the test would say it; remembers them."""
    _LAST[:] = [actual, expected]
    return actual == expected


def last_pair() -> list[Any]:
    """The last two values that a test compared, actual and expected; empty where none were since the last call."""
    found = list(_LAST)
    _LAST.clear()
    return found


class _Pairs(ast.NodeTransformer):
    """Asserts of equality tell what they compare."""

    def visit_Assert(self, node: ast.Assert) -> ast.Assert:
        test = node.test
        if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq):
            call = ast.Call(func=ast.Name(id=PAIR, ctx=ast.Load()), args=[test.left, test.comparators[0]], keywords=[])
            node.test = call
            ast.copy_location(call, test)
            ast.fix_missing_locations(node)
        return node


def with_pairs(tree: ast.Module) -> ast.Module:
    """``tree``, changed so that :func:`last_pair` knows what its asserts compared."""
    setattr(builtins, PAIR, compared)
    _Pairs().visit(tree)  # keeps the module and changes the asserts in it
    return ast.fix_missing_locations(tree)


def _holds_check(node: ast.AST) -> bool:
    return any(isinstance(inner, ast.Assert) for inner in ast.walk(node))


def split(function: ast.FunctionDef) -> list[ast.FunctionDef]:
    """``function`` once for each statement in it that asserts, with all others that assert taken out."""
    checks = [number for number, node in enumerate(function.body) if _holds_check(node)]
    if not checks[1:] or any(isinstance(node, ast.Return) for node in function.body):
        return [function]
    parts = []
    for check in checks:
        part = copy.copy(function)
        part.body = [
            node for number, node in enumerate(function.body[: check + 1]) if number == check or number not in checks
        ]
        parts.append(part)
    return parts


def keeps_state(tree: ast.Module) -> bool:
    """Whether functions of a test file read what its own statements assign: then each run needs it afresh."""
    kept = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    own = [node for node in tree.body if not isinstance(node, kept)]
    names = (name for node in own for name in ast.walk(node) if isinstance(name, ast.Name))
    assigned = {name.id for name in names if isinstance(name.ctx, ast.Store)}
    inside = [part for node in tree.body if isinstance(node, kept[2:]) for part in node.body]
    return any(isinstance(node, ast.Name) and node.id in assigned for part in inside for node in ast.walk(part))


class _Script:
    """One test file, taken apart."""

    def __init__(self, path: str) -> None:
        with open(path, encoding="utf-8") as stream:
            tree = ast.parse(stream.read(), path)
        self.path = path
        self.name = os.path.splitext(os.path.basename(path))[0]
        self.tests: list[tuple[str, str]] = []
        self._local = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
        self._body: list[ast.stmt] = []
        for node in tree.body:
            self._take(node)
        module = with_pairs(ast.Module(body=self._body, type_ignores=[]))
        self.code = compile(module, path, "exec", dont_inherit=True)
        self.keeps_state = keeps_state(module)
        self.namespace: dict[str, Any] = {}

    def _take(self, node: ast.stmt) -> None:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test") and not _wants(node):
            for part in split(node):
                self._add(part, f"{node.name}:{part.body[-1].lineno}")
        elif isinstance(node, ast.Assert):
            self._wrap([node], node)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Name):
            self._call(node, node.value, function=self._local.get(node.value.func.id))
        else:
            self._body.append(node)

    def _call(self, node: ast.Expr, call: ast.Call, *, function: ast.FunctionDef | None) -> None:
        if function is None:
            self._body.append(node)
            return
        for part in split(function):
            renamed = ast.copy_location(ast.Name(id=part.name, ctx=ast.Load()), call.func)
            own = ast.copy_location(ast.Call(func=renamed, args=call.args, keywords=call.keywords), call)
            self._wrap([part, ast.copy_location(ast.Expr(value=own), node)], part.body[-1])

    def _wrap(self, body: list[ast.stmt], place: ast.stmt) -> None:
        nothing = ast.arguments(
            posonlyargs=[], args=[], vararg=None, kwonlyargs=[], kw_defaults=[], kwarg=None, defaults=[]
        )
        values: Any = {
            "name": "",
            "args": nothing,
            "body": body,
            "decorator_list": [],
            "returns": None,
            "type_params": [],
        }
        self._add(ast.copy_location(ast.FunctionDef(**values), place), f"line {place.lineno}")

    def _add(self, function: ast.FunctionDef, name: str) -> None:
        function = copy.copy(function)
        function.name = f"{_PREFIX}{len(self.tests)}"
        self._body.append(function)
        self.tests.append((f"{os.path.basename(self.path)}::{name}", function.name))

    def load(self) -> None:
        """Run the file's own statements, in a new module."""
        module = types.ModuleType(self.name)
        module.__file__ = self.path
        module.__package__ = _package(self.path)
        sys.modules[self.name] = module
        self.namespace = vars(module)
        exec(self.code, self.namespace)  # noqa: S102  # the project's own test, in a process made for it


def _package(path: str) -> str:
    """The package that the file at ``path`` lies in, so that it may import relatively; ``""`` for none."""
    folder = os.path.dirname(os.path.abspath(path))
    parts: list[str] = []
    while os.path.isfile(os.path.join(folder, "__init__.py")):
        folder, name = os.path.split(folder)
        parts.insert(0, name)
    return ".".join(parts)


def _wants(node: ast.FunctionDef) -> bool:
    return bool(node.args.args or node.args.kwonlyargs or node.decorator_list)


class PlainSuite:
    """Test files that can be run by themselves."""

    ordered = False

    def __init__(self, paths: list[str]) -> None:
        """Load them.

        Raises:
            Exception: whatever their own statements raise.
        """
        self._scripts = [_Script(path) for path in paths]
        for script in self._scripts:
            script.load()
        self._tests: list[tuple[str, Callable[[], Any]]] = []
        for script in self._scripts:
            self._tests += [(name, _caller(script, function)) for name, function in script.tests]
            self._tests += _cases(script)
        self.names = [name for name, _ in self._tests]

    def fresh(self) -> None:
        """Give the test files the state that they have when they are loaded."""
        for script in self._scripts:
            if script.keeps_state:
                script.load()

    def call(self, number: int) -> Any:
        """Run one test; it raises where it fails."""
        return self._tests[number][1]()


def _caller(script: _Script, function: str) -> Callable[[], Any]:
    return lambda: script.namespace[function]()  # noqa: PLW0108  # the namespace is another one each time


def _cases(script: _Script) -> list[tuple[str, Callable[[], Any]]]:
    found: list[tuple[str, Callable[[], Any]]] = []
    for name, value in list(script.namespace.items()):
        if isinstance(value, type) and issubclass(value, unittest.TestCase) and value.__module__ == script.name:
            head = f"{os.path.basename(script.path)}::{name}"
            methods = unittest.TestLoader().getTestCaseNames(value)
            found += [(f"{head}::{method}", _case(script, name, method=method)) for method in methods]
    return found


def _case(script: _Script, name: str, *, method: str) -> Callable[[], Any]:
    def run() -> None:
        case = script.namespace[name]
        case.setUpClass()
        try:
            case(method).debug()
        finally:
            case.doClassCleanups()
            case.tearDownClass()

    return run


def is_plain(path: str) -> bool:
    """Whether this module can run all tests of the file at ``path``: no fixtures, marks or test classes of pytest."""
    with open(path, encoding="utf-8") as stream:
        tree = ast.parse(stream.read(), path)
    for node in tree.body:
        name = getattr(node, "name", "")
        if isinstance(node, ast.AsyncFunctionDef) and name.startswith("test"):
            return False
        if isinstance(node, ast.FunctionDef) and name.startswith("test") and _wants(node):
            return False
        if isinstance(node, ast.ClassDef) and name.startswith("Test") and not _has_base(node):
            return False
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return "pytest" not in names


def _has_base(node: ast.ClassDef) -> bool:
    return any("TestCase" in ast.dump(base) for base in node.bases)
