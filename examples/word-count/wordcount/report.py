"""Renders counts for people and for programs."""

import json

from wordcount.counts import Counts


def as_text(counts: Counts, limit: int) -> str:
    """A table with a bar for each of the most frequent words."""
    rows = counts.top(limit)
    width = max((len(word) for word, _ in rows), default=0)
    lines = [f"{counts.total} words, {len(counts.words)} different, {counts.sentences} sentences"]
    lines += [f"{word:<{width}}  {number:>4}  {'#' * number}" for word, number in rows]
    return "\n".join(lines)


def as_json(counts: Counts, limit: int) -> str:
    """The same as one JSON object."""
    return json.dumps({"words": counts.total, "sentences": counts.sentences, "top": counts.top(limit)})
