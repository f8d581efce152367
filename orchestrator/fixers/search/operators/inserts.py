"""Statements that are missing: an assignment, a step, a copy with a name exchanged, a guard, a return."""

import ast
import heapq
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

from orchestrator.domain.suggestion import Edit
from orchestrator.fixers.search.operators.statements import blocks, lines_of
from orchestrator.fixers.search.operators.variant import Change, Crowd, Variants, at, crowd
from orchestrator.fixers.search.scope import Scope

__all__ = ["append", "assign", "collect", "copied", "guard", "returned", "step"]

_MOST_LINES = 3
_MOST_DONORS = 24
_MOST_COPIES = 400
_SHORT = 24
"""Characters of an expression that is inserted."""


def _places(scope: Scope) -> Iterator[tuple[int, int, str]]:
    """Offset, line under suspicion and indent of each place between statements."""
    for block in blocks(scope):
        for node in block:
            if not isinstance(node, ast.Import | ast.ImportFrom | ast.Global | ast.Nonlocal):
                yield lines_of(scope, node)[0], node.lineno, scope.source.indent(node)
        last = block[-1]
        if not isinstance(last, ast.Return | ast.Break | ast.Continue | ast.Raise):
            yield lines_of(scope, last)[1], last.lineno, scope.source.indent(last)  # runs whenever its head does


def _inserted(scope: Scope, texts: list[str]) -> Variants:
    for place in _places(scope):
        yield _crowd(scope, place, count=len(texts), texts=lambda _: texts)


def _crowd(scope: Scope, place: tuple[int, int, str], *, count: int, texts: Callable[[int], Iterable[str]]) -> Crowd:
    """``count`` statements at one place; ``texts`` gives them for its line."""
    offset, line, indent = place
    site = offset, offset + len(indent)
    before = "" if offset == 0 or scope.source.text[offset - 1] == "\n" else "\n"

    def inserted(text: str) -> Change:
        body = "".join(f"{indent}{part}\n" for part in text.split("\n"))
        return Change((Edit(scope.source.file, offset, offset, before + body),), line, site)

    return Crowd(line, site, count, lambda: map(inserted, texts(line)))


def assign(scope: Scope) -> Variants:
    """``x = y`` where both had values of one type; attributes of objects too."""
    texts = [f"{name} = {other}" for name in scope.values for other in scope.alike(name)]
    for name in scope.values:
        for kind in sorted(scope.kinds(name)):
            for field in scope.facts.attributes.get(kind, ())[:6]:
                texts += [f"{name} = {name}.{field}"]
                texts += [f"{name}.{field} = {other}" for other in scope.alike(name)]
    yield from _inserted(scope, texts)


def append(scope: Scope) -> Variants:
    """``xs.append(v)``, ``xs.append(ys[-1])``; ``v`` a variable that is no collection, ``ys`` one."""
    items = [name for name in scope.values if not scope.kinds(name) & {"list", "deque", "dict", "set"}]
    ends = [f"{name}[{place}]" for name in scope.having("list", "tuple", "str") for place in (-1, 0)]
    texts = [f"{name}.append({text})" for name in scope.having("list", "deque") for text in (*items, *ends)]
    yield from _inserted(scope, texts)


def collect(scope: Scope) -> Variants:
    """``xs.append(e)``, ``xs.add(e)``, ``xs[k] = v``; ``e`` a variable or a short expression of the function."""
    donors = [text for text in scope.donors if len(text) <= _SHORT][:_MOST_DONORS]
    texts = []
    for name in scope.having("list", "deque"):
        texts += [f"{name}.append({text})" for text in donors if text != name]
        texts += [f"{name}.extend({text})" for text in donors if text != name]
        texts += [f"{name}.sort()", f"{name}.reverse()", f"{name}.pop()"]
    for name in scope.having("set"):
        texts += [f"{name}.add({text})" for text in scope.values if text != name]
        texts += [f"{name}.update({text})" for text in scope.values if text != name]
    for name in scope.having("dict"):
        texts += [
            f"{name}[{key}] = {value}" for key in scope.values for value in scope.values if name not in (key, value)
        ]
    yield from _inserted(scope, texts)


