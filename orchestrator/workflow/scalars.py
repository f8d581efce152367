"""Which values plain scalars stand for.

Source of the format: YAML 1.2.2, section 10.3.2, "Core schema", tag resolution. ``yes``, ``no``, ``on`` and ``off`` are
text, ``012`` is twelve, and dates are text.
"""

import math
import re

from orchestrator.domain.jsonvalue import JsonScalar

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEAN = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?[0-9]+\Z")
_RADIX = re.compile(r"0(?:o[0-7]+|x[0-9a-fA-F]+)\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_NOT_FINITE = re.compile(r"(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\Z")
_MAX_DIGITS = 300


def resolve(text: str) -> JsonScalar:
    """The value of the plain (unquoted) scalar ``text``.

    Raises:
        ValueError: it is a number that JSON cannot hold (not finite, or too long); the message says which.
    """
    if text in _NULL:
        return None
    if text in _BOOLEAN:
        return _BOOLEAN[text]
    if _NOT_FINITE.match(text):
        raise ValueError("the number is not finite")
    return _number(text)


def _number(text: str) -> JsonScalar:
    integer, radix = _INTEGER.match(text), _RADIX.match(text)
    if not (integer or radix or _FLOAT.match(text)):
        return text
    if len(text) > _MAX_DIGITS:
        raise ValueError(f"the number has more than {_MAX_DIGITS} digits")
    if integer:
        return int(text)
    if radix:
        return int(text, 0)
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("the number is too large")
    return number
