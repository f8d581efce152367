"""JSON text that nobody vouches for, read into values: strict, and bounded before anything is built."""

import json
import math
import re
from typing import NoReturn

from orchestrator.domain.jsonvalue import JsonValue
from orchestrator.errors import OperandError
from orchestrator.expressions.limits import MAX_JSON_DEPTH, MAX_TEXT
from orchestrator.expressions.values import parse_number
from orchestrator.expressions.wording import quoted

_STRING_OR_BRACKET = re.compile(r'"(?>(?:[^"\\]++|\\.)*)"?|[\[{\]}]', re.DOTALL)
_NESTING = {"[": 1, "{": 1, "]": -1, "}": -1}


def read_json(text: str) -> JsonValue:
    """The value that the JSON document ``text`` holds; of a key that comes twice the last.

    Integers up to 18 digits are exact, longer ones become doubles.

    Raises:
        OperandError: ``text`` is empty, no JSON, longer than ``MAX_TEXT`` characters, nested deeper than
            ``MAX_JSON_DEPTH``, or holds a number beyond the range of a double, NaN, or half a surrogate pair.
    """
    _check_bounds(text)
    try:
        value: JsonValue = json.loads(text, parse_int=_number, parse_float=_number, parse_constant=_no_number)
        if "\\u" in text:
            json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise OperandError(f"fromJSON(): no valid JSON: {error.msg} at character {error.pos + 1}") from error
    except UnicodeEncodeError as error:
        raise OperandError("fromJSON(): half a surrogate pair is no character") from error
    return value


def _check_bounds(text: str) -> None:
    if not text or text.isspace():
        raise OperandError("fromJSON(): the text is empty", hint="give a default: fromJSON(x || 'null')")
    if len(text) > MAX_TEXT:
        raise OperandError(f"fromJSON(): the text is longer than {MAX_TEXT} characters")
    depth = 0
    for piece in _STRING_OR_BRACKET.finditer(text):
        depth += _NESTING.get(piece[0], 0)
        if depth > MAX_JSON_DEPTH:
            raise OperandError(f"fromJSON(): nested deeper than {MAX_JSON_DEPTH} levels")


def _number(text: str) -> int | float:
    number = parse_number(text)
    return number if math.isfinite(number) else _no_number(text)


def _no_number(text: str) -> NoReturn:
    raise OperandError(f"fromJSON(): {quoted(text)} is no number that can be kept")
