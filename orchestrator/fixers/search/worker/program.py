"""The code under repair: loaded with steps counted, and one function at a time exchanged for a variant of itself.

A function is exchanged by its code object, so that everybody who has imported it, wrapped it or subclassed around it
gets the variant, and no module has to be loaded again.
"""

from __future__ import annotations
import __future__

import ast
import copy
import dis
import gc
import os
import sys
import types
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Sequence
from importlib.machinery import SourceFileLoader
from typing import Any

from orchestrator.fixers.search.worker.limits import counted, fors, loops

_FUTURE = 0
for _name in __future__.all_feature_names:
    _FUTURE |= getattr(__future__, _name).compiler_flag
_STORING = {dis.opmap["STORE_ATTR"], dis.opmap["DELETE_ATTR"]}
_MUTABLE = (list, dict, set, bytearray, deque, Counter, OrderedDict, defaultdict)


class RefusedError(ValueError):
    """A variant that is not tried; the text says why in a word: ``syntax``, ``foreign``, ``shape``."""


class Function:
    """One function of the program: where its text stands, and the objects that run its code."""

    def __init__(self, row: dict[str, Any], texts: dict[str, str], *, paths: dict[str, str]) -> None:
        self.file: str = row["file"]
        self.path = paths[self.file]
        self.name: str = row["name"]
        self.line: int = row["line"]
        self.first: int = row["first"]
        self.start: int = row["start"]
        self.text = texts[self.file][self.start : row["end"]]
        header = _header(row["classes"], self.text)
        self.header = "\n" * (self.line - 1 - header.count("\n")) + header
        self.words = fors(self.text) - _loops(header + self.text)
        self.classes: list[str] = row["classes"]
        self.objects: list[types.FunctionType] = []
        self.original: types.CodeType | None = None
        self.modules: frozenset[str] = frozenset()

    def attach(self, objects: Sequence[types.FunctionType]) -> None:
        """Remember the objects whose code is this function's."""
        self.objects = list(objects)
        if self.objects:
            self.original = self.objects[0].__code__
            names = self.objects[0].__globals__.items()
            self.modules = frozenset(name for name, value in names if isinstance(value, types.ModuleType))

    def variant(self, edits: Sequence[tuple[int, int, str]]) -> types.CodeType:
        """The code of the function after ``edits``, whose offsets count in the whole file; steps are counted in it.

        Raises:
            RefusedError: it is no Python, stores into a module, or closes over other variables than the original.
        """
        text = self.text
        for start, end, new in sorted(edits, reverse=True):
            text = text[: start - self.start] + new + text[end - self.start :]
        flags = (self.original.co_flags if self.original else 0) & _FUTURE
        try:
            tree = counted(_parsed(self.header + text), fors(text) - self.words)
            code: Any = compile(tree, self.path, "exec", flags=flags, dont_inherit=True)  # type: ignore[call-overload]  # typeshed knows no bare AST
            for name in (*self.classes, self.name):
                code = [const for const in _codes(code) if const.co_name == name][-1]
        except (SyntaxError, ValueError, IndexError, MemoryError, RecursionError):
            raise RefusedError("syntax") from None
        if _stores(code) and _stores_into(tree, self.modules):
            raise RefusedError("foreign")
        if self.original is None or code.co_freevars != self.original.co_freevars:
            raise RefusedError("shape")
        return code  # type: ignore[no-any-return]  # it was found among code objects

    def exchange(self, code: types.CodeType | None) -> None:
        """Run ``code`` from now on; ``None`` for the original."""
        chosen = code or self.original
        for function in self.objects:
            if chosen is not None:
                function.__code__ = chosen


def _parsed(text: str) -> ast.Module:
    """Once more where the interpreter's parser was entered again by what it collected as garbage meanwhile."""
    try:
        return ast.parse(text)
    except SystemError:
        return ast.parse(text)


def _loops(text: str) -> int:
    try:
        return loops(ast.parse(text))
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return 0  # then every variant is looked through


def _codes(code: types.CodeType) -> list[types.CodeType]:
    return [const for const in code.co_consts if isinstance(const, types.CodeType)]


def _stores(code: types.CodeType) -> bool:
    return bool(_STORING & set(code.co_code[::2])) or any(map(_stores, _codes(code)))


def fingerprint(code: types.CodeType) -> Any:
    """What ``code`` does, as a key: without names of files and numbers of lines."""
    inner = tuple(
        fingerprint(const) if isinstance(const, types.CodeType) else (type(const), repr(const))
        for const in code.co_consts
    )
    raised = getattr(code, "co_exceptiontable", b"")
    return code.co_code, code.co_names, code.co_varnames, code.co_flags, raised, inner


