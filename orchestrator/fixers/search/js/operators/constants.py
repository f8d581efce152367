"""Constants: neighbours, the usual ones, others of the function, and those that a failing assertion speaks of."""

import json
from collections.abc import Iterator

from orchestrator.fixers.search.js.scope import Scope
from orchestrator.fixers.search.js.tree import Node
from orchestrator.fixers.search.operators.variant import Variants

__all__ = ["constant", "mined", "mined_number", "quoted", "separator"]

_USUAL = (0, 1, -1, 2)
_SHORT = 3
_SEPARATORS = ("", " ", ",", ", ", "\n", "-", "_")
_NOTHING = {
    "null": ("undefined", "0", "''", "[]", "true", "false"),
    "undefined": ("null", "0", "''", "[]", "true", "false"),
}


def quoted(text: str, *, like: str = "'") -> str:
    """``text`` as a literal in the quotes that ``like`` begins with."""
    inner = json.dumps(text, ensure_ascii=False)[1:-1]
    return f'"{inner}"' if like.startswith('"') else "'" + inner.replace('\\"', '"').replace("'", "\\'") + "'"


def content(scope: Scope, node: Node) -> str:
    """What a literal text says, its escapes left as they are."""
    return scope.source.of(node)[1:-1]


def constant(scope: Scope) -> Variants:
    """``1`` -> ``2``, ``true`` -> ``false``, ``'a'`` -> another text of the function."""
    for node in scope.constants:
        yield scope.crowd(node, dict.fromkeys(_others(node, scope)))


def _others(node: Node, scope: Scope) -> Iterator[str]:
    own = scope.source.of(node)
    same = [scope.source.of(one) for one in scope.constants if one.kind == node.kind]
    if node.kind in {"true", "false"}:
        yield "false" if node.kind == "true" else "true"
    elif node.kind == "number":
        yield from _numbers(own)
        yield from same
        yield from _far(own)
    elif node.kind == "string":
        yield from same
        value = content(scope, node)
        signs = scope.facts.signs if len(value) == 1 else ()
        for text in (*signs, "", " ", value.swapcase(), value.strip(), value[::-1]):
            if "\\" not in text:
                yield quoted(text, like=own)
    else:
        yield from _NOTHING.get(own, ())


def _value(text: str) -> int | float | None:
    try:
        return int(text, 0)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return None


def _numbers(text: str) -> Iterator[str]:
    value = _value(text)
    if isinstance(value, int):
        yield from (repr(number) for number in (value + 1, value - 1, *_USUAL))
    elif value is not None:
        yield from (repr(value + 1), repr(value - 1), repr(value * 10), repr(value / 10), "0.5", repr(int(value)))


def _far(text: str) -> Iterator[str]:
    value = _value(text)
    if value and isinstance(value, int):
        yield from (repr(-value), repr(value + 2), repr(value - 2), repr(value * 2), repr(value * 10))
        if value % 10 == 0:
            yield repr(value // 10)
    if value in {0, 1}:
        yield from ("Infinity", "-Infinity")


def mined(scope: Scope) -> Variants:
    """A text -> one that the failing assertion expects; what differs, put at either end of a text."""
    for node in scope.constants:
        if node.kind == "string":
            for text in dict.fromkeys(_mined(content(scope, node), scope)):
                yield scope.at(node, quoted(text, like=scope.source.of(node)))
    for node in scope.expressions:
        if node.kind in _TEXTS and not scope.is_callee(node) and _may_be_text(node, scope):
            for text in scope.facts.strings[:3]:
                yield scope.at(node, f"{scope.operand(node)} + {quoted(text)}")
                yield scope.at(node, f"{quoted(text)} + {scope.operand(node)}")


_TEXTS = frozenset({"identifier", "call_expression", "subscript_expression", "binary_expression"})


def _mined(value: str, scope: Scope) -> Iterator[str]:
    yield from (text for text in scope.facts.strings if text != value)
    for text in scope.facts.strings[:4]:
        if len(text) <= _SHORT:
            yield value + text
            yield text + value


def _may_be_text(node: Node, scope: Scope) -> bool:
    if node.kind == "identifier":
        return "string" in scope.kinds(scope.source.of(node))
    return node in scope.returned or (node.parent is not None and node.parent.kind == "variable_declarator")


def mined_number(scope: Scope) -> Variants:
    """A number -> one of those that the failing assertion speaks of."""
    for node in scope.constants:
        if node.kind == "number":
            for number in scope.facts.numbers[:8]:
                if repr(number) != scope.source.of(node):
                    yield scope.at(node, repr(number))


def separator(scope: Scope) -> Variants:
    """What stands in the brackets of ``.join()`` and ``.split()`` -> another separator."""
    for node in scope.expressions:
        callee = node.get("function")
        if callee is None or callee.kind != "member_expression":
            continue
        name = scope.source.of(callee.part("property"))
        if name in {"join", "split"} and len(node.part("arguments").children) <= 1:
            for text in (*_SEPARATORS, *scope.facts.strings[:2]):
                yield scope.at(node, f"{scope.source.of(callee)}({quoted(text)})")
