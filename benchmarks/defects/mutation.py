"""One-edit defects for sources of Python: slips of the hand, of a kind and at a place that a seed chooses."""

import ast
import random
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

__all__ = ["KINDS", "Defect", "defects"]

Edit: TypeAlias = tuple[int, int, bytes]
"""Begin and end in the bytes of the text, and what stands there instead."""
_FunctionNode = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """One edit in a function.

    Attributes:
        kind: a key of :data:`KINDS`.
        file: below the project's folder, with ``/``.
        line: 1-based, where the edit begins.
        function: dotted name of the outermost function; as ``__qualname__`` has it.
        before, after: the whole text of the file.
    """

    kind: str
    file: str
    line: int
    function: str
    before: str
    after: str


class _Text:
    """A source whose nodes are found as bytes."""

    def __init__(self, text: str) -> None:
        self.raw = text.encode()
        self.starts = [0]
        self.starts += [found.end() for found in re.finditer(rb"\n", self.raw)]

    def begin(self, node: ast.expr | ast.stmt) -> int:
        return self.starts[node.lineno - 1] + node.col_offset

    def end(self, node: ast.expr | ast.stmt) -> int:
        return self.starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)

    def of(self, node: ast.expr | ast.stmt) -> bytes:
        return self.raw[self.begin(node) : self.end(node)]


_COMPARISONS = {
    b"==": b"!=", b"!=": b"==", b"<": b"<=", b"<=": b"<", b">": b">=", b">=": b">", b"in": b"not in",
    b"not in": b"in", b"is": b"is not", b"is not": b"is",
}  # fmt: skip
_ARITHMETIC = {b"+": b"-", b"-": b"+", b"*": b"+", b"//": b"/", b"/": b"//", b"%": b"//", b"**": b"*"}
_CONNECTIVES = {b"and": b"or", b"or": b"and"}


def _between(text: _Text, left: ast.expr, right: ast.expr, *, signs: Mapping[bytes, bytes]) -> Iterator[Edit]:
    """Another sign between two operands, which may stand in parentheses."""
    begin = text.end(left)
    found = re.search(rb"not\s+in|is\s+not|[a-z]+|[=!<>*/%+-]+", text.raw[begin : text.begin(right)])
    if found and (new := signs.get(b" ".join(found[0].split()))):
        yield begin + found.start(), begin + found.end(), new


def _comparison(text: _Text, node: ast.AST) -> Iterator[Edit]:
    if isinstance(node, ast.Compare):
        yield from _between(text, node.left, node.comparators[0], signs=_COMPARISONS)


def _arithmetic(text: _Text, node: ast.AST) -> Iterator[Edit]:
    if isinstance(node, ast.BinOp):
        yield from _between(text, node.left, node.right, signs=_ARITHMETIC)


def _connective(text: _Text, node: ast.AST) -> Iterator[Edit]:
    if isinstance(node, ast.BoolOp) and len(node.values) == 2:
        yield from _between(text, *node.values, signs=_CONNECTIVES)


def _negation(text: _Text, node: ast.AST) -> Iterator[Edit]:
    if isinstance(node, ast.If | ast.While | ast.IfExp):
        test = node.test
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            yield text.begin(test), text.begin(test.operand), b""
        else:
            yield text.begin(test), text.end(test), b"not (%s)" % text.of(test)


def _number(text: _Text, node: ast.AST) -> Iterator[Edit]:
    if isinstance(node, ast.Constant) and type(node.value) is int:
        yield text.begin(node), text.end(node), b"%d" % (node.value + 1)
        if node.value > 0:
            yield text.begin(node), text.end(node), b"%d" % (node.value - 1)


def _boolean(text: _Text, node: ast.AST) -> Iterator[Edit]:
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield text.begin(node), text.end(node), str(not node.value).encode()


