"""One parsed expression, and the two ways to write one.

Source of the format: GitHub Docs, "Evaluate expressions in workflows and actions", section "About expressions".
"""

import re
from dataclasses import dataclass, field

from orchestrator.domain.jsonvalue import JsonValue
from orchestrator.errors import ExpressionError
from orchestrator.expressions.evaluate import evaluate
from orchestrator.expressions.parser import parse_tree
from orchestrator.expressions.references import Reference, calls_of, references_of, status_nodes_of
from orchestrator.expressions.scope import Scope
from orchestrator.expressions.syntax import Node

OPENING = "${{"
# A group is made atomic by (?>...), not possessive by *+: Python 3.11.0 to 3.11.3 lose matches of the latter.
_TO_CLOSING = re.compile(r"\$\{\{((?>(?:[^'}]++|'[^']*+'|\}(?!\}))*))\}\}")


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed expression; equal to another that was written the same in the same text.

    Attributes:
        text: the expression as written, without ``${{ }}`` and surrounding white space.
        offset: 0-based index of ``text`` in ``source``.
        source: the text that was parsed, which errors quote and all offsets count in.
        root: the syntax tree.
    """

    text: str
    offset: int
    source: str
    root: Node = field(repr=False)

    def evaluate(self, scope: Scope) -> JsonValue:
        """The value in ``scope``; arrays and objects of the scope are returned as they are, not copied.

        Raises:
            ExpressionError: a context is unknown, a status function has no answer in ``scope``, a function
                refuses its arguments, or a text gets longer than 1,000,000 characters.
        """
        return evaluate(self.root, scope=scope, source=self.source)

    def references(self) -> tuple[Reference, ...]:
        """Every use of a context, in the order written; uses inside an index come after the one they are in."""
        return references_of(self.root)

    def calls(self) -> frozenset[str]:
        """The functions that are called, in lower case."""
        return calls_of(self.root)

    def status_nodes(self) -> tuple[Reference, ...]:
        """The node ids that status functions name literally (``failure('build')``): paths of one id each."""
        return status_nodes_of(self.root)


def parse(text: str) -> Expression:
    """The expression that ``text`` is, without ``${{ }}``. Takes time linear in the length.

    Raises:
        ExpressionError: it is empty, longer than 21,000 characters, nested deeper than 50 levels, or no
            expression; a function is unknown or has the wrong number of arguments.
    """
    return parse_between(text, start=0, end=len(text))


def parse_condition(text: str) -> Expression:
    """The expression that ``text`` is, bare or with one ``${{ }}`` around the whole.

    GitHub takes a condition with text beside ``${{ }}`` for a string, which is always true; here it is an error.

    Raises:
        ExpressionError: as :func:`parse`; or there is text outside ``${{ }}``.
    """
    start = len(text) - len(text.lstrip())
    if not text.startswith(OPENING, start):
        return parse(text)
    end = closing(text, start)
    if rest := text[end:].lstrip():
        raise ExpressionError(
            "a condition has text beside ${{ }}",
            text=text,
            offset=len(text) - len(rest),
            hint="write ${{ }} around the whole condition, or leave it out",
        )
    return parse_between(text, start=start + len(OPENING), end=end - 2)


def parse_between(source: str, *, start: int, end: int) -> Expression:
    """The expression that ``source[start:end]`` is; offsets count in ``source``. Errors are those of :func:`parse`."""
    root = parse_tree(source, start=start, end=end)
    inner = source[start:end]
    text = inner.strip()
    return Expression(text, start + inner.index(text), source, root)


def closing(source: str, start: int) -> int:
    """The index behind the ``}}`` that closes the ``${{`` at ``start``; one inside a string does not.

    Raises:
        ExpressionError: there is none.
    """
    match = _TO_CLOSING.match(source, start)
    if match is None:
        raise ExpressionError(
            "this ${{ is never closed",
            text=source,
            offset=start,
            hint="}} is missing, or a quote: strings take single quotes",
        )
    return match.end()
