"""Statements: one taken out, two swapped, one moved out of or into its neighbour's block, another jump."""

import ast
from collections.abc import Iterator

from orchestrator.domain.suggestion import Edit
from orchestrator.fixers.search.operators.variant import Change, Variants, exchanged
from orchestrator.fixers.search.scope import Scope

__all__ = ["blocks", "lines_of", "remove", "remove_two", "reorder", "shift"]


def blocks(scope: Scope) -> Iterator[list[ast.stmt]]:
    """The lists of statements of the function, the outermost first, each statement on lines of its own."""
    own = set(map(id, scope.statements))
    for node in (scope.function.node, *scope.nodes):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list) and block and all(id(item) in own for item in block):
                yield block


def lines_of(scope: Scope, node: ast.stmt) -> tuple[int, int]:
    """Where the lines of ``node`` begin and end."""
    starts = scope.source.starts
    return starts[node.lineno - 1], starts[node.end_lineno or node.lineno]


def remove(scope: Scope) -> Variants:
    """A statement out; the only one of its block becomes ``pass``. An ``if`` gives way to its body."""
    for block in blocks(scope):
        for node in block:
            start, end = lines_of(scope, node)
            text = "" if len(block) > 1 else f"{scope.source.indent(node)}pass\n"
            yield Change((Edit(scope.source.file, start, end, text),), node.lineno, (start, end))
            if isinstance(node, ast.If | ast.For | ast.While) and not node.orelse:
                yield Change((Edit(scope.source.file, start, end, _outdented(scope, node)),), node.lineno, (start, end))


def remove_two(scope: Scope) -> Variants:
    """Two neighbours out of a block that holds more."""
    for block in blocks(scope):
        for number, node in enumerate(block[:-1] if block[2:] else ()):
            start, end = lines_of(scope, node)[0], lines_of(scope, block[number + 1])[1]
            yield Change((Edit(scope.source.file, start, end, ""),), node.lineno, (start, end))


def _outdented(scope: Scope, node: ast.If | ast.For | ast.While) -> str:
    inner, outer = scope.source.indent(node.body[0]), scope.source.indent(node)
    start, end = scope.source.starts[node.body[0].lineno - 1], lines_of(scope, node)[1]
    lines = scope.source.text[start:end].splitlines(keepends=True)
    return "".join(outer + line.removeprefix(inner) if line.strip() else line for line in lines)


def reorder(scope: Scope) -> Variants:
    """Two neighbours the other way round; the values of two returns exchanged; ``break`` for ``continue``."""
    for block in blocks(scope):
        for number, one in enumerate(block[:-1]):
            other = block[number + 1]
            first, second = lines_of(scope, one), lines_of(scope, other)
            texts = scope.source.text[slice(*first)], scope.source.text[slice(*second)]
            if texts[1].endswith("\n"):
                edits = (Edit(scope.source.file, *first, texts[1]), Edit(scope.source.file, *second, texts[0]))
                yield Change(edits, one.lineno, first)
        for node in block:
            if isinstance(node, ast.Break | ast.Continue):
                edit = scope.source.replace(node, "continue" if isinstance(node, ast.Break) else "break")
                yield Change((edit,), node.lineno, (edit.start, edit.end))
    yield from _returns(scope)


def _returns(scope: Scope) -> Variants:
    found = [node.value for node in scope.statements if isinstance(node, ast.Return) and node.value is not None]
    for number, one in enumerate(found):
        yield exchanged(scope, one, others=found[number + 1 :], site=scope.source.span(one))


def shift(scope: Scope) -> Variants:
    """The last statement of an inner block moves behind it; the one behind a block moves to the block's end."""
    for block in blocks(scope):
        for number, node in enumerate(block):
            inner = getattr(node, "body", [])
            if (
                not isinstance(node, ast.For | ast.While | ast.If | ast.With)
                or node not in scope.statements
                or inner[-1] not in scope.statements
            ):
                continue
            if len(inner) > 1 and not getattr(node, "orelse", []):
                yield _moved(scope, inner[-1], indent=scope.source.indent(node))
            if number + 1 < len(block):
                yield _moved(scope, block[number + 1], indent=scope.source.indent(inner[-1]))


def _moved(scope: Scope, node: ast.stmt, *, indent: str) -> Change:
    start, end = lines_of(scope, node)
    own = scope.source.indent(node)
    lines = scope.source.text[start:end].splitlines(keepends=True)
    text = "".join(indent + line.removeprefix(own) if line.strip() else line for line in lines)
    return Change((Edit(scope.source.file, start, end, text),), node.lineno, (start, end))
