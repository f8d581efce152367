"""Python, as the search sees a language."""

import ast
import re
from collections.abc import Collection, Sequence

from orchestrator.fixers.search.naming import dotted, is_one
from orchestrator.fixers.search.operators import TABLE
from orchestrator.fixers.search.protocol import Target, Worker
from orchestrator.fixers.search.source import Source
from orchestrator.fixers.search.target import Budget, SearchTarget
from orchestrator.ports import CommandRunner

__all__ = ["PYTHON", "Python"]

_PART = re.compile(r":\d+$")
"""The line of the check, where the worker has taken a test function apart into its checks."""
_WEIGHTS = {row.name: row.weight for row in TABLE}


class Python:
    """Implements :class:`orchestrator.fixers.search.language.Language`."""

    def spots(self, target: SearchTarget) -> Sequence[Target]:
        """See the protocol."""
        sources = [Source(file, text) for file, text in target.texts.items()]
        return [
            Target(source=source, function=function)
            for source in sources
            if _is_readable(source)
            for function in source.functions()
        ]

    def workman(self, target: SearchTarget, runner: CommandRunner, *, budget: Budget) -> Worker:
        """See the protocol."""
        return Worker(runner=runner, target=target, budget=budget)

    def weight(self, operator: str) -> float | None:
        """See the protocol."""
        return _WEIGHTS.get(operator)

    def idle(self, text: str) -> int:
        """``x + 0``, ``x * 1``, ``True and x``, ``not not x``, ``x + 1 - 1``."""
        return sum(_does_nothing(node) for node in ast.walk(ast.parse(text)))

    def is_one(self, name: str, wanted: Collection[str]) -> bool:
        """See the protocol."""
        return is_one(dotted(_PART.sub("", name)), [dotted(one) for one in wanted])


def _is_readable(source: Source) -> bool:
    try:
        source.tree  # noqa: B018  # read once here, so that nothing fails later
    except (SyntaxError, ValueError, RecursionError):
        return False
    return True


def _does_nothing(node: ast.AST) -> bool:
    match node:
        case ast.BinOp(op=ast.Add() | ast.Sub(), right=ast.Constant(value=0)):
            return True
        case ast.BinOp(op=ast.Mult() | ast.Div() | ast.FloorDiv() | ast.Pow(), right=ast.Constant(value=1)):
            return True
        case ast.BinOp(
            left=ast.BinOp(op=ast.Add() | ast.Sub(), right=ast.Constant()),
            op=ast.Add() | ast.Sub(),
            right=ast.Constant(),
        ):
            return True
        case ast.BoolOp(values=values):
            return any(isinstance(value, ast.Constant) for value in values)
        case ast.UnaryOp(op=ast.Not(), operand=ast.UnaryOp(op=ast.Not())):
            return True
    return False


PYTHON = Python()
