"""Test files: which are written for a framework, and how those that are plain scripts fall into single checks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.fixers.search.js.instrument import Splice
from orchestrator.fixers.search.js.source import FUNCTIONS, Source
from orchestrator.fixers.search.js.tree import Node

__all__ = ["Part", "parts", "told_pairs", "waits"]

_FRAMEWORKS = re.compile(r"""["'](?:node:test|@jest/globals|vitest|mocha)["']""")
_REGISTERING = frozenset({"describe", "it", "test", "suite", "specify"})
_CHECKING = frozenset({"assert", "console.assert", "t", "expect", "should"})
_WAITING = re.compile(r"\b(?:async|await|then|Promise|setTimeout|setInterval|setImmediate|process\.on)\b")
_MOST_PARTS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One check of a script: the whole file, with other checks taken out.

    Attributes:
        name: file and line.
        splices: what is taken out.
    """

    name: str
    splices: tuple[Splice, ...]


def waits(source: Source) -> bool:
    """Whether a script may go on after its last line."""
    return bool(_WAITING.search(source.text))


def parts(source: Source) -> list[Part] | None:
    """The checks of a script; ``None`` where the file registers tests with a framework, or does not parse."""
    root = source.root
    if root is None or _is_registering(source, root):
        return None
    checks = list(_checks(source, root))
    if not 1 < len(checks) <= _MOST_PARTS:
        return [Part(name=source.file, splices=())]
    return [
        Part(name=f"{source.file}:{own.line}", splices=tuple(_out(other) for other in checks if other is not own))
        for own in checks
    ]


def _is_registering(source: Source, root: Node) -> bool:
    if _FRAMEWORKS.search(source.text):
        return True
    own = set(_functions(source, root))
    calls = (node.part("function") for node in root.walk() if node.kind == "call_expression")
    return any(source.of(callee).partition(".")[0] in _REGISTERING - own for callee in calls)


def _out(node: Node) -> Splice:
    """Nothing in place of ``node``, on as many lines."""
    return Splice(node.start, node.end, ";" + "\n" * (node.last - node.line), node.start - 1, node.end + 1)


def _functions(source: Source, root: Node) -> dict[str, Node]:
    """Functions of the file's own, by name."""
    found = {}
    for node in root.children:
        if node.kind == "function_declaration":
            found[source.of(node.part("name"))] = node
        for item in node.children if node.kind.endswith("_declaration") else ():
            value = item.get("value")
            if item.kind == "variable_declarator" and value is not None and value.kind in FUNCTIONS:
                found[source.of(item.part("name"))] = value
    return found


def _checks(source: Source, root: Node) -> Iterator[Node]:
    """Statements that check something: of the file, and of its functions that it calls without arguments."""
    functions = _functions(source, root)
    for node in root.children:
        call = node.children[0] if node.kind == "expression_statement" and node.children else None
        callee = source.of(call.part("function")) if call is not None and call.kind == "call_expression" else ""
        if callee in functions:
            yield from _inner(source, functions[callee], call=node)
        elif not node.kind.endswith("_declaration") and _is_checking(source, node):
            yield node


def _inner(source: Source, function: Node, *, call: Node) -> Iterator[Node]:
    body = function.part("body")
    statements = body.children if body.kind == "statement_block" else []
    checks = [node for node in statements if not node.kind.endswith("_declaration") and _is_checking(source, node)]
    if checks and not any(node.kind == "return_statement" for node in statements):
        yield from checks
    else:
        yield call


def _is_checking(source: Source, node: Node) -> bool:
    calls = (inner.part("function") for inner in node.walk() if inner.kind == "call_expression")
    return any(_root(source.of(callee)) in _CHECKING for callee in calls)


def _root(callee: str) -> str:
    return callee if callee == "console.assert" else callee.partition(".")[0].partition("(")[0]


def told_pairs(source: Source) -> Iterator[Splice]:
    """``assert(a === b)``: what is compared is told before it is."""
    root = source.root
    for node in root.walk() if root is not None else ():
        callee = node.get("function")
        if callee is None or source.of(callee) not in {"assert", "assert.ok", "console.assert"}:
            continue
        given = node.part("arguments").children
        test = given[0] if given else node
        sign = test.get("operator")
        if test.kind == "binary_expression" and sign is not None and source.of(sign) in {"==", "==="}:
            left, right = source.of(test.part("left")), source.of(test.part("right"))
            text = f"__rung__.equal({left}, {right}, {source.of(sign)!r})"
            yield Splice(test.start, test.end, text, test.start - 1, test.end + 1)
