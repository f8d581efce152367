"""What is put between the characters of a file before it runs: counted steps, lines that were reached, values.

Nothing of it adds a line, so that places in traces are those of the file.
"""

import json
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from orchestrator.fixers.search.js.source import FUNCTIONS, Function, Source
from orchestrator.fixers.search.js.tree import Node, parsed

__all__ = ["Splice", "counted", "counting", "known_functions", "watching"]

_LOOPS = frozenset({"for_statement", "for_in_statement", "while_statement", "do_statement"})
_BLOCKS = frozenset({"statement_block", "switch_case", "switch_default"})
_STATEMENTS = ("_statement", "_declaration")
_VARIABLES = frozenset({"lexical_declaration", "variable_declaration"})
_UNSEEN = frozenset({"function_declaration", "generator_function_declaration", "class_declaration", "empty_statement"})
_MOST_NAMES = 40
_TICK = "__rung__.tick();"
_LOOP_WORDS = ("for", "while", "do", "=>", "function")


class Splice(NamedTuple):
    """``text`` in place of the characters ``start`` to ``end``.

    It falls away with an edit that covers more than ``low`` to ``high``, or has it inside.
    """

    start: int
    end: int
    text: str
    low: int
    high: int


def _inside(place: int, text: str) -> Splice:
    return Splice(place, place, text, place - 1, place)


def _around(node: Node, before: str, *, after: str) -> Iterator[Splice]:
    yield Splice(node.start, node.start, before, node.start, node.end)
    yield Splice(node.end, node.end, after, node.start, node.end)


def _opened(body: Node, text: str) -> Iterator[Splice]:
    """``text`` at the beginning of what a loop or a function does."""
    if body.kind == "statement_block":
        yield _inside(body.start + 1, text)
    elif body.parent is not None and body.parent.kind == "arrow_function":
        yield from _around(body, f"({text.rstrip(';')}, ", after=")")
    else:
        yield from _around(body, f"{{{text} ", after=" }")


def counting(root: Node) -> Iterator[Splice]:
    """A step counted in every function and loop."""
    for node in root.walk():
        body = node.get("body")
        if body is not None and (node.kind in FUNCTIONS or node.kind in _LOOPS):
            yield from _opened(body, _TICK)


def counted(text: str) -> str:
    """``text``, a part of a file that an edit brings in, with its steps counted where it parses by itself."""
    if not any(word in text for word in _LOOP_WORDS):
        return text
    root = parsed(text)
    if root is None:
        return text
    for splice in sorted(counting(root), reverse=True):
        text = text[: splice.start] + splice.text + text[splice.end :]
    return text


def watching(source: Source, functions: Sequence[tuple[int, Function]]) -> Iterator[Splice]:
    """Lines, values and calls of the numbered functions told as they happen."""
    for number, function in functions:
        names = _bound(source, function.node)
        body = function.node.part("body")
        yield from _entered(source, function, number=number)
        if body.kind == "statement_block":
            yield from _seen(source, body, number=number, names=names)
        else:
            yield from _opened(body, _see(body, number=number, names=names))
            yield from _nested(source, body, number=number, names=names)


def _see(node: Node, *, number: int, names: Sequence[str]) -> str:
    body = node.get("body") or node.get("consequence")
    last = body.line if body is not None and node.kind.endswith("_statement") else node.last
    values = ", ".join(dict.fromkeys(names[-_MOST_NAMES:]))
    return f"__rung__.see({number}, {node.line}, {max(last, node.line)}, {{{values}}});"


def _seen(source: Source, block: Node, *, number: int, names: list[str]) -> Iterator[Splice]:
    known = _without(names, _declared(source, block))
    for node in block.children:
        if not node.kind.endswith(_STATEMENTS):
            continue
        if node.kind not in _UNSEEN:
            text = _see(node, number=number, names=known)
            yield Splice(node.start, node.start, text, node.start, node.end)
        yield from _nested(source, node, number=number, names=known)
        if node.kind in _VARIABLES and block.kind == "statement_block":
            known += _named(source, node)


def _declared(source: Source, block: Node) -> list[str]:
    """What a block declares: until it does, the outer variable of that name cannot be read in it."""
    return [name for node in block.children if node.kind == "lexical_declaration" for name in _named(source, node)]


