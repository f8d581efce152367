"""Finds the one JSON object in a model's answer, whatever chatter or fence is around it."""

import json
from collections.abc import Iterator
from typing import NoReturn

from orchestrator.domain.jsonvalue import JsonObject
from orchestrator.errors import ParseError


def garbled(what: str) -> ParseError:
    """An answer that is not what was asked for."""
    return ParseError(what, of="answer")


_LONGEST = 200_000
"""Characters; a longer answer is none."""
_MOST_STARTS = 64
"""Braces that are tried: chatter holds a few, an attack on the reader holds many."""


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise garbled("a key occurs twice")
    return found


def _no_constant(name: str) -> NoReturn:
    raise garbled(f"{name} is no number of JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_pairs, parse_constant=_no_constant)


def _objects(text: str) -> Iterator[JsonObject]:
    at, starts = text.find("{"), 0
    while at >= 0:
        starts += 1
        if starts > _MOST_STARTS:
            raise garbled("the answer holds too many braces")
        try:
            found, stop = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):  # no JSON, a number of thousands of digits, or nested without end
            stop = at + 1
        else:
            yield found
        at = text.find("{", stop)


def only_object(text: str) -> JsonObject:
    """The one JSON object in ``text``, outermost; what stands around it does not count.

    Raises:
        ParseError: there is none, more than one, or one that says something twice.
    """
    if len(text) > _LONGEST:
        raise garbled(f"the answer has more than {_LONGEST} characters")
    found = list(_objects(text))
    if len(found) != 1:
        raise garbled(f"the answer holds {len(found) or 'no'} JSON object{'s' if found else ''}, not one")
    return found[0]
