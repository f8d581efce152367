"""Calls: around an expression, of another function, with other arguments."""

from collections.abc import Mapping

from orchestrator.fixers.search.js.operators.constants import quoted
from orchestrator.fixers.search.js.scope import Scope
from orchestrator.fixers.search.js.source import FUNCTIONS
from orchestrator.fixers.search.js.tree import Node
from orchestrator.fixers.search.operators.variant import Change, Variants

__all__ = ["add_argument", "callee", "drop_argument", "library", "swap_arguments", "wrap"]

_GROUPS: tuple[tuple[str, ...], ...] = (
    ("some", "every"),
    ("min", "max"),
    ("floor", "ceil", "round", "trunc", "sqrt", "abs"),
    ("toUpperCase", "toLowerCase"),
    ("push", "unshift"),
    ("pop", "shift"),
    ("indexOf", "lastIndexOf", "findIndex", "includes"),
    ("slice", "substring", "splice", "substr"),
    ("map", "filter", "flatMap", "forEach"),
    ("find", "filter", "findLast"),
    ("startsWith", "endsWith", "includes"),
    ("keys", "values", "entries"),
    ("parseInt", "parseFloat", "Number"),
    ("trim", "trimStart", "trimEnd"),
    ("charAt", "charCodeAt", "at"),
    ("add", "delete"),
    ("add", "has"),
    ("sort", "reverse"),
    ("reduce", "reduceRight"),
    ("padStart", "padEnd"),
    ("replace", "replaceAll"),
    ("match", "matchAll"),
    ("isNaN", "isInteger", "isFinite"),
    ("stringify", "parse"),
    ("get", "has"),
    ("all", "allSettled", "race", "any"),
)
_WRAPPERS = ("Math.abs({})", "Math.floor({})", "Math.ceil({})", "Math.round({})", "Number({})", "String({})", "[{}]")
_BY_KIND: Mapping[str, tuple[str, ...]] = {
    "number": ("Math.abs({})", "String({})", "Math.floor({})", "{}.toString(2)", "[{}]", "Math.round({})"),
    "string": (
        "{}.length",
        "Number({})",
        "parseInt({}, 10)",
        "{}.toLowerCase()",
        "{}.toUpperCase()",
        "{}.trim()",
        "{}.split('')",
        "{}.split(' ')",
        "{}.split('').reverse().join('')",
        "{}.split('').sort().join('')",
        "[...{}]",
        "[{}]",
    ),
    "array": (
        "{}.length",
        "[...{}].sort((a, b) => a - b)",
        "[...{}].sort((a, b) => b - a)",
        "[...{}].sort()",
        "[...new Set({})]",
        "[...{}].reverse()",
        "[...{}]",
        "Math.max(...{})",
        "Math.min(...{})",
        "{}.join('')",
        "[{}]",
    ),
    "object": ("Object.keys({})", "Object.values({})", "Object.entries({})", "{{ ...{} }}"),
    "set": ("[...{}]", "{}.size"),
    "map": ("[...{}.keys()]", "[...{}.values()]", "{}.size"),
}
_FURTHER: Mapping[str, tuple[str, ...]] = {
    "sort": ("(a, b) => a - b", "(a, b) => b - a", "(a, b) => a.length - b.length", ""),
    "toSorted": ("(a, b) => a - b", "(a, b) => b - a", ""),
    "toString": ("2", "10", "16", ""),
    "parseInt": ("{}, 10", "{}, 2"),
    "reduce": ("{}, 0", "{}, 1", "{}, []", "{}, ''"),
    "toFixed": ("2", "1", "0"),
    "slice": ("0", "1", "0, -1", "-1"),
    "filter": ("Boolean",),
    "map": ("Number", "String"),
    "flat": ("Infinity",),
}
"""Callee -> what may stand in its brackets; ``{}`` is what does."""


def _is_fixed(scope: Scope, node: Node) -> bool:
    """Whether a call around ``node`` would make no sense."""
    return scope.is_callee(node) or node.kind in {"parenthesized_expression", *FUNCTIONS}


