"""What is wrong with a layer of settings, in words that name the place."""

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError

from orchestrator.config.origin import Source
from orchestrator.config.settings import REPEATED, keys_below
from orchestrator.errors import Problem

_WORDS = {
    "extra_forbidden": "there is no such setting",
    "missing": "the key is missing",
    REPEATED: "there is one of this name already",
}
_QUOTED = re.compile(r"'([^']*)'")


def problems_of(source: Source, model: type[BaseModel]) -> tuple[Problem, ...]:
    """Every value of ``source`` that ``model`` refuses, in the order of the places; empty when it is good."""
    try:
        model.model_validate(source.data)
    except ValidationError as error:
        # A value may be a date, which JSON cannot hold, so it is described here and not by the library.
        details = error.errors(include_url=False, include_context=False)
        return tuple(
            sorted((_problem(source, model, detail=detail) for detail in details), key=lambda found: found.line)
        )
    return ()


def _problem(source: Source, model: type[BaseModel], *, detail: Mapping[str, Any]) -> Problem:
    path = detail["loc"]
    origin = source.origin(path)
    return Problem(
        file=origin.file, line=origin.line, path=".".join(map(str, path)), what=_what(detail), hint=_hint(detail, model)
    )


def _what(detail: Mapping[str, Any]) -> str:
    if detail["type"] in _WORDS:
        return _WORDS[detail["type"]]
    if detail["type"] == "model_type":
        return f"must be a table, not {_short(detail['input'])}"
    message = detail["msg"].replace("Input should be", "must be")
    return f"{message}, not {_short(detail['input'])}"


def _hint(detail: Mapping[str, Any], model: type[BaseModel]) -> str:
    path, value = detail["loc"], detail["input"]
    if detail["type"] == "extra_forbidden":
        known = keys_below(model, path[:-1])
        return _near(str(path[-1]).replace("-", "_"), known) or (f"known: {', '.join(known)}" if known else "")
    if detail["type"] == "literal_error" and isinstance(value, str):
        return _near(value, _QUOTED.findall(detail["msg"]))
    return ""


def _near(key: str, known: Sequence[str]) -> str:
    near = get_close_matches(key, known, 1)
    return f"did you mean {near[0]!r}?" if near else ""


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:59]}…"  # noqa: PLR2004 - a line of a terminal holds the rest