def step(scope: Scope) -> Variants:
    """``v += 1``, ``v -= 1``, ``v = 0``, ``v += w``."""
    numbers = scope.having("int", "float")
    texts = [text for name in numbers for text in (f"{name} += 1", f"{name} -= 1", f"{name} = 0", f"{name} //= 2")]
    texts += [f"{name} {sign}= {other}" for name in numbers for other in numbers if name != other for sign in "+-*"]
    words = scope.having("str")
    texts += [f"{name} += {other}" for name in words for other in words if name != other]
    texts += [f"{name} = ''" for name in words] + [f"{name} = []" for name in scope.having("list")]
    texts += [f"{name} = -{name}" for name in numbers]
    yield from _inserted(scope, texts)


def copied(scope: Scope) -> Variants:
    """A short statement of the function once more elsewhere, as it is or with one variable exchanged.

    In a long function only what stands nearest: every statement at every place would be a square of its length.
    """
    found: dict[str, int] = {}
    for node in scope.statements:
        if (node.end_lineno or node.lineno) - node.lineno >= _MOST_LINES or isinstance(node, ast.FunctionDef):
            continue
        start, end = lines_of(scope, node)
        indent = scope.source.indent(node)
        lines = scope.source.text[start:end].splitlines()
        text = "\n".join(line.removeprefix(indent) for line in lines)
        found.setdefault(text, node.lineno)
        for name in dict.fromkeys(inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)):
            if name in scope.values:
                for other in scope.alike(name):
                    found.setdefault(re.sub(rf"\b{re.escape(name)}\b", other, text), node.lineno)
    for place in _places(scope):
        yield _crowd(scope, place, count=min(len(found), _MOST_COPIES), texts=partial(_nearest, found))


def _nearest(found: Mapping[str, int], line: int) -> list[str]:
    """All of a short function's, in their order."""
    if len(found) <= _MOST_COPIES:
        return list(found)
    return heapq.nsmallest(_MOST_COPIES, found, key=lambda text: abs(found[text] - line))


def returned(scope: Scope) -> Variants:
    """``return e`` -> another value; a ``return`` where there is none; ``e`` -> ``return e``."""
    yield from _forgotten(scope)
    values = [node.value for node in scope.statements if isinstance(node, ast.Return) and node.value is not None]
    texts = dict.fromkeys(
        (
            *(scope.source.of(value) for value in values),
            *scope.values,
            "None",
            "True",
            "False",
            "0",
            "[]",
            "''",
            "-1",
            "1",
        )
    )
    for value in values:
        own = scope.source.of(value)
        yield crowd(scope, value, texts=texts)
        for name in (*scope.having("int", "str", "list")[:5],):
            if isinstance(value, ast.Name | ast.List) and name != own:
                yield at(scope, value, text=f"[{name}]")
    yield from _inserted(scope, [f"return {text}" for text in texts if "\n" not in text])


def _forgotten(scope: Scope) -> Variants:
    """A value that is computed and not used is returned."""
    for node in scope.statements:
        if isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant | ast.Yield | ast.YieldFrom):
            start, end = scope.source.span(node)
            yield Change((Edit(scope.source.file, start, start, "return "),), node.lineno, (start, end))


def guard(scope: Scope) -> Variants:
    """``if not v: return ...`` before a statement, and the like with ``continue`` in a loop."""
    conditions = []
    for name in scope.values:
        kinds = scope.kinds(name)
        if not kinds or kinds & {"list", "str", "dict", "set", "tuple", "NoneType", "bool"}:
            conditions.append(f"not {name}")
        if kinds & {"list", "str", "tuple"}:
            conditions += [f"len({name}) == 1", f"len({name}) < 2"]
        if kinds & {"int", "float"}:
            conditions += [f"{name} == {number}" for number in (0, 1, 2)] + [f"{name} < 0", f"{name} < 2"]
            conditions += [f"{name} % {number} == 0" for number in (2, 3, 4)]
    shown = [scope.source.of(node.value) for node in scope.statements if isinstance(node, ast.Return) and node.value]
    values = dict.fromkeys((*shown, "0", "[]", "None", "True", "False", "''", "1", *scope.function_parameters()))
    exits = [f"return {value}" for value in values if "\n" not in value and len(value) <= _SHORT]
    yield from _inserted(scope, [f"if {condition}:\n    {text}" for condition in conditions for text in exits])
    yield from _inserted(scope, [f"if {condition}:\n    continue" for condition in conditions])