def wrap(scope: Scope) -> Variants:
    """``e`` -> ``f(e)``, ``Math.max(e, v)``, ``Math.min(e, v)``, ``[e]``."""
    for node in scope.expressions:
        if _is_fixed(scope, node):
            continue
        own = scope.source.of(node)
        if node.kind not in {"number", "string", "identifier", "true", "false"}:
            for text in _WRAPPERS:
                yield scope.at(node, text.format(own))
        if node.kind in {"call_expression", "member_expression", "subscript_expression"}:
            yield scope.at(node, f"{own}.length")
        if scope.is_number(node) and node.kind != "number":  # a constant is another one rather than bounded
            yield from _bounded(scope, node, own=own)


def _bounded(scope: Scope, node: Node, *, own: str) -> Variants:
    for text in (*scope.having("number")[:6], "0", "1"):
        if text != own:
            yield scope.at(node, f"Math.max({text}, {own})")
            yield scope.at(node, f"Math.min({text}, {own})")


def library(scope: Scope) -> Variants:
    """A variable, or what is returned or looped over -> a call that its type suggests."""
    for node in scope.expressions:
        if not _is_fixed(scope, node):
            for kind in _likely_kinds(scope, node):
                for text in _BY_KIND.get(kind, ()):
                    yield scope.at(node, text.format(scope.operand(node)))


def _likely_kinds(scope: Scope, node: Node) -> list[str]:
    if node.kind == "identifier":
        return sorted(scope.kinds(scope.source.of(node)))
    is_inner = node.parent is not None and node.parent.kind == "member_expression"
    is_shown = node in scope.returned or is_inner or (node.parent is not None and node.parent.kind == "arguments")
    calls = {"call_expression", "subscript_expression", "member_expression"}
    return ["string", "array", "number"] if is_shown and node.kind in calls else []


def callee(scope: Scope) -> Variants:
    """``x.some(f)`` -> ``x.every(f)``, ``Math.min`` -> ``Math.max``, a function of the file -> another one."""
    own = [function.name for function in scope.source.functions() if function.name == function.access != ""]
    for node in scope.expressions:
        called = node.get("function")
        if called is None:
            continue
        name = called.part("property") if called.kind == "member_expression" else called
        text = scope.source.of(name)
        others = [other for group in _GROUPS if text in group for other in group]
        others += own if text in own else []
        for other in dict.fromkeys(others):
            if other != text:
                edit = scope.source.replace(name, other)
                yield Change((edit,), name.line, (name.start, name.end))


def swap_arguments(scope: Scope) -> Variants:
    """``f(a, b)`` -> ``f(b, a)``; the same for lists and for ``x[a][b]``."""
    for node in scope.nodes:
        items: list[Node] = []
        if node.kind in {"arguments", "array", "formal_parameters"}:
            items = node.children
        elif node.kind == "subscript_expression" and node.part("object").kind == "subscript_expression":
            items = [node.part("object").part("index"), node.part("index")]
        for number, one in enumerate(items[:6]):
            for other in items[number + 1 : 6]:
                texts = scope.source.of(other), scope.source.of(one)
                edits = scope.source.replace(one, texts[0]), scope.source.replace(other, texts[1])
                yield Change(edits, one.line, (node.start, node.end))


def drop_argument(scope: Scope) -> Variants:
    """``f(a, b)`` -> ``f(a)``."""
    for node in scope.nodes:
        items = node.children if node.kind == "arguments" else []
        for left_out in items if len(items) > 1 else ():
            rest = ", ".join(scope.source.of(item) for item in items if item is not left_out)
            yield scope.spot(node.start, node.end, text=f"({rest})", line=node.line)


def add_argument(scope: Scope) -> Variants:
    """``x.sort()`` -> ``x.sort((a, b) => a - b)``, ``parseInt(x)`` -> ``parseInt(x, 10)``, ``f(a)`` -> ``f(a, v)``."""
    for node in scope.nodes:
        given = node.get("arguments")
        if node.kind != "call_expression" or given is None:
            continue
        name = scope.source.of(node.part("function")).rpartition(".")[2]
        own = ", ".join(map(scope.source.of, given.children))
        texts = [text.format(own) if "{}" in text else text for text in _FURTHER.get(name, ())]
        texts += [f"{own}, {value}" if own else value for value in scope.values if name in _OWN_ARGUMENTS]
        for text in texts:
            yield scope.spot(given.start, given.end, text=f"({text})", line=node.line)
        if name == "split" and not own:
            yield scope.spot(given.start, given.end, text=f"({quoted('')})", line=node.line)


_OWN_ARGUMENTS = frozenset({"slice", "substring", "indexOf", "push", "includes", "max", "min"})
