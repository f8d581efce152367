"""Rules that are patterns: what must not be there more often than before."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from orchestrator.validation.integrity.sides import Hit, Looked

__all__ = ["Risen", "joined"]

ANY = "*"


def joined(*alternatives: str) -> str:
    """One pattern that fits what any of ``alternatives`` fits."""
    return "|".join(f"(?:{one})" for one in alternatives)


@dataclass(frozen=True)
class Risen:
    """Finds what a patch adds, by language.

    Attributes:
        table: language, or ``*`` for all of them -> pattern, with ``^`` and ``$`` for lines.
        view: where to look: ``code``, ``told`` or ``comments`` (see :class:`Views`).
    """

    table: Mapping[str, str]
    view: str = "code"
    compiled: dict[str, re.Pattern[str]] = field(default_factory=dict, compare=False)

    def __call__(self, looked: Looked) -> Iterator[Hit]:
        """The hits in one file."""
        for language in (looked.language, ANY):
            pattern = self._pattern(language)
            if pattern is not None:
                yield from looked.risen(pattern, self.view)

    def _pattern(self, language: str) -> re.Pattern[str] | None:
        text = self.table.get(language)
        if text is not None and language not in self.compiled:
            self.compiled[language] = re.compile(text, re.MULTILINE)
        return self.compiled.get(language)
