"""Templates of lines: what stays of a line when its variable parts are gone.

Lines are sorted by their number of words and their first word, and joined with the first known template that shares
enough words with them; words that differ become wildcards. The idea is that of Drain (He et al., ICWS 2017), with one
level of its tree and a bound on the templates of a leaf, so that learning stays linear.
"""

import re
from collections.abc import Iterable

from orchestrator.validation.triage.log import bare

__all__ = ["Templates", "masked"]

_WILDCARD = "<*>"
_ALIKE = 0.7
"""Share of words that must agree; below it unlike lines of one program run together."""
_MOST_WORDS = 40
_MOST_IN_LEAF = 200
_VARIABLE = re.compile(r"\d|^/|^\w:\\|^[0-9a-fA-F]{8,}$|://")


def masked(line: str) -> tuple[str, ...]:
    """The words of a line, variable ones as wildcards; of a long line the first forty."""
    words = bare(line).split(None, _MOST_WORDS)[:_MOST_WORDS]
    return tuple(_WILDCARD if _VARIABLE.search(word) else word for word in words)


class Templates:
    """What lines of earlier, green runs look like."""

    def __init__(self) -> None:
        self._exact: set[tuple[str, ...]] = set()
        self._leaves: dict[tuple[int, str], list[list[str]]] = {}

    def learn(self, lines: Iterable[str]) -> None:
        """Take the lines of one log in."""
        for line in lines:
            words = masked(line)
            if words and words not in self._exact:
                self._exact.add(words)
                self._join(words)

    def knows(self, line: str) -> bool:
        """Whether a line fits a template; a blank line fits none."""
        words = masked(line)
        if not words:
            return False
        return words in self._exact or any(_fits(template, words) for template in self._leaf(words))

    def _leaf(self, words: tuple[str, ...]) -> list[list[str]]:
        return self._leaves.get((len(words), words[0]), [])

    def _join(self, words: tuple[str, ...]) -> None:
        leaf = self._leaves.setdefault((len(words), words[0]), [])
        for template in leaf:
            if _agreement(template, words) >= _ALIKE:
                template[:] = [old if old == new else _WILDCARD for old, new in zip(template, words, strict=True)]
                return
        if len(leaf) < _MOST_IN_LEAF:
            leaf.append(list(words))


def _agreement(template: list[str], words: tuple[str, ...]) -> float:
    return sum(old == new for old, new in zip(template, words, strict=True)) / len(words)


def _fits(template: list[str], words: tuple[str, ...]) -> bool:
    return all(old in (_WILDCARD, new) for old, new in zip(template, words, strict=True))
