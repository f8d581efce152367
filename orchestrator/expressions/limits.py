"""How large an expression, and what it yields, may be.

The first two are the limits of GitHub's own runner; the others keep a small text from growing into a large value.
"""

MAX_LENGTH = 21_000
"""Characters of one expression."""

MAX_DEPTH = 50
"""Levels of operators, calls, indexes and parentheses inside each other."""

MAX_TEXT = 1_000_000
"""Characters of a text that an expression or a template makes, and of a template itself."""

MAX_JSON_DEPTH = 100
"""Levels of arrays and objects inside each other that ``fromJSON`` reads."""
