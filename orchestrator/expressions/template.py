"""Text with any number of ``${{ }}`` in it.

Source of the format: GitHub Docs, "Evaluate expressions in workflows and actions", section "About expressions". There
is no escape; ``${{`` itself is written ``${{ '${{' }}``.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.domain.jsonvalue import JsonValue
from orchestrator.errors import ExpressionError, OperandError
from orchestrator.expressions.expression import OPENING, Expression, closing, parse_between
from orchestrator.expressions.limits import MAX_TEXT
from orchestrator.expressions.references import Reference
from orchestrator.expressions.scope import Scope
from orchestrator.expressions.text import concatenate, to_text


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed template.

    Attributes:
        text: as written.
        parts: its literal pieces (never empty) and expressions, in order; none for an empty text. Offsets of the
            expressions count in ``text``.
    """

    text: str
    parts: tuple[str | Expression, ...]

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """The expressions, in order."""
        return tuple(part for part in self.parts if isinstance(part, Expression))

    @property
    def is_constant(self) -> bool:
        """Whether there is no expression in it, so that it stands for its own text in every scope."""
        return not self.expressions

    def evaluate(self, scope: Scope) -> JsonValue:
        """The typed value where the whole text is one ``${{ }}``, else a string.

        Values inside longer text are written as :func:`orchestrator.expressions.to_text` says.

        Raises:
            ExpressionError: as :meth:`Expression.evaluate`; or the text gets longer than 1,000,000 characters.
        """
        if len(self.parts) == 1 and isinstance(self.parts[0], Expression):
            return self.parts[0].evaluate(scope)
        return self._concatenated(scope)

    def references(self) -> tuple[Reference, ...]:
        """Those of all its expressions, in order."""
        return tuple(reference for expression in self.expressions for reference in expression.references())

    def calls(self) -> frozenset[str]:
        """The functions that any of its expressions calls, in lower case."""
        return frozenset(name for expression in self.expressions for name in expression.calls())

    def status_nodes(self) -> tuple[Reference, ...]:
        """Those of all its expressions, in order."""
        return tuple(reference for expression in self.expressions for reference in expression.status_nodes())

    def _concatenated(self, scope: Scope) -> str:
        offset = 0

        def texts() -> Iterator[str]:
            nonlocal offset
            for part in self.parts:
                if isinstance(part, Expression):
                    offset = part.offset
                    yield to_text(part.evaluate(scope))
                else:
                    yield part

        try:
            return concatenate(texts())
        except OperandError as error:
            raise ExpressionError(error.what, text=self.text, offset=offset, hint=error.hint) from error


def parse_template(text: str) -> Template:
    """The template that ``text`` is. Takes time linear in the length.

    Raises:
        ExpressionError: a ``${{`` is not closed, what it holds is no expression, or ``text`` is longer than
            1,000,000 characters; ``offset`` counts in ``text``.
    """
    if len(text) > MAX_TEXT:
        raise ExpressionError(f"the text is longer than {MAX_TEXT} characters", text=text, offset=MAX_TEXT)
    return Template(text, tuple(_parts(text)))


def _parts(text: str) -> Iterator[str | Expression]:
    position = 0
    while (start := text.find(OPENING, position)) >= 0:
        if start > position:
            yield text[position:start]
        position = closing(text, start)
        yield parse_between(text, start=start + len(OPENING), end=position - 2)
    if position < len(text):
        yield text[position:]