def _arguments(text: _Text, node: ast.AST) -> Iterator[Edit]:
    if isinstance(node, ast.Call) and len(node.args) > 1:
        first, second = node.args[:2]
        if not isinstance(first, ast.Starred) and not isinstance(second, ast.Starred):
            between = text.raw[text.end(first) : text.begin(second)]
            yield text.begin(first), text.end(second), text.of(second) + between + text.of(first)


def _jump(text: _Text, node: ast.AST) -> Iterator[Edit]:
    if isinstance(node, ast.Break | ast.Continue):
        yield text.begin(node), text.end(node), b"continue" if isinstance(node, ast.Break) else b"break"


def _result(text: _Text, node: ast.AST) -> Iterator[Edit]:
    if isinstance(node, ast.Return) and node.value is not None:
        yield text.begin(node.value), text.end(node.value), b"None"


def _step(text: _Text, node: ast.AST) -> Iterator[Edit]:
    """A statement forgotten."""
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Expr | ast.AugAssign | ast.Assign) and not is_text:
        yield text.begin(node), text.end(node), b"pass"


_Slips: TypeAlias = Callable[[_Text, ast.AST], Iterator[Edit]]
KINDS: Mapping[str, _Slips] = {
    "comparison": _comparison, "arithmetic": _arithmetic, "connective": _connective, "negation": _negation,
    "number": _number, "boolean": _boolean, "arguments": _arguments, "jump": _jump, "result": _result, "step": _step,
}  # fmt: skip
"""What goes wrong -> its edits of one node. A wrong name is a kind of its own: see :func:`defects`."""


def _names(text: _Text, node: ast.AST, *, names: Collection[str]) -> Iterator[Edit]:
    """Another one of the function's own names."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names:
        for other in sorted(set(names) - {node.id}):
            yield text.begin(node), text.end(node), other.encode()


def _functions(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Each function that is no other one's, by its dotted name."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, _FunctionNode):
            yield prefix + node.name, node
        else:
            yield from _functions(node, f"{prefix}{node.name}." if isinstance(node, ast.ClassDef) else prefix)


@dataclass(frozen=True, slots=True)
class _Place:
    kind: str
    file: str
    function: str
    edit: Edit

    def defect(self, before: str) -> Defect | None:
        """``None`` where it would be no Python."""
        raw, (begin, end, new) = before.encode(), self.edit
        after = (raw[:begin] + new + raw[end:]).decode()
        try:
            ast.parse(after)
        except SyntaxError:
            return None
        line = raw.count(b"\n", 0, begin) + 1
        return Defect(kind=self.kind, file=self.file, line=line, function=self.function, before=before, after=after)


def _of_file(file: str, before: str, *, lines: Collection[int]) -> Iterator[_Place]:
    text = _Text(before)
    for function, tree in _functions(ast.parse(before)):
        arguments = [*tree.args.posonlyargs, *tree.args.args, *tree.args.kwonlyargs]
        names = partial(_names, names=frozenset(one.arg for one in arguments))
        kinds: dict[str, _Slips] = {**KINDS, "name": names}
        for node in (node for statement in tree.body for node in ast.walk(statement)):
            for kind, edits in kinds.items() if getattr(node, "lineno", 0) in lines else ():
                yield from (_Place(kind, file, function, edit) for edit in edits(text, node))


def defects(sources: Mapping[str, str], lines: Mapping[str, Collection[int]], *, seed: str) -> Iterator[Defect]:
    """All one-edit defects on ``lines`` (file -> numbers) of functions: first a kind is drawn, then one of its places.

    So no kind outweighs the others because it has more places. The order is the same for the same arguments.
    """
    dice = random.Random(seed)
    found: dict[str, list[_Place]] = {}
    for file in sorted(lines):
        for place in _of_file(file, sources[file], lines=lines[file]):
            found.setdefault(place.kind, []).append(place)
    while found:
        kind = dice.choice(sorted(found))
        place = found[kind].pop(dice.randrange(len(found[kind])))
        if not found[kind]:
            del found[kind]
        if defect := place.defect(sources[place.file]):
            yield defect