def _named(source: Source, declaration: Node) -> list[str]:
    return [name for item in declaration.children for name in _pattern(source, item.part("name"))]


def _without(names: list[str], others: list[str]) -> list[str]:
    return [name for name in names if name not in others]


def _nested(source: Source, node: Node, *, number: int, names: list[str]) -> Iterator[Splice]:
    """All blocks and single statements somewhere in ``node``."""
    for child in node.children:
        known = [*names, *_bound(source, node)] if child is node.get("body") else names
        if child.kind == "switch_body":
            known = _without(known, [name for case in child.children for name in _declared(source, case)])
        if child.kind in _BLOCKS:
            yield from _seen(source, child, number=number, names=known)
            continue
        is_arrow = node.kind == "arrow_function" and child is node.get("body")
        is_single = child.kind.endswith(_STATEMENTS) and node.kind.endswith(("_statement", "else_clause"))
        if is_arrow or (is_single and child is not node.get("initializer") and child.kind != "empty_statement"):
            yield from _opened(child, _see(child, number=number, names=known))
        yield from _nested(source, child, number=number, names=known)


def _bound(source: Source, node: Node) -> list[str]:
    """Names that a function or a loop introduces."""
    found: list[str] = []
    for name in ("parameters", "parameter", "left", "initializer"):
        part = node.get(name)
        if part is None or (name == "left" and (node.kind != "for_in_statement" or node.get("kind") is None)):
            continue
        if name == "initializer":
            found += [
                one for item in part.children if "name" in item.fields for one in _pattern(source, item.part("name"))
            ]
        else:
            found += _pattern(source, part)
    return found


def _pattern(source: Source, node: Node) -> list[str]:
    if node.kind in {"identifier", "shorthand_property_identifier_pattern"}:
        return [source.of(node)]
    if node.kind in {"assignment_pattern", "object_assignment_pattern"}:
        return _pattern(source, node.part("left"))
    if node.kind == "pair_pattern":
        return _pattern(source, node.part("value"))
    return [name for child in node.children for name in _pattern(source, child)] if node.kind in _PATTERNS else []


_PATTERNS = frozenset({"formal_parameters", "array_pattern", "object_pattern", "rest_pattern"})


def _entered(source: Source, function: Function, *, number: int) -> Iterator[Splice]:
    """The call itself, where it can be made again."""
    node = function.node
    words = source.text[node.start : node.part("body").start]
    body, given = node.part("body"), _arguments(source, node)
    if not function.access or given is None or words.startswith("async") or "*" in words.partition("(")[0]:
        return
    this = function.receiver if function.receiver == "this" else "undefined"
    if body.kind == "statement_block":
        yield _inside(body.start + 1, f"const __rung_call__ = __rung__.enter({number}, {this}, {given}); try {{")
        yield Splice(body.end - 1, body.end - 1, "} finally { __rung__.leave(__rung_call__); }", body.start, body.end)
    else:
        yield from _around(body, f"__rung__.within({number}, {given}, () => (", after="))")


def _arguments(source: Source, node: Node) -> str | None:
    """The arguments of a call, as an expression in the function; ``None`` where nothing gives them."""
    if node.kind != "arrow_function":
        return "[...arguments]"
    one = node.get("parameter")
    if one is not None:
        return f"[{source.of(one)}]"
    names = []
    for item in node.part("parameters").children:
        plain = item.part("left") if item.kind == "assignment_pattern" else item
        inner = plain.children[0] if plain.kind == "rest_pattern" else plain
        if inner.kind != "identifier":
            return None
        names.append(("..." if plain is not inner else "") + source.of(inner))
    return f"[{', '.join(names)}]"


def known_functions(functions: Sequence[tuple[int, Function]]) -> str:
    """What stands behind a file so that its functions can be called by number."""
    rows = (
        f"{number}: () => [{function.access}, {_receiver(function)}]"
        for number, function in functions
        if function.access
    )
    classes = {function.access.partition(".")[0] for _, function in functions if function.receiver == "this"}
    kinds = (f"{json.dumps(name)}: () => {name}" for name in sorted(classes))
    return f"\n;__rung__.know({{{', '.join(rows)}}}, {{{', '.join(kinds)}}});"


def _receiver(function: Function) -> str:
    return function.receiver if function.receiver not in {"", "this"} else "undefined"
