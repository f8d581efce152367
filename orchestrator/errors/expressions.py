"""Errors of expressions."""

from orchestrator.errors.base import RungError

_EXCERPT = 100
"""Characters of an expression that an error quotes."""


class ExpressionError(RungError):
    """An expression does not parse, or cannot be evaluated.

    Attributes:
        text: the expression as written.
        offset: 0-based index into ``text`` of the offending token; ``len(text)`` at its end.
        what: one sentence without a full stop.
        hint: a near miss or a remedy, or ``""``.
    """

    exit_code = 2

    def __init__(self, what: str, *, text: str, offset: int = 0, hint: str = "") -> None:
        super().__init__(what)
        self.what, self.text, self.offset, self.hint = what, text, offset, hint

    def __str__(self) -> str:
        """The sentence, where it happened (of a long text the part around it), and the hint."""
        start = max(0, self.offset - _EXCERPT // 2) if len(self.text) > _EXCERPT else 0
        excerpt = self.text[start : start + _EXCERPT]
        text = f"{self.what} at column {self.offset + 1} of {excerpt!r}"
        return f"{text} ({self.hint})" if self.hint else text


class OperandError(ExpressionError):
    """An operation of the expression language refuses a value.

    Inside an expression it is raised again as an :class:`ExpressionError` that tells the place.
    """

    def __init__(self, what: str, *, hint: str = "") -> None:
        super().__init__(what, text="", hint=hint)

    def __str__(self) -> str:
        """The sentence and the hint; there is no place to tell."""
        return f"{self.what} ({self.hint})" if self.hint else self.what
