"""Counts, and sums of counts."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from wordcount.words import split_sentences, split_words


@dataclass(frozen=True)
class Counts:
    """What was counted in one text, or in several together."""

    sentences: int = 0
    words: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """Words, repeats included."""
        return self.words.total()

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.sentences + other.sentences, self.words + other.words)

    def top(self, limit: int) -> list[tuple[str, int]]:
        """The most frequent words; equally frequent ones in alphabetical order."""
        return sorted(self.words.items(), key=lambda item: (-item[1], item[0]))[:limit]


def count(text: str) -> Counts:
    """Count one text."""
    return Counts(len(split_sentences(text)), Counter(split_words(text)))


def add_up(parts: Iterable[Counts]) -> Counts:
    """The counts of all parts together."""
    return sum(parts, start=Counts())
