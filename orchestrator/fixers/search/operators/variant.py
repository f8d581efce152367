"""What an operator yields."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from orchestrator.domain.suggestion import Edit
from orchestrator.fixers.search.scope import Scope

__all__ = ["Change", "Operator", "Variants", "at"]


@dataclass(frozen=True, slots=True)
class Change:
    """One variant: the edits that make it, the line that is under suspicion, and the site that it is a variant of."""

    edits: tuple[Edit, ...]
    line: int
    site: tuple[int, int]


Variants: TypeAlias = Iterator[Change]
Operator: TypeAlias = Callable[[Scope], Variants]
"""Yields variants of a function, likelier ones of one site first. It never fails on code that parses."""


def at(scope: Scope, node: ast.expr, *, text: str) -> Change:
    """``text`` in place of the expression ``node``, in parentheses where needed."""
    edit = scope.source.replace(node, scope.fitted(node, text))
    return Change((edit,), node.lineno, (edit.start, edit.end))
