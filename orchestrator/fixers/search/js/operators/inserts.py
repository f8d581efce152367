"""Statements that are missing: an assignment, a step, a copy with a name exchanged, a guard, a return."""

import re
from collections.abc import Iterable, Iterator
from functools import partial

from orchestrator.fixers.search.js.scope import Scope
from orchestrator.fixers.search.js.source import FUNCTIONS
from orchestrator.fixers.search.operators.variant import Change, Crowd, Variants

__all__ = ["append", "assign", "collect", "copied", "guard", "returned", "step"]

_MOST_LINES = 3
_MOST_DONORS = 24
_SHORT = 24
"""Characters of an expression that is inserted."""
_LEAVING = frozenset({"return_statement", "break_statement", "continue_statement", "throw_statement"})


def _places(scope: Scope) -> Iterator[tuple[int, int, str]]:
    """Offset, line under suspicion and indent of each place between statements."""
    for block in scope.blocks:
        for node in block:
            yield scope.lines_of(node)[0], node.line, scope.source.before(node)
        last = block[-1]
        if last.kind not in _LEAVING:
            yield scope.lines_of(last)[1], last.line, scope.source.before(last)  # runs whenever its head does


def _inserted(scope: Scope, texts: list[str]) -> Variants:
    for offset, line, indent in _places(scope):
        if not offset or scope.source.text[offset - 1] == "\n":
            yield Crowd(line, (offset, offset), len(texts), partial(_made, scope, texts, place=(offset, line, indent)))


def _made(scope: Scope, texts: Iterable[str], *, place: tuple[int, int, str]) -> Iterator[Change]:
    offset, line, indent = place
    for text in texts:
        body = "".join(f"{indent}{part}\n" for part in text.split("\n"))
        yield scope.spot(offset, offset, text=body, line=line)


def assign(scope: Scope) -> Variants:
    """``x = y;`` where both had values of one type; ``x = x.next;`` where an object has it."""
    texts = [f"{name} = {other};" for name in scope.values for other in scope.alike(name)]
    fields = dict.fromkeys(field for names in scope.facts.attributes.values() for field in names[:6])
    for name in scope.having("object"):
        texts += [f"{name} = {name}.{field};" for field in fields]
        texts += [f"{name}.{field} = {other};" for field in fields for other in scope.alike(name)]
    yield from _inserted(scope, texts)


def append(scope: Scope) -> Variants:
    """``xs.push(v);``, ``xs.push(ys[0]);``; ``v`` a variable that is no collection, ``ys`` one."""
    items = [name for name in scope.values if not scope.kinds(name) & {"array", "map", "set"}]
    ends = [f"{name}[0]" for name in scope.having("array", "string")]
    ends += [f"{name}[{name}.length - 1]" for name in scope.having("array", "string")]
    texts = [f"{name}.push({text});" for name in scope.having("array") for text in (*items, *ends)]
    yield from _inserted(scope, texts)


def collect(scope: Scope) -> Variants:
    """``xs.push(e);``, ``xs.add(e);``, ``xs[k] = v;``; ``e`` a variable or a short expression of the function."""
    donors = [text for text in scope.donors if len(text) <= _SHORT][:_MOST_DONORS]
    texts = []
    for name in scope.having("array"):
        texts += [f"{name}.push({text});" for text in donors if text != name]
        texts += [f"{name}.push(...{text});" for text in scope.having("array") if text != name]
        texts += [f"{name}.sort((a, b) => a - b);", f"{name}.sort();", f"{name}.reverse();", f"{name}.pop();"]
    for name in scope.having("set"):
        texts += [f"{name}.add({text});" for text in scope.values if text != name]
    for name in scope.having("object", "map"):
        others = [other for other in scope.values if other != name]
        form = "{}.set({}, {});" if "map" in scope.kinds(name) else "{}[{}] = {};"
        texts += [form.format(name, key, value) for key in others for value in others]
    yield from _inserted(scope, texts)


def step(scope: Scope) -> Variants:
    """``v += 1;``, ``v -= 1;``, ``v = 0;``, ``v += w;``."""
    numbers = scope.having("number")
    forms = ("{} += 1;", "{} -= 1;", "{} = 0;")
    texts = [form.format(name) for name in numbers for form in forms]
    texts += [f"{name} {sign}= {other};" for name in numbers for other in numbers if name != other for sign in "+-*"]
    words = scope.having("string")
    texts += [f"{name} += {other};" for name in words for other in words if name != other]
    texts += [f"{name} = '';" for name in words] + [f"{name} = [];" for name in scope.having("array")]
    texts += [f"{name} = -{name};" for name in numbers]
    yield from _inserted(scope, texts)


def copied(scope: Scope) -> Variants:
    """A short statement of the function once more elsewhere, as it is or with one variable exchanged."""
    found: dict[str, None] = {}
    for node in scope.statements:
        if node.last - node.line >= _MOST_LINES or any(inner.kind in FUNCTIONS for inner in node.walk()):
            continue
        start, end = scope.lines_of(node)
        indent = scope.source.before(node)
        lines = scope.source.text[start:end].splitlines()
        text = "\n".join(line.removeprefix(indent) for line in lines)
        found[text] = None
        for name in dict.fromkeys(scope.source.of(inner) for inner in node.walk() if inner.kind == "identifier"):
            for other in scope.alike(name) if name in scope.values else ():
                found[re.sub(rf"\b{re.escape(name)}\b", other, text)] = None
    yield from _inserted(scope, list(found))


def returned(scope: Scope) -> Variants:
    """``return e;`` -> another value; a ``return`` where there is none."""
    shown = [scope.source.of(value) for value in scope.returned]
    usual = ("null", "undefined", "true", "false", "0", "[]", "''", "-1", "1")
    texts = [text for text in dict.fromkeys((*shown, *scope.values, *usual)) if "\n" not in text]
    for value in scope.returned:
        own = scope.source.of(value)
        yield scope.crowd(value, texts)
        for name in scope.having("number", "string", "array")[:5]:
            if value.kind in {"identifier", "array"} and name != own:
                yield scope.at(value, f"[{name}]")
    yield from _inserted(scope, [f"return {text};" for text in texts])


def guard(scope: Scope) -> Variants:
    """``if (!v) return ...;`` before a statement, and the like with ``continue`` in a loop."""
    conditions = []
    for name in scope.values:
        kinds = scope.kinds(name)
        if not kinds or kinds & {"object", "boolean", "null", "undefined", "string"}:
            conditions.append(f"!{name}")
        if kinds & {"array", "string"}:
            conditions += [f"{name}.length {part}" for part in ("=== 0", "=== 1", "< 2")]
        if "number" in kinds:
            conditions += [f"{name} {part}" for part in ("=== 0", "=== 1", "=== 2", "< 0", "< 2")]
            conditions += [f"{name} % {number} === 0" for number in (2, 3, 4)]
    shown = [scope.source.of(value) for value in scope.returned]
    values = dict.fromkeys((*shown, "0", "[]", "null", "true", "false", "''", "1", *scope.parameters))
    exits = [f"return {value};" for value in values if "\n" not in value and len(value) <= _SHORT]
    yield from _inserted(scope, [f"if ({condition}) {text}" for condition in conditions for text in exits])
    yield from _inserted(scope, [f"if ({condition}) continue;" for condition in conditions])