def _header(classes: Sequence[str], text: str) -> str:
    if not text[:1].isspace():
        return ""
    return "".join(f"{' ' * depth}class {name}:\n" for depth, name in enumerate(classes)) or "if 1:\n"


def _stores_into(tree: ast.AST, modules: frozenset[str]) -> bool:
    return any(
        isinstance(node, ast.Attribute)
        and not isinstance(node.ctx, ast.Load)
        and isinstance(node.value, ast.Name)
        and node.value.id in modules
        for node in ast.walk(tree)
    )


class Program:
    """All functions that variants are made of, and the state of their modules."""

    def __init__(self, request: dict[str, Any]) -> None:
        root: str = request["root"]
        texts: dict[str, str] = request["texts"]
        self.paths = {file: os.path.join(root, file) for file in texts}
        self.files = {path: file for file, path in self.paths.items()}
        self.functions = [Function(row, texts, paths=self.paths) for row in request["functions"]]
        self._kept: list[tuple[Any, Any]] = []
        _serve({self.paths[file]: text for file, text in texts.items()})

    def attach(self) -> None:
        """Find the functions among the living objects, and remember what their modules hold."""
        by_place: dict[tuple[str, int], list[types.FunctionType]] = defaultdict(list)
        for thing in gc.get_objects():
            if type(thing) is types.FunctionType and thing.__code__.co_filename in self.files:
                by_place[thing.__code__.co_filename, thing.__code__.co_firstlineno].append(thing)
        for function in self.functions:
            function.attach(by_place[function.path, function.first])
        self._kept = [(thing, copied) for thing in self._mutable() for copied in _copies(thing)]

    def _mutable(self) -> list[Any]:
        found = []
        for module in list(sys.modules.values()):
            if os.path.normpath(getattr(module, "__file__", None) or "") in self.files:
                found += [value for name, value in vars(module).items() if type(value) in _MUTABLE and name[:2] != "__"]
        for function in self.functions:
            for thing in function.objects:
                found += [value for value in thing.__defaults__ or () if type(value) in _MUTABLE]
        return found

    def restore(self) -> None:
        """Give module state back the values that it had when the program was attached."""
        for thing, kept in self._kept:
            if thing != kept:
                _refill(thing, copy.deepcopy(kept))

    def is_threaded(self, root: str) -> bool:
        """Whether it runs threads or has extension modules of its own: then nothing may be shared."""
        frames = sys._current_frames()  # noqa: SLF001  # the one list that also knows threads of extensions
        own = (getattr(module, "__file__", None) or "" for module in list(sys.modules.values()))
        return len(frames) > 1 or any(path.startswith(root + os.sep) and path.endswith(".so") for path in own)


def _copies(thing: Any) -> list[Any]:
    try:
        return [copy.deepcopy(thing)]
    except Exception:  # noqa: BLE001  # what cannot be copied cannot be restored; the canary watches over it
        return []


def _refill(thing: Any, values: Any) -> None:
    thing.clear()
    if isinstance(thing, (dict, set)):
        thing.update(values)
    else:
        thing.extend(values)


def _serve(texts: dict[str, str]) -> None:
    """From now on the files of the program are loaded from ``texts``, by path, and count their steps."""
    sys.dont_write_bytecode = True
    stats, data, code = SourceFileLoader.path_stats, SourceFileLoader.get_data, SourceFileLoader.source_to_code

    def path_stats(self: SourceFileLoader, path: str) -> Any:
        if os.path.normpath(path) in texts:
            raise OSError("what is compiled elsewhere counts no steps")
        return stats(self, path)

    def get_data(self: SourceFileLoader, path: str) -> bytes:
        own = os.path.normpath(path)
        return texts[own].encode() if own in texts else data(self, path)

    def source_to_code(self: SourceFileLoader, source: Any, path: str, **options: Any) -> Any:
        own = os.path.normpath(path)  # tests put ``tests/../src`` on the path
        if own in texts:
            tree = counted(ast.parse(texts[own]))
            return compile(tree, own, "exec", dont_inherit=True)  # type: ignore[call-overload]  # typeshed knows no bare AST
        return code(self, source, path, **options)

    SourceFileLoader.path_stats = path_stats  # type: ignore[method-assign]  # the import system is the seam here
    SourceFileLoader.get_data = get_data  # type: ignore[assignment,method-assign]  # the import system is the seam here
    SourceFileLoader.source_to_code = source_to_code  # type: ignore[assignment,method-assign]  # the import system is the seam here
