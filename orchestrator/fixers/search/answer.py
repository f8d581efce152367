"""Starts from a model's failed answer: first what surrounds it and what it forgot to import, then the search."""

import ast
import builtins
import re
import sys
from collections.abc import Mapping
from dataclasses import replace

from orchestrator.fixers.search.engine import search
from orchestrator.fixers.search.target import Budget, SearchResult, SearchTarget
from orchestrator.ports import Clock, CommandRunner

__all__ = ["cleaned", "search_answer", "with_imports", "without_junk"]

_NAMES: Mapping[str, str] = {
    **dict.fromkeys(("List", "Dict", "Tuple", "Set", "Optional", "Union", "Any", "Callable", "Iterable"), "typing"),
    **dict.fromkeys(("Counter", "defaultdict", "deque", "OrderedDict", "namedtuple"), "collections"),
    **dict.fromkeys(("reduce", "lru_cache", "partial", "cmp_to_key"), "functools"),
    **dict.fromkeys(("permutations", "combinations", "product", "accumulate", "groupby", "chain"), "itertools"),
    **dict.fromkeys(("sqrt", "ceil", "floor", "gcd", "factorial", "isqrt", "prod", "pi", "log"), "math"),
    **dict.fromkeys(("heappush", "heappop", "heapify", "nlargest", "nsmallest"), "heapq"),
    **dict.fromkeys(("bisect_left", "bisect_right", "insort"), "bisect"),
    **dict.fromkeys(("Decimal",), "decimal"),
    **dict.fromkeys(("Fraction",), "fractions"),
    **dict.fromkeys(("dataclass",), "dataclasses"),
    **dict.fromkeys(("Path",), "pathlib"),
    **dict.fromkeys(("datetime", "timedelta", "date"), "datetime"),
    **dict.fromkeys(("deepcopy",), "copy"),
}
"""Name -> the module of the standard library that it is usually imported from."""
_FENCE = re.compile(r"^\s*```")
_DEFAULT = Budget()


def without_junk(text: str) -> str:
    """The longest run of whole lines of ``text`` from its start that is a program; fences of Markdown are taken out.

    What stands before a first fence is taken out as well where the whole is no program. Text that holds no program
    at all is returned as it is.
    """
    if _parses(text):
        return text
    lines = text.splitlines(keepends=True)
    fences = [number for number, line in enumerate(lines) if _FENCE.match(line)]
    starts = [0, *(number + 1 for number in fences)]
    for start in starts:
        ends = [number for number in fences if number > start]
        last = ends[0] if ends else len(lines)
        for end in range(last, start, -1):
            part = "".join(lines[start:end])
            if part.strip() and _parses(part) and "def " in part:
                return part
    return text


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def with_imports(text: str) -> str:
    """``text`` with imports of the standard library for names that are read and nowhere bound, where they are known."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return text
    missing = sorted(_read(tree) - _bound(tree) - set(dir(builtins)))
    modules = [f"import {name}\n" for name in missing if name in sys.stdlib_module_names and name not in _NAMES]
    names = [f"from {_NAMES[name]} import {name}\n" for name in missing if name in _NAMES]
    return _inserted(text, tree, imports="".join((*modules, *names)))


def _inserted(text: str, tree: ast.Module, *, imports: str) -> str:
    if not imports:
        return text
    line = 0
    for node in tree.body:
        is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if not (is_text or (isinstance(node, ast.ImportFrom) and node.module == "__future__")):
            break
        line = node.end_lineno or node.lineno
    lines = text.splitlines(keepends=True)
    return "".join((*lines[:line], imports, *lines[line:]))


def _read(tree: ast.Module) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


def _bound(tree: ast.Module) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.alias):
            found.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.ExceptHandler) and node.name:
            found.add(node.name)
    return found


def cleaned(text: str) -> str:
    """:func:`without_junk`, then :func:`with_imports`."""
    return with_imports(without_junk(text))


async def search_answer(
    target: SearchTarget, runner: CommandRunner, *, clock: Clock, budget: Budget = _DEFAULT
) -> SearchResult:
    """As :func:`orchestrator.fixers.search.search`, after :func:`cleaned`.

    The edits of its patches are of the cleaned texts; ``Patch.texts`` are whole new texts, as ever. Where cleaning
    alone makes all tests pass there is nothing to search: ``cleaned`` in the result holds the texts that it changed.
    """
    texts = {file: cleaned(text) for file, text in target.texts.items()}
    changed = {file: text for file, text in texts.items() if text != target.texts[file]}
    return replace(await search(replace(target, texts=texts), runner, clock=clock, budget=budget), cleaned=changed)
