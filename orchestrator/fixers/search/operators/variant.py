"""What an operator yields."""

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from orchestrator.domain.suggestion import Edit
from orchestrator.fixers.search.scope import Scope

__all__ = ["Change", "Crowd", "Operator", "Variants", "at", "crowd", "each", "exchanged"]


@dataclass(frozen=True, slots=True)
class Change:
    """One variant: the edits that make it, the line that is under suspicion, and the site that it is a variant of."""

    edits: tuple[Edit, ...]
    line: int
    site: tuple[int, int]

    @property
    def count(self) -> int:
        """It is one."""
        return 1

    def changes(self) -> Iterable["Change"]:
        """Itself."""
        return (self,)


@dataclass(frozen=True, slots=True)
class Crowd:
    """Variants of one site that are made only when they are asked for: a long function has millions of them.

    Attributes:
        line: the one under suspicion, of all of them.
        site: what all of them are variants of.
        count: how many there are.
        changes: makes them, likelier ones first.
    """

    line: int
    site: tuple[int, int]
    count: int
    changes: Callable[[], Iterable[Change]]


Variants: TypeAlias = Iterator[Change | Crowd]
Operator: TypeAlias = Callable[[Scope], Variants]
"""Yields variants of a function, likelier ones of one site first. It never fails on code that parses."""


def at(scope: Scope, node: ast.expr, *, text: str) -> Change:
    """``text`` in place of the expression ``node``, in parentheses where needed."""
    edit = scope.source.replace(node, scope.fitted(node, _quoted(text, like=scope.source.of(node))))
    return Change((edit,), node.lineno, (edit.start, edit.end))


def _quoted(text: str, *, like: str) -> str:
    """A text in the kind of quotes that the one has in whose place it comes."""
    inner = text[1:-1]
    is_other = like[:1] == '"' and text[:1] == text[-1:] == "'" and not {"'", '"', "\\"} & set(inner)
    return f'"{inner}"' if is_other and len(text) > 1 else text


def crowd(scope: Scope, node: ast.expr, *, texts: Iterable[str]) -> Crowd:
    """Each of ``texts`` in place of the expression ``node``; what stands there already is left out."""
    own, site = scope.source.of(node), scope.source.span(node)
    others = [text for text in texts if text != own]
    return Crowd(node.lineno, site, len(others), lambda: (at(scope, node, text=text) for text in others))


def exchanged(scope: Scope, one: ast.expr, *, others: Sequence[ast.expr], site: tuple[int, int]) -> Crowd:
    """``one`` and each of ``others`` the other way round, where that is a change."""
    source = scope.source
    unlike = [other for other in others if source.of(other) != source.of(one)]

    def changed(other: ast.expr) -> Change:
        edits = source.replace(one, source.of(other)), source.replace(other, source.of(one))
        return Change(edits, one.lineno, site)

    return Crowd(one.lineno, site, len(unlike), lambda: map(changed, unlike))


def each(variants: Iterable[Change | Crowd]) -> Iterator[Change]:
    """All of them, made."""
    return (change for variant in variants for change in variant.changes())
