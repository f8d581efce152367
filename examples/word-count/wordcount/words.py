"""Splits a text into words."""

import re
from collections.abc import Iterator

WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")


def split_words(text: str) -> Iterator[str]:
    """The words of ``text`` in order, lower case; an apostrophe inside a word belongs to it."""
    for match in WORD.finditer(text):
        yield match.group().replace("\u2019", "'").casefold()


def split_sentences(text: str) -> list[str]:
    """The sentences of ``text``, without the space around them."""
    return [part.strip() for part in re.split(r"(?<=[.!?])\s+", text) if part.strip()]
