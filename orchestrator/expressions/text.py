"""Values as text.

Source of the rules: GitHub Docs, "Evaluate expressions in workflows and actions", section "Functions" (how values are
cast to a string). Two rules differ on purpose: integers of up to 64 bits keep all their digits, where GitHub writes an
exponent from 16 digits on, so that an id passes through unchanged; and arrays and objects become JSON, where GitHub
writes ``Array`` and ``Object``.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence

from orchestrator.domain.jsonvalue import JsonScalar, JsonValue
from orchestrator.errors import OperandError
from orchestrator.expressions.limits import MAX_TEXT

_INFINITE = {math.inf: "Infinity", -math.inf: "-Infinity"}
_EXACT_BITS = 64


def _double(number: float) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def _number_text(number: float) -> str:
    if isinstance(number, int) and number.bit_length() <= _EXACT_BITS:
        return str(number)
    double = _double(number)
    return _INFINITE.get(double) or ("NaN" if math.isnan(double) else f"{double:.15G}")


def _scalar_text(value: JsonScalar) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | float():
            return _number_text(value)
        case str():
            return value


def to_text(value: JsonValue) -> str:
    """``value`` as it stands in a text.

    Null is ``""``; booleans are ``true`` and ``false``; numbers are decimal with at most 15 digits and an exponent
    where they are large (integers of up to 64 bits keep all digits); arrays and objects are JSON on one line.

    Raises:
        ExpressionError: an array or object cannot be written as JSON (it holds NaN, or is nested too deeply).
    """
    if isinstance(value, str | int | float | None):
        return _scalar_text(value)
    return to_json(value, indent=None)


def _plain(value: object) -> object:
    match value:
        case Mapping():
            return dict(value)
        case Sequence():
            return list(value)
        case _:
            raise TypeError(f"{type(value).__name__} is not JSON")


def to_json(value: JsonValue, *, indent: int | None) -> str:
    """``value`` as JSON text, indented by ``indent`` spaces or, with ``None``, on one line without spaces.

    Raises:
        OperandError: a part of ``value`` has no JSON form, or it is nested too deeply.
    """
    separators = (",", ":") if indent is None else (",", ": ")
    try:
        return json.dumps(
            value, indent=indent, separators=separators, default=_plain, ensure_ascii=False, allow_nan=False
        )
    except RecursionError as error:
        raise OperandError("the value is nested too deeply to be written as JSON") from error
    except (TypeError, ValueError) as error:
        raise OperandError(f"the value cannot be written as JSON: {error}") from error


def concatenate(parts: Iterable[str]) -> str:
    """All ``parts`` in a row.

    Raises:
        OperandError: they make more than ``MAX_TEXT`` characters; the rest is not asked for.
    """
    kept: list[str] = []
    room = MAX_TEXT
    for part in parts:
        room -= len(part)
        if room < 0:
            raise OperandError(f"the text gets longer than {MAX_TEXT} characters")
        kept.append(part)
    return "".join(kept)
